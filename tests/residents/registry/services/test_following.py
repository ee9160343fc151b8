"""What families have with one registration acts for the one it went into, and goes back exactly as it was."""

import pytest
from django.test import Client

from residents.registry import scans, services
from residents.registry.errors import AlreadyLinked, MergedAway, NotYourResident, RequestHeld
from residents.registry.models import CorrectionRequest, Link, LinkRequest, Resident, ResidentKey
from residents.registry.models.life import Merge
from sojourn.core.actors import SYSTEM
from sojourn.core.destroyed import destroyed_keys
from sojourn.core.identifiers import sample_identity
from sojourn.desk.models import WorkItem
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.files import PDF
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.merging import merged, undone
from tests.residents.registry.families import ask, family_member, linked, proven

pytestmark = pytest.mark.django_db
NUMBER, PHONE = sample_identity(9_400_001, BORN), "10055501234"


@pytest.fixture
def stays(own_keyring) -> Resident:
    return ResidentFactory(home_division_code="440106", identity_number=None, birth_on=BORN, sex="female")


@pytest.fixture
def goes(stays) -> Resident:
    return ResidentFactory(name="单雪雁", identity_number=NUMBER, home_division_code="440300")


@pytest.fixture
def daughter():
    return family_member("10012345678")


@pytest.fixture
def link(daughter, goes) -> Link:
    return linked(daughter, goes)


def kept_of(*models) -> list[list[dict]]:
    """Every row of these tables, column by column; versions count on."""
    counted = {"version", "changed_at"}
    return [
        [
            {name: value for name, value in row.items() if name not in counted}
            for row in model.objects.order_by("pk").values()
        ]
        for model in models
    ]


# --- links ----------------------------------------------------------------------------------------
def test_the_daughter_sees_the_one_who_stays_and_ends_her_link_there(stays, goes, daughter, link):
    merged(goes, stays)

    assert list(Resident.objects.visible_to(daughter)) == [stays]
    services.end_link(link_id=link.pk, reason="", actor=daughter)
    assert not Resident.objects.visible_to(daughter).exists()


def test_her_pages_lead_to_the_one_who_stays(stays, goes, daughter, link):
    merged(goes, stays)
    browser = Client()
    sign_in_by_phone(browser)

    page = browser.get("/my/links/").content.decode()

    assert f"/my/people/{stays.pk}/" in page
    assert str(goes.pk) not in page
    assert browser.get(f"/my/people/{stays.pk}/access/").content.decode().count(str(link.pk)) == 1


def test_the_officers_of_her_home_keep_the_links_of_both(stays, goes, link):
    officer = staff("440106")
    assert not Link.objects.managed_by(officer).exists()

    merged(goes, stays)

    assert list(Link.objects.managed_by(officer)) == [link]
    assert not Link.objects.managed_by(staff("440300")).exists()
    services.end_link(link_id=link.pk, reason="no_longer_so", actor=officer)
    assert Link.objects.get().status == "ended"


def test_nobody_is_linked_twice_to_one_person_or_to_a_registration_that_went(stays, goes, daughter, link):
    linked(family_member(), goes, "self")
    merged(goes, stays)
    goes.refresh_from_db()

    with pytest.raises(AlreadyLinked):
        linked(daughter, stays, "child")
    with pytest.raises(AlreadyLinked):
        linked(family_member(), stays, "self")
    with pytest.raises(MergedAway):
        linked(family_member(), goes, "child")

    assert Link.objects.count() == 2


def test_who_asks_by_the_number_of_the_one_who_went_is_linked_to_the_one_who_stays(stays, goes):
    merged(goes, stays)
    request = ask(family_member(), identity_number=NUMBER)

    assert request.division_code == "440106"
    services.grant_request(request_id=request.pk, actor=staff("440106"))

    assert LinkRequest.objects.get().link.resident == stays


# --- corrections ----------------------------------------------------------------------------------
def test_an_open_correction_waits_where_the_one_who_stays_is_at_home_and_is_made_there(
    stays, goes, daughter, link
):
    request = services.ask_correction(resident_id=goes.pk, field="phone", value=PHONE, actor=daughter)
    merged(goes, stays)

    item = WorkItem.objects.unfinished().get(queue="correction_requests")
    assert (item.division_code, item.status, item.handler_id) == ("440106", "open", None)
    assert list(CorrectionRequest.objects.about(stays.pk)) == [request]
    with pytest.raises(RequestHeld):
        services.ask_correction(resident_id=stays.pk, field="phone", value=PHONE, actor=daughter)
    services.grant_correction(request_id=request.pk, actor=staff("440106"))

    facts = services.masked_facts_of(Resident.objects.get(pk=stays.pk))
    assert facts["phone"].plain == PHONE
    before = goes.phone_cipher
    goes.refresh_from_db()
    assert goes.phone_cipher == before


# --- undone ---------------------------------------------------------------------------------------
def test_undone_everything_is_as_it_was(stays, goes, daughter, link):
    services.ask_correction(resident_id=goes.pk, field="phone", value=PHONE, actor=daughter)
    tables = Resident, Link, CorrectionRequest, ResidentKey
    before = kept_of(*tables)
    items = WorkItem.objects.filter(queue="correction_requests")
    desks = list(items.values("division_code", "status", "due_on", "escalation"))

    merge = merged(goes, stays)
    assert kept_of(*tables)[1:] == before[1:]
    undone(merge)

    assert kept_of(*tables) == before
    assert list(items.values("division_code", "status", "due_on", "escalation")) == desks
    assert list(Resident.objects.visible_to(daughter)) == [goes]


def test_who_does_not_reach_the_home_it_would_have_again_undoes_nothing(stays, goes):
    merge = merged(goes, stays)
    assert merge.moved["registry.home"] == [f"{goes.pk} 440300"]

    with pytest.raises(NotYourResident):
        services.propose_undo(merge_id=merge.pk, reason="不是", actor=staff("440106"))

    assert Merge.objects.get().undone_at is None


def test_in_a_chain_each_leads_to_the_last_and_comes_back_link_by_link(stays, goes, daughter, link):
    last = ResidentFactory(home_division_code="440104")
    merged(goes, stays)
    second = merged(stays, last)

    assert set(Resident.objects.with_merged(last.pk)) == {goes.pk, stays.pk, last.pk}
    assert list(Link.objects.about(last.pk)) == [link]
    assert list(Link.objects.managed_by(staff("440104"))) == [link]
    assert list(Resident.objects.visible_to(daughter)) == [last]

    undone(second)

    goes.refresh_from_db()
    assert (goes.merged_into_id, goes.home_division_id) == (stays.pk, "440106")
    assert list(Link.objects.about(stays.pk)) == [link]
    assert not Link.objects.about(last.pk).exists()


# --- erased ---------------------------------------------------------------------------------------
def test_erasing_the_one_who_stays_destroys_both_keys_and_the_proofs_of_both(stays, goes, daughter):
    for resident, phone in ((goes, "10011100011"), (stays, "10011100012")):
        services.link_family(
            resident_id=resident.pk,
            phone=phone,
            proven=proven("child", reference="簿7"),
            scan=Upload("", PDF),
            actor=staff(resident.home_division_id),
        )
    merged(goes, stays)

    services.erase_resident(resident_id=stays.pk, ground="period_over", actor=SYSTEM)

    assert not ResidentKey.objects.filter(pk__in=[goes.pk, stays.pk]).exists()
    assert set(Resident.objects.values_list("status", flat=True)) == {"erased"}
    assert [row.status for row in StoredFile.objects.filter(owner_kind=scans.LINK)] == ["erased", "erased"]
    assert destroyed_keys() <= {goes.pk, stays.pk}
