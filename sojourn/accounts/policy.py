"""Who may grant what, and who may look after whose account."""

from collections.abc import Iterable

from sojourn.core.actors import Actor, Role


def can_grant(actor: Actor, division_code: str) -> bool:
    """Only the system and an administrator whose reach includes the division."""
    return actor.role == Role.SYSTEM or (actor.role == Role.ADMIN and actor.covers(division_code))


def can_look_after(actor: Actor, division_codes: Iterable[str]) -> bool:
    """Whether every post that an account holds lies within what the actor may grant.

    Otherwise the administrator of one province could take over an account that also governs another.
    An account without a post is everybody's, so only an administrator of the whole node looks after it.
    """
    return all(can_grant(actor, code) for code in set(division_codes) or {""})
