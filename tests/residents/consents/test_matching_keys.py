"""A matching key is changed at two nodes without a pair lost or found twice, and outlives no agreement."""

import secrets
from datetime import timedelta

import pytest

from residents.consents import services
from residents.consents.models import MARKS, EarlierMark, Mark, Match, MatchingKey
from residents.consents.services import matching
from residents.registry.models import Resident
from sojourn.core.clock import frozen, now, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.services import retire_key
from sojourn.desk.models import WorkItem
from sojourn.sharing.models import Grant
from sojourn.sharing.states import GrantStatus
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.consents.exchange import AWAY, HOME, a_grant, bodies, travel

MATCH = "match_440000_500000"
SEEDS = (9_000_001, 9_000_003, 9_000_007)
COUNTY = {"44": "440106", "50": "500112"}


def add_key(network, number: int, *nodes: str, digits: str = "") -> str:
    digits = digits or secrets.token_hex(32)
    for name in nodes:
        (network[name].keyring / f"{MATCH}-{number}.key").write_text(digits)
    return digits


def enrolled(seed: int, network, *nodes: str) -> None:
    for name in nodes:
        with network[name]:
            ResidentFactory(identity_number=sample_identity(seed, BORN), home_division_code=COUNTY[name])


def at(network, name: str) -> None:
    with network[name]:
        services.match_residents()


def told(network) -> None:
    travel(network, "44", "50")
    travel(network, "50", "44")


def exchanged(network) -> None:
    for _round in range(3):
        for name in COUNTY:
            at(network, name)
        told(network)


def pairs(network) -> dict[str, list[int]]:
    """At each node how often each match of its own stands at the other too, and how many items wait."""
    found = {}
    for name in COUNTY:
        with network[name]:
            own = list(Match.objects.written_here().values_list("ours", "theirs"))
            copied = set(Match.objects.filter(resident=None).values_list("theirs", "ours"))
            found[name] = [len(own), len(set(own) & copied), WorkItem.objects.unfinished().count()]
    return found


def keys(network, name: str) -> list[str]:
    with network[name]:
        return sorted(key.removeprefix(f"{MATCH}-") for key in Mark.objects.values_list("key", flat=True))


@pytest.fixture
def matched(network):
    """A pair that both members know, by the first key."""
    for name, owner, to in (("44", HOME, AWAY), ("50", AWAY, HOME)):
        with network[name]:
            a_grant(owner, to, MARKS)
    enrolled(SEEDS[0], network, "44", "50")
    exchanged(network)
    assert pairs(network) == {"44": [1, 1, 1], "50": [1, 1, 1]}
    return network


def slowly(network) -> None:
    """Each node has time for one resident an hour, who has to be marked by two keys."""
    for name, owner in (("44", HOME), ("50", AWAY)):
        with network[name]:
            RuleFactory(key="match_marks_an_hour", member_id=owner, value=2)
            Mark.objects.update(changed_at=now() - timedelta(hours=2))


@pytest.mark.parametrize("first", ["44", "50"])
def test_a_pair_enrolled_while_one_node_has_the_new_key_and_the_other_not_is_found_once_by_both(
    matched, first
):
    (second,) = set(COUNTY) - {first}
    digits = add_key(matched, 2, first)
    exchanged(matched)
    assert keys(matched, first) == ["1", "2"]
    enrolled(SEEDS[1], matched, "44", "50")
    exchanged(matched)
    with matched[first]:
        assert Match.objects.written_here().count() == 2
    assert pairs(matched)[first][0] == 2

    add_key(matched, 2, second, digits=digits)
    exchanged(matched)

    assert pairs(matched) == {"44": [2, 2, 2], "50": [2, 2, 2]}
    for name in COUNTY:
        with matched[name]:
            assert set(Mark.objects.values_list("key", flat=True)) == {f"{MATCH}-2"}
            assert not EarlierMark.objects.exists()
            assert retire_key(name=f"{MATCH}-1") == []


def test_what_one_node_finds_by_the_new_key_the_other_checks_and_has_before_its_own_turn(matched):
    """The second node holds the new key and has not come to her yet."""
    enrolled(SEEDS[1], matched, "50")
    exchanged(matched)
    add_key(matched, 2, "44", "50")
    with matched["50"]:
        RuleFactory(key="match_marks_an_hour", member_id=AWAY, value=0)
    enrolled(SEEDS[1], matched, "44")
    exchanged(matched)

    assert pairs(matched) == {"44": [2, 2, 2], "50": [2, 2, 2]}
    with matched["50"]:
        assert set(Mark.objects.filter(owner=AWAY).values_list("key", flat=True)) == {f"{MATCH}-1"}
        checked = AuditEntry.objects.get(action="matching.checked")
        assert checked.facts == {"marks": 1, "key": f"{MATCH}-2"}


def test_what_the_other_says_and_its_key_does_not_bear_out_is_no_match(matched):
    enrolled(SEEDS[1], matched, "50")
    enrolled(SEEDS[2], matched, "44")
    exchanged(matched)
    add_key(matched, 2, "44", "50")
    with matched["50"]:
        RuleFactory(key="match_marks_an_hour", member_id=AWAY, value=0)
        theirs = Mark.objects.filter(owner=AWAY).order_by("-pk").first().pk
    with matched["44"]:
        own = Mark.objects.filter(owner=HOME).order_by("-pk").first()
        Match.objects.create(
            owner=HOME, other=AWAY, ours=own.pk, theirs=theirs, resident=own.resident, found_at=now()
        )
    exchanged(matched)

    with matched["50"]:
        assert Match.objects.filter(owner=HOME, theirs=theirs).exists()
        assert not Match.objects.filter(owner=AWAY, ours=theirs).exists()


def test_no_mark_of_an_older_key_travels_and_ids_stay(matched):
    with matched["44"]:
        before = list(Mark.objects.filter(owner=HOME).values_list("pk", flat=True))
    add_key(matched, 2, "44")
    exchanged(matched)

    with matched["44"]:
        assert list(Mark.objects.filter(owner=HOME).values_list("pk", flat=True)) == before
        assert EarlierMark.objects.count() == 1
        assert retire_key(name=f"{MATCH}-1") == ["2 of marks of residents for matching"]
    with matched["50"]:
        assert set(map(str, Mark.objects.values_list("pk", flat=True))) == set(bodies(MARKS))
        assert not EarlierMark.objects.exists()


def test_who_has_no_mark_at_all_is_marked_before_the_marks_of_others_are_made_anew(network):
    with network["44"]:
        RuleFactory(key="match_marks_an_hour", member_id=HOME, value=1)
        grant = a_grant(HOME, AWAY, MARKS)
        ResidentFactory()
        assert matching.mark_residents(grant_id=grant.pk) == 1
        newcomer = ResidentFactory()
    add_key(network, 2, "44")
    with network["44"], frozen(now() + timedelta(hours=2)):
        assert matching.mark_residents(grant_id=grant.pk) == 1

        assert Mark.objects.get(resident=newcomer.pk).key == f"{MATCH}-2"


def test_the_earlier_marks_of_who_is_gone_go_with_hers(matched):
    add_key(matched, 2, "44")
    exchanged(matched)
    with matched["44"]:
        Resident.objects.update(whereabouts_protected=True)
        services.match_residents()

        assert not EarlierMark.objects.exists()


def test_what_is_granted_anew_asks_for_a_new_key_at_the_members_desk_and_marks_nobody_until_then(network):
    with network["44"]:
        first = a_grant(HOME, AWAY, MARKS)
        ResidentFactory()
        services.match_residents()
        Grant.objects.filter(pk=first.pk).update(status=GrantStatus.REVOKED, ended_at=first.granted_at)
        services.match_residents()
        assert not WorkItem.objects.exists()
        anew = a_grant(HOME, AWAY, MARKS)
        services.match_residents()

        assert not Mark.objects.exists()
        item = WorkItem.objects.get(queue="matching_keys")
        assert (item.division_code, item.title, item.status) == (HOME, "更换与重庆市的比对密钥", "open")
    add_key(network, 2, "44")
    with network["44"]:
        services.match_residents()
        services.match_residents()

        assert Mark.objects.get().key == f"{MATCH}-2"
        assert list(MatchingKey.objects.order_by("pk").values_list("grant", flat=True)) == [first.pk, anew.pk]
        assert list(WorkItem.objects.values_list("status", "outcome")) == [("closed", "changed")]


def test_a_key_in_use_for_a_year_is_to_be_changed_and_goes_on_marking_meanwhile(network):
    with network["44"]:
        grant = a_grant(HOME, AWAY, MARKS)
        Grant.objects.filter(pk=grant.pk).update(valid_to=today() + timedelta(days=900))
        ResidentFactory()
        services.match_residents()
        with frozen(today() + timedelta(days=364)):
            services.match_residents()
            assert not WorkItem.objects.exists()
        with frozen(today() + timedelta(days=365)):
            ResidentFactory()
            services.match_residents()

            assert WorkItem.objects.get(queue="matching_keys").status == "open"
            assert Mark.objects.count() == 2
