"""Something of a resident is shared on a law; against a withdrawal only by the decision of two people."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.consents import grounds, policy
from residents.consents.errors import (
    AlreadyShared,
    EndsWithTheMove,
    GroundUnknown,
    NoSuchConsent,
    NoSuchLegalShare,
    NothingWithdrawn,
    NoticeMissing,
    NotYourConsent,
    ReasonMissing,
    WithdrawalStands,
)
from residents.consents.models import Consent, LegalShare
from residents.consents.services.standing import end, open_by, receiver_and_end, same_again
from residents.consents.services.terms import (
    LONGEST_PROOF,
    LONGEST_REASON,
    Receiver,
    Terms,
    columns_of,
    refuse_out_of_register,
)
from residents.consents.states import LEGAL_SHARE_FLOW, ConsentStatus, LegalShareStatus
from residents.registry.models import Resident, Transfer
from residents.registry.services.holding import held
from residents.registry.services.telling import tell_resident
from residents.registry.states import Purpose, TransferStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.plain_words import plain_words
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject

OVERRIDE, SUBJECT = "override_withdrawal", "consents.consent"


@dataclass(frozen=True)
class Duty:
    """The legal ground by its code, why it is applied, and how the resident is told."""

    ground: str
    reason: str
    notice: str


@transaction.atomic
def share_by_law(*, resident_id: UUID, terms: Terms, duty: Duty, actor: Actor) -> LegalShare:
    """A receiver may have these facts of a resident until a day, because a law says so and she was told."""
    resident = held(resident_id, actor)
    if not policy.can_record(actor, resident):
        raise NotYourConsent
    share = drafted(resident, terms, duty)
    if _withdrawn_before(share).exists():
        raise WithdrawalStands
    return stood(share, actor)


@transaction.atomic
def propose_override(*, consent_id: UUID, duty: Duty, expires_on: date, actor: Actor) -> Proposal:
    """It waits for a second person that what a resident took back is shared nevertheless, on a law."""
    consent = _withdrawn(consent_id, actor)
    if not policy.can_record(actor, consent.resident):
        raise NotYourConsent
    drafted(consent.resident, _terms_of(consent, expires_on), duty)
    return desk.propose(
        kind=OVERRIDE,
        subject=Subject(
            SUBJECT,
            str(consent.pk),
            _("撤回同意后依法共享：{number}").format(number=consent.resident.number),
            consent.resident.home_division_id,
        ),
        facts={
            "consent": str(consent.pk),
            "ground": duty.ground,
            "notice": duty.notice,
            "expires_on": str(expires_on),
        },
        reason=duty.reason,
        actor=actor,
    )


def override(*, proposal: Proposal, actor: Actor) -> LegalShare:
    """Carries out a decision of the kind ``override_withdrawal``."""
    told = proposal.facts
    consent = _withdrawn(UUID(told["consent"]), actor)
    duty = Duty(told["ground"], proposal.reason, told["notice"])
    share = drafted(consent.resident, _terms_of(consent, date.fromisoformat(told["expires_on"])), duty)
    share.overrides = consent
    return stood(share, actor)


@transaction.atomic
def end_legal_share(*, share_id: UUID, verb: str = "end", of_move: bool = False, actor: Actor) -> LegalShare:
    """A sharing by law is over: by an officer, by its time, or because the resident left the register.

    What is shared for a move ends with the move alone (``of_move``).
    """
    found = (
        LegalShare.objects.visible_to(actor).filter(pk=share_id).values_list("resident", flat=True).first()
    )
    if found is None:
        raise NoSuchLegalShare
    resident = Resident.objects.locked().get(pk=found)
    share = LegalShare.objects.locked().get(pk=share_id)
    share.resident = resident
    if not policy.can_record(actor, resident):
        raise NotYourConsent
    if share.purpose == Purpose.HOUSEHOLD_MOVE and not of_move:
        _refuse_while_moving(share, verb)
    status = LEGAL_SHARE_FLOW.after(verb, LegalShareStatus(share.status))
    end(share, status=status, actor=actor)
    share.save(update_fields=["status", "ended_at"])
    record(action=f"legalshare.{status.value}", actor=actor, subject=share, purpose=share.purpose)
    return share


def drafted(resident: Resident, terms: Terms, duty: Duty, *, moving: bool = False) -> LegalShare:
    """The sharing as it would stand; refused where no law carries it, no reason is told or nobody tells her."""
    refuse_out_of_register(resident)
    columns = columns_of(replace(terms, separate=()), resident, moving=moving)
    ground = grounds.ground_on(duty.ground, today())
    if ground is None or not ground.serves(terms.purpose, columns["fields"]):
        raise GroundUnknown
    return LegalShare(
        **columns,
        ground=ground.ground,
        article=ground.cited,
        ground_code=ground.code,
        reason=plain_words(duty.reason, LONGEST_REASON, ReasonMissing),
        notice=plain_words(duty.notice, LONGEST_PROOF, NoticeMissing),
        opened_at=now(),
    )


def stood(share: LegalShare, actor: Actor) -> LegalShare:
    """The sharing stands, and what it opens with it; she is told."""
    if same_again(share, LegalShare.objects.all()).exists():
        raise AlreadyShared
    with refusing("legalshare_one_live", AlreadyShared):
        open_by(share, actor=actor)
        share.save(force_insert=True)
    record(
        action="legalshare.live",
        actor=actor,
        subject=share,
        purpose=share.purpose,
        fields=share.fields,
        ground=share.ground,
        notice=share.notice,
    )
    _tell(share, actor)
    return share


def _tell(share: LegalShare, actor: Actor) -> None:
    """Nobody asked her, so she reads of it; and where it goes against what she took back, of that."""
    topic, body = (
        "legalshare_live",
        _(
            "【旅居养老】依照法律规定，您的部分信息已经提供给有关单位，不需要您同意。有疑问，请向户籍地民政部门查问。"
        ),
    )
    if share.overrides_id is not None:
        topic, body = (
            "consent_overridden",
            _(
                "【旅居养老】您撤回过同意的部分信息，经两名工作人员先后核准，依照法律规定仍然提供给对方。"
                "有疑问，请向户籍地民政部门查问。"
            ),
        )
    tell_resident(share.resident, topic=topic, body=body, actor=actor)


def _refuse_while_moving(share: LegalShare, verb: str) -> None:
    """Time, death and erasure end a move that waits; one that was decided stands until she is registered there."""
    is_decided = Transfer.objects.filter(pk=share.pk, status=TransferStatus.IN).exists()
    if verb == "end" or is_decided:
        raise EndsWithTheMove


def _withdrawn_before(share: LegalShare):
    """Consents to the same receiver and end that she took back, and nothing newer that she gave."""
    same = Consent.objects.of(share.resident_id).filter(**receiver_and_end(share))
    last = same.latest_first().values("pk")[:1]
    return same.filter(pk__in=last, status=ConsentStatus.WITHDRAWN)


def _withdrawn(consent_id: UUID, actor: Actor) -> Consent:
    """The consent that was withdrawn, held with its resident."""
    found = Consent.objects.visible_to(actor).filter(pk=consent_id).values_list("resident", flat=True).first()
    if found is None:
        raise NoSuchConsent
    resident = Resident.objects.locked().get(pk=found)
    consent = Consent.objects.locked().get(pk=consent_id)
    if consent.status != ConsentStatus.WITHDRAWN:
        raise NothingWithdrawn
    consent.resident = resident
    return consent


def _terms_of(consent: Consent, expires_on: date) -> Terms:
    receiver = Receiver(consent.receiver_kind, consent.receiver_member, consent.receiver_id)
    return Terms(consent.purpose, consent.fields, receiver, expires_on)
