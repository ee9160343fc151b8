"""Who downloaded a scan of a resident's papers, in the sentences in which she reads who looked at her facts."""

from collections.abc import Collection
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from residents.registry import scans
from residents.registry.looks import Look
from residents.registry.models import CorrectionRequest, Link, Resident
from residents.registry.services.disclosing import tell_also
from sojourn.core.models import AuditEntry
from sojourn.files.models import StoredFile

PROOF = gettext_lazy("亲属关系的证明材料")
OF_CORRECTION = gettext_lazy("更正申请的证明材料")


def tell_from_now_on() -> None:
    """Who downloaded a proof of her links and corrections stands in the resident's own list."""
    tell_also(downloads_of_proofs)


def downloads_of_proofs(resident: Resident, most: int) -> list[Look]:
    """Downloads of what proved her links, also before they were granted, and of what was to prove corrections."""
    links = Link.objects.about(resident.pk).values_list("pk", flat=True)
    asked = CorrectionRequest.objects.about(resident.pk).values_list("pk", flat=True)
    return [
        *downloads(scans.LINK, list(links), PROOF, most),
        *downloads(scans.CORRECTION, list(asked), OF_CORRECTION, most),
    ]


def downloads(kind: str, owner_ids: Collection[UUID], paper: str | Promise, most: int) -> list[Look]:
    """Downloads of the files of these rows, those erased since included, newest first; ``paper`` says of what."""
    files = StoredFile.objects.filter(owner_kind=kind, owner_id__in=owner_ids).values_list("pk", flat=True)
    entries = AuditEntry.objects.filter(
        action="file.read",
        subject_kind=StoredFile._meta.label_lower,
        subject_id__in=[str(pk) for pk in files],
    )
    rows = entries.order_by("-at", "-id")[:most]
    return [Look(row.at, row.actor_role, paper, reach=row.actor_divisions) for row in rows]
