"""The sample families: they sign in by telephone, see whom they care for, and are marked as samples everywhere."""

from collections import Counter

import pytest
from django.test import Client

from residents.assessments.models import Assessment, AssessmentBody, Assessor, Review
from residents.assessments.states import AssessmentStatus
from residents.consents.models import Consent, Extract, LegalShare, Mandate, Match
from residents.consents.services import match_residents
from residents.consents.states import ConsentStatus
from residents.registry.models import CorrectionRequest, Disclosure, Link, LinkRequest, Resident
from residents.registry.models.life import Transfer
from residents.registry.states import Sex
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import SignInPhone, User
from sojourn.accounts.phones import index_of
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.models import HostedMember
from sojourn.core.phones import dialled
from sojourn.local.sample import families
from sojourn.local.sample.callers import CALLERS, DAUGHTER, ELDER
from sojourn.local.sample.families import FEWEST, write_families
from sojourn.local.sample.people import open_sample_accounts
from sojourn.local.sample.writer import Outcome
from sojourn.sharing.models import Grant
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import BORN, ResidentFactory

pytestmark = pytest.mark.django_db
COUNTY = "440111"


@pytest.fixture(autouse=True)
def bureau(tmp_path, monkeypatch) -> None:
    """The sample staff of a node that hosts Guangdong, with a county that has facilities and residents."""
    monkeypatch.setenv("SOJOURN_VAR", str(tmp_path))
    HostedMember.objects.exclude(pk="440000").delete()
    FacilityFactory(division_id=COUNTY, is_sample=True, open=True)
    open_sample_accounts(actor=SYSTEM)


@pytest.fixture
def residents() -> list[Resident]:
    register = [_resident() for _ in range(FEWEST + 4)]
    return register + [_resident(identity_number=None, birth_on=BORN, sex=Sex.FEMALE) for _ in range(2)]


def _resident(**facts) -> Resident:
    return ResidentFactory(home_division_code=COUNTY, is_sample=True, **facts)


def user_of(caller) -> User:
    return SignInPhone.objects.get(phone_index=index_of(dialled(caller.phone))).user


def test_a_daughter_signs_in_and_reads_who_looked_at_her_father(residents):
    assert write_families() is Outcome.WRITTEN
    browser = Client()

    assert sign_in_by_phone(browser, dialled(DAUGHTER.phone)).status_code == 302

    page = browser.get("/my/").content.decode()
    seen = Resident.objects.visible_to(actor_for(user_of(DAUGHTER)))
    assert {one.number for one in residents[:2]} == {one.number for one in seen}
    assert all(one.number in page for one in seen)
    log = browser.get(f"/my/people/{residents[0].pk}/access-log/").content.decode()
    assert log.count("样例-办件-2026-") == 3
    assert "广东省经办人于" in log


def test_the_elder_herself_sees_herself_and_nobody_else(residents):
    write_families()

    actor = actor_for(user_of(ELDER))

    assert [one.pk for one in Resident.objects.visible_to(actor)] == [residents[2].pk]


def test_what_was_opened_travels_and_what_was_taken_back_does_not(residents):
    write_families()

    assert Counter(Consent.objects.values_list("status", flat=True)) == {
        ConsentStatus.GIVEN: 4,
        ConsentStatus.WITHDRAWN: 1,
    }
    assert LegalShare.objects.count() == 2
    assert set(Extract.objects.values_list("owner", "receiver")) == {("440000", "500000")}
    assert Extract.objects.count() == 5
    assert set(Grant.objects.values_list("to", "resource")) == {
        ("500000", "resident_extracts"),
        ("500000", "match_marks"),
    }


def test_officers_have_something_to_decide(residents):
    write_families()

    assert LinkRequest.objects.count() == CorrectionRequest.objects.count() == 1
    assert Transfer.objects.get().resident_id == residents[FEWEST - 1].pk
    assert Mandate.objects.get().resident_id == residents[1].pk
    assert Review.objects.get().assessment.resident_id == residents[0].pk


def test_assessors_come_in_and_have_work_at_hand(residents):
    write_families()

    found = Counter(Assessment.objects.values_list("status", flat=True))
    assert found == {
        AssessmentStatus.FINAL: FEWEST + 4,
        AssessmentStatus.DRAFT: 1,
        AssessmentStatus.SIGNED_ONCE: 1,
    }
    for username in ("assessor-nurse", "assessor-social"):
        actor = actor_for(User.objects.get(username=username), second_factor=True)
        assert actor.role == Role.OFFICER
        assert Assessment.objects.visible_to(actor).count() == FEWEST + 6


def test_two_people_stand_on_both_nodes_registers(residents):
    write_families()
    match_residents()

    theirs = Resident.objects.filter(pk__in=[one.pk for one in residents[-2:]])
    assert all(one.identity_cipher for one in theirs)
    assert theirs.filter(name="林望舒").exists()
    assert not Match.objects.exists()


def test_everything_says_that_it_is_a_sample(residents):
    write_families()

    assert all(user.is_sample and user.name.startswith("样例·") for user in User.objects.all())
    for model in (AssessmentBody, Assessor):
        assert all(row.is_sample and row.name.startswith("样例·") for row in model.objects.all())
    for model in (Assessment, Review):
        assert not model.objects.filter(is_sample=False).exists()
    papers = [*Consent.objects.values_list("proof", flat=True), Mandate.objects.get().proof]
    papers += Disclosure.objects.values_list("case", flat=True)
    assert all(paper.startswith("样例-") for paper in papers)


def test_no_exchange_can_route_their_telephones():
    assert all(dialled(caller.phone).startswith("00009") for caller in CALLERS)
    assert len({caller.phone for caller in CALLERS}) == len(CALLERS)


def test_they_are_written_once_and_a_killed_start_makes_up_for_the_looks(residents, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(families, "_look", lambda *_: None)
        write_families()
    counts = [model.objects.count() for model in (User, Link, Consent, Grant, Assessment)]

    assert write_families() is Outcome.STANDS

    assert [model.objects.count() for model in (User, Link, Consent, Grant, Assessment)] == counts
    assert Disclosure.objects.count() == len(families.LOOKS)
    assert write_families() is Outcome.STANDS
    assert Disclosure.objects.count() == len(families.LOOKS)


def test_where_too_few_live_nobody_is_written():
    ResidentFactory(home_division_code=COUNTY, is_sample=True)

    assert write_families() is Outcome.NOBODY
    assert not Link.objects.exists()
