"""A list of residents is taken away as a file: what it holds, for what, and that somebody took it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from residents.registry import policy
from residents.registry.errors import ExportTooLarge, NothingToExport, NotYourResident, PlainExportSpent
from residents.registry.models import Export, Resident
from residents.registry.querysets import ResidentQuerySet
from residents.registry.services.disclosing import (
    asked_case,
    asked_fields,
    asked_purpose,
    disclose,
    disclosures_left,
    masked_facts_of,
)
from residents.registry.services.importing import member_of
from residents.registry.states import (
    OF_STAFF,
    PrivateField,
    Purpose,
    ResidentStatus,
    SensitiveField,
    ShownField,
    StaffField,
)
from residents.registry.words import HIDDEN, column_of, hidden_words, words_of
from sojourn.accounts.models import User
from sojourn.core.actors import Actor
from sojourn.core.clock import local, now, today
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

MOST = "resident_export_rows"
OPEN_COLUMNS = ("sex", "dialect", "status", "is_sample")


@dataclass(frozen=True)
class ExportedList:
    """A list as it leaves: every cell a text, above it the lines that say who took it and for what."""

    number: int
    headings: Sequence[str]
    rows: Sequence[Sequence[str]] = field(repr=False)
    marks: Sequence[str] = field(repr=False)


def export_residents(
    *, rows: ResidentQuerySet, purpose: str, case: str, plain: Collection[str] = (), actor: Actor
) -> ExportedList:
    """These residents as a list, their private facts masked but for those asked for in plain.

    Asking for a field in plain is being shown it of each of them: it is written down resident by resident and
    counts against the hour's limit. Refused: no second factor, purpose or case, nobody, and more than the rule's
    number. That it was taken is committed before anything of it leaves.
    """
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if not policy.can_export(actor):
        raise NotYourResident
    fields = asked_fields(plain) if plain else []
    asked_purpose(purpose), asked_case(case)
    residents = _chosen(rows, actor)
    if fields and disclosures_left(actor, residents[0]) < len(residents):
        raise PlainExportSpent(left=disclosures_left(actor, residents[0]))
    export = _recorded(residents, purpose, case, fields, actor)
    shown = {}
    if fields:
        showing = partial(disclose, fields=fields, purpose=purpose, case=case, actor=actor)
        shown = {each.pk: showing(resident_id=each.pk) for each in residents}
    return ExportedList(
        number=export.pk,
        headings=_headings(),
        rows=[_cells(each, shown.get(each.pk, {})) for each in residents],
        marks=_marks(export),
    )


def _chosen(rows: ResidentQuerySet, actor: Actor) -> list[Resident]:
    most = rule(MOST, on=today(), member=member_of(actor.common_reach))
    kept = rows.managed_by(actor).exclude(status=ResidentStatus.ERASED)
    found = list(kept.select_related("home_division", "key").order_by("sort_key", "pk")[: most + 1])
    if not found:
        raise NothingToExport
    if len(found) > most:
        raise ExportTooLarge(most=most)
    return found


@transaction.atomic
def _recorded(
    residents: Sequence[Resident], purpose: str, case: str, fields: list[StaffField], actor: Actor
) -> Export:
    export = Export.objects.create(
        at=now(),
        division_code=actor.common_reach,
        purpose=asked_purpose(purpose),
        case=asked_case(case),
        people=len(residents),
        plain_fields=fields,
        **actor.as_columns(),
    )
    facts = {"people": export.people, "purpose": export.purpose, "fields": fields}
    record(action="resident.exported", actor=actor, subject=export, **facts)
    return export


def _headings() -> list[str]:
    return [
        *(str(column_of(name).verbose_name) for name in ("number", "home_division")),
        *(str(field.label) for field in OF_STAFF),
        *(str(column_of(name).verbose_name) for name in OPEN_COLUMNS),
    ]


def _cells(resident: Resident, plain: Mapping[ShownField, str]) -> list[str]:
    masked = masked_facts_of(resident)
    hidden = resident.is_protected
    return [
        resident.number,
        str(HIDDEN) if hidden else resident.home_division.name,
        *(plain.get(private) or str(masked.get(private, "")) for private in PrivateField),
        *(plain.get(field) or hidden_words(resident, field) for field in SensitiveField),
        *(words_of(resident, name) for name in OPEN_COLUMNS),
    ]


def _marks(export: Export) -> list[str]:
    taker = User.objects.get(pk=export.actor_user_id)
    said = _("导出人：{name}（{account}）　时间：{at}　用途：{purpose}　事由：{case}　导出编号：{number}")
    return [
        said.format(
            name=taker.name,
            account=taker.username,
            at=f"{local(export.at):%Y-%m-%d %H:%M:%S}",
            purpose=Purpose(export.purpose).label,
            case=export.case,
            number=export.pk,
        ),
        _("内含个人信息，仅限本用途使用，不得转发，用后删除。每次导出都有记录。"),
    ]
