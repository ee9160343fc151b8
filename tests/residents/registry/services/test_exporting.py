import pytest

from residents.registry import policy
from residents.registry.errors import (
    CaseMissing,
    ExportTooLarge,
    FieldsUnknown,
    NothingToExport,
    NotYourResident,
    PlainExportSpent,
    PurposeMissing,
)
from residents.registry.models import Disclosure, Export, Resident
from residents.registry.services import erase_resident, export_residents
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff

NUMBER = sample_identity(9_000_060, BORN)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return staff("440106")


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(name="单雪雁", identity_number=NUMBER, phone="0000-0000001")


def export(actor, rows=None, **asked):
    asked = {"purpose": "benefit_check", "case": "粤天河15号"} | asked
    return export_residents(rows=Resident.objects.all() if rows is None else rows, actor=actor, **asked)


def test_a_list_leaves_masked_with_who_took_it_when_and_for_what(officer, resident):
    ResidentFactory(home_division_code="440300", name="白岭")

    exported = export(officer)

    row = dict(zip(exported.headings, exported.rows[0], strict=True))
    assert len(exported.rows) == 1
    assert (row["编号"], row["姓名"], row["身份证号码"]) == (
        resident.number,
        "单**",
        "009*************" + NUMBER[-2:],
    )
    assert (row["出生日期"], row["本人电话"], row["户籍所在地区"]) == ("1948-**-**", "000******01", "天河区")
    kept = Export.objects.get()
    assert (kept.people, kept.purpose, kept.case, kept.plain_fields) == (1, "benefit_check", "粤天河15号", [])
    assert kept.actor_user_id == officer.user_id
    assert f"导出编号：{kept.pk}" in exported.marks[0]
    assert "用途：补贴与待遇核对　事由：粤天河15号" in exported.marks[0]
    entry = entries_about(kept).get()
    assert (entry.action, entry.facts) == (
        "resident.exported",
        {"people": 1, "purpose": "benefit_check", "fields": []},
    )
    assert not Disclosure.objects.exists()


def test_what_is_asked_for_in_plain_is_a_disclosure_of_each(officer, resident):
    ResidentFactory(name="单雪燕", phone=None)

    exported = export(officer, plain=["phone", "name"])

    rows = [dict(zip(exported.headings, row, strict=True)) for row in exported.rows]
    assert [(row["姓名"], row["本人电话"]) for row in rows] == [("单雪雁", "00000000001"), ("单雪燕", "")]
    assert all(row["身份证号码"].startswith("00") for row in rows)
    shown = Disclosure.objects.order_by("id")
    assert {row.resident_id for row in shown} == set(Resident.objects.values_list("pk", flat=True))
    assert all((row.fields, row.case) == (["name", "phone"], "粤天河15号") for row in shown)


def test_what_is_sensitive_leaves_in_plain_only_where_it_was_asked_for_of_each(officer):
    resident = ResidentFactory(mobility="bedridden", diets=["soft"], benefit_category=None)
    names = ("饮食要求", "行动情况", "救助优抚类别")

    masked, plain = export(officer), export(officer, plain=["mobility"])

    of_masked, of_plain = (dict(zip(one.headings, one.rows[0], strict=True)) for one in (masked, plain))
    assert [of_masked[name] for name in names] == ["（受保护）", "（受保护）", ""]
    assert [of_plain[name] for name in names] == ["（受保护）", "长期卧床", ""]
    shown = Disclosure.objects.get()
    assert (shown.resident, shown.fields) == (resident, ["mobility"])


def test_more_in_plain_than_may_be_shown_in_an_hour_is_refused_before_anything_is_shown(officer, resident):
    RuleFactory(key="disclosures_an_hour", member_id="440000", value=1)
    ResidentFactory()

    with pytest.raises(PlainExportSpent) as refused:
        export(officer, plain=["phone"])

    assert "还可以查看1人" in str(refused.value)
    assert not Disclosure.objects.exists()
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"purpose": ""}, PurposeMissing),
        ({"purpose": "curiosity"}, PurposeMissing),
        ({"case": " "}, CaseMissing),
        ({"plain": ["health"]}, FieldsUnknown),
        ({"rows": Resident.objects.none()}, NothingToExport),
    ],
)
def test_without_purpose_case_or_anybody_nothing_leaves(officer, resident, asked, refusal):
    with pytest.raises(refusal):
        export(officer, **asked)

    assert not Export.objects.exists()
    assert not AuditEntry.objects.filter(action="resident.exported").exists()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"second_factor": False}, SecondFactorNeeded),
        ({"role": Role.AUDITOR}, NotYourResident),
        ({"role": Role.FAMILY}, NotYourResident),
    ],
)
def test_only_an_officer_with_a_second_factor_takes_a_list(resident, who, refusal):
    with pytest.raises(refusal):
        export(staff("440106", **who))

    assert not Export.objects.exists()


def test_more_people_than_the_rule_allows_are_not_taken_at_once(officer, resident):
    RuleFactory(key="resident_export_rows", member_id="440000", value=1)
    ResidentFactory()

    with pytest.raises(ExportTooLarge):
        export(officer)


def test_erased_people_and_protected_whereabouts_stay_out(officer, resident):
    erase_resident(resident_id=ResidentFactory().pk, ground="period_over", actor=SYSTEM)
    ResidentFactory(name="白岭", whereabouts_protected=True)

    exported = export(staff("4401"))

    assert [row[1] for row in exported.rows] == ["（受保护）", "天河区"]


@pytest.mark.parametrize(("divisions", "sees"), [(("4401",), True), (("440105",), False)])
def test_an_export_is_seen_by_whose_reach_covers_it(officer, resident, divisions, sees):
    export(officer)
    other, row = staff(*divisions, role=Role.AUDITOR), Export.objects.get()

    assert Export.objects.visible_to(other).contains(row) is sees
    assert policy.can_view_batch(other, row) is sees
