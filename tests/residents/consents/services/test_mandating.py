"""Who acts for a resident, and how far."""

from datetime import timedelta

import pytest

from residents.consents import policy, services
from residents.consents.errors import (
    ActsUnknown,
    AlreadyMandated,
    FactsUnknown,
    HealthNotForAgents,
    NoSuchMandate,
    NotYourConsent,
)
from residents.consents.models import Mandate
from residents.consents.services import Paper, Saying
from residents.consents.states import GivenBy
from residents.registry import policy as registry
from residents.registry.models import Access, Resident
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import PhoneUnreadable
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from tests.accounts.telephone import last_message, sign_in_by_phone, user_of, words_of
from tests.factories.consents import AT_COUNTER, BY_TELEPHONE, a_mandate
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family, staff
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db


def test_an_agent_sees_whom_the_paper_names_and_what_it_opens():
    agent, resident = family(), ResidentFactory()

    mandate = a_mandate(agent, resident)

    assert list(Resident.objects.visible_to(agent)) == [resident]
    assert set(registry.fields_open_to(agent, resident)) == {"name", "phone"}
    assert Access.objects.get().article == "《中华人民共和国民法典》第一百六十五条"
    assert mandate.status == "valid"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"may_see": ["mobility"]}, HealthNotForAgents),
        ({"may_see": ["name", "diary"]}, FactsUnknown),
        ({"may_do": []}, ActsUnknown),
        ({"may_do": ["inherit"]}, ActsUnknown),
        ({"phone": "12"}, PhoneUnreadable),
    ],
)
def test_a_paper_that_goes_too_far_opens_nothing(changed, refusal):
    with pytest.raises(refusal):
        a_mandate(family(), **changed)

    assert not Mandate.objects.exists()
    assert not Access.objects.exists()


def test_an_agent_has_one_valid_mandate_of_a_resident():
    agent, resident = family(), ResidentFactory()
    a_mandate(agent, resident)

    with pytest.raises(AlreadyMandated):
        a_mandate(agent, resident)


def test_nobody_gives_herself_a_mandate():
    agent, resident = family(), ResidentFactory()
    a_mandate(agent, resident)
    paper = Paper("10012345678", ["identity_number"], ["book"], today() + timedelta(days=9))

    with pytest.raises(NotYourConsent):
        services.give_mandate(resident_id=resident.pk, paper=paper, saying=AT_COUNTER, actor=agent)


def test_a_withdrawn_mandate_opens_nothing_from_that_instant_on():
    agent, resident = family(), ResidentFactory()
    mandate = a_mandate(agent, resident)

    services.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=staff("440106"))

    assert not Resident.objects.visible_to(agent).exists()
    assert not Mandate.objects.visible_to(agent).exists()


def test_an_agent_lays_her_mandate_down_and_nobody_elses():
    agent, other = family(), family()
    mandate, others = a_mandate(agent), a_mandate(other)
    saying = Saying("online", "会话", "agent")

    services.withdraw_mandate(mandate_id=mandate.pk, saying=saying, actor=agent)

    assert Mandate.objects.get(pk=mandate.pk).status == "withdrawn"
    with pytest.raises(NoSuchMandate):
        services.withdraw_mandate(mandate_id=others.pk, saying=saying, actor=agent)


@pytest.mark.parametrize("relation", ["self", "guardian"])
def test_each_ends_it_as_what_she_is_and_as_nothing_else(relation):
    resident, ender = ResidentFactory(), family_member()
    linked(ender, resident, relation)
    mandate = a_mandate(family(), resident)
    own = {"self": "resident"}.get(relation, relation)
    assert policy.ends_as(ender, mandate) == own

    said_otherwise = [Saying("online", "会话", by) for by in sorted({*GivenBy} - {own})]
    for saying in [*said_otherwise, Saying("telephone", "录音", own)]:
        with pytest.raises(NotYourConsent):
            services.withdraw_mandate(mandate_id=mandate.pk, saying=saying, actor=ender)
    assert Mandate.objects.get(pk=mandate.pk).status == "valid"

    services.withdraw_mandate(mandate_id=mandate.pk, saying=Saying("online", "会话", own), actor=ender)
    assert Mandate.objects.get(pk=mandate.pk).status == "withdrawn"


def test_another_agent_who_may_consent_ends_no_mandate_but_her_own():
    resident, other = ResidentFactory(), family()
    mandate = a_mandate(family(), resident)
    a_mandate(other, resident)

    assert policy.speaks_as(other, resident) == "agent"
    assert policy.ends_as(other, mandate) is None
    with pytest.raises(NoSuchMandate):
        services.withdraw_mandate(
            mandate_id=mandate.pk, saying=Saying("online", "会话", "agent"), actor=other
        )
    assert Mandate.objects.get(pk=mandate.pk).status == "valid"


def test_a_mandate_ends_with_its_day():
    mandate = a_mandate(family())

    with frozen(today() + timedelta(days=366)):
        assert services.sweep() == 1

    assert Mandate.objects.get(pk=mandate.pk).status == "expired"
    assert services.sweep() == 0
    assert SYSTEM


def test_an_agent_without_an_account_finds_the_mandate_when_she_first_signs_in(client):
    resident = ResidentFactory()
    mandate = a_mandate(family(), resident, phone="100 1234 5678")

    sign_in_by_phone(client, "10012345678")

    agent = actor_for(user_of("10012345678"))
    assert mandate.agent_id == agent.user_id
    assert list(Resident.objects.visible_to(agent)) == [resident]


def test_whether_the_telephone_had_an_account_nothing_tells():
    family_member("10012345678")
    known = a_mandate(family(), phone="10012345678")
    unknown = a_mandate(family(), phone="10087654321")

    told = [words_of(last_message(phone)) for phone in ("10012345678", "10087654321")]
    assert told[0] == told[1]
    assert "请用这个电话号码登录网站" in told[0]
    assert (known.may_see, known.may_do) == (unknown.may_see, unknown.may_do)


def test_an_agent_with_a_fixed_line_is_called():
    a_mandate(family(), phone="075526540077")

    assert last_message("075526540077").kind == "voice"


def test_the_list_and_the_policy_agree():
    resident, agent, herself = ResidentFactory(), family(), family_member()
    mandate = a_mandate(agent, resident)
    a_mandate(other := family(), resident)
    linked(herself, resident, "self")
    actors = [SYSTEM, staff("440106"), staff("50"), herself, agent, other, family()]

    listed = [Mandate.objects.visible_to(actor).contains(mandate) for actor in actors]

    assert listed == [policy.can_view(actor, mandate) for actor in actors]
    assert listed == [True, True, False, True, True, False, False]
