"""Where a resident is at home is shown to nobody who need not know."""

from uuid import UUID

from django.db import transaction

from residents.registry import policy
from residents.registry.errors import AskedAlready, NoSuchResident, ProtectedAlready
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
def answer_whereabouts(*, resident_id: UUID, protected: bool, actor: Actor) -> Resident:
    """She was asked for the first time whether her whereabouts are to be protected, and this is what she said.

    Officers of her home write it down; she says so herself on her page. Her guardian may ask for protection
    there, not do without it: a guardian may be the one who must not know. Asked already is refused as AskedAlready.
    """
    resident = held(resident_id, actor)
    permit_proven(policy.can_answer(actor, resident, protected), actor)
    _refuse_unless_stands(resident)
    if resident.whereabouts_protected is not None:
        raise AskedAlready
    return _write(resident, protected, action="resident.asked", actor=actor, protected=protected)


@transaction.atomic
def unprotect_whereabouts(*, resident_id: UUID, reason: str, actor: Actor) -> Resident:
    """What protected her is over."""
    return _set(resident_id, False, reason, actor)


def protect_alike(*, gone: Resident, stays: Resident, actor: Actor) -> None:
    """Whoever asked to be protected in one of her registrations is so in the one into which it goes; both are held.

    To undo the merge leaves it: too much protection is lifted by an officer, too little is found out by whom it
    should not be.
    """
    if gone.whereabouts_protected and not stays.whereabouts_protected:
        _write(stays, True, action="resident.protected", actor=actor, merged=gone.number)


def _set(resident_id: UUID, protected: bool, reason: str, actor: Actor) -> Resident:
    resident = held(resident_id, actor)
    permit_proven(policy.can_change(actor, resident), actor)
    _refuse_unless_stands(resident)
    if resident.whereabouts_protected == protected:
        raise ProtectedAlready
    action = "resident.protected" if protected else "resident.unprotected"
    return _write(resident, protected, action=action, actor=actor, reason=reason_of(reason))


def _refuse_unless_stands(resident: Resident) -> None:
    if resident.status == ResidentStatus.ERASED:
        raise NoSuchResident
    refuse_unless_kept_here(resident)


def _write(resident: Resident, answer: bool, *, action: str, actor: Actor, **facts) -> Resident:
    resident.whereabouts_protected = answer
    resident.save(update_fields=["whereabouts_protected"])
    resident.refresh_from_db(fields=["version", "changed_at"])
    record(action=action, actor=actor, subject=resident, **facts)
    return resident
