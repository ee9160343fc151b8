"""A resident is told what is done in her name; whoever picks up her telephone learns nothing else."""

from datetime import timedelta

import pytest

from residents.consents import services as consents
from residents.registry import services
from residents.registry.models import Resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, RECIPIENT, opened
from sojourn.messages.topics import topic_label
from tests.factories.consents import BY_TELEPHONE, a_mandate
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
