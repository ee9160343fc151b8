"""Who of another member looked at a resident, in the sentences in which she reads who looked at home."""

from residents.consents import facts, scans
from residents.consents.models import Reading
from residents.registry.looks import DIGITS_OF_A_PROVINCE, Look
from residents.registry.models import Resident
from residents.registry.services.disclosing import tell_also
from residents.registry.services.downloads import downloads


def tell_from_now_on() -> None:
    """What was read elsewhere, and who downloaded her mandates and written consents, stands in the resident's own list."""
    tell_also(readings_of)
    tell_also(downloads_of_papers)


def downloads_of_papers(resident: Resident, most: int) -> list[Look]:
    """Who downloaded the papers of her mandates and consents, of each kind newest first."""
    hers = {kind: model.objects.of(resident.pk) for kind, model in scans.KINDS.items()}
    return [
        told
        for kind, rows in hers.items()
        for told in downloads(kind, list(rows.values_list("pk", flat=True)), scans.CALLED[kind], most)
    ]


def readings_of(resident: Resident, most: int) -> list[Look]:
    """The readings that other members told us of, newest first."""
    rows = Reading.objects.of_resident(resident).order_by("-at", "-pk")[:most]
    return [_look(row) for row in rows]


def _look(row: Reading) -> Look:
    """A facility whose name has not reached us is told by its province."""
    return Look(
        at=row.at,
        role=row.role,
        what=facts.labels(row.fields),
        reach=row.reach if row.facility is None else row.owner[:DIGITS_OF_A_PROVINCE],
        facility=row.facility,
        purpose=row.purpose,
        case=row.case,
    )
