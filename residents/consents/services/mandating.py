"""A resident lets somebody act for her, and ends it; kinship alone opens nothing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.consents import facts, grounds, policy, scans
from residents.consents.errors import (
    ActsUnknown,
    AlreadyMandated,
    FactsUnknown,
    HealthNotForAgents,
    NoSuchMandate,
    NotYourConsent,
)
from residents.consents.models import Mandate
from residents.consents.services.papers import keep_paper, refuse_unscanned
from residents.consents.services.terms import Saying, last_instant, proof_of, refuse_out_of_register
from residents.consents.states import MANDATE_FLOW, AgentAct, Channel, GivenBy, MandateStatus
from residents.registry.models import Resident
from residents.registry.services import Opening, close_access, open_access
from residents.registry.services.holding import held
from residents.registry.services.telling import tell_resident, tell_user
from residents.registry.states import HolderKind, PrivateField
from sojourn.accounts.services import open_family_account
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.trail import record
from sojourn.files.services import Upload


@dataclass(frozen=True)
class Paper:
    """What a mandate says: whose telephone acts, what it may be shown and do, until which day (not included)."""

    phone: str = field(repr=False)
    may_see: Collection[str]
    may_do: Collection[str]
    expires_on: date


@transaction.atomic
def give_mandate(
    *, resident_id: UUID, paper: Paper, saying: Saying, scan: Upload | None = None, actor: Actor
) -> Mandate:
    """Whoever signs in with this telephone sees a resident and acts for her as far as the paper says.

    Nothing of her health is opened. Neither the answer nor what is sent tells whether the telephone had an account.
    At the counter the paper is scanned; a FileRefused says what is wrong with the scan.
    """
    agent = open_family_account(phone=paper.phone, actor=actor)
    resident = held(resident_id, actor)
    if not policy.can_record(actor, resident) or saying.channel == Channel.ONLINE:
        raise NotYourConsent
    refuse_out_of_register(resident)
    refuse_unscanned(saying, scan, scans.MANDATE)
    if Mandate.objects.of(resident.pk).standing_still().filter(agent=agent).exists():
        raise AlreadyMandated
    ground = _ground()
    seen = _seen(paper.may_see)
    mandate = Mandate(
        owner=resident.owner,
        resident=resident,
        agent=agent,
        may_see=seen,
        may_do=_done(paper.may_do),
        channel=saying.channel,
        proof=proof_of(saying),
        opened_at=now(),
        expires_at=last_instant(paper.expires_on, "mandate_longest_days", resident.owner),
    )
    opening = Opening(HolderKind.USER, agent.pk, seen, ground.ground, ground.cited, mandate.expires_at)
    with refusing("mandate_one_valid", AlreadyMandated):
        mandate.access = open_access(resident=resident, opening=opening, actor=actor)
        mandate.save(force_insert=True)
    record(action="mandate.valid", actor=actor, subject=mandate, fields=mandate.may_see, acts=mandate.may_do)
    if scan is not None:
        keep_paper(mandate, scan, actor)
    tell_resident(resident, topic="mandate_valid", body=_begun(), actor=actor)
    tell_user(agent.pk, topic="mandate_agent", body=_invited())
    return mandate


@transaction.atomic
def scan_mandate(*, mandate_id: UUID, scan: Upload, actor: Actor) -> Mandate:
    """The paper stands beside its mandate; a scan that stood there before is destroyed for this one."""
    mandate = _held(mandate_id, actor)
    if not policy.can_record(actor, mandate.resident):
        raise NotYourConsent
    refuse_out_of_register(mandate.resident.person)
    keep_paper(mandate, scan, actor)
    record(action="mandate.scanned", actor=actor, subject=mandate)
    return mandate


@transaction.atomic
def withdraw_mandate(*, mandate_id: UUID, saying: Saying, actor: Actor) -> Mandate:
    """The account sees and does nothing more for this resident, because either side said so on her own page, or the
    resident at the counter or by telephone; an agent who did not say it herself is told."""
    mandate = _held(mandate_id, actor)
    _refuse_other_mouths(saying, mandate, actor)
    status = MANDATE_FLOW.after("withdraw", MandateStatus(mandate.status))
    mandate.withdrawn_channel, mandate.withdrawn_proof = saying.channel, proof_of(saying)
    _ended(mandate, status, actor)
    if saying.by != GivenBy.AGENT:
        tell_user(mandate.agent_id, topic="mandate_agent_ended", body=_taken_back())
    return mandate


@transaction.atomic
def end_mandate(*, mandate_id: UUID, verb: str, actor: Actor) -> Mandate:
    """A mandate whose time is over (``expire``) or whose principal left the register (``close``) opens nothing."""
    mandate = _held(mandate_id, actor)
    return _ended(mandate, MANDATE_FLOW.after(verb, MandateStatus(mandate.status)), actor)


def _held(mandate_id: UUID, actor: Actor) -> Mandate:
    found = Mandate.objects.visible_to(actor).filter(pk=mandate_id).values_list("resident", flat=True).first()
    if found is None:
        raise NoSuchMandate
    resident = Resident.objects.locked().get(pk=found)
    mandate = Mandate.objects.locked().get(pk=mandate_id)
    mandate.resident = resident
    return mandate


def _refuse_other_mouths(saying: Saying, mandate: Mandate, actor: Actor) -> None:
    """On the page each side speaks as what she is; what was said otherwise an officer writes down."""
    if actor.role == Role.FAMILY:
        may = (saying.channel, saying.by) == (Channel.ONLINE, policy.ends_as(actor, mandate))
    else:
        may = saying.channel != Channel.ONLINE and policy.can_record(actor, mandate.resident)
    if not may:
        raise NotYourConsent


def _ended(mandate: Mandate, status: MandateStatus, actor: Actor) -> Mandate:
    mandate.status, mandate.ended_at = status, now()
    mandate.save(update_fields=["status", "ended_at", "withdrawn_channel", "withdrawn_proof"])
    close_access(access_id=mandate.access_id, actor=actor)
    record(action=f"mandate.{status.value}", actor=actor, subject=mandate)
    words = _("【旅居养老】您名下的一份委托书已经终止，不能再凭它代您办事。有疑问，请向户籍地民政部门查问。")
    tell_resident(mandate.resident, topic="mandate_ended", body=words, actor=actor)
    return mandate


def _ground() -> grounds.LegalGround:
    found = grounds.ground_on(grounds.MANDATE, today())
    assert found is not None
    return found


def _begun() -> str:
    return _(
        "【旅居养老】有一份委托书登记到了您名下，有人可以代您办事。不是您委托的，请向户籍地民政部门查问。"
    )


def _invited() -> str:
    """The same for who has an account and for who has none yet; it names nobody."""
    return _(
        "【旅居养老】有一位老年人委托您代她办事。请用这个电话号码登录网站，在“我的”里查看，"
        "没有登录过的第一次登录就可以。您不认识的，登录后可以终止委托。"
    )


def _taken_back() -> str:
    """Whether she said so herself or somebody for her, it does not tell."""
    return _(
        "【旅居养老】您代一位老年人办事的一份委托，已由委托一方终止，不能再凭它办事，也看不到凭它开放的信息。"
        "有疑问，请询问老人一方，或向老人户籍地的民政部门查问。"
    )


def _seen(fields: Collection[str]) -> list[PrivateField]:
    """The private fields that the paper opens; refused where one tells of health, or nobody knows it."""
    if any(fact.is_health for fact in facts.named(fields)):
        raise HealthNotForAgents
    if not set(fields) <= set(PrivateField.values):
        raise FactsUnknown
    return [field for field in PrivateField if field in fields]


def _done(acts: Collection[str]) -> list[AgentAct]:
    if not acts or not set(acts) <= set(AgentAct.values):
        raise ActsUnknown
    return [act for act in AgentAct if act in acts]
