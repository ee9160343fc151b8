"""What a basis opens stands with it and ends with it, in one transaction."""

from residents.consents.models import Basis
from residents.consents.querysets import OfResidentsQuerySet
from residents.consents.services.extracting import drop_extract, stand_extract
from residents.consents.services.terms import opening_of
from residents.registry.services import close_access, open_access
from sojourn.core.actors import Actor
from sojourn.core.clock import now


def open_by(basis: Basis, *, actor: Actor) -> None:
    """What the basis opens is open, here or elsewhere; to be called before it is stored, its resident held."""
    opening = opening_of(basis)
    if opening is not None:
        basis.access = open_access(resident=basis.resident, opening=opening, actor=actor)
    stand_extract(basis, basis.resident)


def same_again(basis: Basis, rows: OfResidentsQuerySet) -> OfResidentsQuerySet:
    """Which of these stand already to the same end for the same receiver, by whichever of her registrations.

    Of one registration the database promises that there is one.
    """
    return rows.of(basis.resident_id).standing_still().filter(**receiver_and_end(basis))


def receiver_and_end(basis: Basis) -> dict:
    """For whom and what for, as columns."""
    return {
        "purpose": basis.purpose,
        "receiver_kind": basis.receiver_kind,
        "receiver_member": basis.receiver_member,
        "receiver_id": basis.receiver_id,
    }


def end(basis: Basis, *, status: str, actor: Actor) -> None:
    """The basis has this status from now on, and nothing that rested on it is open any more, here or elsewhere."""
    basis.status = status  # type: ignore[attr-defined]  # each kind of basis has states of its own
    basis.ended_at = now()
    if basis.access_id is not None:
        close_access(access_id=basis.access_id, actor=actor)
    drop_extract(basis)
