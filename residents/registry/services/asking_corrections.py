"""Who may see a resident asks for what is registered of her to be put right; her bureau decides in working days."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as kept
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import scans, sealing
from residents.registry.errors import (
    FamiliesOnly,
    FieldsUnknown,
    MayNotSpeak,
    MovedAway,
    NoSuchRequest,
    NoSuchResident,
    OwnLink,
    RequestHeld,
)
from residents.registry.facts import CHECKS, ResidentFacts
from residents.registry.models import CorrectionRequest, Resident
from residents.registry.policy import can_decide
from residents.registry.services.asking_links import checked_number, tell_decided
from residents.registry.services.correcting import correct_resident
from residents.registry.services.counting import counting_known
from residents.registry.services.disclosing import disclose
from residents.registry.services.holding import held, safe_of
from residents.registry.states import (
    CORRECTABLE,
    REQUEST_FLOW,
    CorrectionRefusal,
    PrivateField,
    RequestStatus,
    ResidentStatus,
)
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.desk.services import close_item, open_item
from sojourn.desk.subjects import Subject
from sojourn.files.services import Upload, erase_files_of, keep_file
from sojourn.provinces.rules import rule

QUEUE = "correction_requests"
KIND = "registry.correctionrequest"
TABLE = "registry_correctionrequest.wanted_cipher"

Speaks = Callable[[Actor, Resident], bool]
_voices: list[Speaks] = []


def let_speak(speaks: Speaks) -> None:
    """Whom this says yes of may ask for corrections; the room that knows who speaks for whom calls it when loaded."""
    _voices.append(speaks)


def may_ask(actor: Actor, resident: Resident) -> bool:
    """Whether this account speaks for the resident; to see her is not enough."""
    return any(speaks(actor, resident) for speaks in _voices)


@transaction.atomic
def ask_correction(
    *, resident_id: UUID, field: str, wanted: str, scan: Upload | None = None, actor: Actor
) -> CorrectionRequest:
    """What ought to be registered waits for the bureau of the resident's home; refused where it cannot be right.

    A FileRefused says what is wrong with the picture of the proof, where there is one.
    """
    if actor.role != Role.FAMILY or actor.user_id is None:
        raise FamiliesOnly
    if field not in dict(CORRECTABLE):
        raise FieldsUnknown
    seen = Resident.objects.visible_to(actor).filter(pk=resident_id).first()
    if seen is None:
        raise NoSuchResident
    if not may_ask(actor, seen):
        raise MayNotSpeak
    plain, request_id = _checked(field, wanted), uuid7()
    subject = Subject(KIND, str(request_id), _("更正申请"), seen.home_division_id)
    open_item(queue=QUEUE, subject=subject, facts={"field": field}, actor=actor)
    resident = held(resident_id, actor)
    if resident.status == ResidentStatus.MOVED_OUT:
        raise MovedAway
    if CorrectionRequest.objects.about(resident.pk).waiting().filter(field=field).exists():
        raise RequestHeld
    cipher = sealing.put_by(plain or "", safe=safe_of(resident), row=request_id, table=TABLE)
    if cipher is None:
        raise FieldsUnknown
    with refusing("correction_one_waiting_a_field", RequestHeld):
        request = CorrectionRequest.objects.create(
            id=request_id,
            resident=resident,
            user_id=actor.user_id,
            field=field,
            wanted_cipher=cipher,
            asked_at=now(),
        )
    record(action="correctionrequest.made", actor=actor, subject=request, field=field)
    if scan is not None:
        keep_file(owner=scans.proof_of_correction(request), member=resident.owner, upload=scan, actor=actor)
    return request


@dataclass(frozen=True)
class Wanted:
    """What stands registered in a field of a resident, and what ought to."""

    label: str
    registered: str = kept(repr=False)
    wanted: str = kept(repr=False)


def reveal_wanted(*, request_id: UUID, purpose: str, case: str, actor: Actor) -> Wanted:
    """What a request is about in plain, as it stands and as it was asked; the resident reads that it was looked at."""
    request = _ours(request_id, actor)
    REQUEST_FLOW.after("grant", RequestStatus(request.status))
    wanted, resident_id = wanted_by(request), request.resident.person_id
    shown = disclose(resident_id=resident_id, fields=[request.field], purpose=purpose, case=case, actor=actor)
    private = PrivateField(request.field)
    return Wanted(str(private.label), shown.get(private, ""), wanted)


def grant_correction(*, request_id: UUID, actor: Actor) -> CorrectionRequest:
    """What was asked for is registered of her as she stands now; what stood there before stays in the history."""
    asked = CorrectionRequest.objects.filter(pk=request_id).values_list("field", flat=True)
    with counting_known(dict.fromkeys(asked, True), actor):
        return _granted(request_id, actor)


def _granted(request_id: UUID, actor: Actor) -> CorrectionRequest:
    request = _ours(request_id, actor)
    _close(request, "granted", actor)
    resident = held(request.resident.person_id, actor)
    request = CorrectionRequest.objects.locked().get(pk=request_id)
    REQUEST_FLOW.after("grant", RequestStatus(request.status))
    wanted = wanted_by(request)
    facts = cast(ResidentFacts, {request.field: wanted})
    correct_resident(resident_id=resident.pk, facts=facts, actor=actor)
    return _decide(request, "grant", actor)


@transaction.atomic
def refuse_correction(*, request_id: UUID, reason: str, actor: Actor) -> CorrectionRequest:
    """What is registered stays, and who asked is told why."""
    request = _ours(request_id, actor)
    _close(request, "refused", actor)
    request = CorrectionRequest.objects.locked().get(pk=request_id)
    erase_files_of(owner=scans.proof_of_correction(request), actor=actor)
    return _decide(request, "refuse", actor, refusal=CorrectionRefusal(reason))


def correction_days(resident: Resident) -> int:
    """Within how many working days the bureau answers, today."""
    return rule("correction_days", on=today(), member=resident.owner)


def wanted_by(request: CorrectionRequest) -> str:
    """What ought to be registered, as it was asked."""
    text = request.wanted_cipher or ""
    return sealing.taken_from(text, safe=safe_of(request.resident), row=request.pk, table=TABLE)


def _checked(field: str, wanted: str) -> str | None:
    return checked_number(wanted) if field == PrivateField.IDENTITY_NUMBER else CHECKS[field](wanted)


def _ours(request_id: UUID, actor: Actor) -> CorrectionRequest:
    request = CorrectionRequest.objects.select_related("resident").filter(pk=request_id).first()
    if request is None or not can_decide(actor, request.resident.home_division_id):
        raise NoSuchRequest
    if request.user_id == actor.user_id:
        raise OwnLink
    return request


def _close(request: CorrectionRequest, outcome: str, actor: Actor) -> None:
    close_item(queue=QUEUE, subject_kind=KIND, subject_id=str(request.pk), outcome=outcome, actor=actor)


def _decide(request: CorrectionRequest, verb: str, actor: Actor, *, refusal: str = "") -> CorrectionRequest:
    request.status = REQUEST_FLOW.after(verb, RequestStatus(request.status))
    request.decided_at, request.decided_by_id = now(), actor.user_id
    request.refusal, request.wanted_cipher = refusal, None
    request.save()
    record(action=f"correctionrequest.{request.status}", actor=actor, subject=request, refusal=refusal)
    tell_decided(request.user_id)
    return request
