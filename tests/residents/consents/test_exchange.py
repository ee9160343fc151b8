"""A resident of one node at another: given by consent, looked at, taken back."""

from datetime import timedelta

import pytest

from residents.consents import services
from residents.consents.errors import FactsNotOpen, NoSuchExtract, ReadingsSpent
from residents.consents.models import EXTRACTS, Consent, Extract, Reading
from residents.consents.services import Receiver
from residents.registry.services import (
    correct_resident,
    disclosures_of,
    erase_resident,
    record_death,
)
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.sharing import catalogue
from sojourn.sharing.models import Alarm, Cursor, FeedHead, Grant, Peer, SetAsideEntry
from sojourn.sharing.protocol import pages
from sojourn.sharing.services import checking, holding, reconciling, snapshots
from sojourn.sharing.services.applying import _wrong_kinds
from sojourn.sharing.states import GrantStatus
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.consents import BY_TELEPHONE, a_consent, a_legal_share
from tests.factories.facilities import FacilityFactory
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import account_of, staff
from tests.residents.consents.exchange import (
    AWAY,
    HOME,
    a_grant,
    bodies,
    lines,
    travel,
    unpacked,
)
from tests.residents.dumping import dump
from tests.sharing.exchange import pull_all, seal_all
from tests.web.signing_in import sign_in


def given(network, **changed) -> Consent:
    """A consent of a resident of 粤 to 渝, under a grant, sealed and followed."""
    with network["44"]:
        if not Grant.objects.exists():
            a_grant()
        consent = a_consent(**changed)
    travel(network)
    return consent


def taken_back(network, consent: Consent) -> None:
    with network["44"]:
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)


def test_what_was_consented_to_stands_at_the_member_it_is_for_and_nothing_else(network):
    consent = given(network)

    with network["50"]:
        copy = Extract.objects.get()
        assert (copy.pk, copy.owner, copy.receiver) == (consent.pk, HOME, AWAY)
        assert set(copy.sealed) == {"name", "phone", "identity_number"}
        assert (copy.purpose, copy.ground, copy.article) == ("check_in", "consent", consent.article)
        assert copy.expires_at == consent.expires_at
        assert copy.is_sample is consent.resident.is_sample is True
        assert Extract.objects.visible_to(staff("50")).contains(copy)
        assert not Extract.objects.visible_to(staff("500112")).exists()
        assert not Extract.objects.visible_to(staff("61")).exists()
        assert not Alarm.objects.open().exists()


def test_a_copy_has_a_key_of_its_own_under_the_receiving_members(network):
    given(network)

    with network["44"]:
        on_the_way = Extract.objects.get()
    with network["50"]:
        copy = Extract.objects.get()
        assert copy.wrapped.startswith("v1.500000-1.")
        assert copy.sealed["name"].startswith("v1.data.")
    assert on_the_way.sealed["name"].startswith("v1.share_440000_500000-1.")
    assert on_the_way.wrapped == ""


def test_no_consented_number_stands_in_a_page_or_a_copy_of_either_database(network):
    numbers = [sample_identity(8_000_000 + n, BORN) for n in range(20)]
    phones = [f"0755{8_640_000 + n * 131}" for n in range(20)]
    with network["44"]:
        a_grant()
        for number, phone in zip(numbers, phones, strict=True):
            a_consent(ResidentFactory(identity_number=number, phone=phone))
    travel(network)

    for name in ("44", "50"):
        with network[name]:
            assert Extract.objects.count() == 20
            text = dump() + unpacked()
            assert Extract.objects.first().resident_number in text
            assert [secret for secret in (*numbers, *phones, "单雪雁") if secret in unpacked()] == []
            assert [secret for secret in (*numbers, *phones) if secret in text] == []


def test_without_a_grant_no_page_is_served(network):
    with network["44"]:
        a_consent()

    travel(network)

    with network["50"]:
        assert not Extract.objects.exists()


def test_a_withdrawal_erases_the_copy_and_blanks_the_bodies_at_both_sides(network):
    consent = given(network)
    other = given(network)
    taken_back(network, consent)

    travel(network)

    for name in ("44", "50"):
        with network[name]:
            assert bodies() == [str(other.pk)]
            assert [str(pk) for pk in Extract.objects.values_list("pk", flat=True)] == [str(other.pk)]
            assert list(checking.faults()) == []
            assert any(line.startswith(b'{"blanked"') for line in lines())


def test_who_was_taken_back_is_gone_from_the_peers_page_its_door_and_its_database(network):
    consent = given(network)
    number = consent.resident.number
    with network["50"]:
        member = MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="500000")
        client = sign_in(member.user)
        assert number in client.get("/admin/consents/extract/").content.decode()
    taken_back(network, consent)
    travel(network)

    with network["50"]:
        assert number not in client.get("/admin/consents/extract/").content.decode()
        assert client.get(f"/admin/consents/extract/{consent.pk}/change/").status_code == 302
        door = network["50"].reach(Peer.objects.get(node="44"))
        served = door.page("440000/resident_extracts/member.500000", 1, 1)
        assert [line[:10] for line in pages.lines_of(pages.unframed(served))] == [b'{"blanked"']
        assert number not in dump() + unpacked()


def test_a_page_asked_for_before_the_tombstone_is_sealed_is_served_without_the_body(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
        seal_all()
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    pull_all(network["50"], "44")

    with network["50"]:
        assert not Extract.objects.exists()
        assert bodies() == []


def test_a_held_feed_takes_withdrawals_and_blanks(network):
    consent = given(network)
    with network["50"]:
        cursor = Cursor.objects.get(
            feed__owner=HOME, feed__audience="member.500000", feed__resource="resident_extracts"
        )
        holding.pause_feed(feed_id=cursor.pk, reason="检查", actor=staff("50"))
    taken_back(network, consent)

    travel(network)

    with network["50"]:
        assert not Extract.objects.exists()
        assert bodies() == []
        assert not SetAsideEntry.objects.exists()


@pytest.mark.parametrize("answer", [True, None], ids=["protected", "never asked"])
def test_a_correction_reaches_the_copy_and_the_protected_withhold_where_they_are(network, answer):
    consent = given(network, fields=("name", "home_division"), separate=())
    with network["50"]:
        assert set(Extract.objects.get().sealed) == {"name", "home_division"}
    with network["44"]:
        correct_resident(
            resident_id=consent.resident_id, facts={"whereabouts_protected": answer}, actor=SYSTEM
        )
        assert services.renew_extracts() == 1
        assert services.renew_extracts() == 0

    travel(network)

    with network["50"]:
        assert set(Extract.objects.get().sealed) == {"name"}


@pytest.mark.parametrize(
    "leave",
    [
        lambda pk: record_death(resident_id=pk, died_on=today(), actor=SYSTEM),
        lambda pk: erase_resident(resident_id=pk, ground="purpose_ended", actor=SYSTEM),
    ],
    ids=["died", "erased"],
)
def test_who_leaves_the_register_is_gone_at_the_other_member_too(network, leave):
    consent = given(network)
    with network["44"]:
        leave(consent.resident_id)
        services.sweep()

    travel(network)

    with network["50"]:
        assert not Extract.objects.exists()
        assert bodies() == []


def test_a_copy_whose_time_is_over_is_shown_to_nobody_and_goes_without_its_owner(network):
    given(network)
    with network["50"], frozen(today() + timedelta(days=31)):
        assert not Extract.objects.visible_to(staff("50")).exists()

        assert services.erase_run_out() == 1

        assert not Extract.objects.exists()
        assert bodies() == []


def test_a_snapshot_goes_with_what_it_held(network):
    consent = given(network)
    with network["44"]:
        head = FeedHead.objects.get(feed__resource=EXTRACTS, no__gt=0).pk
        snapshots.make_snapshot(feed_id=head)
        assert snapshots.kept_snapshot(feed_id=head) is not None
    taken_back(network, consent)

    travel(network)

    with network["44"]:
        assert snapshots.kept_snapshot(feed_id=head) is None


def test_both_sides_compare_equal(network):
    given(network)

    with network["50"]:
        compared = reconciling.reconcile_with(node="44", reach=network["50"].reach)

        assert compared >= 1
        assert not Alarm.objects.open().exists()


def test_a_facility_elsewhere_sees_whom_consent_names_and_its_officers_only_in_reach(network):
    with network["50"]:
        facility = FacilityFactory(division_id="500112", reported=True)
    travel(network, "50", "44")
    consent = given(
        network, receiver=Receiver("facility", id=facility.pk), fields=("name", "phone"), separate=()
    )

    with network["50"]:
        nurse = account_of(facility.pk)
        assert list(Extract.objects.visible_to(nurse).values_list("pk", flat=True)) == [consent.pk]
        assert Extract.objects.visible_to(staff("500112")).exists()
        assert not Extract.objects.visible_to(staff("500103")).exists()
        assert not Extract.objects.visible_to(account_of()).exists()


@pytest.mark.parametrize("answer", [True, None], ids=["protected", "never asked"])
def test_of_the_protected_no_facility_is_named_between_members(network, answer):
    with network["50"]:
        facility = FacilityFactory(division_id="500112", reported=True)
    travel(network, "50", "44")
    with network["44"]:
        a_grant()
        resident = ResidentFactory(whereabouts_protected=answer)
        a_consent(resident, receiver=Receiver("facility", id=facility.pk))
        assert not Extract.objects.exists()


def test_what_is_read_of_a_copy_is_told_at_home_as_role_and_place(network):
    consent = given(network)
    with network["50"]:
        nurse = staff("50")
        shown = services.disclose(
            extract_id=consent.pk, fields=["name", "phone"], case="渝2026-1", actor=nurse
        )
    travel(network, "50", "44")

    assert shown["name"] == "单雪雁"
    with network["44"]:
        told = Reading.objects.get()
        assert (told.owner, told.reader, told.fields) == (AWAY, None, ["name", "phone"])
        [sentence] = disclosures_of(consent.resident, SYSTEM)
        assert sentence.startswith("重庆市经办人于")
        assert sentence.endswith("查看了姓名、本人电话，用途：入住交接，事由：渝2026-1")
        assert str(nurse.user_id) not in unpacked()


def test_a_facility_that_reads_is_told_by_its_name(network):
    with network["50"]:
        facility = FacilityFactory(division_id="500112", reported=True, listed_name="缙云康养院")
    travel(network, "50", "44")
    consent = given(network, receiver=Receiver("facility", id=facility.pk), fields=("name",), separate=())
    with network["50"]:
        services.disclose(extract_id=consent.pk, fields=["name"], case="R-1", actor=account_of(facility.pk))
    travel(network, "50", "44")

    with network["44"]:
        [sentence] = disclosures_of(consent.resident, SYSTEM)
        assert sentence.startswith("缙云康养院养老机构账号于")


def test_readings_are_refused_beyond_what_was_given_and_without_a_second_factor(network):
    consent = given(network, fields=("name",), separate=())
    with network["50"]:
        RuleFactory(key="disclosures_an_hour", member_id="500000", value=1)
        officer = staff("50")
        asked = {"extract_id": consent.pk, "case": "渝1"}
        with pytest.raises(FactsNotOpen):
            services.disclose(fields=["phone"], actor=officer, **asked)
        with pytest.raises(SecondFactorNeeded):
            services.disclose(fields=["name"], actor=staff("50", second_factor=False), **asked)
        with pytest.raises(NoSuchExtract):
            services.disclose(fields=["name"], actor=staff("50", role=Role.AUDITOR), **asked)
        with pytest.raises(NoSuchExtract):
            services.disclose(fields=["name"], actor=staff("61"), **asked)
        assert not Reading.objects.exists()

        services.disclose(fields=["name"], actor=officer, **asked)
        with pytest.raises(ReadingsSpent):
            services.disclose(fields=["name"], actor=officer, **asked)


def test_members_of_one_node_see_of_each_other_what_consent_and_grant_let_them(network):
    with network["44"]:
        consent = a_consent(receiver=Receiver("member", "450000"))
        guangxi = staff("45")
        assert not Extract.objects.visible_to(guangxi).exists()

        found = a_grant(HOME, "450000")

        assert Extract.objects.visible_to(guangxi).exists()
        shown = services.disclose(extract_id=consent.pk, fields=["name"], case="桂1", actor=guangxi)
        assert shown == {"name": "单雪雁"}
        assert disclosures_of(consent.resident, SYSTEM)[0].startswith("广西壮族自治区经办人于")
        Grant.objects.filter(pk=found.pk).update(status=GrantStatus.REVOKED, ended_at=found.granted_at)
        assert not Extract.objects.visible_to(guangxi).exists()


def test_a_sharing_by_law_travels_with_its_article(network):
    with network["44"]:
        a_grant()
        share = a_legal_share()
    travel(network)

    with network["50"]:
        copy = Extract.objects.get(pk=share.pk)
        assert (copy.ground, copy.article) == ("emergency_protection", share.article)


def test_a_body_for_a_member_of_another_node_is_set_aside():
    resource = catalogue.known(EXTRACTS)
    body = dict.fromkeys(resource.shape.names, "") | {"is_sample": False, "sealed": {}, "receiver": "110000"}

    assert _wrong_kinds(resource, [body]) == {0: "receiver"}
