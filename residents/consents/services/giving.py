"""A resident says yes, and takes it back; by herself, by who may speak for her, at the counter, by telephone."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.consents import grounds, policy, scans
from residents.consents.errors import AlreadyGiven, NoPaper, NoSuchConsent, NotYourConsent, ProofMissing
from residents.consents.models import Consent
from residents.consents.services.papers import keep_paper, refuse_unscanned
from residents.consents.services.standing import end, open_by, same_again
from residents.consents.services.terms import (
    Saying,
    Terms,
    columns_of,
    proof_of,
    refuse_out_of_register,
    separate_fields,
)
from residents.consents.states import CONSENT_FLOW, Channel, ConsentStatus, GivenBy
from residents.registry.models import Resident
from residents.registry.services.holding import held
from residents.registry.services.telling import tell_resident
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.trail import record
from sojourn.files.services import Upload


@transaction.atomic
def give_consent(
    *, resident_id: UUID, terms: Terms, saying: Saying, scan: Upload | None = None, actor: Actor
) -> Consent:
    """A receiver may have these facts of a resident to this end until a day, because she said so.

    What she did not say herself on her own page she is told. At the counter the paper is scanned; a FileRefused says
    what is wrong with the scan.
    """
    resident = held(resident_id, actor)
    if not policy.can_speak_for(actor, resident):
        raise NotYourConsent
    refuse_out_of_register(resident)
    _refuse_other_mouths(saying, resident, actor)
    refuse_unscanned(saying, scan, scans.CONSENT)
    ground = grounds.ground_on(grounds.CONSENT, today())
    assert ground is not None
    consent = Consent(
        **columns_of(terms, resident),
        separate_fields=separate_fields(terms),
        given_by=saying.by,
        channel=saying.channel,
        proof=proof_of(saying),
        ground=ground.ground,
        article=ground.cited,
        opened_at=now(),
    )
    if same_again(consent, Consent.objects.all()).exists():
        raise AlreadyGiven
    with refusing("consent_one_given", AlreadyGiven):
        open_by(consent, actor=actor)
        consent.save(force_insert=True)
    record(action="consent.given", actor=actor, subject=consent, **_facts(consent))
    if scan is not None:
        keep_paper(consent, scan, actor)
    _tell(consent, saying, topic="consent_given", body=_said_yes(), actor=actor)
    return consent


@transaction.atomic
def scan_consent(*, consent_id: UUID, scan: Upload, actor: Actor) -> Consent:
    """The paper stands beside its consent; a scan that stood there before is destroyed for this one."""
    consent = _held(consent_id, actor)
    if not policy.can_record(actor, consent.resident):
        raise NotYourConsent
    refuse_out_of_register(consent.resident.person)
    if consent.channel == Channel.ONLINE:
        raise NoPaper
    keep_paper(consent, scan, actor)
    record(action="consent.scanned", actor=actor, subject=consent)
    return consent


@transaction.atomic
def withdraw_consent(*, consent_id: UUID, saying: Saying, actor: Actor) -> Consent:
    """What rested on a consent is closed from this instant on; no reason is asked for.

    What she did not take back herself on her own page she is told.
    """
    consent = _held(consent_id, actor)
    if not policy.can_speak_for(actor, consent.resident):
        raise NotYourConsent
    _refuse_other_mouths(saying, consent.resident, actor)
    status = CONSENT_FLOW.after("withdraw", ConsentStatus(consent.status))
    consent.withdrawn_channel, consent.withdrawn_proof = saying.channel, proof_of(saying)
    _ended(consent, status, actor)
    _tell(consent, saying, topic="consent_withdrawn", body=_taken_back(), actor=actor)
    return consent


@transaction.atomic
def end_consent(*, consent_id: UUID, verb: str, actor: Actor) -> Consent:
    """A consent whose time is over (``expire``) or whose resident left the register (``close``) opens nothing more."""
    consent = _held(consent_id, actor)
    return _ended(consent, CONSENT_FLOW.after(verb, ConsentStatus(consent.status)), actor)


def _held(consent_id: UUID, actor: Actor) -> Consent:
    """The consent, held until commit, and before it its resident."""
    found = Consent.objects.visible_to(actor).filter(pk=consent_id).values_list("resident", flat=True).first()
    if found is None:
        raise NoSuchConsent
    resident = Resident.objects.locked().get(pk=found)
    consent = Consent.objects.locked().get(pk=consent_id)
    consent.resident = resident
    return consent


def _ended(consent: Consent, status: ConsentStatus, actor: Actor) -> Consent:
    end(consent, status=status, actor=actor)
    consent.save(update_fields=["status", "ended_at", "withdrawn_channel", "withdrawn_proof"])
    record(action=f"consent.{status.value}", actor=actor, subject=consent, **_facts(consent))
    return consent


def _refuse_other_mouths(saying: Saying, resident: Resident, actor: Actor) -> None:
    """On the page everybody speaks as what she is; what was said otherwise an officer writes down."""
    if actor.role == Role.FAMILY:
        if (saying.channel, saying.by) != (Channel.ONLINE, policy.speaks_as(actor, resident)):
            raise ProofMissing
    elif actor.role == Role.OFFICER and saying.channel == Channel.ONLINE:
        raise ProofMissing


def _tell(consent: Consent, saying: Saying, *, topic: str, body: str, actor: Actor) -> None:
    """She reads of it, unless she said it herself on the page: one officer can type what nobody said."""
    if (saying.channel, saying.by) != (Channel.ONLINE, GivenBy.RESIDENT):
        tell_resident(consent.resident, topic=topic, body=body, actor=actor)


def _said_yes() -> str:
    return _(
        "【旅居养老】有一份同意登记到了您名下，对方可以查看您的部分信息。不是您的意思的，可以随时撤回，"
        "也可以向户籍地民政部门查问。"
    )


def _taken_back() -> str:
    return _(
        "【旅居养老】您名下的一份同意已经撤回，对方不能再凭它查看您的信息。不是您的意思的，"
        "请向户籍地民政部门查问。"
    )


def _facts(consent: Consent) -> dict:
    return {
        "purpose": consent.purpose,
        "fields": consent.fields,
        "receiver": consent.receiver_kind,
        "member": consent.receiver_member,
    }
