"""A resident is told what is done in her name; whoever picks up her telephone learns nothing else."""

from datetime import timedelta

import pytest

from residents.consents import services as consents
from residents.consents.errors import AlreadyGiven
from residents.consents.services import Duty, Saying
from residents.consents.states import GivenBy
from residents.registry import services
from residents.registry.models import Resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.desk import services as desk
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, RECIPIENT, opened
from sojourn.messages.topics import topic_label
from tests.factories.consents import AT_COUNTER, BY_TELEPHONE, a_consent, a_legal_share, a_mandate
from tests.factories.residents import ResidentFactory
from tests.residents.actors import family, staff
from tests.residents.dumping import dump
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
MOBILE, FIXED, CONTACT = "10055500077", "075526540077", "10055500078"


@pytest.fixture
def resident():
    return ResidentFactory(name="单雪雁", phone=MOBILE, contact_phone=CONTACT)


def told() -> list[tuple[str, str, str]]:
    """Topic, way and number of everything that waits, in the order in which it was put down."""
    return [
        (row.topic, row.kind, opened(row.recipient_cipher, message_id=row.pk, column=RECIPIENT))
        for row in Message.objects.order_by("put_at", "pk")
    ]


def words() -> list[str]:
    return [opened(row.body_cipher, message_id=row.pk, column=BODY) for row in Message.objects.all()]


def test_of_a_link_and_its_end(resident):
    link = linked(family_member(), resident)
    services.end_link(link_id=link.pk, reason="mistaken", actor=staff("440106"))

    assert told() == [("link_confirmed", "text", MOBILE), ("link_ended", "text", MOBILE)]


def test_of_a_mandate_and_of_its_end_by_word_or_by_time(resident):
    first, _second = a_mandate(family(), resident), a_mandate(family(), resident)
    consents.withdraw_mandate(mandate_id=first.pk, saying=BY_TELEPHONE, actor=staff("440106"))
    with frozen(today() + timedelta(days=366)):
        consents.sweep()

    begun = ["mandate_valid", "mandate_agent"] * 2
    ended = ["mandate_ended", "mandate_agent_ended", "mandate_ended"]  # of its day the paper told its agent
    assert [topic for topic, _kind, _number in told()] == [*begun, *ended]


@pytest.mark.parametrize("saying", [AT_COUNTER, BY_TELEPHONE])
def test_of_a_consent_and_its_withdrawal_that_one_officer_wrote_down(resident, saying):
    consent = a_consent(resident, staff("440106"), saying)
    with pytest.raises(AlreadyGiven):
        a_consent(resident, staff("440106"), saying)
    consents.withdraw_consent(consent_id=consent.pk, saying=saying, actor=staff("440106"))

    assert told() == [("consent_given", "text", MOBILE), ("consent_withdrawn", "text", MOBILE)]


@pytest.mark.parametrize("by", GivenBy)
def test_of_a_consent_on_the_page_unless_she_said_it_herself(resident, by):
    speaker, saying = family_member(), Saying("online", "会话", by)
    if by == GivenBy.AGENT:
        a_mandate(speaker, resident)
    else:
        linked(speaker, resident, "self" if by == GivenBy.RESIDENT else "guardian")
    before = len(told())
    consent = a_consent(resident, speaker, saying)
    consents.withdraw_consent(consent_id=consent.pk, saying=saying, actor=speaker)

    hers = by == GivenBy.RESIDENT
    expected = [] if hers else [("consent_given", "text", MOBILE), ("consent_withdrawn", "text", MOBILE)]
    assert told()[before:] == expected


def test_of_a_consent_whose_time_is_over_nobody_is_told(resident):
    a_consent(resident)
    with frozen(today() + timedelta(days=366)):
        consents.sweep()

    assert [topic for topic, _kind, _number in told()] == ["consent_given"]


def test_of_what_a_law_opens_and_of_what_two_people_open_against_her_withdrawal(resident):
    a_legal_share(resident, staff("440106"))
    consent = a_consent(resident, fields=("name",), separate=(), purpose="benefit_check")
    consents.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    _override(consent)

    topics = ["legalshare_live", "consent_given", "consent_withdrawn", "consent_overridden"]
    assert told() == [(topic, "text", MOBILE) for topic in topics]


def test_nothing_in_the_words_of_what_is_opened_tells_of_anybody(resident):
    a_legal_share(resident, staff("440106"))
    consent = a_consent(resident, fields=("name",), separate=(), purpose="benefit_check")
    consents.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    _override(consent)

    assert len(words()) == 4
    for body in words():
        assert not any(each in body for each in ("单雪雁", resident.number, MOBILE, "重庆", "姓名", "录音"))
    assert all(topic_label(topic) != topic for topic, _kind, _number in told())


def _override(consent) -> None:
    proposal = consents.propose_override(
        consent_id=consent.pk,
        duty=Duty("benefit_duty", "核对异地补贴", "短信2026-9"),
        expires_on=today() + timedelta(days=30),
        actor=staff("440106"),
    )
    desk.approve(proposal_id=proposal.pk, actor=staff("4401"))


def test_nothing_in_the_words_tells_of_anybody(resident):
    agent = family_member("10055500099")
    linked(agent, resident)
    mandate = a_mandate(agent, resident)
    consents.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=staff("440106"))

    assert len(words()) == 5
    for body in words():
        assert not any(each in body for each in ("单雪雁", resident.number, MOBILE, "10055500099", "监护"))
    assert MOBILE not in dump()
    assert all(topic_label(topic) != topic for topic, _kind, _number in told())


def test_a_fixed_line_is_called_and_without_one_of_her_own_her_contact_is_told():
    linked(family_member(), ResidentFactory(phone=FIXED))
    linked(family_member(), ResidentFactory(phone=None, contact_phone=CONTACT))
    linked(family_member(), ResidentFactory(phone=None, contact_phone=None))

    assert [each[1:] for each in told()] == [("voice", FIXED), ("text", CONTACT)]


def test_that_she_was_told_stands_in_the_trail(resident):
    linked(family_member(), resident)

    assert AuditEntry.objects.get(action="resident.told").facts == {"topic": "link_confirmed"}


def test_of_the_dead_nobody_is_told(resident):
    a_mandate(family(), resident)
    services.record_death(resident_id=resident.pk, died_on=today(), actor=SYSTEM)

    assert consents.sweep() == 1

    assert [topic for topic, _kind, _number in told()] == ["mandate_valid", "mandate_agent"]


def test_of_a_registration_that_went_into_another_the_person_is_told(resident, own_keyring):
    goes = ResidentFactory(phone=FIXED, home_division_code="440300")
    link = linked(family_member(), goes)
    merged(goes, resident)

    services.end_link(link_id=link.pk, reason="mistaken", actor=staff("440106"))

    assert told()[-1] == ("link_ended", "text", MOBILE)
    assert Resident.objects.get(pk=goes.pk).status == "merged"
