"""What a basis opens stands with it and ends with it, in one transaction."""

from residents.consents.models import Basis
from residents.consents.services.terms import opening_of
from residents.registry.services import close_access, open_access
from sojourn.core.actors import Actor
from sojourn.core.clock import now


def open_by(basis: Basis, *, actor: Actor) -> None:
    """What the basis opens is open; to be called before the basis is stored, its resident held."""
    opening = opening_of(basis)
    if opening is not None:
        basis.access = open_access(resident=basis.resident, opening=opening, actor=actor)


def end(basis: Basis, *, status: str, actor: Actor) -> None:
    """The basis has this status from now on, and nothing that rested on it is open any more."""
    basis.status = status  # type: ignore[attr-defined]  # each kind of basis has states of its own
    basis.ended_at = now()
    if basis.access_id is not None:
        close_access(access_id=basis.access_id, actor=actor)
