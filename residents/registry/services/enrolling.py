"""A spreadsheet of residents: who of it stands already, who is registered by it and who is taken off again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F, Model
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from residents.registry import imports
from residents.registry.facts import ResidentFacts
from residents.registry.imports import Content, ImportKind, Known, Made
from residents.registry.models import SILENCED, ImportRow, Resident, ResidentKey
from residents.registry.services.holding import known_identities
from residents.registry.services.registering import NewResident, register_unknown
from residents.registry.sheets import CHOICES, HEADINGS, HOME, NEEDED, REASONS, read_rows
from residents.registry.states import ImportRowState, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.trail import record_many

# Rows that lead to a resident without anybody having done anything about her.
OWN_ROWS: tuple[type[Model], ...] = (ResidentKey, ImportRow)


def register_kind() -> None:
    """Officers can send spreadsheets of residents."""
    imports.register(RESIDENTS)


def touched(model: type[Model], ids: Sequence[UUID], *, but: tuple[type[Model], ...] = ()) -> set[UUID]:
    """Those of these rows to which anything leads but their history and rows of these models."""
    found: set[UUID] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        other = relation.related_model
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete:
            continue
        if isinstance(other, type) and not issubclass(other, (*but, Event)):
            name = relation.field.attname  # type: ignore[union-attr]
            rows = other._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found


def _known(facts: Sequence[Mapping], actor: Actor) -> list[Known | None]:
    here = known_identities([each["identity_number"] for each in facts], actor)
    found: list[Known | None] = []
    for each in facts:
        resident = here.get(each["identity_number"])
        is_here = each["identity_number"] in here
        found.append(Known(resident.pk if resident else None) if is_here else None)
    return found


def _register(contents: Sequence[Content], actor: Actor) -> list[Made]:
    rows = [NewResident(one.home, _read_again(one.facts)) for one in contents]
    return [Made(resident) for resident in register_unknown(rows=rows, actor=actor)]


def _read_again(facts: Mapping) -> ResidentFacts:
    """The checked facts of a row as they were before they were kept as text."""
    return ResidentFacts(**{**facts, "birth_on": date.fromisoformat(facts["birth_on"])})  # type: ignore[typeddict-item]


def _take_back(rows: Sequence[ImportRow], actor: Actor) -> Collection[int]:
    residents = Resident.objects.locked().in_bulk([row.resident_id for row in rows])
    led_to = touched(Resident, list(residents), but=OWN_ROWS)
    kept = {
        row.pk
        for row in rows
        if residents[row.resident_id].version != row.registered_version or row.resident_id in led_to
    }
    gone = [residents[row.resident_id] for row in rows if row.pk not in kept]
    _take_off(gone)
    lines = [(resident, {"number": resident.number}) for resident in gone]
    record_many(action="resident.import_undone", actor=actor, lines=lines)
    return kept


def _take_off(residents: Sequence[Resident]) -> None:
    """These residents are in no list any more, and nothing in their history tells who they were."""
    ids = [resident.pk for resident in residents]
    ImportRow.objects.filter(resident__in=ids, state=ImportRowState.KNOWN).update(resident=None)
    ImportRow.objects.filter(resident__in=ids).update(
        state=ImportRowState.UNDONE, resident=None, registered_version=None
    )
    rows = Resident.objects.filter(pk__in=ids)
    rows.update(
        status=ResidentStatus.ERASED, home_division_id=F("owner"), whereabouts_protected=False, **SILENCED
    )
    ResidentKey.objects.filter(pk__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(registry_silence_history(id)) FROM unnest(%s::uuid[]) AS id", [ids])
    rows.delete()


RESIDENTS = ImportKind(
    code="residents",
    label=_("老年人登记"),
    sheet=_("老年人"),
    template="residents-template.xlsx",
    headings=HEADINGS,
    needed=NEEDED,
    choices=CHOICES,
    guide={
        "name": "按户口簿或身份证填写，少数民族姓名的间隔号照写",
        "identity_number": "18位，旧的15位号码也可以；这一列已设为文本，请勿改为数字",
        HOME: "区县名称或6位代码，例如：天河区、广东省广州市天河区、440106；只能是您辖区内的",
        "sex": "可不填，由身份证号码得出；填写的须与号码一致",
        "birth_on": "可不填，由身份证号码得出；填写的须与号码一致，例如：1950-01-31",
        "phone": "手机号码，或带区号的座机号码；有几个的用顿号隔开，短信发到第一个",
        "contact_name": "有几位的用顿号隔开，关系写在括号里，例如：张三（子女）、李四（邻居或朋友）；"
        "关系限于配偶、子女、其他亲属、邻居或朋友、村（居）委会、其他",
        "contact_phone": "按联系人姓名的顺序，用顿号隔开；其中没有电话的留空，顿号照写",
        "diets": "可填几项，用顿号隔开",
    },
    reasons=REASONS,
    refused="identity_number",
    read=read_rows,
    known=_known,
    make=_register,
    take_back=_take_back,
    several=("diets",),
)
