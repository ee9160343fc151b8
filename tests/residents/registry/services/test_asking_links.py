"""A family asks to be linked; the bureau answers, and nobody learns who is registered."""

import pytest

from residents.registry import services
from residents.registry.errors import (
    FactsInvalid,
    FamiliesOnly,
    NoSuchRequest,
    PersonDiffers,
    ProofUnfit,
    RequestHeld,
    TooManyRequests,
)
from residents.registry.models import Link, LinkRequest, Resident
from residents.registry.states import REQUEST_FLOW, LinkRefusal, RequestStatus
from sojourn.core.clock import now
from sojourn.core.identifiers import IdentityInvalid, sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.desk.models import WorkItem
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, opened
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.registry.families import ask, family_member, proven

pytestmark = pytest.mark.django_db
NUMBER, UNKNOWN = sample_identity(9_000_001, BORN), sample_identity(9_000_003, BORN)


@pytest.fixture
def father():
    return ResidentFactory(identity_number=NUMBER, name="单雪雁")


def waiting() -> WorkItem:
    return WorkItem.objects.unfinished().get(queue="link_requests")


def test_what_is_asked_waits_at_the_desk_of_her_home(father):
    request = ask(family_member(), identity_number=NUMBER)

    assert (waiting().subject_id, waiting().division_code) == (str(request.pk), "440106")
    assert waiting().working_days == 5


def test_who_is_registered_is_not_told_by_the_answer(father):
    daughter = family_member()

    known, unknown = (ask(daughter, identity_number=number) for number in (NUMBER, UNKNOWN))

    differing = {
        field.name
        for field in LinkRequest._meta.concrete_fields
        if getattr(known, field.attname) != getattr(unknown, field.attname)
    }
    assert differing == {
        "id",
        "name_cipher",
        "identity_cipher",
        "identity_index",
        "division_code",
        "asked_at",
    }


def test_what_she_typed_stands_nowhere_in_the_database(father):
    ask(family_member(), identity_number=UNKNOWN, name="金丝雀")

    copy = dump()

    assert UNKNOWN not in copy
    assert "金丝雀" not in copy


def test_the_officer_grants_it_and_the_link_stands(father):
    daughter = family_member()
    request = ask(daughter, identity_number=NUMBER, relation="guardian")

    services.grant_request(request_id=request.pk, actor=staff("440106"))

    request.refresh_from_db()
    assert request.status == RequestStatus.GRANTED
    assert request.link.resident == father
    assert Resident.objects.visible_to(daughter).contains(father)
    assert (request.name_cipher, request.identity_cipher, request.identity_index) == (None, None, None)
    assert not WorkItem.objects.unfinished().exists()


def test_who_asked_is_told_to_look_and_nothing_else(father):
    request = ask(family_member(), identity_number=NUMBER)

    services.refuse_request(request_id=request.pk, reason="not_matching", actor=staff("440106"))

    message = Message.objects.get()
    words = opened(message.body_cipher, message_id=message.pk, column=BODY)
    assert "已有结果" in words
    assert father.name not in words


@pytest.mark.parametrize(
    ("number", "name"), [(UNKNOWN, "单雪雁"), (NUMBER, "单雪燕")], ids=["nobody", "another name"]
)
def test_what_does_not_match_is_not_granted_and_refused_in_the_same_words(father, number, name):
    daughter = family_member()
    request = ask(daughter, identity_number=number, name=name)
    officer = staff("44")

    with pytest.raises(PersonDiffers):
        services.grant_request(request_id=request.pk, actor=officer)
    assert LinkRequest.objects.get().status == RequestStatus.WAITING
    services.refuse_request(request_id=request.pk, reason="not_matching", actor=officer)

    assert LinkRequest.objects.get().get_refusal_display() == "所填信息核对不上"
    assert not Link.objects.exists()


def test_she_asks_no_more(father):
    daughter = family_member()
    request = ask(daughter, identity_number=NUMBER)

    services.withdraw_request(request_id=request.pk, actor=daughter)

    assert LinkRequest.objects.get().status == RequestStatus.WITHDRAWN
    assert not WorkItem.objects.unfinished().exists()
    assert not Message.objects.exists()


def test_for_one_person_she_asks_once_at_a_time(father):
    daughter = family_member()
    ask(daughter, identity_number=NUMBER)

    with pytest.raises(RequestHeld):
        ask(daughter, identity_number=NUMBER)

    assert LinkRequest.objects.count() == WorkItem.objects.count() == 1


def test_five_wait_and_no_more():
    daughter = family_member()
    for n in range(5):
        ask(daughter, identity_number=sample_identity(9_100_001 + 2 * n, BORN))

    with pytest.raises(TooManyRequests):
        ask(daughter, identity_number=NUMBER)
    assert ask(family_member(), identity_number=NUMBER)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"identity_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, IdentityInvalid),
        ({"name": "12"}, FactsInvalid),
        ({"proven": proven("guardian", proof="household_register")}, ProofUnfit),
        ({"proven": proven("child", reference="9" * 81)}, FactsInvalid),
    ],
)
def test_what_cannot_be_is_refused_and_not_repeated(words, refusal):
    said = {"name": "单雪雁", "identity_number": NUMBER, "proven": proven("child")} | words

    with pytest.raises(refusal) as refused:
        services.ask_link(**said, actor=family_member())

    assert NUMBER[:-1] not in str(refused.value.errors)
    assert not WorkItem.objects.exists()


def test_staff_ask_for_nobody():
    with pytest.raises(FamiliesOnly):
        ask(staff("440106"), identity_number=NUMBER)


@pytest.mark.parametrize("verb", [services.grant_request, services.withdraw_request])
def test_somebody_elses_request_does_not_exist(father, verb):
    request = ask(family_member(), identity_number=NUMBER)

    for actor in (staff("440300"), family_member()):
        with pytest.raises(NoSuchRequest):
            verb(request_id=request.pk, actor=actor)

    assert LinkRequest.objects.get().status == RequestStatus.WAITING
    assert waiting()


@pytest.mark.parametrize("status", sorted(set(RequestStatus) - REQUEST_FLOW.sources("refuse")))
def test_what_is_decided_is_decided(father, status):
    request = ask(family_member(), identity_number=NUMBER)
    over = {"name_cipher": None, "identity_cipher": None, "identity_index": None, "decided_at": now()}
    if status == RequestStatus.GRANTED:
        services.grant_request(request_id=request.pk, actor=staff("440106"))
    else:
        refusal = LinkRefusal.NOT_MATCHING if status == RequestStatus.REFUSED else ""
        LinkRequest.objects.filter(pk=request.pk).update(status=status, refusal=refusal, **over)
    before = AuditEntry.objects.filter(subject_id=str(request.pk)).count()

    with pytest.raises(WrongStatus):
        services.refuse_request(request_id=request.pk, reason="not_matching", actor=staff("440106"))

    assert LinkRequest.objects.get().status == status
    assert AuditEntry.objects.filter(subject_id=str(request.pk)).count() == before
