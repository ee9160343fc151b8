"""Keys of two members, and of the one that keeps a copy, are replaced at two nodes one after the other."""

import secrets

import pytest

from residents.consents import envelopes
from residents.consents.models import MARKS, Extract, Mark
from residents.consents.services import disclose
from residents.consents.services.matching import match_residents
from residents.registry.services import correct_resident
from sojourn.core.actors import SYSTEM
from sojourn.core.keyring import KeyMissing
from sojourn.core.services import needed_keys, retire_key, rotate_keys
from sojourn.sharing.models import Alarm
from tests.factories.consents import a_consent
from tests.residents.actors import staff
from tests.residents.consents.exchange import a_grant, travel
from tests.residents.dumping import dump

SHARE, MATCH = "share_440000_500000", "match_440000_500000"


def add_key(network, purpose, *nodes):
    digits = secrets.token_hex(32)
    for name in nodes:
        (network[name].keyring / f"{purpose}-2.key").write_text(digits)


def rotated():
    while rotate_keys():
        pass


def name_shown_away(extract_id) -> str:
    return disclose(extract_id=extract_id, fields=["name"], case="渝1", actor=staff("50"))["name"]


def test_a_copy_comes_under_the_new_key_of_the_member_that_keeps_it(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
    travel(network)
    add_key(network, "500000", "50")

    with network["50"]:
        before = Extract.objects.values("version", "changed_at", "sealed").get()
        rotated()

        assert Extract.objects.get().wrapped.startswith("v1.500000-2.")
        assert Extract.objects.values("version", "changed_at", "sealed").get() == before
        assert retire_key(name="500000-1") == []
        assert "v1.500000-1." not in dump()
        assert name_shown_away(consent.pk) == "单雪雁"
        assert not Alarm.objects.open().exists()


def test_a_key_of_two_members_is_replaced_at_both_and_the_old_one_goes_at_both(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
    travel(network)

    add_key(network, SHARE, "50", "44")
    with network["44"]:
        assert needed_keys()[f"{SHARE}-1"] != []
        rotated()
        assert set(map(envelopes.ciphers.key_name_of, Extract.objects.get().sealed.values())) == {
            f"{SHARE}-2"
        }
        assert retire_key(name=f"{SHARE}-1") == []
    travel(network)

    with network["50"]:
        assert retire_key(name=f"{SHARE}-1") == []
        assert name_shown_away(consent.pk) == "单雪雁"
        assert Extract.objects.get().wrapped.startswith("v1.500000-1.")


def test_a_correction_on_its_way_is_in_what_was_sealed_anew(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
    travel(network)
    with network["44"]:
        correct_resident(resident_id=consent.resident_id, facts={"name": "单雪燕"}, actor=SYSTEM)
    add_key(network, SHARE, "50", "44")

    with network["44"]:
        rotated()
    travel(network)

    with network["50"]:
        assert name_shown_away(consent.pk) == "单雪燕"


def test_a_copy_that_came_before_its_key_opens_once_the_key_is_there(network):
    """The follower lacks the new key of the two: what comes opens to nobody until it has it, and is not lost."""
    with network["44"]:
        a_grant()
        consent = a_consent()
    add_key(network, SHARE, "44")
    with network["44"]:
        rotated()
    travel(network)

    with network["50"]:
        with pytest.raises(KeyMissing):
            name_shown_away(consent.pk)
        (network["50"].keyring / f"{SHARE}-2.key").write_text(
            (network["44"].keyring / f"{SHARE}-2.key").read_text()
        )
        assert name_shown_away(consent.pk) == "单雪雁"


def test_marks_are_made_anew_and_the_old_matching_key_goes_when_none_is_left(network):
    with network["44"]:
        a_grant(resource=MARKS)
        a_consent()
        match_residents()
        assert {mark.key for mark in Mark.objects.all()} == {f"{MATCH}-1"}
    add_key(network, MATCH, "50", "44")

    with network["44"]:
        assert retire_key(name=f"{MATCH}-1") == ["1 of marks of residents for matching"]
        match_residents()

        assert {mark.key for mark in Mark.objects.all()} == {f"{MATCH}-2"}
        assert retire_key(name=f"{MATCH}-1") == []
