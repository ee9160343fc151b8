"""Her own telephones and the people to be called about her: several of each in one text, in their order (decision 0055).

Values are parted by 、; the nth name and the nth telephone are the nth contact's, and a gap says that one of them was
not reported. What a contact is to her stands behind the name: by its code where it is kept, 仇归林（child）, and by its
label where it is read or typed, 仇归林（子女）.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from residents.registry.cells import in_source
from residents.registry.states import ContactRelation

# Ours, so that what is kept of others about her stays what is needed to reach her.
MOST_PHONES, MOST_CONTACTS = 3, 5
BETWEEN = "、"
_BETWEEN = re.compile(r"[、，,;；/]|\r?\n")
_RELATED = re.compile(r"([^（(]*)[（(](.*)[)）]\s*")


def parts(text: str) -> list[str]:
    """The values of a text, as kept or as typed; "" for a gap."""
    return [part.strip() for part in _BETWEEN.split(text)]


def joined(values: Iterable[str]) -> str | None:
    """The values in one text; None for nothing."""
    return BETWEEN.join(values).rstrip(BETWEEN) or None


def first_of(text: str) -> str:
    """The first of the telephones that was reported: the one that messages go to."""
    return next(filter(None, parts(text)))


def related(name: str) -> tuple[str, str]:
    """The name of a contact and what she is to the resident as it was written; "" where that was not said."""
    found = _RELATED.fullmatch(name)
    return (found[1].strip(), found[2].strip()) if found else (name, "")


def relation_called(word: str) -> ContactRelation | None:
    """The relation of this code or label, in the reader's language or that of the templates."""
    return next(
        (each for each in ContactRelation if word in {each.value, str(each.label), in_source(each.label)}),
        None,
    )


def with_relation(name: str, relation: str) -> str:
    return f"{name}（{relation}）" if relation else name


def written(rows: Iterable[Sequence[str]]) -> dict[str, str | None]:
    """Contacts by relation, name and telephone as the two facts that are registered of them; empty rows are left out."""
    reported = [row for row in rows if row[1] or row[2]]
    return {
        "contact_name": joined(with_relation(name, relation) for relation, name, _phone in reported),
        "contact_phone": joined(phone for _relation, _name, phone in reported),
    }


def spoken(text: str) -> str:
    """The values as they are read."""
    return _each(_in_words)(text)


def masking(mask: Callable[[str], str]) -> Callable[[str], str]:
    """The same with each name and number behind this mask; what a contact is to her stands open."""

    def masked(part: str) -> str:
        name, relation = related(part)
        return _in_words(with_relation(mask(name), relation))

    return _each(masked)


def _each(say: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: BETWEEN.join(say(part) if part else _("未报告") for part in parts(text))


def _in_words(part: str) -> str:
    name, word = related(part)
    relation = relation_called(word)
    return with_relation(name, str(relation.label) if relation else word)
