"""Who may see a facility, report its facts and decide about it."""

from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import SHOWN_TO_EVERYONE, FacilityStatus
from sojourn.core.actors import Actor, Role


def can_view(actor: Actor, row: Operator | Facility | FeatureReport) -> bool:
    """Agrees with ``visible_to``: what is listed can be opened, and nothing else."""
    match row:
        case Operator():
            return True
        case FeatureReport():
            return can_view(actor, row.facility)
    if row.status in SHOWN_TO_EVERYONE or actor.role == Role.SYSTEM:
        return True
    match actor.role:
        case Role.OFFICER | Role.AUDITOR | Role.ADMIN:
            return actor.covers(row.division_id)
        case Role.FACILITY:
            return row.pk in actor.facility_ids
    return False


def can_manage(actor: Actor, row: Operator | Facility) -> bool:
    """Agrees with ``managed_by``: the row stands in this actor's own list, to read or to act on."""
    match actor.role:
        case Role.SYSTEM:
            return True
        case Role.OFFICER | Role.AUDITOR | Role.ADMIN:
            return actor.covers(row.division_id)
        case Role.FACILITY:
            return row.pk in actor.facility_ids
    return False


def can_register(actor: Actor, division_code: str) -> bool:
    """An officer in the divisions she covers."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(division_code))


def can_decide(actor: Actor, row: Operator | Facility) -> bool:
    """The bureau of the place decides: an officer whose reach includes it."""
    return can_register(actor, row.division_id)


def can_report(actor: Actor, facility: Facility) -> bool:
    """The facts of a facility come from itself or from the bureau of the place."""
    itself = actor.role == Role.FACILITY and facility.pk in actor.facility_ids
    return itself or can_decide(actor, facility)


def can_open_to_sojourners(actor: Actor, facility: Facility) -> bool:
    """The bureau opens a facility for the first time; after a pause it may open again by itself."""
    paused = facility.status == FacilityStatus.PAUSED
    return can_report(actor, facility) if paused else can_decide(actor, facility)
