from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sojourn.provinces.errors import RuleMissing
from sojourn.provinces.models import Agreement, Rule
from sojourn.provinces.rules import rule, rule_of_each
from tests.factories.provinces import RuleFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 1)


@pytest.fixture
def instrument() -> Agreement:
    return Agreement.objects.get(code="six_provinces_2021")


def test_the_most_specific_rule_answers(instrument):
    RuleFactory(value="general")
    RuleFactory(value="agreement", agreement=instrument)
    RuleFactory(value="member", member_id="500000")
    RuleFactory(value="both", member_id="500000", agreement=instrument)

    def answer(**words):
        return rule("sample_days", on=DAY, **words)

    assert answer() == "general"
    assert answer(agreement=instrument.pk) == "agreement"
    assert answer(member="500000") == "member"
    assert answer(member="500000", agreement=instrument.pk) == "both"
    assert answer(member="510000") == "general"
    assert answer(member="510000", agreement=instrument.pk) == "agreement"


def test_a_members_rule_goes_before_one_of_the_agreement(instrument):
    RuleFactory(value="agreement", agreement=instrument)
    RuleFactory(value="member", member_id="500000")

    assert rule("sample_days", on=DAY, member="500000", agreement=instrument.pk) == "member"


def test_a_rule_answers_from_its_first_day_to_the_day_before_its_last():
    RuleFactory(value=5, valid_to=date(2026, 4, 1))
    RuleFactory(value=7, valid_from=date(2026, 4, 1), valid_to=date(2026, 6, 1))

    assert rule("sample_days", on=date(2026, 3, 31)) == 5
    assert rule("sample_days", on=date(2026, 4, 1)) == 7
    assert rule("sample_days", on=date(2026, 5, 31)) == 7
    with pytest.raises(RuleMissing):
        rule("sample_days", on=date(2026, 6, 1))


def test_a_members_expired_rule_leaves_the_general_one():
    RuleFactory(value=10)
    RuleFactory(value=3, member_id="440000", valid_to=date(2026, 1, 1))

    assert rule("sample_days", on=DAY, member="440000") == 10


def test_no_rule_and_no_reported_value_are_refused_by_name():
    with pytest.raises(RuleMissing) as unknown:
        rule("no_such_rule", on=DAY)
    with pytest.raises(RuleMissing) as unreported:
        rule("custody_risk_reserve_floor", on=DAY)

    assert str(unknown.value) == "2026-05-01没有可适用的规则“no_such_rule”"
    assert "custody_risk_reserve_floor" in str(unreported.value)


def test_false_and_zero_are_values():
    assert rule("membership_fee_allowed", on=DAY) is False
    assert rule("minor_penalty_publicity_months", on=DAY) == 0


@pytest.mark.parametrize(
    ("key", "before", "since", "value"),
    [
        ("listing_publicity_months_most", date(2026, 3, 31), date(2026, 4, 1), 36),
        ("sharing_reply_days_conditional", date(2025, 7, 31), date(2025, 8, 1), 10),
    ],
)
def test_a_rule_does_not_answer_before_its_text_is_in_force(key, before, since, value):
    assert rule(key, on=since) == value
    with pytest.raises(RuleMissing):
        rule(key, on=before)


def test_each_members_rule_is_told_in_one_query(instrument, django_assert_num_queries):
    RuleFactory(value="general")
    RuleFactory(value="agreement", agreement=instrument)
    RuleFactory(value="member", member_id="500000")
    RuleFactory(value="past", member_id="510000", valid_to=DAY)

    with django_assert_num_queries(1):
        told = rule_of_each("sample_days", on=DAY, members=["500000", "510000"])

    assert told == {"500000": "member", "510000": "general"}
    with pytest.raises(RuleMissing):
        rule_of_each("no_such_rule", on=DAY, members=["500000"])
    assert rule_of_each("no_such_rule", on=DAY, members=[]) == {}


def test_a_rule_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert rule("defence_days", on=DAY, member="500000") == 10


@pytest.mark.parametrize("words", [{}, {"member_id": "440000"}, {"agreement": True}])
def test_two_values_of_one_rule_on_one_day_are_refused(words, instrument):
    if "agreement" in words:
        words = {"agreement": instrument}
    RuleFactory(valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), **words)

    with pytest.raises(IntegrityError, match="rule_one_live_value"), transaction.atomic():
        RuleFactory(valid_from=date(2026, 12, 31), **words)

    RuleFactory(valid_from=date(2027, 1, 1), **words)
    assert Rule.objects.filter(key="sample_days").count() == 2
