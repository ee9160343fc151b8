"""What a spreadsheet of residents says: its headings, and each row read as facts or named as wrong.

Headings and choices are those of the template, in simplified Chinese whatever language the officer reads. A reason
names row, column and code; what stood in the cell is repeated nowhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from residents.registry import cells
from residents.registry.cells import Wrong
from residents.registry.facts import ResidentFacts, checked
from residents.registry.homes import Homes
from residents.registry.imports import Read, Reason, once, read_cells
from residents.registry.states import BenefitCategory, Mobility, PrivateField, Sex
from sojourn.core.actors import Actor
from sojourn.core.clock import today
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
    **cells.REASONS,
    "home_unknown": _("不是您辖区内的区县，或有重名；请写全称或6位代码"),
    "name_unreadable": _("请按户口簿或身份证填写，只含文字和间隔号，不超过60个字"),
    "phone_unreadable": _("应为手机号码，或带区号的座机号码"),
    "relation_unknown": _("括号里的关系不是可选的，请照填写说明中的关系填写"),
    "too_many": _("超过了可以登记的个数"),
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


def _labels(choices: type[TextChoices]) -> dict[str, object]:
    return {choice.value: choice.label for choice in choices}


PROTECTED: Mapping[str, object] = {"yes": _("需要保护"), "no": _("不需要保护")}
CHOICES: dict[str, Mapping[str, object]] = {
    "sex": _labels(Sex),
    "dialect": LANGUAGES,
    "diets": DIETS,
    "mobility": _labels(Mobility),
    "benefit_category": _labels(BenefitCategory),
    "whereabouts_protected": PROTECTED,
}
CELLS: dict[str, Callable] = {
    "name": cells.text,
    "identity_number": cells.digits,
    "sex": cells.chosen(CHOICES["sex"]),
    "birth_on": cells.day,
    "phone": cells.digits,
    "contact_name": cells.text,
    "contact_phone": cells.digits,
    "dialect": cells.chosen(CHOICES["dialect"]),
    "diets": cells.several(CHOICES["diets"]),
    "mobility": cells.chosen(CHOICES["mobility"]),
    "benefit_category": cells.chosen(CHOICES["benefit_category"]),
    "whereabouts_protected": cells.either(PROTECTED, cells.YES_OR_NO),
}


def read_rows(rows: Iterable[tuple[int, Sequence]], columns: Mapping[str, int], actor: Actor) -> list[Read]:
    """The rows as this officer's: homes in her reach, and a person who stands in the sheet twice taken once."""
    homes, day = Homes.within(actor.divisions), today()
    read = (read_row(number, line, columns, homes=homes, on=day) for number, line in rows)
    return list(once(read, "identity_number", itemgetter("identity_number")))


def read_row(number: int, line: Sequence, columns: Mapping[str, int], *, homes: Homes, on: date) -> Read:
    """One row of the sheet, judged on this day: what it says of a person, or everything that is wrong with it."""
    facts, reasons = read_cells(line, columns, {**CELLS, HOME: _home_in(homes)}, NEEDED)
    home = facts.pop(HOME, None)
    if not reasons:
        try:
            return Read(number, home, checked(ResidentFacts(**facts), on=on))  # type: ignore[typeddict-item]
        except Refusal as refusal:
            reasons = _reasons_of(refusal)
    return Read(number, reasons=tuple(reasons))


def _home_in(homes: Homes) -> Callable[[object], str]:
    def read(cell: object) -> str:
        code = homes.code_of(cells.text(cell))
        if code is None:
            raise Wrong("home_unknown")
        return code

    return read


def _reasons_of(refusal: Refusal) -> list[Reason]:
    found = [(error["field"], error["code"]) for error in refusal.errors] or [
        ("identity_number", refusal.code)
    ]
    return [Reason(column, code if code in REASONS else "unreadable") for column, code in found]
