"""A household moves: out by the old home, in by the new, and nothing is lost on the way."""

from datetime import date

import psycopg
import pytest
from django.apps import apps
from django.conf import settings

from residents.consents.errors import NotReceivable
from residents.registry.errors import (
    AlreadyMoving,
    DivisionUnknown,
    NoSuchResident,
    NoSuchTransfer,
    NotYourResident,
    ReasonMissing,
)
from residents.registry.models import Resident, ResidentKey
from residents.registry.models.life import Transfer
from residents.registry.services import (
    cancel_transfer,
    disclose,
    erase_resident,
    find_by_identity,
    masked_facts_of,
    propose_merge,
    record_death,
    refuse_transfer,
    transfer_in,
    transfer_out,
)
from residents.registry.services.holding import held
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.ciphers import key_name_of
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.models import HostedMember
from sojourn.core.refusals import SecondFactorNeeded, WrongStatus
from sojourn.core.trail import entries_about
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import account_of, staff

ResidentEvent = apps.get_model("registry", "ResidentEvent")
NUMBER = sample_identity(50, BORN)
THERE = "500112"


@pytest.fixture
def resident(db, own_keyring) -> Resident:
    return ResidentFactory(identity_number=NUMBER)


def out(resident: Resident, to: str = THERE, actor=None) -> Transfer:
    return transfer_out(
        resident_id=resident.pk, to_division_code=to, reason="户口迁移证", actor=actor or staff("440106")
    )


def home(resident: Resident) -> tuple[str, str]:
    fresh = Resident.objects.get(pk=resident.pk)
    return fresh.owner, fresh.home_division_id


def test_what_is_handed_out_waits_at_the_new_desk_and_changes_nothing_yet(resident):
    with frozen(date(2026, 9, 1)):
        transfer = out(resident)

    item = WorkItem.objects.get()
    assert (item.queue, item.division_code, item.due_on) == ("resident_transfers", THERE, date(2026, 9, 15))
    assert item.title.endswith(resident.number)
    assert home(resident) == ("440000", "440106")
    assert list(Transfer.objects.visible_to(staff(THERE))) == [transfer]
    with pytest.raises(NoSuchResident):
        held(resident.pk, staff(THERE))


def test_taken_in_she_is_the_new_homes_with_number_key_history_and_accesses(resident):
    access, states = AccessFactory(resident=resident), ResidentEvent.objects.count()
    before = masked_facts_of(resident)
    officer = staff(THERE)
    transfer = out(resident)

    transfer_in(transfer_id=transfer.pk, actor=officer)

    moved = Resident.objects.get()
    assert (home(moved), moved.number) == (("500000", THERE), resident.number)
    assert key_name_of(ResidentKey.objects.get().wrapped).startswith("500000-")
    assert masked_facts_of(moved) == before
    assert ResidentEvent.objects.count() == states + 1
    assert (WorkItem.objects.get().status, WorkItem.objects.get().outcome) == ("closed", "in")
    assert held(moved.pk, officer) == moved
    assert held(moved.pk, account_of(access.holder_id)) == moved
    with pytest.raises(NoSuchResident):
        held(moved.pk, staff("44"))
    assert find_by_identity(identity_number=NUMBER, actor=staff("44")) is None
    assert [entry.action for entry in entries_about(moved)][:2] == [
        "resident.transfer_in",
        "resident.transfer_out",
    ]


@pytest.mark.django_db(transaction=True)
def test_the_new_home_reads_what_the_old_one_locked(own_keyring):
    resident = ResidentFactory(identity_number=NUMBER)
    officer = staff(THERE)
    transfer_in(transfer_id=out(resident).pk, actor=officer)
    for old in own_keyring.glob("440000-*.key"):
        old.unlink()

    shown = disclose(
        resident_id=resident.pk, fields=["identity_number"], purpose="check_in", case="1", actor=officer
    )

    assert shown == {"identity_number": NUMBER}


def test_what_went_into_her_registration_goes_with_her(resident):
    gone, officer = ResidentFactory(), staff("44")
    proposal = propose_merge(
        resident_id=gone.pk, survivor_number=resident.number, reason="同一人", actor=officer
    )
    desk.approve(proposal_id=proposal.pk, actor=staff("44"))

    transfer_in(transfer_id=out(resident).pk, actor=staff(THERE))

    assert home(gone) == ("500000", THERE)
    assert key_name_of(ResidentKey.objects.get(pk=gone.pk).wrapped).startswith("500000-")


def test_the_old_home_takes_it_back_only_while_nobody_took_her_in(resident):
    first, second = out(resident), staff("440106")
    cancel_transfer(transfer_id=first.pk, actor=second)
    assert (WorkItem.objects.get().outcome, home(resident)) == ("cancelled", ("440000", "440106"))
    with pytest.raises(WrongStatus):
        transfer_in(transfer_id=first.pk, actor=staff(THERE))

    again = out(resident)
    transfer_in(transfer_id=again.pk, actor=staff(THERE))

    with pytest.raises(WrongStatus):
        cancel_transfer(transfer_id=again.pk, actor=second)
    assert home(resident) == ("500000", THERE)


def test_the_new_home_refuses_with_a_reason_and_she_stays(resident):
    transfer, there = out(resident), staff(THERE)
    with pytest.raises(ReasonMissing):
        refuse_transfer(transfer_id=transfer.pk, reason=" ", actor=there)

    refuse_transfer(transfer_id=transfer.pk, reason="户口未落", actor=there)

    transfer.refresh_from_db()
    assert (transfer.status, transfer.opinion) == ("refused", "户口未落")
    assert home(resident) == ("440000", "440106")
    assert out(resident).status == "out"


def test_each_step_is_its_own_sides(resident):
    for actor, refusal in (
        (staff(THERE), NoSuchResident),
        (staff("440106", second_factor=False), SecondFactorNeeded),
        (staff("44", role=Role.AUDITOR), NotYourResident),
    ):
        with pytest.raises(refusal):
            out(resident, actor=actor)
    transfer = out(resident)
    for verb, actor, refusal in (
        (transfer_in, staff("440106"), NotYourResident),
        (transfer_in, staff("500103"), NoSuchTransfer),
        (transfer_in, staff(THERE, second_factor=False), SecondFactorNeeded),
        (cancel_transfer, staff(THERE), NotYourResident),
        (cancel_transfer, staff("23"), NoSuchTransfer),
    ):
        with pytest.raises(refusal):
            verb(transfer_id=transfer.pk, actor=actor)

    assert Transfer.objects.get().status == "out"
    assert home(resident) == ("440000", "440106")


def test_nowhere_home_again_twice_and_to_another_node_without_a_grant_are_refused(resident):
    with pytest.raises(DivisionUnknown):
        out(resident, "999999")
    with pytest.raises(DivisionUnknown):
        out(resident, "440106")
    HostedMember.objects.filter(member="500000").delete()
    with pytest.raises(NotReceivable):
        out(resident)
    assert not Transfer.objects.exists()
    out(resident, "440300")
    with pytest.raises(AlreadyMoving):
        out(resident, "440105")

    assert Transfer.objects.count() == 1


def test_who_died_or_was_erased_meanwhile_moves_no_more(resident):
    transfer, dead = out(resident), ResidentFactory()
    with frozen(date(2026, 11, 22)):
        record_death(resident_id=dead.pk, died_on=date(2026, 1, 1), actor=SYSTEM)
    with pytest.raises(WrongStatus):
        out(dead)
    erase_resident(resident_id=resident.pk, ground="period_over", actor=SYSTEM)

    with pytest.raises(WrongStatus):
        transfer_in(transfer_id=transfer.pk, actor=staff(THERE))

    assert Transfer.objects.get().status == "out"


def test_the_tests_host_both_provinces():
    assert {"440000", "500000"} <= set(settings.HOSTED_PROVINCES)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE registry_transfer SET to_division_id = '440105'",
        "UPDATE registry_transfer SET status = 'out', decided_by_id = NULL, decided_at = NULL",
        "DELETE FROM registry_transfer",
        "TRUNCATE registry_transfer",
    ],
)
def test_as_the_app_role_nobody_rewrites_a_move(as_app, own_keyring, tampering):
    resident = ResidentFactory()
    transfer_in(transfer_id=out(resident).pk, actor=staff(THERE))

    with pytest.raises(psycopg.Error):
        as_app.execute(tampering)

    assert Transfer.objects.get().status == "in"
