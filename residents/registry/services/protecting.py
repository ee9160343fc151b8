"""Where a resident is at home is shown to nobody who need not know."""

from uuid import UUID

from django.db import transaction

from residents.registry import policy
from residents.registry.errors import NoSuchResident, ProtectedAlready
from residents.registry.models import Resident
from residents.registry.services.holding import held, permit_proven, refuse_unless_kept_here
from residents.registry.services.withholding import reason_of
from residents.registry.states import ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.trail import record


@transaction.atomic
def protect_whereabouts(*, resident_id: UUID, reason: str, actor: Actor) -> Resident:
    """From now on no page, match, feed or notice tells where a resident is."""
    return _set(resident_id, True, reason, actor)


@transaction.atomic
def unprotect_whereabouts(*, resident_id: UUID, reason: str, actor: Actor) -> Resident:
    """What protected her is over."""
    return _set(resident_id, False, reason, actor)


def _set(resident_id: UUID, protected: bool, reason: str, actor: Actor) -> Resident:
    resident = held(resident_id, actor)
    permit_proven(policy.can_change(actor, resident), actor)
    if resident.status == ResidentStatus.ERASED:
        raise NoSuchResident
    refuse_unless_kept_here(resident)
    if resident.whereabouts_protected == protected:
        raise ProtectedAlready
    resident.whereabouts_protected = protected
    said = reason_of(reason)
    resident.save(update_fields=["whereabouts_protected"])
    resident.refresh_from_db(fields=["version", "changed_at"])
    action = "resident.protected" if protected else "resident.unprotected"
    record(action=action, actor=actor, subject=resident, reason=said)
    return resident
