"""The family's page: plain sentences, given and taken back in two taps by who may say yes."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from residents.consents import facts
from residents.consents.models import Consent
from residents.consents.services import Receiver, withdraw_consent
from residents.registry.models import Resident
from residents.registry.services import end_link
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import frozen, now, today
from sojourn.core.models import AuditEntry
from tests.accounts.telephone import last_message
from tests.factories.consents import BY_TELEPHONE, a_consent, a_legal_share, a_mandate
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import account_of
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
GIVEN = {
    "purpose": "check_in",
    "receiver_kind": "member",
    "member": "500000",
    "fields_asked": ["name", "phone"],
    "months": "3",
}


@pytest.fixture
def herself():
    return family_member()


@pytest.fixture
def resident(herself) -> Resident:
    person = ResidentFactory()
    linked(herself, person, "self")
    return person


def signed_in(actor):
    return sign_in(User.objects.get(pk=actor.user_id), second_factor=False)


def test_she_reads_who_may_see_what_and_takes_it_back_in_two_taps(herself, resident):
    facility = FacilityFactory(division_id="440106", listed_name="松鹤康养院")
    receiver = Receiver("facility", id=facility.pk)
    consent = a_consent(resident, receiver=receiver, fields=("name", "phone"), separate=())
    nurse, client = account_of(facility.pk), signed_in(herself)
    address = f"/my/people/{resident.pk}/consents/"

    page = client.get(address).content.decode()
    asked = client.get(f"/my/consents/{consent.pk}/withdraw/").content.decode()
    assert Resident.objects.visible_to(nurse).exists()
    answer = client.post(f"/my/consents/{consent.pk}/withdraw/")

    sentence = "松鹤康养院（样例）可以查看姓名、本人电话，用途：入住交接，到"
    assert sentence in page
    assert sentence in asked
    assert answer["Location"] == address
    assert not Resident.objects.visible_to(nurse).exists()
    consent.refresh_from_db()
    assert (consent.status, consent.withdrawn_channel) == ("withdrawn", "online")
    assert "同意已撤回" in client.get(address).content.decode()


@pytest.mark.parametrize(("relation", "named"), [("self", True), ("guardian", False)])
def test_to_which_facility_is_for_herself_alone_while_she_is_protected(herself, resident, relation, named):
    facility = FacilityFactory(division_id="440106", listed_name="松鹤康养院")
    receiver = Receiver("facility", id=facility.pk)
    consent = a_consent(resident, receiver=receiver)
    a_legal_share(resident, receiver=receiver)
    Resident.objects.filter(pk=resident.pk).update(whereabouts_protected=True)
    reader = herself
    if relation != "self":
        reader = family_member()
        linked(reader, resident, relation)
    client, address = signed_in(reader), f"/my/people/{resident.pk}/consents/"

    pages = [client.get(address), client.get(f"/my/consents/{consent.pk}/withdraw/")]
    client.post(f"/my/consents/{consent.pk}/withdraw/")
    pages.append(client.get(address))
    form = client.get(f"{address}give/?again={consent.pk}").context["form"]

    texts = [page.content.decode() for page in pages]
    assert ["松鹤康养院" in text for text in texts] == [named] * 3
    assert ["一家养老机构" in text for text in texts] == [not named] * 3
    assert form["facility_number"].value() == (facility.number if named else "")


def test_facts_are_listed_with_the_comma_of_the_language():
    with override("zh-hans"):
        assert facts.labels(["name", "phone"]) == "姓名、本人电话"
    with override("en"):
        assert facts.labels(["name", "phone"]) == "Name, Own phone"


def test_her_own_province_needs_no_yes_and_is_not_offered(herself, resident):
    page = signed_in(herself).get(f"/my/people/{resident.pk}/consents/give/").content.decode()

    assert '<option value="500000">重庆市</option>' in page
    assert '<option value="440000">' not in page


def test_a_year_ends_on_the_same_day_of_the_next_one_and_is_told_in_words(herself, resident):
    client, address = signed_in(herself), f"/my/people/{resident.pk}/consents/"
    with frozen(date(2027, 11, 23)):
        client.post(f"{address}give/", GIVEN | {"months": "12"})
        page = client.get(address).content.decode()

    assert "到2028年11月23日为止" in page


def test_she_says_yes_to_each_sensitive_fact_by_itself(herself, resident):
    client = signed_in(herself)

    page = client.get(f"/my/people/{resident.pk}/consents/give/").content.decode()
    client.post(f"/my/people/{resident.pk}/consents/give/", GIVEN | {"separate": ["mobility"]})

    consent = Consent.objects.get()
    assert "敏感的内容" in page
    assert consent.fields == ["name", "phone", "mobility"]
    assert consent.separate_fields == ["mobility"]
    assert (consent.given_by, consent.channel) == ("resident", "online")


def test_what_was_forgotten_is_said_at_the_form_and_nothing_is_given(herself, resident):
    answer = signed_in(herself).post(
        f"/my/people/{resident.pk}/consents/give/", {**GIVEN, "fields_asked": []}
    )

    assert "请选择要共享的项目" in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_law_is_cited_and_a_mandate_told_without_the_agents_name(herself, resident):
    share = a_legal_share(resident)
    a_mandate(family_member(), resident)

    page = signed_in(herself).get(f"/my/people/{resident.pk}/consents/").content.decode()

    assert share.article in page
    assert "一位代理人可以代为同意和撤回、代看查看记录，可查看姓名、本人电话，到" in page


def test_who_merely_may_see_her_can_neither_give_nor_take_back(herself, resident):
    consent, friend = a_consent(resident), family_member()
    AccessFactory(resident=resident, to_user=True, holder_id=friend.user_id)
    client = signed_in(friend)

    place = f"/my/people/{resident.pk}/consents/"
    page, her_own = (each.get(place).content.decode() for each in (client, signed_in(herself)))
    answers = [
        client.post(f"/my/people/{resident.pk}/consents/give/", GIVEN),
        client.post(f"/my/consents/{consent.pk}/withdraw/"),
    ]

    assert ("重庆市民政部门" in page, "重庆市民政部门" in her_own) == (False, True)
    assert [answer.status_code for answer in answers] == [403, 404]
    assert Consent.objects.get().status == "given"


def test_a_strangers_person_does_not_exist(herself, resident):
    other, client = a_consent(), signed_in(herself)

    answers = [
        client.get(f"/my/people/{other.resident_id}/consents/"),
        client.get(f"/my/people/{other.resident_id}/consents/give/"),
        client.get(f"/my/consents/{other.pk}/withdraw/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_what_was_taken_back_is_told_as_over_and_can_be_given_again(herself, resident):
    facility = FacilityFactory(division_id="440106", listed_name="松鹤康养院", is_sample=True)
    consent = a_consent(
        resident,
        receiver=Receiver("facility", id=facility.pk),
        fields=("name", "phone", "mobility"),
        separate=("mobility",),
    )
    client, address = signed_in(herself), f"/my/people/{resident.pk}/consents/"
    client.post(f"/my/consents/{consent.pk}/withdraw/")

    page = client.get(address).content.decode()
    form = client.get(f"{address}give/?again={consent.pk}").context["form"]

    assert "松鹤康养院（样例）曾可以查看姓名、本人电话、行动情况，用途：入住交接。同意已撤回，" in page
    assert f"{address}give/?again={consent.pk}" in page
    assert form["facility_number"].value() == facility.number
    assert form["fields_asked"].value() == ["name", "phone"]
    assert not form["separate"].value()


@pytest.mark.parametrize("again", ["", "x", "00000000-0000-7000-8000-000000000000"])
def test_an_address_that_names_no_consent_of_hers_fills_in_nothing(herself, resident, again):
    theirs = a_consent()
    withdraw_consent(consent_id=theirs.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    client = signed_in(herself)

    for named in (again, theirs.pk):
        form = client.get(f"/my/people/{resident.pk}/consents/give/?again={named}").context["form"]
        assert not form.initial


def test_an_agent_lays_her_mandate_down_in_two_taps_and_the_resident_is_told():
    resident, agent = ResidentFactory(phone="10055500077"), family_member()
    mandate, client = a_mandate(agent, resident), signed_in(agent)
    end = f"/my/mandates/{mandate.pk}/end/"

    pages = [
        client.get(f"/my/people/{resident.pk}/{part}/").content.decode() for part in ("consents", "access")
    ]
    asked = client.get(end).content.decode()
    assert Resident.objects.visible_to(agent).exists()
    answer = client.post(end, follow=True)

    assert all(end in page for page in pages)
    assert "一位代理人可以代为同意和撤回" in asked
    assert "委托已经终止" in answer.content.decode()
    assert not Resident.objects.visible_to(agent).exists()
    mandate.refresh_from_db()
    assert (mandate.status, mandate.withdrawn_channel) == ("withdrawn", "online")
    assert last_message("10055500077").topic == "mandate_ended"
    assert client.get(end).status_code == 404


@pytest.mark.parametrize("relation", ["self", "guardian"])
def test_who_gave_it_or_her_guardian_ends_it_in_two_taps_and_the_agent_is_told(relation):
    resident, agent, ender = (
        ResidentFactory(phone="10055500077"),
        family_member("10055500078"),
        family_member(),
    )
    linked(ender, resident, relation)
    mandate, client = a_mandate(agent, resident), signed_in(ender)
    address, end = f"/my/people/{resident.pk}/consents/", f"/my/mandates/{mandate.pk}/end/"

    page, asked = client.get(address).content.decode(), client.get(end).content.decode()
    assert Resident.objects.visible_to(agent).exists()
    answer = client.post(end)

    assert end in page
    assert "这位代理人就是您" not in page
    assert "要终止这份委托吗？" in asked
    assert "一位代理人可以代为同意和撤回" in asked
    assert answer["Location"] == address
    assert end not in client.get(address).content.decode()
    assert not Resident.objects.visible_to(agent).exists()
    mandate.refresh_from_db()
    assert (mandate.status, mandate.withdrawn_channel) == ("withdrawn", "online")
    entry = AuditEntry.objects.get(action="mandate.withdrawn")
    assert entry.actor_user_id == ender.user_id
    assert [last_message(phone).topic for phone in ("10055500077", "10055500078")] == [
        "mandate_ended",
        "mandate_agent_ended",
    ]
    assert client.get(end).status_code == 404


def a_stranger(_resident) -> Actor:
    return family_member()


def a_daughter(resident) -> Actor:
    """Kin who may see her as well, which is not speaking for her."""
    daughter = family_member()
    linked(daughter, resident, "child")
    AccessFactory(resident=resident, to_user=True, holder_id=daughter.user_id)
    return daughter


def another_agent(resident) -> Actor:
    agent = family_member()
    a_mandate(agent, resident)
    return agent


def a_guardian_until_yesterday(resident) -> Actor:
    """Whose time is over, though she acts by a mandate of her own."""
    guardian = another_agent(resident)
    linked(guardian, resident, ends_on=today() + timedelta(days=29))
    return guardian


def a_guardian_no_more(resident) -> Actor:
    guardian = another_agent(resident)
    link = linked(guardian, resident)
    end_link(link_id=link.pk, reason="mistaken", actor=SYSTEM)
    return guardian


WRONG = [a_stranger, a_daughter, another_agent, a_guardian_until_yesterday, a_guardian_no_more]


@pytest.mark.parametrize("who", WRONG)
def test_nobody_else_ends_it(resident, who):
    mandate, wrong = a_mandate(family_member(), resident), who(resident)
    end = f"/my/mandates/{mandate.pk}/end/"

    with frozen(now() + timedelta(days=30)):
        client = signed_in(wrong)
        page = client.get(f"/my/people/{resident.pk}/consents/").content.decode()
        answers = [client.get(end), client.post(end)]

    assert end not in page
    assert [answer.status_code for answer in answers] == [404, 404]
    mandate.refresh_from_db()
    assert mandate.status == "valid"
