"""Duplicates are found; two officers make one registration of two, and two again."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, transaction

from residents.registry.errors import (
    AlreadyRegistered,
    MergedAway,
    NoSuchDuplicate,
    NoSuchMerge,
    NoSuchResident,
    NotOneOwner,
    OnHold,
    ReasonMissing,
)
from residents.registry.models import Access, Resident
from residents.registry.models.life import Duplicate, Merge
from residents.registry.services import (
    correct_resident,
    disclose,
    disclosures_of,
    erase_resident,
    find_by_identity,
    find_by_phone,
    find_duplicates,
    propose_merge,
    propose_merge_of,
    propose_undo,
    record_death,
    set_hold,
    tell_apart,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import Refusal, SecondFactorNeeded, WrongStatus
from sojourn.core.trail import entries_about
from sojourn.desk import services as desk
from sojourn.desk.errors import SelfApproval
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import staff

NUMBER, PHONE = sample_identity(50, BORN), "00007654321"


@pytest.fixture
def stays(db, own_keyring) -> Resident:
    return ResidentFactory(name="单雪雁", identity_number=None, birth_on=BORN, sex="female", phone=PHONE)


@pytest.fixture
def goes(stays) -> Resident:
    return ResidentFactory(name="单雪雁", identity_number=NUMBER, home_division_code="440300")


def merged(goes: Resident, stays: Resident) -> Merge:
    first = staff("44")
    proposal = propose_merge(resident_id=goes.pk, survivor_number=stays.number, reason="同一人", actor=first)
    with pytest.raises(SelfApproval):
        desk.approve(proposal_id=proposal.pk, actor=first)
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))
    return Merge.objects.get(merged=goes, undone_at=None)


def undone(merge: Merge) -> None:
    proposal = propose_undo(merge_id=merge.pk, reason="不是同一人", actor=staff("44"))
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))


def row(resident: Resident) -> tuple:
    fresh = Resident.objects.get(pk=resident.pk)
    return fresh.status, fresh.merged_into_id


# --- found ----------------------------------------------------------------------------------------
def test_pairs_alike_enough_are_listed_with_score_and_reasons(stays, goes):
    ResidentFactory(name="仇归林", identity_number=None, birth_on=date(1949, 1, 1), sex="male", phone=PHONE)
    ResidentFactory(name="单雪雁", identity_number=sample_identity(52, BORN), home_division_code="230103")

    assert find_duplicates() == 1

    pair = Duplicate.objects.get()
    assert {pair.first_id, pair.second_id} == {stays.pk, goes.pk}
    assert (pair.score, pair.reasons, pair.status) == (80, ["same_birth", "same_name"], "open")


def test_the_same_phone_and_name_are_found_under_another_birth(stays):
    mistaken = ResidentFactory(
        name="单雪雁", identity_number=None, birth_on=date(1949, 3, 9), sex="female", phone=PHONE
    )

    find_duplicates()

    pair = Duplicate.objects.get()
    assert {pair.first_id, pair.second_id} == {stays.pk, mistaken.pk}
    assert pair.reasons == ["same_phone", "same_name"]


def test_a_pair_told_apart_stays_so_and_one_no_longer_alike_leaves_the_list(stays, goes):
    find_duplicates()
    pair = Duplicate.objects.get()
    with pytest.raises(ReasonMissing):
        tell_apart(duplicate_id=pair.pk, reason=" ", actor=staff("44"))
    with pytest.raises(NoSuchDuplicate):
        tell_apart(duplicate_id=pair.pk, reason="查过户口簿", actor=staff("440300"))
    tell_apart(duplicate_id=pair.pk, reason="查过户口簿", actor=staff("44"))
    third = ResidentFactory(name="单雪雁", identity_number=sample_identity(54, BORN))

    assert find_duplicates() == 2
    assert Duplicate.objects.get(pk=pair.pk).status == "distinct"

    correct_resident(resident_id=third.pk, facts={"name": "仇归林"}, actor=SYSTEM)

    assert find_duplicates() == 0
    assert [row.pk for row in Duplicate.objects.all()] == [pair.pk]


# --- merged ---------------------------------------------------------------------------------------
def test_of_two_one_stays_and_what_the_other_had_follows(stays, goes):
    officer = staff("44")
    access = AccessFactory(resident=goes)
    set_hold(resident_id=goes.pk, ground="audit", case="1号", reason="审计", actor=officer)
    find_duplicates()

    merge = merged(goes, stays)

    assert row(goes) == ("merged", stays.pk)
    assert row(stays) == ("registered", None)
    assert Access.objects.get().resident_id == stays.pk
    assert stays.holds.count() == 1
    assert merge.moved["registry.access"] == [str(access.pk)]
    assert Duplicate.objects.get().status == "merged"
    assert find_by_identity(identity_number=NUMBER, actor=officer) == stays
    assert find_by_phone(phone=PHONE, actor=officer) == [stays]
    assert entries_about(stays).filter(action="resident.took_over").get().facts == {"merged": goes.number}
    assert find_duplicates() == 0
    with pytest.raises(AlreadyRegistered) as known:
        ResidentFactory(identity_number=NUMBER)
    assert known.value.detail == stays.number
    with pytest.raises(MergedAway):
        correct_resident(resident_id=goes.pk, facts={"mobility": "walks"}, actor=officer)


@pytest.mark.parametrize(
    ("of_gone", "of_staying", "after", "written"),
    [
        (True, False, True, True),
        (True, None, True, True),
        (None, False, False, False),
        (False, None, None, False),
        (False, True, True, False),
        (True, True, True, False),
    ],
)
def test_who_asked_for_protection_in_either_has_it_afterwards_also_undone(
    goes, stays, of_gone, of_staying, after, written
):
    Resident.objects.filter(pk=goes.pk).update(whereabouts_protected=of_gone)
    Resident.objects.filter(pk=stays.pk).update(whereabouts_protected=of_staying)

    merge = merged(goes, stays)
    assert Resident.objects.get(pk=stays.pk).whereabouts_protected is after
    assert entries_about(stays).filter(action="resident.protected").exists() is written

    undone(merge)
    assert Resident.objects.get(pk=stays.pk).whereabouts_protected is after


@pytest.mark.django_db(transaction=True)
def test_she_reads_who_was_shown_what_of_either(own_keyring):
    stays, goes = ResidentFactory(), ResidentFactory()
    disclose(resident_id=goes.pk, fields=["phone"], purpose="check_in", case="W-1", actor=staff("44"))

    merge = merged(goes, stays)
    assert len(disclosures_of(stays, SYSTEM)) == 1

    undone(merge)
    assert disclosures_of(Resident.objects.get(pk=stays.pk), SYSTEM) == []
    assert len(disclosures_of(goes, SYSTEM)) == 1


def test_undone_exactly_what_moved_goes_back_and_later_rows_stay(stays, goes):
    before, own = AccessFactory(resident=goes), AccessFactory(resident=stays)
    merge = merged(goes, stays)
    later = AccessFactory(resident=stays)

    undone(merge)

    assert row(goes) == ("registered", None)
    assert [access.pk for access in Access.objects.filter(resident=goes)] == [before.pk]
    assert {access.pk for access in Access.objects.filter(resident=stays)} == {own.pk, later.pk}
    assert find_by_identity(identity_number=NUMBER, actor=staff("44")) == goes
    with pytest.raises(WrongStatus):
        propose_undo(merge_id=merge.pk, reason="再撤", actor=staff("44"))


def test_one_who_died_is_again_who_died(stays, goes):
    with frozen(date(2026, 11, 22)):
        record_death(resident_id=goes.pk, died_on=date(2026, 1, 1), actor=SYSTEM)
    merge = merged(goes, stays)
    assert row(goes)[0] == "merged"

    undone(merge)

    assert row(goes) == ("died", None)


def test_a_chain_leads_to_the_last_and_is_undone_from_its_end(stays, goes):
    last = ResidentFactory()
    first_merge = merged(goes, stays)
    second_merge = merged(stays, last)
    assert find_by_identity(identity_number=NUMBER, actor=staff("44")) == last

    proposal = propose_undo(merge_id=first_merge.pk, reason="不是同一人", actor=staff("44"))
    with pytest.raises(MergedAway):
        desk.approve(proposal_id=proposal.pk, actor=staff("44"))
    undone(second_merge)
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))

    assert (row(goes), row(stays)) == (("registered", None), ("registered", None))


def test_erasing_who_stayed_erases_who_went_into_her(stays, goes):
    merge = merged(goes, stays)

    erase_resident(resident_id=stays.pk, ground="period_over", actor=SYSTEM)

    assert (row(goes), row(stays)) == (("erased", None), ("erased", None))
    with pytest.raises(WrongStatus):
        propose_undo(merge_id=merge.pk, reason="不是同一人", actor=staff("44"))


# --- refused --------------------------------------------------------------------------------------
def test_nobody_is_merged_with_herself_with_another_provinces_or_with_who_went(stays, goes):
    officer = staff("")
    elsewhere = ResidentFactory(home_division_code="230103")
    asked = {"resident_id": goes.pk, "reason": "同一人", "actor": officer}

    with pytest.raises(NoSuchResident):
        propose_merge(survivor_number=goes.number, **asked)
    with pytest.raises(NotOneOwner):
        propose_merge(survivor_number=elsewhere.number, **asked)
    merged(ResidentFactory(identity_number=None, birth_on=BORN, sex="male"), stays)
    gone = Resident.objects.get(status="merged")
    with pytest.raises(MergedAway):
        propose_merge(survivor_number=gone.number, **asked)
    with pytest.raises(WrongStatus):
        propose_merge(**asked | {"resident_id": gone.pk}, survivor_number=stays.number)

    assert row(goes) == ("registered", None)


def test_who_reaches_only_one_of_the_two_merges_nothing(stays, goes):
    find_duplicates()
    pair = Duplicate.objects.get()
    for actor in (staff("440300"), staff("23"), staff("44", role=Role.AUDITOR)):
        with pytest.raises(Refusal) as refusal:
            propose_merge(resident_id=goes.pk, survivor_number=stays.number, reason="同一人", actor=actor)
        assert refusal.value.status in {403, 404}
    with pytest.raises(NoSuchDuplicate):
        propose_merge_of(duplicate_id=pair.pk, survivor="first", reason="同一人", actor=staff("440300"))
    with pytest.raises(SecondFactorNeeded):
        propose_merge_of(
            duplicate_id=pair.pk, survivor="first", reason="同一人", actor=staff("44", second_factor=False)
        )
    merge = merged(goes, stays)
    with pytest.raises(NoSuchMerge):
        propose_undo(merge_id=merge.pk, reason="不是", actor=staff("440300"))

    assert row(goes) == ("merged", stays.pk)


@pytest.mark.parametrize(
    "columns",
    [{"status": "merged"}, {"merged_into": True}, {"status": "merged", "merged_into": "herself"}],
)
def test_the_database_knows_no_merged_resident_without_a_survivor(stays, goes, columns):
    into = {True: stays.pk, "herself": goes.pk}
    values = {name: into.get(value, value) for name, value in columns.items()}

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Resident.objects.filter(pk=goes.pk).update(**values)

    assert refusal.value.__cause__.diag.constraint_name == "resident_merged_has_its_survivor"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE registry_merge SET moved = '{}'",
        "UPDATE registry_merge SET survivor_id = merged_id",
        "UPDATE registry_merge SET undone_at = NULL, undone_by_id = NULL",
        "DELETE FROM registry_merge",
        "TRUNCATE registry_merge",
    ],
)
def test_as_the_app_role_nobody_rewrites_a_merge(as_app, own_keyring, tampering):
    stays, goes = ResidentFactory(), ResidentFactory()
    AccessFactory(resident=goes)
    merge = merged(goes, stays)
    undone(merge)

    with pytest.raises(psycopg.Error):
        as_app.execute(tampering)

    merge.refresh_from_db()
    assert merge.undone_at is not None
    assert len(merge.moved["registry.access"]) == 1


def test_a_hold_on_who_went_into_another_shuts_the_erasure_of_both(stays, goes):
    merged(goes, stays)
    set_hold(resident_id=goes.pk, ground="audit", case="1号", reason="审计", actor=staff("44"))

    with pytest.raises(OnHold):
        erase_resident(resident_id=stays.pk, ground="period_over", actor=SYSTEM)

    assert row(stays) == ("registered", None)
