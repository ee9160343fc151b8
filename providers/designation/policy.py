"""Who may see a base, and who designates."""

from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.facilities import policy as facilities
from sojourn.core.actors import Actor, Role


def can_view(actor: Actor, row: Base | Batch | Scheme | ReportedCount) -> bool:
    """Agrees with ``visible_to``: whoever sees the facility sees its designation."""
    return facilities.can_view(actor, row.facility) if isinstance(row, Base) else True


def can_manage(actor: Actor, row: Base | Batch | Scheme | ReportedCount) -> bool:
    """Agrees with ``managed_by``: the row stands in this actor's own list."""
    if isinstance(row, Base):
        return facilities.can_manage(actor, row.facility)
    return actor.role == Role.SYSTEM or (actor.is_staff and actor.covers(row.member_id))


def can_designate(actor: Actor, member_code: str) -> bool:
    """A member designates through its provincial bureau: an officer whose reach is the whole province."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(member_code))
