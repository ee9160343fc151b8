"""The kinds of decision that take two people: each room above registers its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True)
class DecisionKind:
    """One kind of decision that one officer proposes and another approves.

    ``carry_out(proposal=…, actor=…)`` does what was proposed, from ``proposal.facts``, in the
    transaction of the approval: what it refuses leaves the proposal waiting. ``actor`` is the one who
    approved; under a delegation she has the reach of the one who delegated. ``may_propose(actor,
    subject)`` and ``may_approve(actor, proposal)`` narrow who does so; without them it is every
    officer whose reach includes the division. ``where`` takes the proposal and gives the admin address
    of its subject. Each may be a dotted name. ``open_for`` is how long a proposal waits.
    """

    code: str
    label: Label
    carry_out: Callable | str
    may_propose: Callable | str | None = None
    may_approve: Callable | str | None = None
    where: Callable | str | None = None
    open_for: timedelta = timedelta(days=7)


_kinds: dict[str, DecisionKind] = {}


def register(kind: DecisionKind) -> None:
    """Let decisions of this kind be proposed; said twice by one room it is the same kind."""
    _kinds[kind.code] = kind


def named(code: str) -> DecisionKind:
    """The kind of this code; a code nobody registered is a mistake of the caller."""
    return _kinds[code]


def found(code: str) -> DecisionKind | None:
    """The kind of this code, or None for a proposal whose room is no more."""
    return _kinds.get(code)


def registered() -> list[DecisionKind]:
    return list(_kinds.values())


def label_of(code: str) -> Label:
    kind = _kinds.get(code)
    return kind.label if kind else code
