"""Who may see a resident asks for what is registered of her to be put right; her bureau decides in working days."""

from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import sealing
from residents.registry.errors import (
    FamiliesOnly,
    FieldsUnknown,
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
from sojourn.provinces.rules import rule

QUEUE = "correction_requests"
KIND = "registry.correctionrequest"
TABLE = "registry_correctionrequest.wanted_cipher"


@transaction.atomic
def ask_correction(*, resident_id: UUID, field: str, wanted: str, actor: Actor) -> CorrectionRequest:
    """What ought to be registered waits for the bureau of the resident's home; refused where it cannot be right."""
    if actor.role != Role.FAMILY or actor.user_id is None:
        raise FamiliesOnly
    if field not in dict(CORRECTABLE):
        raise FieldsUnknown
    home = (
        Resident.objects.visible_to(actor).filter(pk=resident_id).values_list("home_division_id", flat=True)
    )
    if not home:
        raise NoSuchResident
    plain = _checked(field, wanted)
    request_id = uuid7()
    subject = Subject(KIND, str(request_id), _("更正申请"), home[0])
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
    return request


@transaction.atomic
def grant_correction(*, request_id: UUID, actor: Actor) -> CorrectionRequest:
    """What was asked for is registered of her as she stands now; what stood there before stays in the history."""
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
