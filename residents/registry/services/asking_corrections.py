"""Who speaks for a resident, or serves her, asks for what is registered of her to be put right; her bureau decides."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as kept
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from providers.facilities.models import Facility
from residents.registry import policy, safe, scans, sealing, wanted
from residents.registry.errors import (
    AskersOnly,
    FieldsNotOpen,
    FieldsUnknown,
    MayNotSpeak,
    MovedAway,
    NoSuchRequest,
    NoSuchResident,
    OwnLink,
    RequestHeld,
    ToldByIdentity,
    TooManyRequests,
)
from residents.registry.facts import ResidentFacts, checked
from residents.registry.models import CorrectionRequest, Resident
from residents.registry.policy import can_decide, hides_places
from residents.registry.services.asking_links import tell_decided
from residents.registry.services.correcting import correct_home, correct_resident, refuse_no_home
from residents.registry.services.counting import counting_known
from residents.registry.services.disclosing import disclose
from residents.registry.services.holding import held, safe_of
from residents.registry.services.waiting import (
    KIND,
    QUEUE,
    TABLE,
    bureau_for,
    hold_items_of,
    wanted_by,
)
from residents.registry.states import (
    CORRECTABLE,
    MAY_BE_UNREPORTED,
    REQUEST_FLOW,
    SHOWABLE_BY_CODE,
    TOLD_BY_IDENTITY,
    CorrectionRefusal,
    PrivateField,
    ReadableField,
    RequestStatus,
    ResidentStatus,
)
from residents.registry.words import in_words
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.desk.services import close_item, open_item
from sojourn.desk.subjects import Subject
from sojourn.files.services import Upload, erase_files_of, keep_file
from sojourn.provinces.rules import rule

MOST_WAITING = "facility_corrections_waiting"
Label = str | Promise
Speaks = Callable[[Actor, Resident], bool]
_voices: list[Speaks] = []


def let_speak(speaks: Speaks) -> None:
    """Whom this says yes of may ask for corrections; the room that knows who speaks for whom calls it when loaded."""
    _voices.append(speaks)


def may_ask(actor: Actor, resident: Resident) -> bool:
    """Whether this account speaks for the resident; to see her is not enough."""
    return any(speaks(actor, resident) for speaks in _voices)


@dataclass(frozen=True)
class _Asker:
    """As whom somebody asks: who speaks for a resident, or a facility."""

    role: Role
    user_id: UUID | None = None
    facility: Facility | None = None

    def told(self) -> dict[str, str]:
        """What the desk says of it: a role and the name of a facility, of a person nothing."""
        name = {"facility": self.facility.listed_name} if self.facility is not None else {}
        return {"asked_by": self.role.value, **name}

    def refuse_more(self, resident: Resident) -> None:
        """TooManyRequests of one facility beyond the rule's; its row is held, so that they are counted one by one."""
        if self.facility is None:
            return
        Facility.objects.locked().get(pk=self.facility.pk)
        limit = rule(MOST_WAITING, on=today(), member=resident.owner)
        if CorrectionRequest.objects.waiting().filter(facility=self.facility).count() >= limit:
            raise TooManyRequests(limit=limit)


def _asker(actor: Actor, resident: Resident, field: str) -> _Asker:
    """Who speaks for her asks about every fact, a facility about those that an access in force opens to it."""
    match actor.role:
        case Role.FAMILY if actor.user_id is not None:
            if not may_ask(actor, resident):
                raise MayNotSpeak
            return _Asker(actor.role, user_id=actor.user_id)
        case Role.FACILITY:
            access = policy.fields_open_to(actor, resident).get(SHOWABLE_BY_CODE[field])
            if access is None:
                raise FieldsNotOpen
            return _Asker(actor.role, facility=Facility.objects.get(pk=access.holder_id))
    raise AskersOnly


@dataclass(frozen=True)
class AskedByFacility:
    """A request of a facility, and what the resident reads of who that is."""

    request: CorrectionRequest
    facility: str


def correctable(resident: Resident) -> dict[str, Label]:
    """What may be asked to be put right of this resident: an identity number says when she was born, and her sex."""
    told = TOLD_BY_IDENTITY if resident.identity_cipher is not None else ()
    return {code: label for code, label in CORRECTABLE if code not in told}


@transaction.atomic
def ask_correction(
    *, resident_id: UUID, field: str, value: wanted.Value, scan: Upload | None = None, actor: Actor
) -> CorrectionRequest:
    """What ought to be registered waits for the bureau of the resident's home; refused where it cannot be right.

    ``value`` is of the kind that is registered of this fact; None is "not reported". A FileRefused says what is
    wrong with the picture of the proof, where there is one.
    """
    if field not in dict(CORRECTABLE):
        raise FieldsUnknown
    seen = Resident.objects.visible_to(actor).filter(pk=resident_id).first()
    if seen is None or seen.status == ResidentStatus.ERASED:
        raise NoSuchResident
    asker = _asker(actor, seen, field)
    plain, request_id = wanted.text_of(_checked(field, value, seen)), uuid7()
    bureau = bureau_for(seen.home_division_id, field, plain)
    subject = Subject(KIND, str(request_id), _("更正申请"), bureau)
    open_item(queue=QUEUE, subject=subject, facts={"field": field, **asker.told()}, actor=actor)
    asker.refuse_more(seen)
    resident = held(resident_id, actor)
    if resident.status == ResidentStatus.MOVED_OUT:
        raise MovedAway
    alike = CorrectionRequest.objects.about(resident.pk).waiting().filter(field=field)
    if alike.filter(facility=asker.facility).exists():
        raise RequestHeld
    with refusing("correction_one_waiting_a_field", RequestHeld):
        request = CorrectionRequest.objects.create(
            id=request_id,
            resident=resident,
            user_id=asker.user_id,
            facility=asker.facility,
            field=field,
            wanted_cipher=sealing.put_by(plain, safe=safe_of(resident), row=request_id, table=TABLE),
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
    field, value = SHOWABLE_BY_CODE[request.field], wanted_by(request)
    resident_id = request.resident.person_id
    shown = disclose(resident_id=resident_id, fields=[field], purpose=purpose, case=case, actor=actor)
    said = safe.in_words(field, str(value)) if isinstance(field, PrivateField) else in_words(field, value)
    return Wanted(str(field.label), shown.get(field, ""), said or _("改为未报告"))


def grant_correction(*, request_id: UUID, actor: Actor) -> CorrectionRequest:
    """What was asked for is registered of her as she stands now; what stood there before stays in the history."""
    asked = CorrectionRequest.objects.filter(pk=request_id).values_list("field", flat=True)
    with counting_known(dict.fromkeys(asked, True), actor):
        return _granted(request_id, actor)


def _granted(request_id: UUID, actor: Actor) -> CorrectionRequest:
    request = _ours(request_id, actor)
    hold_items_of(request.resident.person_id)
    _close(request, "granted", actor)
    resident = held(request.resident.person_id, actor)
    request = CorrectionRequest.objects.locked().get(pk=request_id)
    REQUEST_FLOW.after("grant", RequestStatus(request.status))
    value = wanted_by(request)
    if request.field == ReadableField.HOME_DIVISION:
        correct_home(resident_id=resident.pk, to_division_code=str(value), actor=actor)
    else:
        facts = cast(ResidentFacts, {request.field: value})
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


@transaction.atomic
def withdraw_correction(*, request_id: UUID, actor: Actor) -> CorrectionRequest:
    """Who asked asks no more; nothing was changed, and what was sent as a proof is destroyed."""
    seen = CorrectionRequest.objects.visible_to(actor).filter(pk=request_id).first()
    if seen is None or not policy.has_asked(actor, seen):
        raise NoSuchRequest
    _close(seen, "withdrawn", actor)
    request = CorrectionRequest.objects.locked().get(pk=request_id)
    REQUEST_FLOW.after("withdraw", RequestStatus(request.status))
    erase_files_of(owner=scans.proof_of_correction(request), actor=actor)
    return _decide(request, "withdraw", actor)


def asked_by_facilities(resident: Resident, actor: Actor) -> list[AskedByFacility]:
    """What facilities asked to be put right of a resident, the newest first, for who speaks for her.

    Which facility it was is left out for her guardian while her whereabouts are protected (decision 0064).
    """
    if not may_ask(actor, resident):
        return []
    rows = CorrectionRequest.objects.about(resident.pk).of_facilities().order_by("-asked_at")
    hidden = str(_("一家养老机构")) if hides_places(actor, resident) else ""
    return [AskedByFacility(row, hidden or row.facility.listed_name) for row in rows]


def correction_days(resident: Resident) -> int:
    """Within how many working days the bureau answers, today."""
    return rule("correction_days", on=today(), member=resident.owner)


def _checked(field: str, value: wanted.Value, resident: Resident) -> wanted.Value:
    """The value in its one written form, by the checks of a registration."""
    if field == ReadableField.HOME_DIVISION:
        refuse_no_home(resident, str(value))
        return value
    if field in TOLD_BY_IDENTITY and resident.identity_cipher is not None:
        raise ToldByIdentity
    known = {name: getattr(resident, name) for name in ("name", *TOLD_BY_IDENTITY)}
    found = checked({field: value}, known=known, on=today())[field]
    if found is None and field not in MAY_BE_UNREPORTED:
        raise FieldsUnknown
    return found


def _ours(request_id: UUID, actor: Actor) -> CorrectionRequest:
    request = CorrectionRequest.objects.select_related("resident").filter(pk=request_id).first()
    if request is None or not can_decide(actor, request.resident.home_division_id):
        raise NoSuchRequest
    if request.user_id is not None and request.user_id == actor.user_id:
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
    if request.user_id is not None and verb != "withdraw":
        tell_decided(request.user_id)
    return request
