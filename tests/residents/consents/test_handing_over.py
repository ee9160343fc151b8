"""A household moves to a province of another node: out by the old home, in by the new, one home at every instant."""

from datetime import timedelta

import pytest
from django.db import transaction

from residents.assessments.models import Recognition
from residents.consents import services
from residents.consents.errors import (
    ArrivalOver,
    EndsWithTheMove,
    NoSuchArrival,
    NoticeMissing,
    NotReceivable,
    NotYourConsent,
    OutOfRegister,
    PurposeUnknown,
)
from residents.consents.models import Arrival, Extract, LegalShare, ReceivedRecognition
from residents.registry.errors import (
    AlreadyMoving,
    AlreadyRegistered,
    MovedAway,
    MovesElsewhere,
    ReasonMissing,
)
from residents.registry.models import Resident, Transfer
from residents.registry.services import (
    cancel_transfer,
    correct_resident,
    erase_resident,
    find_by_phone,
    masked_facts_of,
    propose_merge,
    protect_whereabouts,
    record_death,
    transfer_in,
    transfer_out,
)
from residents.registry.states import PrivateField
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, now, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import SecondFactorNeeded, WrongStatus
from sojourn.core.trail import entries_about
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from sojourn.sharing.models import Alarm, Grant
from sojourn.sharing.services.withdrawing import applying
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import final
from tests.factories.consents import a_consent, a_legal_share
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.consents.exchange import AWAY, HOME, a_grant, bodies, travel, unpacked
from tests.residents.dumping import dump
from tests.web.signing_in import sign_in

THERE, INSTRUMENT = "500112", "six_provinces_2021"
NUMBER, PHONE = sample_identity(8_100_000, BORN), "07558640011"
FACTS = {
    "identity_number": NUMBER,
    "phone": PHONE,
    "mobility": "wheelchair",
    "diets": ["halal"],
    "benefit_category": "minimum_living",
}


def handed_out(network, resident: Resident | None = None, **facts) -> Transfer:
    """An officer of 天河 hands her out to 渝北, and the other node has it."""
    with network["44"]:
        if not Grant.objects.exists():
            a_grant()
        resident = resident or ResidentFactory(**FACTS | facts)
        transfer = transfer_out(
            resident_id=resident.pk,
            to_division_code=THERE,
            reason="户口迁移证2026-7",
            notice="告知书2026-7",
            actor=staff("440106"),
        )
    there(network)
    return transfer


def settle() -> None:
    """What the job of every few seconds does."""
    services.sweep()
    services.renew_extracts()
    services.settle_moves()
    services.settle_arrivals()
    services.erase_run_out()


def there(network) -> None:
    """What the old home says reaches the new one, which acts on it."""
    travel(network, "44", "50")
    with network["50"]:
        settle()


def back(network) -> None:
    """What the new home says reaches the old one, which acts on it."""
    travel(network, "50", "44")
    with network["44"]:
        settle()


def accepted(network, transfer: Transfer) -> None:
    """The new home says yes, and of itself nothing comes of that."""
    with network["50"]:
        services.accept_arrival(arrival_id=transfer.pk, actor=staff(THERE))
        settle()


def stands(network) -> tuple[list[str], list[str]]:
    """The status of every registration at each node; of one person at most one may be registered."""
    found = []
    for name in ("44", "50"):
        with network[name]:
            found.append(sorted(Resident.objects.values_list("status", flat=True)))
    assert sum(statuses.count("registered") for statuses in found) <= 1
    return found[0], found[1]


def test_what_is_handed_out_waits_masked_at_the_desk_of_the_new_home_alone(network):
    transfer = handed_out(network)

    with network["50"]:
        arrival, item = Arrival.objects.get(), WorkItem.objects.get(queue="arrivals")
        copy = Extract.objects.get()
        masked = services.masked_facts_of(copy)
        assert (arrival.pk, arrival.owner, arrival.home, arrival.place) == (transfer.pk, AWAY, HOME, THERE)
        assert (item.division_code, item.subject_id) == (THERE, str(transfer.pk))
        assert item.due_on > today()
        assert str(masked["identity_number"]) != NUMBER
        assert (copy.ground, copy.purpose) == ("statutory_duty", "household_move")
        assert "个人信息保护法" in copy.article
        for seer, sees in (
            (staff(THERE), True),
            (staff("50"), True),
            (staff("500103"), False),
            (staff("61"), False),
        ):
            assert Arrival.objects.visible_to(seer).contains(arrival) is sees
            assert Extract.objects.visible_to(seer).contains(copy) is sees
        assert not Alarm.objects.open().exists()
    with network["44"]:
        assert WorkItem.objects.get(queue="resident_transfers").division_code == "440106"
    assert stands(network) == (["registered"], [])


def test_taken_in_she_is_registered_there_with_what_the_register_held_and_moved_out_here(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    assert stands(network) == (["registered"], [])

    back(network)
    assert stands(network) == (["moved_out"], [])
    there(network)

    assert stands(network) == (["moved_out"], ["registered"])
    with network["44"]:
        old = Resident.objects.get()
        before = {field: fact.plain for field, fact in masked_facts_of(old).items()}
        assert (Transfer.objects.get().status, old.moved_out_on) == ("in", today())
        assert WorkItem.objects.get(queue="resident_transfers").outcome == "in"
        assert Transfer.objects.get().decided_by is None
    with network["50"]:
        new = Resident.objects.get()
        after = {field: fact.plain for field, fact in masked_facts_of(new).items()}
        assert after == before
        assert after[PrivateField.IDENTITY_NUMBER] == NUMBER
        assert (new.owner, new.home_division_id, new.is_sample) == (AWAY, THERE, True)
        assert (new.mobility, new.diets, new.benefit_category) == ("wheelchair", ["halal"], "minimum_living")
        assert new.number != old.number
        received = next(entry for entry in entries_about(new) if entry.action == "resident.received")
        assert received.facts == {"from_member": HOME, "from_number": old.number}
        assert (Arrival.objects.get().status, Arrival.objects.get().resident) == ("registered", new.pk)
        assert WorkItem.objects.get(queue="arrivals").outcome == "registered"


def test_once_she_is_registered_there_what_travelled_is_withdrawn(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    there(network)

    back(network)
    there(network)

    for name in ("44", "50"):
        with network[name]:
            assert not Extract.objects.exists()
            assert bodies() == []
    with network["44"]:
        assert LegalShare.objects.get().status == "ended"
    assert stands(network) == (["moved_out"], ["registered"])


def test_no_number_of_hers_stands_in_a_page_or_open_in_a_database(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    there(network)

    for name in ("44", "50"):
        with network[name]:
            text = dump() + unpacked()
            assert [secret for secret in (NUMBER, PHONE) if secret in text] == []
            assert "单雪雁" not in unpacked()


def test_refused_with_a_reason_she_stays_and_may_be_handed_out_again(network):
    transfer = handed_out(network)
    with network["50"]:
        with pytest.raises(ReasonMissing):
            services.refuse_arrival(arrival_id=transfer.pk, reason=" ", actor=staff(THERE))
        services.refuse_arrival(arrival_id=transfer.pk, reason="户口未落", actor=staff(THERE))
        with pytest.raises(WrongStatus):
            services.accept_arrival(arrival_id=transfer.pk, actor=staff(THERE))
        assert WorkItem.objects.get(queue="arrivals").outcome == "refused"

    back(network)
    there(network)

    with network["44"]:
        assert (Transfer.objects.get().status, Transfer.objects.get().opinion) == ("refused", "户口未落")
        resident = Resident.objects.get()
    with network["50"]:
        assert not Extract.objects.exists()
    assert stands(network) == (["registered"], [])
    again = handed_out(network, resident)
    accepted(network, again)
    back(network)
    there(network)
    assert stands(network) == (["moved_out"], ["registered"])


def test_taken_back_before_the_answer_nobody_moves(network):
    transfer = handed_out(network)
    accepted(network, transfer)  # on its way
    with network["44"]:
        cancel_transfer(transfer_id=transfer.pk, actor=staff("440106"))

    back(network)
    there(network)
    back(network)

    assert stands(network) == (["registered"], [])
    with network["44"]:
        assert Transfer.objects.get().status == "cancelled"
    with network["50"]:
        assert Arrival.objects.get().status == "lapsed"
        assert WorkItem.objects.get(queue="arrivals").outcome == "lapsed"
        assert not Extract.objects.exists()


def test_taken_back_she_cannot_be_accepted_any_more(network):
    transfer = handed_out(network)
    with network["44"]:
        cancel_transfer(transfer_id=transfer.pk, actor=staff("440106"))
    travel(network)

    with network["50"], pytest.raises(ArrivalOver):
        services.accept_arrival(arrival_id=transfer.pk, actor=staff(THERE))

    there(network)
    assert stands(network) == (["registered"], [])


def test_after_the_term_she_is_where_she_was_at_both_nodes(network):
    transfer = handed_out(network)

    with frozen(today() + timedelta(days=31)):
        with network["50"], pytest.raises(ArrivalOver):
            services.accept_arrival(arrival_id=transfer.pk, actor=staff(THERE))
        with network["44"]:
            settle()
            assert Transfer.objects.get().status == "lapsed"
            assert WorkItem.objects.get(queue="resident_transfers").outcome == "lapsed"
        there(network)
        with network["50"]:
            assert Arrival.objects.get().status == "lapsed"
            assert not Extract.objects.exists()

    assert stands(network) == (["registered"], [])


@pytest.mark.parametrize("settles_before", [True, False], ids=["after it was over", "as it ends"])
def test_accepted_in_time_and_heard_of_too_late_she_stays(network, settles_before):
    transfer = handed_out(network)
    accepted(network, transfer)
    with frozen(today() + timedelta(days=31)):
        if settles_before:
            with network["44"]:
                settle()

        back(network)
        there(network)
        back(network)

        assert stands(network) == (["registered"], [])
        with network["44"]:
            assert Transfer.objects.get().status == "lapsed"
        with network["50"]:
            assert Arrival.objects.get().status == "lapsed"


def test_moved_out_in_time_and_heard_of_after_the_term_she_is_registered_all_the_same(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)

    with frozen(today() + timedelta(days=45)):
        for name in ("44", "50"):
            with network[name]:
                settle()
        with network["44"], pytest.raises(EndsWithTheMove):
            services.end_legal_share(share_id=transfer.pk, verb="expire", actor=SYSTEM)
        assert stands(network) == (["moved_out"], [])
        there(network)

        assert stands(network) == (["moved_out"], ["registered"])


def test_said_twice_it_is_done_once(network):
    transfer = handed_out(network)
    there(network)
    with network["50"]:
        assert services.settle_arrivals() == 0
        assert WorkItem.objects.filter(queue="arrivals").count() == 1
    accepted(network, transfer)
    for _again in range(3):
        back(network)
        there(network)

    assert stands(network) == (["moved_out"], ["registered"])
    with network["44"]:
        assert services.settle_moves() == 0
        assert [entry.action for entry in entries_about(Resident.objects.get())].count(
            "resident.moved_out"
        ) == 1
    with network["50"]:
        assert Arrival.objects.count() == 1


def test_the_desk_of_the_new_home_shows_her_masked_and_takes_the_answer(network):
    transfer = handed_out(network)
    with network["44"]:
        number = Resident.objects.get().number
    with network["50"]:
        member = MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code=THERE)
        client = sign_in(member.user)
        address = f"/admin/consents/arrival/{transfer.pk}"
        inbox = client.get("/admin/").content.decode()
        page = client.get(f"{address}/change/").content.decode()
        answer = client.post(f"{address}/accept/")
        later = client.get(f"{address}/change/").content.decode()
    back(network)
    there(network)

    assert number in inbox
    assert "外省户籍迁入" in inbox
    assert [word for word in (NUMBER, PHONE, "单雪雁") if word in page] == []
    assert "广东省" in page
    assert "身份证号码" in page
    assert answer.status_code == 302
    assert "同意接收，等待对方移出" in later
    with network["50"]:
        assert Resident.objects.get().number in client.get(f"{address}/change/").content.decode()


def test_an_old_home_that_forgot_by_a_restored_backup_learns_that_she_is_registered_there(network):
    transfer = handed_out(network)
    with network["44"]:
        services.end_legal_share(share_id=transfer.pk, of_move=True, actor=SYSTEM)
        with transaction.atomic(), applying():
            Arrival.objects.create(
                id=transfer.pk, owner=AWAY, home=HOME, status="registered", decided_at=now()
            )

        settle()

        assert Resident.objects.get().status == "moved_out"
        assert Transfer.objects.get().status == "in"


def test_what_her_result_was_recognised_as_while_she_waited_goes_along(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory(**FACTS)
        final(resident)
    transfer = handed_out(network, resident)
    with network["50"]:
        services.recognise_received(
            extract_id=transfer.pk, agreement_code=INSTRUMENT, case="渝迁1", actor=staff(THERE)
        )
    accepted(network, transfer)
    back(network)
    there(network)
    back(network)
    there(network)

    with network["50"]:
        kept = Recognition.objects.get()
        assert (kept.resident, kept.from_member_id, kept.status) == (Resident.objects.get(), HOME, "reassess")
        assert not ReceivedRecognition.objects.exists()
        assert not Extract.objects.exists()


def test_all_her_numbers_and_contacts_go_along(network):
    several = {"phone": f"{PHONE}、13900000001", "contact_name": "仇归林（子女）、冼秋水（配偶）"}
    transfer = handed_out(network, contact_phone="13900000002、13900000003", **several)
    with network["50"]:
        extract = Extract.objects.get()
        masked = services.masked_facts_of(extract)
        assert str(masked["contact_name"]) == "仇**（子女）、冼**（配偶）"
        assert masked["contact_name"].plain == several["contact_name"]
    accepted(network, transfer)

    back(network)
    there(network)

    with network["50"]:
        new = Resident.objects.get()
        told = {field.value: fact.plain for field, fact in masked_facts_of(new).items()}
        assert {name: told[name] for name in several} == several
        assert told["contact_phone"] == "13900000002、13900000003"
        assert find_by_phone(phone="13900000001", actor=staff(THERE)) == [new]


def test_what_is_corrected_before_she_moved_out_goes_along(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    with network["44"]:
        correct_resident(resident_id=transfer.resident_id, facts={"phone": "13900000001"}, actor=SYSTEM)
        protect_whereabouts(resident_id=transfer.resident_id, reason="本人申请", actor=staff("440106"))

    back(network)
    there(network)

    with network["50"]:
        new = Resident.objects.get()
        assert masked_facts_of(new)[PrivateField.PHONE].plain == "13900000001"
        assert new.whereabouts_protected


@pytest.mark.parametrize("answer", [False, None], ids=["not needed", "never asked"])
def test_who_asked_for_no_protection_is_asked_anew_where_she_comes_to(network, answer):
    transfer = handed_out(network, whereabouts_protected=answer)
    accepted(network, transfer)

    back(network)
    there(network)

    with network["50"]:
        new = Resident.objects.get()
        assert (new.whereabouts_protected, new.is_protected) == (None, True)


@pytest.mark.parametrize(
    "leave",
    [
        lambda pk: record_death(resident_id=pk, died_on=today(), actor=SYSTEM),
        lambda pk: erase_resident(resident_id=pk, ground="purpose_ended", actor=SYSTEM),
    ],
    ids=["died", "erased"],
)
def test_who_dies_or_is_erased_on_the_way_moves_no_more(network, leave):
    transfer = handed_out(network)
    accepted(network, transfer)
    with network["44"]:
        leave(transfer.resident_id)

    back(network)
    there(network)

    with network["44"]:
        assert Transfer.objects.get().status == "lapsed"
        assert Resident.objects.get().status in {"died", "erased"}
    with network["50"]:
        assert Arrival.objects.get().status == "lapsed"
        assert not Resident.objects.exists()


def test_who_is_erased_after_she_moved_out_is_registered_there_all_the_same(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    with network["44"]:
        erase_resident(resident_id=transfer.resident_id, ground="period_over", actor=SYSTEM)
        settle()

    there(network)

    assert stands(network) == (["erased"], ["registered"])


def test_who_went_into_another_on_the_way_moves_as_that_one(network):
    transfer = handed_out(network)
    with network["44"]:
        gone = Resident.objects.get()
        stays = ResidentFactory()
        proposal = propose_merge(
            resident_id=gone.pk, survivor_number=stays.number, reason="同一人", actor=staff("44")
        )
        desk.approve(proposal_id=proposal.pk, actor=staff("44"))
    there(network)
    accepted(network, transfer)
    back(network)
    there(network)

    assert stands(network) == (["merged", "moved_out"], ["registered"])
    with network["44"]:
        number = masked_facts_of(stays)[PrivateField.IDENTITY_NUMBER].plain
    with network["50"]:
        assert masked_facts_of(Resident.objects.get())[PrivateField.IDENTITY_NUMBER].plain == number


def test_who_stands_in_the_new_homes_register_is_linked_to_that_registration(network):
    with network["50"]:
        known = ResidentFactory(identity_number=NUMBER, home_division_code="500103", phone="07558640012")
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    there(network)

    with network["50"]:
        assert Arrival.objects.get().resident == known.pk
        assert Resident.objects.count() == 1
        assert masked_facts_of(known)[PrivateField.PHONE].plain == "07558640012"


def test_who_is_at_home_in_another_province_of_that_node_is_not_accepted(network):
    with network["50"]:
        ResidentFactory(identity_number=NUMBER, home_division_code="610113")
    transfer = handed_out(network)

    with network["50"]:
        arrival = Arrival.objects.get()
        assert isinstance(services.hindrance_of(arrival), AlreadyRegistered)
        with pytest.raises(AlreadyRegistered):
            services.accept_arrival(arrival_id=transfer.pk, actor=staff(THERE))
        assert Arrival.objects.get().status == "waiting"


def test_who_registers_elsewhere_there_after_she_was_accepted_waits_and_is_not_lost(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    with network["50"]:
        other = ResidentFactory(identity_number=NUMBER, home_division_code="610113")
    there(network)

    with network["50"]:
        assert Arrival.objects.get().status == "accepted"
        assert WorkItem.objects.get(queue="arrivals").status == "open"
        assert isinstance(services.hindrance_of(Arrival.objects.get()), AlreadyRegistered)
        erase_resident(resident_id=other.pk, ground="unlawful", actor=SYSTEM)
        settle()
        assert Arrival.objects.get().status == "registered"


def test_who_comes_home_again_is_who_she_was(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    there(network)
    back(network)
    with network["44"]:
        number = Resident.objects.get().number
    with network["50"]:
        a_grant(AWAY, HOME)
        new = Resident.objects.get()
        correct_resident(resident_id=new.pk, facts={"phone": "13900000009"}, actor=SYSTEM)
        again = transfer_out(
            resident_id=new.pk,
            to_division_code="440304",
            reason="户口迁移证2026-9",
            notice="告知书2026-9",
            actor=staff(THERE),
        )
    back(network)
    with network["44"]:
        services.accept_arrival(arrival_id=again.pk, actor=staff("440304"))
    there(network)
    back(network)

    assert stands(network) == (["registered"], ["moved_out"])
    with network["44"]:
        home = Resident.objects.get()
        assert (home.number, home.home_division_id, home.moved_out_on) == (number, "440304", None)
        assert masked_facts_of(home)[PrivateField.PHONE].plain == "13900000009"


def test_who_moved_out_is_changed_and_opened_by_nobody_here(network):
    with network["44"]:
        a_grant()
        resident = ResidentFactory(**FACTS)
        consent = a_consent(resident)
    transfer = handed_out(network, resident)
    accepted(network, transfer)
    back(network)

    with network["44"]:
        settle()
        consent.refresh_from_db()
        assert consent.status == "closed"
        for change in (
            lambda: correct_resident(resident_id=resident.pk, facts={"phone": None}, actor=SYSTEM),
            lambda: protect_whereabouts(resident_id=resident.pk, reason="x", actor=staff("440106")),
        ):
            with pytest.raises(MovedAway):
                change()
        with pytest.raises(WrongStatus):
            transfer_out(
                resident_id=resident.pk, to_division_code="440304", reason="x", actor=staff("440106")
            )
        with pytest.raises(WrongStatus):
            record_death(resident_id=resident.pk, died_on=today(), actor=SYSTEM)
        with pytest.raises(OutOfRegister):
            a_legal_share(resident)


def test_each_step_is_its_own_sides_and_needs_a_second_factor(network):
    transfer = handed_out(network)

    with network["50"]:
        for actor, refusal in (
            (staff("500103"), NoSuchArrival),
            (staff("61"), NoSuchArrival),
            (staff(THERE, second_factor=False), SecondFactorNeeded),
            (staff(THERE, role=Role.AUDITOR), NotYourConsent),
        ):
            with pytest.raises(refusal):
                services.accept_arrival(arrival_id=transfer.pk, actor=actor)
        assert Arrival.objects.get().status == "waiting"
    with network["44"]:
        with pytest.raises(MovesElsewhere):
            transfer_in(transfer_id=transfer.pk, actor=staff("50"))
        with pytest.raises(AlreadyMoving):
            transfer_out(
                resident_id=transfer.resident_id, to_division_code="440304", reason="x", actor=staff("440106")
            )
        with pytest.raises(EndsWithTheMove):
            services.end_legal_share(share_id=transfer.pk, actor=staff("440106"))


def test_without_a_grant_or_a_notice_nobody_is_handed_out_and_nothing_is_left(network):
    with network["44"]:
        resident = ResidentFactory(**FACTS)
        asked = {
            "resident_id": resident.pk,
            "to_division_code": THERE,
            "reason": "迁移证",
            "actor": staff("440106"),
        }
        with pytest.raises(NotReceivable):
            transfer_out(notice="告知书", **asked)
        a_grant()
        with pytest.raises(NoticeMissing):
            transfer_out(**asked)

        assert not Transfer.objects.exists()
        assert not LegalShare.objects.exists()
        assert not WorkItem.objects.exists()


def test_what_a_move_needs_is_shared_for_a_move_alone(network):
    with network["44"]:
        a_grant()
        for make in (a_consent, a_legal_share):
            with pytest.raises(PurposeUnknown):
                make(purpose="household_move")


def test_nobody_is_moved_by_what_another_member_says(network):
    transfer = handed_out(network)
    with network["44"]:
        with transaction.atomic(), applying():
            Arrival.objects.create(
                id=transfer.pk, owner="610000", home=HOME, status="accepted", decided_at=now()
            )

        settle()

        assert Transfer.objects.get().status == "out"
    assert stands(network) == (["registered"], [])
