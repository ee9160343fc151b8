"""What a spreadsheet of residents says: its headings, and each cell read as a fact or named as wrong.

Headings and choices are those of the template, in simplified Chinese whatever language the officer reads. A reason
names row, column and code; what stood in the cell is repeated nowhere.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from providers.facilities.features import DIETS, LANGUAGES
from residents.registry.errors import HeadingsWrong
from residents.registry.facts import ResidentFacts, checked
from residents.registry.homes import Homes
from residents.registry.states import BenefitCategory, Mobility, PrivateField, Sex
from sojourn.core.refusals import Refusal

HOME = "home_division"
HEADINGS = {
    "name": PrivateField.NAME.label,
    "identity_number": PrivateField.IDENTITY_NUMBER.label,
    HOME: _("户籍所在地区"),
    "sex": _("性别"),
    "birth_on": PrivateField.BIRTH_ON.label,
    "phone": PrivateField.PHONE.label,
    "contact_name": PrivateField.CONTACT_NAME.label,
    "contact_phone": PrivateField.CONTACT_PHONE.label,
    "dialect": _("日常语言"),
    "diets": _("饮食要求"),
    "mobility": _("行动情况"),
    "benefit_category": _("救助优抚类别"),
    "whereabouts_protected": _("行踪保护"),
}
# Without a number nobody could tell whether she is registered already; such people are registered one by one.
NEEDED = ("name", "identity_number", HOME)

REASONS = {
    "missing": _("没有填写"),
    "formula": _("这一格是公式，请粘贴为数值或文本"),
    "number_not_text": _("号码被存成了数字，末几位已经丢失；请把这一列设为文本后重新填写"),
    "unreadable": _("这一格的内容认不出来，请填写文字"),
    "not_listed": _("不是可选的内容，请照模板中的选项填写"),
    "home_unknown": _("不是您辖区内的区县，或有重名；请写全称或6位代码"),
    "day_unreadable": _("日期认不出来，请写成1950-01-31"),
    "name_unreadable": _("请按户口簿或身份证填写，只含文字和间隔号，不超过60个字"),
    "phone_unreadable": _("应为手机号码，或带区号的座机号码"),
    "differs_from_identity": _("与身份证号码不一致"),
    "out_of_range": _("出生日期过早或晚于今天"),
    "too_young": _("未满18周岁，不能登记"),
    "identity_length_wrong": _("身份证号码应为18位，旧号码为15位"),
    "identity_characters_wrong": _("身份证号码应为数字，18位号码的最后一位可以是X"),
    "birth_date_impossible": _("身份证号码中的出生日期不存在"),
    "birth_date_out_of_range": _("身份证号码中的出生日期过早或晚于今天"),
    "identity_check_wrong": _("身份证号码的校验位不符，请对照证件逐位核对"),
    "same_as_row": _("与本表第{row}行是同一个人"),
    "refused": _("写入时没有通过核对，请单独登记"),
}
_LOST_DIGITS = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_DAY = re.compile(r"([12][0-9]{3})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?")
_BETWEEN_SEVERAL = re.compile(r"[、，,;；/\s]+")
_EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number


@dataclass(frozen=True)
class Reason:
    """Why a row is not taken: which column (of HEADINGS) and which of REASONS, and the earlier row it repeats."""

    column: str
    code: str
    row: int | None = None

    def as_stored(self) -> dict:
        return {"column": self.column, "code": self.code} | ({"row": self.row} if self.row else {})


@dataclass(frozen=True)
class Read:
    """One row as it was read: the checked facts and the home, or the reasons against it."""

    number: int
    home: str | None = None
    facts: dict = field(default_factory=dict, repr=False)
    reasons: tuple[Reason, ...] = ()


class _Wrong(Exception):
    """A cell cannot be taken; the argument is the code of the reason."""


def in_source(label) -> str:
    """A label as the template writes it."""
    with override("zh-hans"):
        return str(label)


def columns_of(headings: Sequence[str]) -> dict[str, int]:
    """Where each known column stands; HeadingsWrong for one that is missing, repeated or unknown.

    What an unknown heading says is not repeated: a sheet without headings has a person there.
    """
    known = {_plain(in_source(label)): column for column, label in HEADINGS.items()}
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if not heading:
            continue
        column = known.get(_plain(heading))
        if column is None or column in found:
            raise HeadingsWrong(detail=_("第{n}列的标题不在模板里，或与前面重复").format(n=at + 1))
        found[column] = at
    missing = [str(HEADINGS[column]) for column in NEEDED if column not in found]
    if missing:
        raise HeadingsWrong(detail=_("缺少：{columns}").format(columns="、".join(missing)))
    return found


def read_row(number: int, cells: Sequence, columns: Mapping[str, int], *, homes: Homes, on: date) -> Read:
    """One row of the sheet, judged on this day: what it says of a person, or everything that is wrong with it."""
    facts, reasons = {}, []
    home = None
    for column, at in columns.items():
        cell = cells[at] if at < len(cells) else None
        try:
            if cell is None:
                if column in NEEDED:
                    raise _Wrong("missing")
            elif column == HOME:
                home = _home(cell, homes)
            else:
                facts[column] = CELLS[column](cell)
        except _Wrong as wrong:
            reasons.append(Reason(column, wrong.args[0]))
    if not reasons:
        try:
            return Read(number, home, checked(ResidentFacts(**facts), on=on))  # type: ignore[typeddict-item]
        except Refusal as refusal:
            reasons = _reasons_of(refusal)
    return Read(number, reasons=tuple(reasons))


def reason_in_words(reason: Mapping) -> str:
    """Why a row was not taken, for people."""
    return str(REASONS[reason["code"]]).format(row=reason.get("row"))


def choices_of(column: str) -> list[str]:
    """What may stand in a column, where there is a list of it; several diets are written with 、 between."""
    return [in_source(label) for label in _LISTED.get(column, {}).values()]


def _reasons_of(refusal: Refusal) -> list[Reason]:
    found = [(error["field"], error["code"]) for error in refusal.errors] or [
        ("identity_number", refusal.code)
    ]
    return [Reason(column, code if code in REASONS else "unreadable") for column, code in found]


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊（）()：:]|必填", "", heading)


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool() | date() | time() | timedelta():
            raise _Wrong("unreadable")
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
    raise _Wrong("formula")


def _number(cell: object) -> str:
    """Digits as they were typed; a number of more than fifteen was cut by the spreadsheet."""
    text = _text(cell)
    is_cut = not isinstance(cell, str) and len(text) > _EXACT_DIGITS
    if is_cut or _LOST_DIGITS.fullmatch(text):
        raise _Wrong("number_not_text")
    return text


def _home(cell: object, homes: Homes) -> str:
    code = homes.code_of(_text(cell))
    if code is None:
        raise _Wrong("home_unknown")
    return code


def _day(cell: object) -> date:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    found = _DAY.fullmatch(_text(cell))
    try:
        return date(*map(int, found.groups())) if found else _refuse_day()
    except ValueError:
        return _refuse_day()


def _refuse_day() -> date:
    raise _Wrong("day_unreadable")


def _chosen(column: str) -> Callable:
    def read(cell: object) -> str:
        found = _meanings(column).get(_text(cell))
        if found is None:
            raise _Wrong("not_listed")
        return found

    return read


@cache
def _meanings(column: str) -> dict[str, str]:
    """What may stand in a column of choices, by label, and the value each means."""
    return {in_source(label): value for value, label in _LISTED[column].items()}


def _several(column: str) -> Callable:
    one = _chosen(column)
    return lambda cell: [one(part) for part in _BETWEEN_SEVERAL.split(_text(cell)) if part]


def _yes_or_no(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    return _chosen("whereabouts_protected")(cell) == "yes"


def _labels(choices: type[TextChoices]) -> dict[str, object]:
    return {choice.value: choice.label for choice in choices}


_LISTED: dict[str, Mapping[str, object]] = {
    "sex": _labels(Sex),
    "dialect": LANGUAGES,
    "diets": DIETS,
    "mobility": _labels(Mobility),
    "benefit_category": _labels(BenefitCategory),
    "whereabouts_protected": {"yes": _("是"), "no": _("否")},
}
CELLS: dict[str, Callable] = {
    "name": _text,
    "identity_number": _number,
    "sex": _chosen("sex"),
    "birth_on": _day,
    "phone": _number,
    "contact_name": _text,
    "contact_phone": _number,
    "dialect": _chosen("dialect"),
    "diets": _several("diets"),
    "mobility": _chosen("mobility"),
    "benefit_category": _chosen("benefit_category"),
    "whereabouts_protected": _yes_or_no,
}
