"""What ought to be registered of a resident, as one text that can be locked up while it waits, and back."""

from datetime import date

from residents.registry.contacts import MOST_CONTACTS
from residents.registry.naming import LONGEST_NAME
from residents.registry.states import PrivateField, SensitiveField

NOTHING = "-"  # that nothing of this fact be registered; no value reads so
# The longest of what is typed: contacts, each with what she is to the resident.
LONGEST = MOST_CONTACTS * (LONGEST_NAME + 20)
_BETWEEN = ","

Value = str | list[str] | date | None


def text_of(value: Value) -> str:
    """A checked value in one line."""
    match value:
        case None:
            return NOTHING
        case list():
            return _BETWEEN.join(value)
        case date():
            return value.isoformat()
    return str(value)


def value_of(field: str, text: str) -> Value:
    """What such a line means in this field; a day that cannot be read stays the text that it is."""
    if text == NOTHING:
        return None
    match field:
        case PrivateField.BIRTH_ON:
            return _day(text)
        case SensitiveField.DIETS:
            return text.split(_BETWEEN)
    return text


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
