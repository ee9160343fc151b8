from datetime import date

import pytest

from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.hanzi import TextUnreadable
from sojourn.provinces.models import Agreement, Division, Member, Rule

pytestmark = pytest.mark.django_db


def codes(rows) -> set[str]:
    return set(rows.values_list("code", flat=True))


@pytest.mark.parametrize(
    "q",
    ["广州", "广州市", "廣州市", "guangzhou", "GuangZhouShi", "ｇｕａｎｇｚｈｏｕ", "gzs", "4401", "广州 gz"],
)
def test_a_city_is_found_by_any_form_of_its_name(q):
    assert "440100" in codes(Division.objects.matching(q))


@pytest.mark.parametrize("q", ["乾县", "乾縣", "qianxian", "qx"])
def test_a_name_that_folds_to_another_character_is_found(q):
    assert "610424" in codes(Division.objects.matching(q))


def test_every_word_must_name_the_division():
    assert codes(Division.objects.matching("朝阳 2113")) == {"211300", "211321"}
    assert not Division.objects.matching("朝阳 440100").exists()


@pytest.mark.parametrize("q", ["", "   ", "·", "%", "_", "没有这个地方"])
def test_words_that_name_nothing_find_nothing(q):
    assert not Division.objects.matching(q).exists()


def test_unreadable_words_are_refused():
    with pytest.raises(TextUnreadable):
        Division.objects.matching("广\0州")


def test_within_takes_code_prefixes_of_any_level():
    assert codes(Division.objects.within(["440106"])) == {"440106"}
    assert codes(Division.objects.within(["4419", "4420"])) == {"441900", "442000"}
    assert Division.objects.within([""]).count() == Division.objects.count()


def test_no_prefix_is_no_division():
    assert not Division.objects.within([]).exists()


def test_a_division_is_live_from_its_first_day_until_the_day_before_it_ends():
    withdrawn = Division.objects.get(code="440116")
    first, last = withdrawn.valid_from, withdrawn.valid_to

    def live(day: date) -> bool:
        return Division.objects.live_on(day).filter(pk=withdrawn.pk).exists()

    assert [live(day) for day in (date(2004, 1, 1), first, date(2010, 1, 1), last)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_withdrawn_division_names_the_one_that_continues_it():
    rows = Division.objects.with_successor()

    assert rows.get(code="440116").successor_code == "440112"
    assert rows.get(code="440112").successor_code is None
    assert rows.get(code="510902").successor_code is None


@pytest.mark.parametrize("actor", [PUBLIC, SYSTEM, Actor(role=Role.OFFICER, divisions=("440106",))])
def test_reference_facts_are_everybodys(actor):
    for model in (Division, Member, Agreement, Rule):
        assert model.objects.visible_to(actor).count() == model.objects.count()
        assert model.objects.managed_by(actor).count() == model.objects.count()


def test_agreements_come_with_their_contents_in_a_fixed_number_of_queries(django_assert_num_queries):
    with django_assert_num_queries(3):
        rows = list(Agreement.objects.with_contents())
        assert sum(len(row.parties.all()) for row in rows) == 29
        assert {party.division.level for row in rows for party in row.parties.all()} == {
            "province",
            "city",
            "county",
        }
        assert sum(len(row.items.all()) for row in rows) == 50
