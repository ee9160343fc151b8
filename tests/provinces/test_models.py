from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sojourn.provinces.models import (
    AgreedItem,
    Agreement,
    ClimateNormal,
    Division,
    DivisionSuccession,
    Member,
    Party,
    Rule,
)
from sojourn.provinces.states import DatePrecision, SuccessionGround
from tests.factories.provinces import (
    AgreementFactory,
    DivisionFactory,
    MemberFactory,
    PartyFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db


def refused(constraint: str, make) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("division_level_follows_code", {"code": "440199", "level": "city"}),
        ("division_level_follows_code", {"code": "44019"}),
        ("division_level_follows_code", {"code": "44019a"}),
        ("division_level_follows_code", {"code": "010199"}),
        ("division_only_provinces_have_no_parent", {"parent_id": None}),
        ("division_point_is_whole", {"lng": Decimal("113.2")}),
        ("division_point_is_whole", {"lng": Decimal("23.1"), "lat": Decimal("113.2")}),
        ("division_ends_after_it_begins", {"valid_from": date(2020, 1, 1), "valid_to": date(2020, 1, 1)}),
    ],
)
def test_a_division_that_contradicts_itself_is_refused(constraint, facts):
    refused(constraint, lambda: DivisionFactory(**facts))

    assert DivisionFactory(lng=Decimal("113.2"), lat=Decimal("23.1")).pk


def test_a_code_has_one_withdrawn_meaning_a_day():
    refused(
        "divisionsuccession_one_meaning_a_day",
        lambda: DivisionSuccession.objects.create(
            code="440116", name="样例区", valid_to=date(2014, 1, 1), ground=SuccessionGround.UNKNOWN
        ),
    )


@pytest.mark.parametrize(
    ("ground", "successor"), [(SuccessionGround.UNKNOWN, "440112"), (SuccessionGround.SAME_NAME, None)]
)
def test_a_succession_has_a_successor_exactly_where_it_has_a_ground(ground, successor):
    refused(
        "divisionsuccession_unknown_has_no_successor",
        lambda: DivisionSuccession.objects.create(
            code="440190", name="样例区", valid_to=date(2014, 1, 1), successor_id=successor, ground=ground
        ),
    )


def test_a_member_is_a_province_under_its_own_code_and_short_name():
    refused("member_is_a_province", lambda: MemberFactory(code="420100"))
    refused("member_is_a_province", lambda: MemberFactory(division_id="430000", code="420000"))
    refused("short", lambda: MemberFactory(short="粤"))

    assert MemberFactory().pk == "420000"


@pytest.mark.parametrize(
    "facts",
    [
        {"signed_on": None},
        {"signed_from_year": 2021},
        {"signed_precision": DatePrecision.YEAR},
        {"signed_precision": DatePrecision.YEAR, "signed_on": None},
        {"signed_precision": DatePrecision.YEAR, "signed_on": None, "signed_from_year": 2020},
        {"signed_precision": DatePrecision.YEARS, "signed_on": None, "signed_from_year": 2020},
        {
            "signed_precision": DatePrecision.YEARS,
            "signed_on": None,
            "signed_from_year": 2020,
            "signed_to_year": 2020,
        },
        {"signed_precision": DatePrecision.NOT_REPORTED},
    ],
)
def test_a_date_that_is_not_as_precise_as_it_says_is_refused(facts):
    refused("agreement_date_as_precise_as_said", lambda: AgreementFactory(**facts))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "2021-11-15"),
        ({"signed_precision": DatePrecision.YEAR, "signed_from_year": 2020, "signed_to_year": 2020}, "2020"),
        (
            {"signed_precision": DatePrecision.YEARS, "signed_from_year": 2019, "signed_to_year": 2020},
            "2019–2020",
        ),
        ({"undated": True}, "未报告"),
    ],
)
def test_an_agreement_says_when_it_was_signed_as_precisely_as_was_reported(facts, said):
    known = facts if facts in ({}, {"undated": True}) else facts | {"signed_on": None}

    assert AgreementFactory(**known).signed == said


def test_a_body_is_a_party_once():
    party = PartyFactory()

    refused("party_once_an_agreement", lambda: PartyFactory(agreement=party.agreement))
    assert Party.objects.filter(agreement=party.agreement).count() == 1


@pytest.mark.parametrize("month", [0, 13])
def test_a_climate_normal_is_of_a_month_that_exists(month):
    normal = ClimateNormal.objects.get(place_id="440100", month=1)
    normal.pk, normal.month = None, month

    refused("climatenormal_month_exists", normal.save)


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("rule_key_is_a_name", {"key": "Defence days"}),
        ("rule_ends_after_it_begins", {"valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)}),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(constraint, facts):
    # daterange() itself refuses a period that ends before it begins
    expected = constraint if "key" in facts else f"{constraint}|range lower bound"
    with pytest.raises(Exception, match=expected), transaction.atomic():
        RuleFactory(**facts)


def test_the_history_keeps_every_state_of_a_rule():
    rule = RuleFactory(value=10)

    Rule.objects.filter(pk=rule.pk).update(value=12)

    states = Rule.pgh_event_models["insert"].objects.filter(pgh_obj_id=rule.pk).order_by("pgh_id")
    assert [state.value for state in states] == [10, 12]


@pytest.mark.parametrize("model", [Division, Member, Agreement])
def test_a_change_of_a_reference_row_raises_its_version_and_a_repetition_does_not(model):
    row = model.objects.first()

    model.objects.filter(pk=row.pk).update(name=row.name)
    assert model.objects.get(pk=row.pk).version == row.version

    model.objects.filter(pk=row.pk).update(name="改名")
    changed = model.objects.get(pk=row.pk)
    assert changed.version == row.version + 1
    assert changed.changed_at > row.changed_at


def test_an_item_keeps_its_agreement_from_being_deleted():
    item = AgreedItem.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        item.agreement.delete()
