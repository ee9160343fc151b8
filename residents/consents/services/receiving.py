"""Who is handed out to this node's members: they wait at the desk of their new home, which accepts or refuses.

To accept registers nobody yet: the old home may have taken her back meanwhile. She is registered as soon as what it
shares says that she moved out (decision 0042).
"""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from residents.assessments.services import recognise_result
from residents.consents import envelopes
from residents.consents.errors import ArrivalOver, NoSuchArrival, NotReadable, NotYourConsent
from residents.consents.facts import MOVED_OUT, PROTECTED
from residents.consents.models import EXTRACTS, Arrival, Extract
from residents.consents.services.recognising import original_of, recognised_of
from residents.consents.states import ARRIVAL_FLOW, ArrivalStatus
from residents.registry.facts import CHECKS, ResidentFacts
from residents.registry.policy import can_register
from residents.registry.services import Arriving, receive_resident, refuse_unless_receivable
from residents.registry.services.withholding import reason_of
from residents.registry.states import Ground, Purpose
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.announce import after_commit
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now
from sojourn.core.refusals import Refusal, SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.subjects import Subject
from sojourn.sharing.models import Withdrawal
from sojourn.sharing.states import GRANT_ENDED

QUEUE, SUBJECT = "arrivals", "consents.arrival"
MOST_AT_ONCE = 500
SEAL = "sojourn.sharing.tasks.seal"


@transaction.atomic
def accept_arrival(*, arrival_id: UUID, actor: Actor) -> Arrival:
    """The new home will have her; refused where what came cannot be registered here.

    ArrivalOver where the old home took her back or the term is over.
    """
    arrival, extract = _held(arrival_id, actor)
    arrival.status = ARRIVAL_FLOW.after("accept", ArrivalStatus(arrival.status))
    if extract is None or extract.expires_at <= now():
        raise ArrivalOver
    refuse_unless_receivable(who_comes(extract))
    return _decided(arrival, actor)


@transaction.atomic
def refuse_arrival(*, arrival_id: UUID, reason: str, actor: Actor) -> Arrival:
    """The new home will not have her, and tells the old one why; she stays where she was."""
    arrival, _extract = _held(arrival_id, actor)
    arrival.status = ARRIVAL_FLOW.after("refuse", ArrivalStatus(arrival.status))
    arrival.opinion = reason_of(reason)
    _close(arrival, actor)
    return _decided(arrival, actor)


def came_with(arrival: Arrival) -> Extract | None:
    """What came of her; None where nothing did, or the old home withdrew it."""
    return Extract.objects.copies().filter(pk=arrival.pk).first()


def hindrance_of(arrival: Arrival) -> Refusal | None:
    """Why she cannot be registered here as things stand; None where nothing hinders it or nothing is left to do."""
    extract = came_with(arrival)
    if extract is None or arrival.status not in ARRIVAL_FLOW.sources("lapse"):
        return None
    try:
        refuse_unless_receivable(who_comes(extract))
    except Refusal as refusal:
        return refusal
    return None


def settle_arrivals() -> int:
    """What came waits at the desk, what was withdrawn waits no more, who moved out is registered; how many were new."""
    found = _find()
    waiting = Arrival.objects.written_here().filter(status__in=ARRIVAL_FLOW.sources("lapse"))
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        try:
            _settle(pk)
        except Refusal:
            continue  # her page says what hinders it, and her item stays at the desk
    return found


def who_comes(extract: Extract) -> Arriving:
    """What an extract says of her, ready to be registered; NotReadable where it does not open."""
    try:
        words = envelopes.opened(extract, [code for code in CHECKS if code in extract.sealed])
        facts: dict = dict(words)
        if "birth_on" in words:
            facts["birth_on"] = date.fromisoformat(words["birth_on"])
    except (Undecipherable, AttributeError, TypeError, ValueError):
        raise NotReadable from None
    if "diets" in words:
        facts["diets"] = words["diets"].split(",")
    facts[PROTECTED] = True if PROTECTED in words else None  # her new home asks her
    return Arriving(
        facts=ResidentFacts(**facts),  # type: ignore[typeddict-item]  # checked where she is registered
        division_code=extract.place,
        from_member=extract.owner,
        from_number=extract.resident_number,
        is_sample=extract.is_sample,
    )


# --- steps ----------------------------------------------------------------------------------------
def _find() -> int:
    """Every hand-over that came is one arrival, however often it comes."""
    handed_out = Extract.objects.copies().filter(
        purpose=Purpose.HOUSEHOLD_MOVE,
        ground=Ground.STATUTORY_DUTY,
        receiver__in=settings.HOSTED_PROVINCES,
        expires_at__gt=now(),
    )
    new = handed_out.exclude(pk__in=Arrival.objects.values("pk")).order_by("pk")
    return sum(_wait(extract) for extract in list(new[:MOST_AT_ONCE]))


@transaction.atomic
def _wait(extract: Extract) -> bool:
    arrival, is_new = Arrival.objects.get_or_create(
        id=extract.pk,
        defaults={
            "owner": extract.receiver,
            "home": extract.owner,
            "place": extract.place,
            "resident_number": extract.resident_number,
            "is_sample": extract.is_sample,
        },
    )
    if not is_new:
        return False
    record(action="arrival.waiting", actor=SYSTEM, subject=arrival, member=arrival.home)
    after_commit(SEAL)
    title = _("外省户籍迁入：{number}").format(number=arrival.resident_number)
    desk.open_item(
        queue=QUEUE,
        subject=Subject(SUBJECT, str(arrival.pk), title, arrival.place),
        facts={"member": arrival.home},
        actor=SYSTEM,
    )
    return True


@transaction.atomic
def _settle(pk: UUID) -> None:
    """What the old home said last of one arrival that is not over holds here as well."""
    extract = Extract.objects.copies().locked().filter(pk=pk).first()
    arrival = Arrival.objects.written_here().locked().get(pk=pk)
    status = ArrivalStatus(arrival.status)
    if status == ArrivalStatus.ACCEPTED and (extract is not None or _waits_for_a_grant(pk)):
        if extract is not None and MOVED_OUT in extract.sealed:
            _register(arrival, extract)
        return
    if status in ARRIVAL_FLOW.sources("lapse") and (extract is None or extract.expires_at <= now()):
        arrival.status = ARRIVAL_FLOW.after("lapse", status)
        _close(arrival, SYSTEM)
        arrival.save(update_fields=["status"])
        record(action="arrival.lapsed", actor=SYSTEM, subject=arrival)
        after_commit(SEAL)


def _waits_for_a_grant(pk: UUID) -> bool:
    """Whether what came was withdrawn only because a grant ended: she may have moved out, and is told of under the next."""
    return Withdrawal.objects.filter(resource=EXTRACTS, entity=pk, reason=GRANT_ENDED).exists()


def _register(arrival: Arrival, extract: Extract) -> None:
    """She moved out there, so she is at home here."""
    arrival.status = ARRIVAL_FLOW.after("register", ArrivalStatus(arrival.status))
    arrival.resident = receive_resident(who=who_comes(extract), actor=SYSTEM).pk
    _recognise(arrival.resident, extract)
    _close(arrival, SYSTEM)
    arrival.save(update_fields=["status", "resident"])
    record(action="arrival.registered", actor=SYSTEM, subject=arrival)
    after_commit(SEAL)


def _recognise(resident_id: UUID, extract: Extract) -> None:
    """What her result was recognised as while she waited counts on; the rest officers enter from the paper."""
    found = recognised_of(extract, SYSTEM)
    if found is None:
        return
    try:
        with transaction.atomic():
            recognise_result(
                resident_id=resident_id,
                original=original_of(extract),
                agreement_code=found.agreement.code,
                actor=SYSTEM,
            )
    except Refusal:
        return  # the agreement ended or the result ran out meanwhile: she is assessed anew


def _held(arrival_id: UUID, actor: Actor) -> tuple[Arrival, Extract | None]:
    """The arrival and what came with it, held, for an officer of the new home who proved who she is."""
    if not Arrival.objects.visible_to(actor).filter(pk=arrival_id).exists():
        raise NoSuchArrival
    extract = Extract.objects.copies().locked().filter(pk=arrival_id).first()
    arrival = Arrival.objects.locked().get(pk=arrival_id)
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if not can_register(actor, arrival.place):
        raise NotYourConsent
    return arrival, extract


def _decided(arrival: Arrival, actor: Actor) -> Arrival:
    arrival.decided_by, arrival.decided_at = actor.user_id, now()
    arrival.save(update_fields=["status", "opinion", "decided_by", "decided_at"])
    record(action=f"arrival.{arrival.status}", actor=actor, subject=arrival)
    after_commit(SEAL)
    return arrival


def _close(arrival: Arrival, actor: Actor) -> None:
    desk.close_item(
        queue=QUEUE,
        subject_kind=SUBJECT,
        subject_id=str(arrival.pk),
        outcome=ArrivalStatus(arrival.status).value,
        actor=actor,
    )
