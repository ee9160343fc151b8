"""What stands in one cell of a spreadsheet, read as a text, a number, a day or a choice, or named as wrong.

Choices are those of the template, in simplified Chinese whatever language the officer reads.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

YES_OR_NO: Mapping[str, object] = {"yes": _("是"), "no": _("否")}
REASONS = {
    "missing": _("没有填写"),
    "formula": _("这一格是公式，请粘贴为数值或文本"),
    "number_not_text": _("号码被存成了数字，末几位已经丢失；请把这一列设为文本后重新填写"),
    "unreadable": _("这一格的内容认不出来，请填写文字"),
    "not_listed": _("不是可选的内容，请照模板中的选项填写"),
    "day_unreadable": _("日期认不出来，请写成1950-01-31"),
}
_LOST_DIGITS = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_DAY = re.compile(r"([12][0-9]{3})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?")
_BETWEEN_SEVERAL = re.compile(r"[、，,;；/\s]+")
_EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number


class Wrong(Exception):
    """A cell cannot be taken; the argument is the code of the reason."""


def in_source(label) -> str:
    """A label as the template writes it."""
    with override("zh-hans"):
        return str(label)


def text(cell: object) -> str:
    """A text; of a number its digits."""
    match cell:
        case str():
            return cell
        case bool() | date() | time() | timedelta():
            raise Wrong("unreadable")
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
    raise Wrong("formula")


def digits(cell: object) -> str:
    """Digits as they were typed; a number of more than fifteen was cut by the spreadsheet."""
    typed = text(cell)
    is_cut = not isinstance(cell, str) and len(typed) > _EXACT_DIGITS
    if is_cut or _LOST_DIGITS.fullmatch(typed):
        raise Wrong("number_not_text")
    return typed


def day(cell: object) -> date:
    """A day, as the spreadsheet's own or written out."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    found = _DAY.fullmatch(text(cell))
    try:
        return date(*map(int, found.groups())) if found else _refuse_day()
    except ValueError:
        return _refuse_day()


def chosen(labels: Mapping[str, object]) -> Callable[[object], str]:
    """One of these, by its label; the value it means."""
    meanings: dict[str, str] = {}

    def read(cell: object) -> str:
        if not meanings:  # labels are spoken only when the catalogues are there
            meanings.update({in_source(label): value for value, label in labels.items()})
        found = meanings.get(text(cell))
        if found is None:
            raise Wrong("not_listed")
        return found

    return read


def several(labels: Mapping[str, object]) -> Callable[[object], list[str]]:
    """Some of these, written with 、 between."""
    one = chosen(labels)
    return lambda cell: [one(part) for part in _BETWEEN_SEVERAL.split(text(cell)) if part]


def either(*ways: Mapping[str, object]) -> Callable[[object], bool]:
    """The spreadsheet's own truth, or "yes" or "no" in one of these ways to say them."""
    meant = [chosen(labels) for labels in ways]

    def read(cell: object) -> bool:
        if isinstance(cell, bool):
            return cell
        for one in meant[:-1]:
            with suppress(Wrong):
                return one(cell) == "yes"
        return meant[-1](cell) == "yes"

    return read


def _refuse_day() -> date:
    raise Wrong("day_unreadable")


yes_or_no = either(YES_OR_NO)
