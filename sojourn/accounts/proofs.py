"""How long the proof of a second factor lasts for the verbs of the staff."""

from sojourn.core.clock import today
from sojourn.provinces.rules import rule


def minutes_of_proof() -> int:
    """The minutes of today's rule."""
    return rule("staff_proof_minutes", on=today())
