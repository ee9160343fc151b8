"""What of a resident's health an access can open: the words come from the room above that knows them."""

from collections.abc import Callable

from residents.registry.models import Resident
from residents.registry.states import HealthField

# The words of a fact as they stand today; None where there is nothing to tell.
Words = Callable[[Resident], str | None]

_told: dict[HealthField, Words] = {}


def tell(field: HealthField, words: Words) -> None:
    """From now on this is how a fact of health reads; what nobody tells is left out like what was never reported."""
    _told[field] = words


def words_of(field: HealthField, resident: Resident) -> str | None:
    words = _told.get(field)
    return words(resident) if words else None
