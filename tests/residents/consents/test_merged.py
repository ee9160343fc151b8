"""Consents, sharings by law and mandates of one registration act for the one it went into."""

import pytest
from django.test import Client

from residents.consents import policy, services
from residents.consents.errors import AlreadyGiven, AlreadyMandated, AlreadyShared
from residents.consents.models import Consent, Extract, LegalShare, Mandate
from residents.registry.models import Resident
from residents.registry.services import correct_resident, erase_resident, record_death
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import today
from tests.accounts.telephone import sign_in_by_phone, user_of
from tests.factories.consents import BY_TELEPHONE, a_consent, a_legal_share, a_mandate
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family, staff
from tests.residents.merging import merged, undone

pytestmark = pytest.mark.django_db
OLD, NEW = "10055500001", "10055500002"


@pytest.fixture
def stays(own_keyring) -> Resident:
    return ResidentFactory(home_division_code="440106", phone=NEW)


@pytest.fixture
def goes(stays) -> Resident:
    return ResidentFactory(home_division_code="440300", phone=OLD)


def phone_in(extract: Extract) -> str:
    return services.masked_facts_of(Extract.objects.get(pk=extract.pk))["phone"].plain


def kept() -> list:
    """The bases, column by column."""
    return [list(model.objects.order_by("pk").values()) for model in (Consent, LegalShare, Mandate)]


def test_what_was_opened_of_one_is_open_of_the_one_who_stays(stays, goes):
    consent = a_consent(goes)
    extract = Extract.objects.get()
    assert (extract.resident, phone_in(extract)) == (goes.pk, OLD)

    merged(goes, stays)

    extract.refresh_from_db()
    assert (extract.pk, extract.resident, extract.resident_number) == (consent.pk, stays.pk, stays.number)
    assert phone_in(extract) == NEW


def test_of_the_protected_no_place_is_told_by_going_into_a_registration_that_is_not(stays, goes):
    Resident.objects.filter(pk=goes.pk).update(whereabouts_protected=True)
    goes.refresh_from_db()
    a_consent(goes, fields=("name", "home_division"), separate=())
    assert list(services.masked_facts_of(Extract.objects.get())) == ["name"]

    merged(goes, stays)

    assert list(services.masked_facts_of(Extract.objects.get())) == ["name"]


@pytest.mark.django_db(transaction=True)
def test_it_follows_her_when_she_is_corrected(own_keyring):
    stays, goes = ResidentFactory(phone=NEW), ResidentFactory(phone=OLD)
    a_consent(goes)
    merged(goes, stays)

    correct_resident(resident_id=stays.pk, facts={"phone": "10055500003"}, actor=SYSTEM)

    assert services.renew_extracts() == 1
    assert phone_in(Extract.objects.get()) == "10055500003"


def test_time_ends_nothing_because_of_the_merge(stays, goes):
    a_consent(goes), a_legal_share(goes), a_mandate(family(), goes)
    merged(goes, stays)

    assert services.sweep() == 0

    assert [
        row.status for row in (Consent.objects.get(), LegalShare.objects.get(), Mandate.objects.get())
    ] == [
        "given",
        "live",
        "valid",
    ]


def test_when_she_dies_it_ends_whichever_registration_it_stood_with(stays, goes):
    a_consent(goes), a_consent(stays)
    merged(goes, stays)
    record_death(resident_id=stays.pk, died_on=today(), actor=SYSTEM)

    assert services.sweep() == 2

    assert set(Consent.objects.values_list("status", flat=True)) == {"closed"}
    assert not Extract.objects.exists()


def test_both_consents_stand_and_each_is_taken_back_by_itself(stays, goes):
    ours, theirs = a_consent(stays), a_consent(goes)
    merged(goes, stays)
    officer = staff("440106")

    assert set(Consent.objects.visible_to(officer).of(stays.pk)) == {ours, theirs}
    assert policy.can_view(officer, Consent.objects.get(pk=theirs.pk))
    for consent in (ours, theirs):
        services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=officer)

    assert not Extract.objects.exists()


def test_nothing_is_said_a_second_time(stays, goes):
    agent = family()
    a_consent(goes), a_legal_share(goes), a_mandate(agent, goes)
    merged(goes, stays)

    with pytest.raises(AlreadyGiven):
        a_consent(stays)
    with pytest.raises(AlreadyShared):
        a_legal_share(stays)
    with pytest.raises(AlreadyMandated):
        a_mandate(agent, stays)


def test_an_agent_acts_for_the_one_who_stays_until_her_mandate_ends(stays, goes):
    browser = Client()
    sign_in_by_phone(browser)
    agent = Actor(Role.FAMILY, user_id=user_of().pk)
    mandate, consent, own = a_mandate(agent, goes), a_consent(goes), a_consent(stays, purpose="emergency")
    merged(goes, stays)
    stays.refresh_from_db()

    page = browser.get(f"/my/people/{stays.pk}/consents/").content.decode()
    assert all(str(each.pk) in page for each in (consent, own))
    assert policy.speaks_as(agent, stays) == "agent"
    browser.post(f"/my/consents/{consent.pk}/withdraw/")
    assert Consent.objects.get(pk=consent.pk).status == "withdrawn"

    services.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=staff("440106"))
    assert browser.get(f"/my/people/{stays.pk}/consents/").status_code == 404
    assert not Consent.objects.visible_to(agent).exists()


def test_a_stranger_speaks_for_neither(stays, goes):
    stranger, agent = family(), family()
    a_mandate(agent, goes), a_consent(stays), a_consent(goes)
    a_mandate(stranger, ResidentFactory())

    merged(goes, stays)

    assert not Consent.objects.visible_to(stranger).exists()
    assert Consent.objects.visible_to(agent).count() == 2


def test_undone_every_row_is_as_it_was_and_the_extract_shows_her_again(stays, goes):
    a_consent(goes), a_legal_share(goes), a_mandate(family(), goes), a_consent(stays)
    before = kept()
    shown = dict(Extract.objects.values_list("pk", "resident"))

    merge = merged(goes, stays)
    assert kept() == before
    assert set(Extract.objects.values_list("resident", flat=True)) == {stays.pk}
    undone(merge)

    assert kept() == before
    assert dict(Extract.objects.values_list("pk", "resident")) == shown
    assert phone_in(Extract.objects.filter(resident=goes.pk, purpose="check_in").get()) == OLD
    assert services.sweep() == 0


def test_what_was_taken_back_in_between_stays_taken_back(stays, goes):
    consent = a_consent(goes)
    merge = merged(goes, stays)
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    undone(merge)

    assert Consent.objects.get().status == "withdrawn"
    assert not Extract.objects.exists()


def test_erased_nothing_of_either_is_open_any_more(stays, goes):
    a_consent(goes), a_consent(stays)
    merged(goes, stays)

    erase_resident(resident_id=stays.pk, ground="period_over", actor=SYSTEM)

    assert services.sweep() == 2
    assert not Extract.objects.exists()
