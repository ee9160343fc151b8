"""Who looked at a resident: read by her, her guardian and the agents she named for it, back to the first line."""

from datetime import timedelta

import pytest

from residents.consents.states import AgentAct
from residents.registry.models import Disclosure, Resident
from residents.registry.services import disclose
from sojourn.core.clock import frozen, now
from tests.factories.consents import a_consent, a_mandate
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.consents.test_pages import signed_in
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
ONE_LINE = "查看了本人电话，用途：入住交接，事由：W-7"


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(phone="10055500077")


def address_of(resident: Resident) -> str:
    return f"/my/people/{resident.pk}/access-log/"


def looked_at(resident: Resident, case: str = "W-7") -> None:
    disclose(resident_id=resident.pk, fields=["phone"], purpose="check_in", case=case, actor=staff("440106"))


@pytest.mark.parametrize("relation", ["self", "guardian"])
def test_she_and_her_guardian_read_it_in_sentences(resident, relation):
    reader = family_member()
    linked(reader, resident, relation)
    looked_at(resident)

    page = signed_in(reader).get(address_of(resident)).content.decode()

    assert "广东省广州市天河区经办人于" in page
    assert ONE_LINE in page


@pytest.mark.parametrize("act", AgentAct)
def test_an_agent_reads_what_the_act_of_her_mandate_names_and_nothing_else(resident, act):
    agent, other = family_member(), family_member()
    a_mandate(agent, resident, may_do=[act], may_see=["phone"])
    a_mandate(other, resident, may_do=["complain"], may_see=["birth_on"])
    consent = a_consent(resident)
    looked_at(resident)
    client, about = signed_in(agent), f"/my/people/{resident.pk}/"

    log, menu = client.get(address_of(resident)), client.get(about).content.decode()
    consents = client.get(f"{about}consents/").content.decode()
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "办理入住手续"}
    seen = client.post(f"{about}see/", asked).content.decode()

    reads_log, reads_consents = act == AgentAct.READ_RECORDS, act == AgentAct.CONSENT
    assert log.status_code == (200 if reads_log else 404)
    assert (ONE_LINE in log.content.decode()) == reads_log
    assert (address_of(resident) in menu) == reads_log
    assert (address_of(resident) in consents) == reads_log
    assert "10055500077" in seen
    assert (address_of(resident) in seen) == reads_log
    assert (f"/my/consents/{consent.pk}/withdraw/" in consents) == reads_consents
    assert ("重庆市民政部门" in consents) == reads_consents
    assert ("没有向任何人开放" in consents) is False
    assert consents.count("一位代理人可以") == 1
    assert str(AgentAct(act).label) in consents
    assert "出生日期" not in consents


def test_whoever_merely_sees_her_or_is_her_agent_no_more_does_not_read_it(resident):
    friend, daughter, agent = family_member(), family_member(), family_member()
    AccessFactory(resident=resident, to_user=True, holder_id=friend.user_id)
    AccessFactory(resident=resident, to_user=True, holder_id=daughter.user_id)
    AccessFactory(resident=resident, to_user=True, holder_id=agent.user_id)
    linked(daughter, resident, "child")
    a_mandate(agent, resident, expires_on=(now() + timedelta(days=2)).date())
    looked_at(resident)
    before = signed_in(agent).get(address_of(resident))

    with frozen(now() + timedelta(days=3)):
        answers = [signed_in(each).get(address_of(resident)) for each in (friend, daughter, agent)]
        pages = [signed_in(each).get(f"/my/people/{resident.pk}/") for each in (friend, daughter, agent)]

    assert before.status_code == 200
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any(address_of(resident) in page.content.decode() for page in pages)


def test_the_oldest_of_201_lines_is_reached_by_the_links_to_what_is_older(resident):
    reader = family_member()
    linked(reader, resident, "self")
    with frozen(now() - timedelta(days=1)):
        looked_at(resident, "最早的一次")
    first = Disclosure.objects.get()
    more = Disclosure.objects.filter(pk=first.pk).values().get()
    more |= {"pk": None, "case": "后来", "at": now()}
    del more["id"]
    Disclosure.objects.bulk_create([Disclosure(**more) for _each in range(200)])
    client, read = signed_in(reader), []

    older = ""
    for _page in range(5):
        page = client.get(address_of(resident) + older)
        read += page.context["sentences"]
        older = f"?page={page.context['older']}"
        assert (f'rel="next" href="{older}"' in page.content.decode()) == bool(page.context["older"])

    assert len(read) == 201
    assert "最早的一次" in read[-1]
    assert [line for line in read if "最早的一次" in line] == [read[-1]]
    assert f'rel="prev" href="?page={page.context["newer"]}"' in page.content.decode()
    assert 'rel="next"' not in page.content.decode()


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "一", "²", "9" * 40])
def test_an_address_that_names_no_page_shows_the_newest(resident, page):
    reader = family_member()
    linked(reader, resident, "self")
    looked_at(resident)

    answer = signed_in(reader).get(f"{address_of(resident)}?page={page}")

    assert ONE_LINE in answer.content.decode()
    assert (answer.context["newer"], answer.context["older"]) == (0, 0)


def test_after_the_last_page_there_is_nothing_older(resident):
    reader = family_member()
    linked(reader, resident, "self")
    looked_at(resident)

    page = signed_in(reader).get(f"{address_of(resident)}?page=9999").content.decode()

    assert "没有更早的记录" in page
    assert "还没有人看过" not in page
