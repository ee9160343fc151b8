"""Blanks for the counter: they hold what can be registered, nothing of anybody, and stand where families look."""

import pytest
from django.urls import reverse

from residents.consents import facts
from residents.consents.states import AgentAct, GivenBy
from residents.registry.states import PrivateField, Purpose
from sojourn.core.actors import Actor, Role
from tests.accounts.telephone import sign_in_by_phone, user_of
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.consents import a_mandate
from tests.factories.residents import ResidentFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def sheet_of(client, name: str) -> str:
    page = client.get(reverse(name)).content.decode()
    return page.partition('<article class="blank-sheet">')[2].partition("</article>")[0]


def ticks_below(sheet: str, heading: str) -> list[str]:
    """What can be ticked under this heading, in order."""
    ticks = sheet.partition(heading)[2].partition("</ul>")[0].split("<li>")[1:]
    return [tick.partition("</li>")[0] for tick in ticks]


def test_a_mandate_offers_what_an_agent_may_do_and_see_and_nothing_of_health(client):
    sheet = sheet_of(client, "blank_mandate")

    assert ticks_below(sheet, "委托代理人办的事") == [str(act.label) for act in AgentAct]
    assert ticks_below(sheet, "代理人可以看的信息") == [str(field.label) for field in PrivateField]
    assert not any(str(fact.label) in sheet for fact in facts.known() if fact.is_health)
    for words in ("截止日期", "委托人签名", "代理人签名", "怎样终止", "凭证编号"):
        assert words in sheet


def test_a_consent_offers_one_receiver_one_end_and_each_sensitive_fact_by_itself(client):
    sheet = sheet_of(client, "blank_consent")

    usual, sensitive = ticks_below(sheet, "可以看哪些"), ticks_below(sheet, "敏感的内容")
    ends = ticks_below(sheet, "用来做什么")
    assert ticks_below(sheet, "由谁表示同意") == [str(voice.label) for voice in GivenBy]
    assert ends == [str(end.label) for end in Purpose if end != Purpose.HOUSEHOLD_MOVE]
    assert sensitive == [str(fact.label) for fact in facts.offered() if fact.is_sensitive]
    assert len(usual) + len(sensitive) == len(facts.offered())
    assert {*usual, *sensitive} == {str(fact.label) for fact in facts.offered()}
    for words in ("截止日期", "怎样撤回", "签名", "凭证编号"):
        assert words in sheet


def test_families_find_them_before_they_go_to_the_counter(client):
    sign_in_by_phone(client)
    resident = ResidentFactory()
    a_mandate(Actor(Role.FAMILY, user_id=user_of().pk), resident)

    people = client.get(reverse("my")).text
    consents = client.get(reverse("my_consents", args=[resident.pk])).text

    for page in (people, consents):
        assert f'href="{reverse("blank_mandate")}"' in page
        assert f'href="{reverse("blank_consent")}"' in page


@pytest.mark.parametrize("paper", ["mandate", "consent"])
def test_officers_find_each_beside_the_scan_of_it(paper):
    client = sign_in(MembershipFactory(user=UserFactory(), role=Role.OFFICER, division_code="440106").user)

    page = client.get(reverse(f"admin:consents_{paper}_give")).text

    assert f'href="{reverse(f"blank_{paper}")}"' in page
