"""Erasure by two people, what holds it up, and that no backup takes it back."""

import os

import pytest
from django.db import connection

from residents.registry import following
from residents.registry.errors import GroundMissing, NoSuchResident, NotYourResident, OnHold
from residents.registry.following import Following
from residents.registry.models import Resident, ResidentKey
from residents.registry.services import (
    disclose,
    erase_again,
    erase_resident,
    lift_hold,
    masked_facts_of,
    note_erased,
    propose_erasure,
    set_hold,
)
from residents.registry.tasks import silence_erased
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.destroyed import destroyed_keys, note_destroyed
from sojourn.core.identifiers import sample_identity
from sojourn.core.keyring import KeyMissing
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from sojourn.desk import services as desk
from sojourn.desk.errors import SelfApproval
from sojourn.desk.models import Proposal
from sojourn.local.cloning import Cloning
from tests.conftest import owner_url
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.settings.test_gunicorn import gunicorn

NAME, NUMBER, PHONE = "金丝雀雀", sample_identity(50, BORN), "00007654321"


@pytest.fixture
def resident(db, own_keyring) -> Resident:
    return ResidentFactory(name=NAME, identity_number=NUMBER, phone=PHONE)


def proposed(resident: Resident, actor, ground: str = "consent_withdrawn"):
    return propose_erasure(resident_id=resident.pk, ground=ground, reason="本人书面申请", actor=actor)


def test_she_is_erased_when_a_second_officer_agrees(resident, django_capture_on_commit_callbacks):
    first, second = staff("440106"), staff("440106")
    proposal = proposed(resident, first)
    assert Resident.objects.get().name == NAME

    with pytest.raises(SelfApproval):
        desk.approve(proposal_id=proposal.pk, actor=first)
    with django_capture_on_commit_callbacks(execute=True):
        desk.approve(proposal_id=proposal.pk, actor=second)

    assert Resident.objects.get().status == "erased"
    assert destroyed_keys() == {resident.pk}
    assert entries_about(resident).filter(action="resident.erased").get().actor_user_id == second.user_id
    assert NAME not in dump()


def test_what_was_rolled_back_does_not_stand_on_the_list(resident, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)
        assert destroyed_keys() == frozenset()

    assert destroyed_keys() == {resident.pk}


def test_without_ground_right_or_second_factor_nothing_is_proposed(resident):
    with pytest.raises(GroundMissing):
        proposed(resident, staff("440106"), ground="")
    with pytest.raises(SecondFactorNeeded):
        proposed(resident, staff("440106", second_factor=False))
    with pytest.raises(NotYourResident):
        proposed(resident, staff("44", role=Role.AUDITOR))
    with pytest.raises(NoSuchResident):
        proposed(resident, staff("23"))

    assert not Proposal.objects.exists()


def test_a_hold_refuses_erasure_until_it_is_lifted(resident):
    first, second = staff("440106"), staff("440106")
    proposal = proposed(resident, first)
    hold = set_hold(
        resident_id=resident.pk,
        ground="litigation",
        case="（2026）粤01民初1号",
        reason="赡养纠纷",
        actor=first,
    )

    with pytest.raises(OnHold):
        proposed(resident, second)
    with pytest.raises(OnHold):
        desk.approve(proposal_id=proposal.pk, actor=second)
    assert Resident.objects.get().name == NAME
    assert Proposal.objects.get().status == "proposed"

    lift_hold(hold_id=hold.pk, reason="已经结案", actor=second)
    desk.approve(proposal_id=proposal.pk, actor=second)

    assert Resident.objects.get().status == "erased"


def test_where_the_list_cannot_be_written_nobody_is_erased(resident, own_keyring):
    (own_keyring / "destroyed").mkdir()

    with pytest.raises(KeyMissing):
        erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    assert ResidentKey.objects.filter(pk=resident.pk).exists()


def test_rooms_above_fall_silent_too(resident, monkeypatch):
    silenced: list = []
    kind = Following("test", lambda *_: [], lambda *_: None, silence=silenced.append)
    monkeypatch.setattr(following, "_kinds", {kind.code: kind})

    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    assert silenced == [resident.pk]


def test_a_key_on_the_list_opens_nothing_before_the_job_has_run(resident):
    note_destroyed([resident.pk])

    with pytest.raises(NoSuchResident):
        disclose(
            resident_id=resident.pk, fields=["phone"], purpose="check_in", case="1", actor=staff("440106")
        )
    assert masked_facts_of(resident) == {}


def test_an_erasure_whose_line_was_lost_is_noted_by_the_job(resident):
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)
    assert destroyed_keys() == frozenset()

    assert silence_erased() == {"again": 0, "noted": 1}
    assert silence_erased() == {"again": 0, "noted": 0}

    assert destroyed_keys() == {resident.pk}


def test_a_web_server_erases_again_before_it_opens_its_port(resident, monkeypatch):
    monkeypatch.delenv("SOJOURN_SERVES_AFTER", raising=False)
    monkeypatch.setattr(gunicorn.connections, "close_all", lambda: None)  # the test's own is one of them
    note_destroyed([resident.pk])

    gunicorn.on_starting(None)

    assert Resident.objects.get().status == "erased"


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_is_restored_does_not_bring_her_back(own_keyring):
    resident, other = ResidentFactory(name=NAME, identity_number=NUMBER, phone=PHONE), ResidentFactory()
    index = bytes(resident.identity_index).hex()
    cloning, serving = Cloning(owner_url()), connection.settings_dict["NAME"]
    backup = f"test_{os.getpid()}_backup"
    connection.close()
    cloning.clone(serving, backup)
    erase_resident(resident_id=resident.pk, ground="consent_withdrawn", actor=SYSTEM)
    assert NAME not in dump()

    connection.close()
    cloning.clone(backup, serving)
    cloning.drop(backup)
    came_back = dump()
    again = erase_again()
    note_erased()

    assert NAME in came_back
    assert index in came_back
    assert again == 1
    text = dump()
    for canary in (NAME, NUMBER, PHONE, index, resident.identity_cipher, resident.phone_cipher):
        assert canary not in text
    assert not ResidentKey.objects.filter(pk=resident.pk).exists()
    assert Resident.objects.get(pk=other.pk).name == other.name
    assert erase_again() == 0
    assert entries_about(resident).filter(action="resident.erased_again").count() == 1
