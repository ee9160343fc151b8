"""What a spreadsheet of results made elsewhere says: its headings, and each row read as a paper or named as wrong.

A row holds one paper, on the usual scale and whole: who issued it, who assessed, and the score of every item. Headings
and choices are those of the template; a reason names row, column and code, and what stood in the cell nowhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from residents.assessments.errors import NoMedicalBackground, SameAssessor
from residents.assessments.scales import Circumstance, CircumstanceKind, scale
from residents.assessments.services.assessing import USUAL_SCALE
from residents.assessments.services.entering import ElsewhereResult, faults_of
from residents.assessments.states import Background
from residents.registry import cells
from residents.registry.cells import YES_OR_NO, Wrong
from residents.registry.errors import MergedAway
from residents.registry.imports import Label, Read, Reason, once, read_cells
from residents.registry.models import Resident
from residents.registry.services import known_identities
from sojourn.core import numbers
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.identifiers import IdentityInvalid, resident_identity
from sojourn.core.plain_words import NamesSomebody

SCALE = scale(*USUAL_SCALE)
RESIDENT = "resident"
BACKGROUNDS: Mapping[str, object] = {each.value: each.label for each in Background}
HEADINGS: dict[str, Label] = {
    RESIDENT: _("老年人编号或身份证号码"),
    "source": _("出具评估结果的单位"),
    "paper_reference": _("评估报告编号"),
    "assessed_on": _("评估日期"),
    "assessor1": _("评估人员一姓名"),
    "background1": _("评估人员一专业背景"),
    "assessor2": _("评估人员二姓名"),
    "background2": _("评估人员二专业背景"),
    **{item.code: item.name for item in SCALE.items.values()},
    **{fact.code: fact.label for fact in SCALE.circumstances},
}
NEEDED = tuple(HEADINGS)
CHOICES: dict[str, Mapping[str, object]] = {
    "background1": BACKGROUNDS,
    "background2": BACKGROUNDS,
    **{
        item.code: {str(option.score): str(option.score) for option in item.options}
        for item in SCALE.items.values()
    },
    **{fact.code: YES_OR_NO for fact in SCALE.circumstances if fact.kind == CircumstanceKind.YES_NO},
}
GUIDE = {
    RESIDENT: "先登记老年人，再补录评估结果；号码这一列已设为文本，请勿改为数字",
    "paper_reference": "同一单位的同一份报告只写入一次",
    "assessed_on": "例如：2026-01-31，不能晚于今天",
    **{
        item.code: "；".join(f"{option.score}：{option.label}" for option in item.options)
        for item in SCALE.items.values()
    },
    **{fact.code: "次数，没有的填0" for fact in SCALE.circumstances if fact.kind == CircumstanceKind.COUNT},
}
REASONS = {
    **cells.REASONS,
    "resident_unknown": _("没有登记这位老年人，或不在您的辖区"),
    "in_future": _("评估日期晚于今天"),
    "before_birth": _("评估日期早于老年人的出生日期"),
    "merged_away": MergedAway.title,
    "resident_not_alive": _("这位老年人已去世或已删除个人信息，不能评估"),
    "above_maximum": _("超过这一项的最高分"),
    "not_an_option": _("得分须是所列的整数"),
    "not_a_count": _("须填次数"),
    "contradictory": _("与评分不一致，请核对"),
    "too_long": _("没有填写，或超过可以填写的长度"),
    "same_assessor": _("两名评估人员不能是同一人"),
    "no_medical_background": _("两名评估人员中至少一名须有医学或护理背景"),
    "same_as_row": _("与本表第{row}行是同一份报告"),
    NamesSomebody.code: NamesSomebody.title,
    "refused": _("写入时没有通过核对，请单独补录"),
}
_COLUMN_OF = {SameAssessor.code: "assessor2", NoMedicalBackground.code: "background2"}
_CODE_OF = {("source", "missing"): "too_long", ("paper_reference", "missing"): "too_long"}
_NUMBER = re.compile(r"[0-9]{1,4}")


def read_rows(rows: Iterable[tuple[int, Sequence]], columns: Mapping[str, int], actor: Actor) -> list[Read]:
    """The rows as this officer's: residents in her reach, and a paper that stands in the sheet twice taken once."""
    read = [(number, *read_cells(line, columns, CELLS, NEEDED)) for number, line in rows]
    residents = _residents({said[RESIDENT] for _, said, _ in read if RESIDENT in said}, actor)
    judged = (_judged(number, said, reasons, residents) for number, said, reasons in read)
    return list(once(judged, "paper_reference", _named_by))


def as_stored(result: ElsewhereResult, resident_id: UUID) -> dict:
    """What a waiting row holds of its paper."""
    return {
        "resident": str(resident_id),
        "source": result.source,
        "paper_reference": result.paper_reference,
        "assessed_on": f"{result.assessed_on:%Y-%m-%d}",
        "assessors": [list(each) for each in result.assessors],
        "answers": dict(result.answers),
        "circumstances": dict(result.circumstances),
    }


def from_stored(facts: Mapping) -> tuple[UUID, ElsewhereResult]:
    """Of whom, and the paper, as they were kept."""
    first, second = facts["assessors"]
    return UUID(facts["resident"]), ElsewhereResult(
        source=facts["source"],
        paper_reference=facts["paper_reference"],
        assessed_on=date.fromisoformat(facts["assessed_on"]),
        assessors=(tuple(first), tuple(second)),
        answers=facts["answers"],
        circumstances=facts["circumstances"],
    )


def _judged(number: int, said: Mapping, reasons: Sequence[Reason], residents: Mapping[str, Resident]) -> Read:
    resident = residents.get(said.get(RESIDENT, ""))
    found = list(reasons)
    if RESIDENT in said and resident is None:
        found.append(Reason(RESIDENT, "resident_unknown"))
    if found or resident is None:
        return Read(number, reasons=(*found, *_wrong_by_itself(said)))
    paper = _paper(said)
    found = [_reason(error) for error in faults_of(paper, resident)]
    if found:
        return Read(number, reasons=tuple(found))
    return Read(number, resident.home_division_id, as_stored(paper, resident.pk))


def _wrong_by_itself(said: Mapping) -> Iterator[Reason]:
    """What is seen without the rest of a paper, so that it is put right at once with the cells that do not read."""
    if "assessed_on" in said and said["assessed_on"] > today():
        yield Reason("assessed_on", "in_future")
    for item in SCALE.items.values():
        if said.get(item.code, 0) > item.maximum:
            yield Reason(item.code, "above_maximum")


def _paper(said: Mapping) -> ElsewhereResult:
    return ElsewhereResult(
        source=said["source"].strip(),
        paper_reference=said["paper_reference"].strip(),
        assessed_on=said["assessed_on"],
        assessors=(
            (said["assessor1"], said["background1"]),
            (said["assessor2"], said["background2"]),
        ),
        answers={code: said[code] for code in SCALE.items},
        circumstances={fact.code: said[fact.code] for fact in SCALE.circumstances},
    )


def _reason(error: Mapping) -> Reason:
    column, code = error["field"], error["code"]
    code = _CODE_OF.get((column, code), code)
    column = _COLUMN_OF.get(code, column)
    return Reason(column if column in HEADINGS else RESIDENT, code if code in REASONS else "unreadable")


def _residents(typed: set[str], actor: Actor) -> dict[str, Resident]:
    """Those who are meant, by what was typed: our number, or her identity number."""
    ours = {text: numbers.parse(text).text for text in typed if numbers.is_valid(text)}
    rows = Resident.objects.visible_to(actor)
    by_number = {row.number: row for row in rows.filter(number__in=ours.values())}
    meant = {text: by_number[number] for text, number in ours.items() if number in by_number}
    theirs = dict(_identities(typed - ours.keys()))
    known = known_identities(list(theirs.values()), actor)
    seen = rows.in_bulk([row.pk for row in known.values() if row is not None])
    for text, number in theirs.items():
        found = known.get(number)
        if found is not None and found.pk in seen:
            meant[text] = seen[found.pk]
    return meant


def _identities(typed: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in typed:
        try:
            yield text, resident_identity(text).number18
        except IdentityInvalid:
            continue


def _named_by(facts: Mapping) -> tuple:
    """One paper of one person, however often it is typed."""
    return facts["resident"], facts["source"], facts["paper_reference"]


def _whole(code: str) -> Callable[[object], int]:
    def read(cell: object) -> int:
        found = _NUMBER.fullmatch(cells.text(cell))
        if found is None:
            raise Wrong(code)
        return int(found.group())

    return read


def _circumstance(fact: Circumstance) -> Callable:
    return cells.yes_or_no if fact.kind == CircumstanceKind.YES_NO else _whole("not_a_count")


CELLS: dict[str, Callable] = {
    RESIDENT: cells.digits,
    "source": cells.text,
    "paper_reference": cells.text,
    "assessed_on": cells.day,
    "assessor1": cells.text,
    "background1": cells.chosen(BACKGROUNDS),
    "assessor2": cells.text,
    "background2": cells.chosen(BACKGROUNDS),
    **dict.fromkeys(SCALE.items, _whole("not_an_option")),  # what is above the maximum the scale says itself
    **{fact.code: _circumstance(fact) for fact in SCALE.circumstances},
}
