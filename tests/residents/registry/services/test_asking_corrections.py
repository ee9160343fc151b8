"""Who may see a resident asks for a correction; the bureau decides, and what stood before stays in the history."""

import pytest

from residents.registry import services
from residents.registry.errors import (
    FactsInvalid,
    FamiliesOnly,
    FieldsUnknown,
    NoSuchRequest,
    NoSuchResident,
    RequestHeld,
)
from residents.registry.models import CorrectionRequest, Resident
from residents.registry.safe import index_of
from residents.registry.states import REQUEST_FLOW, CorrectionRefusal, RequestStatus
from sojourn.core.clock import now
from sojourn.core.identifiers import IdentityInvalid
from sojourn.core.refusals import WrongStatus
from sojourn.desk.models import WorkItem
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
PHONE = "10055501234"


@pytest.fixture
def father():
    return ResidentFactory()


@pytest.fixture
def guardian(father):
    actor = family_member()
    linked(actor, father)
    return actor


def ask(father: Resident, actor, field: str = "phone", wanted: str = PHONE) -> CorrectionRequest:
    return services.ask_correction(resident_id=father.pk, field=field, wanted=wanted, actor=actor)


def test_what_is_asked_waits_ten_working_days_at_the_desk_of_her_home(father, guardian):
    request = ask(father, guardian)

    item = WorkItem.objects.unfinished().get(queue="correction_requests")
    assert (item.subject_id, item.division_code, item.working_days) == (str(request.pk), "440106", 10)
    assert PHONE not in dump()


def test_what_was_asked_is_registered_and_what_stood_before_is_in_the_history(father, guardian):
    request = ask(father, guardian)
    before = father.phone_cipher

    services.grant_correction(request_id=request.pk, actor=staff("440106"))

    father.refresh_from_db()
    assert bytes(father.phone_index) == index_of("phone", PHONE)
    events = next(iter(Resident.pgh_event_models.values())).objects.filter(pgh_obj_id=father.pk)
    assert before in set(events.values_list("phone_cipher", flat=True))
    request.refresh_from_db()
    assert (request.status, request.wanted_cipher) == (RequestStatus.GRANTED, None)
    assert not WorkItem.objects.unfinished().exists()


def test_what_is_refused_stays_and_the_reason_is_told(father, guardian):
    request = ask(father, guardian)

    services.refuse_correction(request_id=request.pk, reason="not_proven", actor=staff("440106"))

    assert Resident.objects.get(pk=father.pk).phone_cipher == father.phone_cipher
    assert CorrectionRequest.objects.get().refusal == CorrectionRefusal.NOT_PROVEN


@pytest.mark.parametrize(
    ("field", "wanted", "refusal"),
    [
        ("phone", "12", FactsInvalid),
        ("name", "", FactsInvalid),
        ("phone", " ", FieldsUnknown),
        ("identity_number", "110101194901010010", IdentityInvalid),
        ("birth_on", "1949-01-01", FieldsUnknown),
        ("mobility", "walks", FieldsUnknown),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(father, guardian, field, wanted, refusal):
    with pytest.raises(refusal):
        ask(father, guardian, field, wanted)

    assert not WorkItem.objects.exists()


def test_of_one_field_one_correction_waits(father, guardian):
    ask(father, guardian)

    with pytest.raises(RequestHeld):
        ask(father, guardian, wanted="10055504321")

    assert ask(father, guardian, "contact_phone")


def test_who_does_not_see_her_asks_nothing(father):
    with pytest.raises(NoSuchResident):
        ask(father, family_member())
    with pytest.raises(FamiliesOnly):
        ask(father, staff("440106"))


@pytest.mark.parametrize("divisions", [("440300",), ()])
def test_another_bureau_does_not_decide(father, guardian, divisions):
    request = ask(father, guardian)

    with pytest.raises(NoSuchRequest):
        services.grant_correction(request_id=request.pk, actor=staff(*divisions))
    with pytest.raises(NoSuchRequest):
        services.grant_correction(request_id=request.pk, actor=guardian)

    assert CorrectionRequest.objects.get().status == RequestStatus.WAITING


@pytest.mark.parametrize("status", sorted(set(RequestStatus) - REQUEST_FLOW.sources("grant")))
def test_what_is_decided_is_decided(father, guardian, status):
    request = ask(father, guardian)
    refusal = CorrectionRefusal.NOT_PROVEN if status == RequestStatus.REFUSED else ""
    CorrectionRequest.objects.filter(pk=request.pk).update(
        status=status, wanted_cipher=None, decided_at=now(), refusal=refusal
    )

    with pytest.raises(WrongStatus):
        services.grant_correction(request_id=request.pk, actor=staff("440106"))

    assert Resident.objects.get(pk=father.pk).phone_cipher == father.phone_cipher
