"""The files of a row as a page shows them: what each is, with the address of its download."""

from dataclasses import dataclass

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
    rows = StoredFile.objects.of(owner.kind, owner.id).kept()
    return [
        Shown(reverse("file", args=[row.pk]), f"{row.get_file_type_display()} {filesizeformat(row.size)}")
        for row in rows
    ]


def links_to(owner: Owner) -> SafeString:
    """The same as links for the admin; nothing where there is no file."""
    return format_html_join("、", '<a href="{}">{}</a>', ((f.address, f.label) for f in files_of(owner)))
