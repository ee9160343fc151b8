"""What a published list says: its scheme, its batch, and each line of it."""

from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from providers.designation.errors import DesignationInvalid

BASE_PREFIX = "BA"
LONGEST_NAME = 120


@dataclass(frozen=True)
class NewScheme:
    """A published scheme; no stages and no date of issue mean "not reported"."""

    name: str
    edition: str
    source: str
    issued_on: date | None = None
    stages: tuple[dict, ...] = ()


@dataclass(frozen=True)
class NewBatch:
    """A published list: its place among the batches of its scheme, and when and by whom it was announced."""

    ordinal: int
    announced_on: date
    announced_by: str
    source: str
    plaques_on: date | None = None


@dataclass(frozen=True)
class ListEntry:
    """One line of a published list, its name verbatim; None is "not reported"."""

    listed_number: int
    listed_name: str
    designated_on: date
    valid_to: date | None = None
    plaque_number: str | None = None


def batch_columns(batch: NewBatch, *, on: date) -> dict:
    """The columns of a batch, or DesignationInvalid: a list is announced before its plaques are handed over."""
    errors = []
    if batch.ordinal < 1:
        errors.append(_error("ordinal", _("批次从1起编")))
    if batch.announced_on > on:
        errors.append(_error("announced_on", _("日期不能晚于今天")))
    if batch.plaques_on is not None and batch.plaques_on < batch.announced_on:
        errors.append(_error("plaques_on", _("授牌不能早于公布")))
    if errors:
        raise DesignationInvalid(errors=errors)
    return asdict(batch)


def entry_columns(entry: ListEntry, *, on: date) -> dict:
    """The columns of a base, or DesignationInvalid naming every field that is wrong."""
    errors = []
    if not 1 <= entry.listed_number <= 9_999:
        errors.append(_error("listed_number", _("名单序号从1起编")))
    if not entry.listed_name.strip() or len(entry.listed_name) > LONGEST_NAME:
        errors.append(_error("listed_name", _("请照公布名单填写名称")))
    if entry.designated_on > on:
        errors.append(_error("designated_on", _("日期不能晚于今天")))
    if entry.valid_to is not None and entry.valid_to < entry.designated_on:
        errors.append(_error("valid_to", _("有效期不能早于认定日期")))
    if errors:
        raise DesignationInvalid(errors=errors)
    return asdict(entry) | {"plaque_number": entry.plaque_number or None}


def _error(field: str, detail) -> dict:
    return {"field": field, "code": "unacceptable", "detail": str(detail)}
