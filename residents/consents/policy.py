"""Who may give, take back and look at what is opened of a resident."""

from residents.consents.models import Basis, Mandate
from residents.consents.states import AgentAct
from residents.registry import policy as registry
from residents.registry.models import Resident
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject


def can_view(actor: Actor, row: Basis | Mandate) -> bool:
    """Agrees with ``visible_to``."""
    match actor.role:
        case Role.SYSTEM | Role.OFFICER | Role.AUDITOR:
            return registry.can_view(actor, row.resident)
    return bool(acts_of(actor, row.resident))


def can_record(actor: Actor, resident: Resident) -> bool:
    """What was said at the counter or by telephone is written down by the officers of her home."""
    return registry.can_change(actor, resident)


def can_speak_for(actor: Actor, resident: Resident) -> bool:
    """Consents are given and taken back by officers, and by an agent whose mandate says so."""
    return can_record(actor, resident) or AgentAct.CONSENT in acts_of(actor, resident)


def can_dispose(actor: Actor, resident: Resident) -> bool:
    """Who is meant by a match is said by the officers of her home."""
    return actor.role == Role.OFFICER and registry.can_change(actor, resident)


def acts_of(actor: Actor, resident: Resident) -> set[AgentAct]:
    """What this account may do for the resident by mandate."""
    if actor.role != Role.FAMILY or actor.user_id is None:
        return set()
    valid = Mandate.objects.of(resident.pk).valid_at(now()).filter(agent=actor.user_id)
    return {AgentAct(act) for mandate in valid for act in mandate.may_do}


def may_propose_override(actor: Actor, subject: Subject) -> bool:
    return actor.role == Role.OFFICER and actor.covers(subject.division_code)


def may_approve_override(actor: Actor, proposal: Proposal) -> bool:
    return actor.role == Role.OFFICER and actor.covers(proposal.division_code)
