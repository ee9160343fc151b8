"""What is registered of a resident in a column that holds codes, in the words of its lists."""

from typing import cast

from django.db.models import Field
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from residents.registry.models import Resident
from residents.registry.states import ReadableField
from sojourn.accounts.reach import names_of

HIDDEN = gettext_lazy("（受保护）")


def column_of(name: str) -> Field:
    return cast(Field, Resident._meta.get_field(name))


def words_of(resident: Resident, name: str) -> str:
    """The fact as it is read; nothing where it was not reported."""
    return in_words(name, getattr(resident, column_of(name).attname))


def in_words(name: str, value: object) -> str:
    """The same of a value that stands there, or ought to."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == ReadableField.HOME_DIVISION:
        return names_of([str(value)])[str(value)]
    column = column_of(name)
    labels = dict(getattr(column, "base_field", column).flatchoices)
    values = value if isinstance(value, list) else [value] if value else []
    return "、".join(str(labels[each]) for each in values)


def whereabouts_words(resident: Resident) -> str:
    """What she answered; that nobody has asked her yet, and what follows from it."""
    said = {True: _("需要保护"), False: _("不需要保护"), None: _("尚未询问，按受保护处理")}
    return said[resident.whereabouts_protected]


def hidden_words(resident: Resident, name: str) -> str:
    """That such a fact was reported, never which; it has no ends that a mask could leave."""
    return str(HIDDEN) if getattr(resident, name) else ""
