"""Corrections that wait: what is asked for in plain, and at whose desk that lies."""

from uuid import UUID

from residents.registry import sealing, wanted
from residents.registry.models import CorrectionRequest, Resident
from residents.registry.services.holding import safe_of
from residents.registry.states import ReadableField
from sojourn.core.actors import SYSTEM
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem

QUEUE = "correction_requests"
KIND = "registry.correctionrequest"
TABLE = "registry_correctionrequest.wanted_cipher"


def wanted_by(request: CorrectionRequest) -> wanted.Value:
    """What ought to be registered, as it was asked; to be called while it waits."""
    return wanted.value_of(request.field, _plain(request))


def bureau_for(home: str, field: str, plain: str) -> str:
    """The division whose officers decide: of her home, or of a wrong home the one above that and the wanted one."""
    if field != ReadableField.HOME_DIVISION:
        return home
    shared = next((n for n in (6, 4, 2) if home[:n] == plain[:n]), 0)
    return home[:shared].ljust(6, "0")


def hold_items_of(resident_id: UUID) -> None:
    """Work items before residents, as whoever decides a correction does."""
    pks = CorrectionRequest.objects.waiting().about(resident_id).values_list("pk", flat=True)
    items = WorkItem.objects.locked().unfinished().filter(queue=QUEUE, subject_kind=KIND)
    list(items.filter(subject_id__in=[str(pk) for pk in pks]))


def wait_at_home_of(resident_id: UUID, keys: list[str] | None = None) -> None:
    """What was asked of a resident, or these of it, waits at the desks of the bureaus of her home as it now is."""
    home = Resident.objects.values_list("home_division_id", flat=True).get(pk=resident_id)
    rows = CorrectionRequest.objects.waiting().select_related("resident__key")
    for row in rows.about(resident_id) if keys is None else rows.filter(pk__in=keys):
        desk.move_item(
            queue=QUEUE,
            subject_kind=KIND,
            subject_id=str(row.pk),
            division_code=bureau_for(home, row.field, _plain(row)),
            actor=SYSTEM,
        )


def _plain(request: CorrectionRequest) -> str:
    text = request.wanted_cipher or ""
    return sealing.taken_from(text, safe=safe_of(request.resident), row=request.pk, table=TABLE)
