"""The files of a row as a page shows them: what each is, with the address of its download."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from sojourn.files.models import StoredFile
from sojourn.files.owners import Owner


@dataclass(frozen=True)
class Shown:
    """One file: where it is downloaded, and what it is in a few words, such as “JPEG图片 240 KB”."""

    address: str
    label: str


def files_of(owner: Owner) -> list[Shown]:
    """What is kept for this row, the newest first. Who may download it is asked again at the address."""
    return files_of_each(owner.kind, [owner.id]).get(owner.id, [])


def files_of_each(kind: str, owner_ids: Collection[UUID]) -> dict[UUID, list[Shown]]:
    """The same for several rows of one kind at once, by the row."""
    found: dict[UUID, list[Shown]] = {}
    for row in StoredFile.objects.of_each(kind, owner_ids).kept():
        label = f"{row.get_file_type_display()} {filesizeformat(row.size)}"
        found.setdefault(row.owner_id, []).append(Shown(reverse("file", args=[row.pk]), label))
    return found


def links_to(owner: Owner) -> SafeString:
    """The same as links for the admin; nothing where there is no file."""
    return format_html_join("、", '<a href="{}">{}</a>', ((f.address, f.label) for f in files_of(owner)))
