"""Who may give, take back and look at what is opened of a resident."""

from residents.consents.models import Basis, Mandate
from residents.consents.querysets import SPEAKING
from residents.consents.states import AgentAct, GivenBy, MandateStatus
from residents.registry import policy as registry
from residents.registry.models import Link, Resident
from residents.registry.states import Relation
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject


def can_view(actor: Actor, row: Basis | Mandate) -> bool:
    """Agrees with ``visible_to``."""
    match actor.role:
        case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
            return registry.can_view(actor, row.resident)
    if links_of(actor, row.resident):
        return True
    if isinstance(row, Mandate):
        return _is_agent(actor, row)
    return AgentAct.CONSENT in acts_of(actor, row.resident)


def can_read_log(actor: Actor, resident: Resident) -> bool:
    """Who looked at her is for herself, her guardian and an agent whose mandate names it."""
    return bool(links_of(actor, resident)) or AgentAct.READ_RECORDS in acts_of(actor, resident)


def can_record(actor: Actor, resident: Resident) -> bool:
    """What was said at the counter or by telephone is written down by the officers of her home."""
    return registry.can_change(actor, resident)


def speaks(actor: Actor, resident: Resident) -> bool:
    """Whether a family says yes or no for the resident, so that it may also say what is wrong about her."""
    return speaks_as(actor, resident) is not None


def can_speak_for(actor: Actor, resident: Resident) -> bool:
    """Consents are given and taken back by officers, and by who may say yes herself."""
    return can_record(actor, resident) or speaks_as(actor, resident) is not None


def speaks_as(actor: Actor, resident: Resident) -> GivenBy | None:
    """As what this account says yes or no for the resident; None where kinship is all there is."""
    by_link = _own_voice(actor, resident)
    if by_link is not None:
        return by_link
    return GivenBy.AGENT if AgentAct.CONSENT in acts_of(actor, resident) else None


def ends_as(actor: Actor, mandate: Mandate) -> GivenBy | None:
    """As whom this account ends a mandate: its agent, who gave it, her guardian; None for everybody else.

    What another mandate lets its agent say is not asked: no agent ends another's.
    """
    if actor.role == Role.FAMILY and actor.user_id == mandate.agent_id:
        return GivenBy.AGENT
    return _own_voice(actor, mandate.resident)


def links_of(actor: Actor, resident: Resident) -> set[str]:
    """What this account is to the resident by a confirmed link, where that lets it speak for her."""
    if actor.role != Role.FAMILY or actor.user_id is None:
        return set()
    hers = Link.objects.about(resident.person_id)
    live = hers.live().filter(user=actor.user_id, ends_on__gt=today())
    return set(live.values_list("relation", flat=True)) & SPEAKING


def can_dispose(actor: Actor, resident: Resident) -> bool:
    """Who is meant by a match is said by the officers of her home."""
    return actor.role == Role.OFFICER and registry.can_change(actor, resident)


def acts_of(actor: Actor, resident: Resident) -> set[AgentAct]:
    """What this account may do for the resident by mandate."""
    if actor.role != Role.FAMILY or actor.user_id is None:
        return set()
    valid = Mandate.objects.of(resident.person_id).valid_at(now()).filter(agent=actor.user_id)
    return {AgentAct(act) for mandate in valid for act in mandate.may_do}


def may_propose_override(actor: Actor, subject: Subject) -> bool:
    return actor.role == Role.OFFICER and actor.covers(subject.division_code)


def may_approve_override(actor: Actor, proposal: Proposal) -> bool:
    return actor.role == Role.OFFICER and actor.covers(proposal.division_code)


def _is_agent(actor: Actor, mandate: Mandate) -> bool:
    """Whether this account acts by this mandate now."""
    holds = mandate.status == MandateStatus.VALID and mandate.opened_at <= now() < mandate.expires_at
    return holds and actor.role == Role.FAMILY and actor.user_id == mandate.agent_id


def _own_voice(actor: Actor, resident: Resident) -> GivenBy | None:
    links = links_of(actor, resident)
    if Relation.SELF in links:
        return GivenBy.RESIDENT
    return GivenBy.GUARDIAN if Relation.GUARDIAN in links else None
