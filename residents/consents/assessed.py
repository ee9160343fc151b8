"""What was found of a resident as it travels: the result that counts at her home, and by itself item by item.

The result goes in the form from which the receiver's recognition starts (``OriginalResult``), so nobody copies it.
"""

import json
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from providers.facilities.states import AbilityLevel
from residents.assessments.errors import NoSuchScale
from residents.assessments.findings import Findings, opened
from residents.assessments.models import Assessment
from residents.assessments.scales import scale
from residents.assessments.services.recognising import OriginalResult
from residents.assessments.sheets import Sheet
from residents.registry import health
from residents.registry.models import Resident
from residents.registry.services.holding import safe_of
from residents.registry.states import HealthField
from sojourn.core.clock import today

RESULT, ITEMS = HealthField.RESULT.value, HealthField.ITEMS.value
DAYS = frozenset({"assessed_on", "valid_until"})
LONGEST = 120


def result_of(resident: Resident) -> str | None:
    """The result that counts today: its level, scale, body, paper and days; None where none does.

    Whose whereabouts are protected, of her neither the body nor its paper is named: both would tell where she was.
    """
    row = _counting(resident)
    if row is None:
        return None
    # A concluded result is whole, by constraint.
    assert row.level is not None
    assert row.assessed_on is not None
    assert row.valid_until is not None
    with override("zh-hans"):
        label, hidden = str(AbilityLevel(row.level).label), _("出具单位受保护")
    is_protected = resident.is_protected
    source = row.body.name if row.body is not None else row.source
    original = OriginalResult(
        from_member=row.owner,
        from_scale=row.scale_code,
        from_edition=row.edition,
        from_level=str(row.level),
        from_label=label,
        source=hidden if is_protected else source,
        paper_reference=row.number if is_protected else row.paper_reference or row.number,
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
    )
    return json.dumps(original.__dict__, default=str, ensure_ascii=False)


def items_of(resident: Resident) -> str | None:
    """What was found item by item in the result that counts today; who assessed is not told."""
    row = _counting(resident)
    if row is None:
        return None
    findings = opened(row.findings_cipher, safe_of(resident), row.pk)
    said = {
        "scale": row.scale_code,
        "edition": row.edition,
        "answers": dict(findings.answers),
        "circumstances": dict(findings.circumstances),
    }
    return json.dumps(said)


def original_in(text: str) -> OriginalResult:
    """The result as its home wrote it; ValueError where it is no result."""
    said = json.loads(text)
    names = OriginalResult.__dataclass_fields__
    if not isinstance(said, dict) or said.keys() != names.keys():
        raise ValueError("no result")
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in said.values()):
        raise ValueError("no result")
    days = {name: date.fromisoformat(said[name]) for name in DAYS}
    return OriginalResult(**{**said, **days})


def result_in_words(text: str) -> str:
    """A result as one reads it."""
    return _told(text, _result)


def items_in_words(text: str) -> str:
    """Every item with its answer and score, every circumstance with what was said of it, a line each."""
    return _told(text, _items)


def tell_from_now_on() -> None:
    """A facility of this node to which an access opens the result, or its items, is told what would travel."""
    health.tell(HealthField.RESULT, lambda resident: _in_words(result_of(resident), result_in_words))
    health.tell(HealthField.ITEMS, lambda resident: _in_words(items_of(resident), items_in_words))


def _in_words(text: str | None, words: Callable[[str], str]) -> str | None:
    return None if text is None else words(text)


def _counting(resident: Resident) -> Assessment | None:
    """The newest final result; what other members' results count for at her home is not passed on."""
    rows = Assessment.objects.filter(resident=resident).standing_on(today())
    return rows.select_related("body").first()


def _told(text: str, tell: Callable[[str], str]) -> str:
    """The words, or the text as it came where this node does not know how to read it."""
    try:
        return tell(text)
    except (ValueError, KeyError, TypeError, AttributeError, NoSuchScale):
        return text


def _result(text: str) -> str:
    found = original_in(text)
    return _("{level}（{scale} {edition}），{source}，编号{paper}，{day}评估，有效期至{until}").format(
        level=found.from_label,
        scale=found.from_scale,
        edition=found.from_edition,
        source=found.source,
        paper=found.paper_reference,
        day=f"{found.assessed_on:%Y-%m-%d}",
        until=f"{found.valid_until:%Y-%m-%d}",
    )


def _items(text: str) -> str:
    said = json.loads(text)
    sheet = Sheet(scale(said["scale"], said["edition"]), Findings(said["answers"], said["circumstances"]))
    answers = [
        _("{item}：{answer}（{score}分）").format(item=item.name, answer=answer, score=points)
        for _part, items in sheet.answered()
        for item, answer, points in items
    ]
    circumstances = [
        f"{label}：{_yes_or_no(value) if is_yes_or_no else value}"
        for label, value, is_yes_or_no in sheet.circumstances()
    ]
    return "\n".join([*answers, *circumstances])


def _yes_or_no(value: object) -> str:
    return _("是") if value else _("否")
