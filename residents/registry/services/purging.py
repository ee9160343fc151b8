"""What of this room is not kept for ever: which rows of each class ended by when, and what purging one means."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import DateField, Exists, Expression, F, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce, Least, TruncDate

from residents.registry import scans
from residents.registry.errors import OnHold
from residents.registry.models import CorrectionRequest, ImportBatch, ImportRow, Link, LinkRequest, Resident
from residents.registry.models.life import LegalHold
from residents.registry.services.erasing import erase_resident
from residents.registry.states import ErasureGround, ImportStatus, RequestStatus, ResidentStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import SHANGHAI
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import record
from sojourn.files.models import StoredFile
from sojourn.files.services import erase_files_of

NOBODY = Value(None, output_field=UUIDField())
UNDER_WAY = (ImportStatus.CHECKED, ImportStatus.APPLYING, ImportStatus.UNDOING)


# --- for every room -------------------------------------------------------------------------------
def day_of(column: str | Expression) -> TruncDate:
    """The day here of an instant in this column."""
    return TruncDate(column, tzinfo=SHANGHAI)


def held_by_law(path: str = "resident") -> Exists:
    """Whether a legal hold keeps what is known of the resident at the end of this path; "" is the row itself."""
    return Exists(LegalHold.objects.live().over(path))


def has_files(kind: str) -> Exists:
    """Whether a file of an owner of this kind is still there."""
    return Exists(StoredFile.objects.kept().filter(owner_kind=kind, owner_id=OuterRef("pk")))


# --- residents ------------------------------------------------------------------------------------
def died(owner: str, by: date) -> QuerySet:
    return _people(owner, ResidentStatus.DIED, "died_on", by)


def moved_out(owner: str, by: date) -> QuerySet:
    return _people(owner, ResidentStatus.MOVED_OUT, "moved_out_on", by)


def purge_person(resident_id: UUID) -> bool:
    """She is erased, unless a hold or a change came between."""
    try:
        erase_resident(resident_id=resident_id, ground=ErasureGround.PERIOD_OVER, actor=SYSTEM)
    except (OnHold, WrongStatus):
        return False
    return True


def _people(owner: str, status: ResidentStatus, column: str, by: date) -> QuerySet:
    rows = Resident.objects.filter(owner=owner, status=status, **{f"{column}__lte": by})
    return rows.annotate(since=F(column), about=F("pk"), is_held=held_by_law(""))


# --- what families showed and asked ---------------------------------------------------------------
def ended_links(owner: str, by: date) -> QuerySet:
    """Links that are over, of which the number or a picture of the proof is still there."""
    rows = Link.objects.filter(resident__owner=owner).annotate(
        since=Least("ends_on", Coalesce(day_of("ended_at"), "ends_on"), output_field=DateField()),
        about=F("resident_id"),
        is_held=held_by_law(),
    )
    return rows.filter(Q(proof_cipher__isnull=False) | has_files(scans.LINK), since__lte=by)


def purge_proof(link_id: UUID) -> bool:
    """Number and picture of the proof are gone, from the history too; who was linked and when stays."""
    link = Link.objects.locked().get(pk=link_id)
    erase_files_of(owner=scans.proof_of_link(link), actor=SYSTEM)
    link.proof_cipher = None
    link.save(update_fields=["proof_cipher"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_silence_proof(%s)", [link.pk])
    record(action="link.proof_purged", actor=SYSTEM, subject=link)
    return True


def decided_corrections(owner: str, by: date) -> QuerySet:
    rows = CorrectionRequest.objects.filter(resident__owner=owner).exclude(status=RequestStatus.WAITING)
    return rows.annotate(since=day_of("decided_at"), about=F("resident_id"), is_held=held_by_law()).filter(
        since__lte=by
    )


def purge_correction(request_id: UUID) -> bool:
    """The request is gone with the picture that proved it; what was registered by it stays."""
    request = CorrectionRequest.objects.locked().get(pk=request_id)
    erase_files_of(owner=scans.proof_of_correction(request), actor=SYSTEM)
    return _gone(request, "correctionrequest.purged")


def decided_link_requests(owner: str, by: date) -> QuerySet:
    """Of whom a refused one was nobody knows; a granted one is of her to whom it led."""
    rows = LinkRequest.objects.filter(division_code__startswith=owner[:2])
    return (
        rows.exclude(status=RequestStatus.WAITING)
        .annotate(
            since=day_of("decided_at"), about=F("link__resident_id"), is_held=held_by_law("link__resident")
        )
        .filter(since__lte=by)
    )


def purge_link_request(request_id: UUID) -> bool:
    """The request is gone, whose picture went when it was decided; a link that it led to stands."""
    return _gone(LinkRequest.objects.locked().get(pk=request_id), "linkrequest.purged")


def _gone(row: CorrectionRequest | LinkRequest | ImportBatch, action: str) -> bool:
    record(action=action, actor=SYSTEM, subject=row)
    row.delete()
    return True


# --- spreadsheets ---------------------------------------------------------------------------------
def finished_imports(owner: str, by: date) -> QuerySet:
    """Sheets of a member's bureaus; one of the whole node is of the member that the node is named after."""
    own = Q(division_code__startswith=owner[:2])
    if owner == f"{settings.NODE}0000":
        own |= Q(division_code="")
    held_rows = ImportRow.objects.filter(held_by_law(), batch=OuterRef("pk"))
    return (
        ImportBatch.objects.filter(own)
        .exclude(status__in=UNDER_WAY)
        .annotate(
            since=day_of(Coalesce("finished_at", "uploaded_at")), about=NOBODY, is_held=Exists(held_rows)
        )
        .filter(since__lte=by)
    )


def purge_import(batch_id: UUID) -> bool:
    """Which residents came by which row of it is forgotten; whom it registered stays registered."""
    return _gone(ImportBatch.objects.locked().get(pk=batch_id), "import.purged")
