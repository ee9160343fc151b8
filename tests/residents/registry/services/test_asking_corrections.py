"""Who may see a resident asks for a correction; the bureau decides, and what stood before stays in the history."""

import pytest

from residents.registry import services
from residents.registry.errors import (
    AlreadyRegistered,
    AskersOnly,
    CaseMissing,
    FactsInvalid,
    FieldsUnknown,
    HomeElsewhere,
    MayNotSpeak,
    NoSuchRequest,
    NoSuchResident,
    PurposeMissing,
    RequestHeld,
)
from residents.registry.models import CorrectionRequest, Disclosure, Resident
from residents.registry.safe import index_of
from residents.registry.states import REQUEST_FLOW, CorrectionRefusal, RequestStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.identifiers import IdentityInvalid, sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import NotVisible, SecondFactorNeeded, WrongStatus
from sojourn.desk.models import WorkItem
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload, read_file
from tests.factories.consents import a_mandate
from tests.factories.files import picture
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import family, staff
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


def ask(father: Resident, actor, field: str = "phone", value: object = PHONE) -> CorrectionRequest:
    return services.ask_correction(resident_id=father.pk, field=field, value=value, actor=actor)


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
    assert father.phone_indexes == [index_of("phone", PHONE)]
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
    ("field", "value", "refusal"),
    [
        ("phone", "12", FactsInvalid),
        ("name", "", FactsInvalid),
        ("phone", " ", FieldsUnknown),
        ("identity_number", "110101194901010010", IdentityInvalid),
        ("dialect", "latin", FactsInvalid),
        ("diets", ["halal", "gold"], FactsInvalid),
        ("mobility", "flies", FactsInvalid),
        ("benefit_category", "rich", FactsInvalid),
        ("home_division", "440000", FactsInvalid),
        ("home_division", "449999", FactsInvalid),
        ("home_division", "230103", HomeElsewhere),
        ("assessment", "mild", FieldsUnknown),
        ("whereabouts_protected", False, FieldsUnknown),
    ],
)
def test_what_cannot_be_right_is_refused_at_once(father, guardian, field, value, refusal):
    with pytest.raises(refusal):
        ask(father, guardian, field, value)

    assert not WorkItem.objects.exists()


def test_of_one_field_one_correction_waits(father, guardian):
    ask(father, guardian)

    with pytest.raises(RequestHeld):
        ask(father, guardian, value="10055504321")

    assert ask(father, guardian, "contact_phone")


def test_who_does_not_see_her_asks_nothing(father):
    with pytest.raises(NoSuchResident):
        ask(father, family_member())
    with pytest.raises(AskersOnly):
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


# --- who may ask ----------------------------------------------------------------------------------
def test_to_see_her_is_not_to_speak_for_her(father):
    relative = family_member()
    AccessFactory(resident=father, to_user=True, holder_id=relative.user_id)

    with pytest.raises(MayNotSpeak):
        ask(father, relative)

    assert not services.may_ask(relative, father)
    assert not WorkItem.objects.exists()


@pytest.mark.parametrize(
    ("acts", "may"), [(["read_records", "book", "complain"], False), (["consent"], True)]
)
def test_an_agent_asks_where_her_mandate_lets_her_say_yes(father, acts, may):
    agent = family()
    a_mandate(agent, father, may_do=acts)

    if may:
        assert ask(father, agent)
    else:
        with pytest.raises(MayNotSpeak):
            ask(father, agent)
    assert CorrectionRequest.objects.exists() is may


# --- what the officer reads before she decides ----------------------------------------------------
REVEAL = {"purpose": "verification", "case": "GZ-7"}


def test_what_stands_and_what_is_asked_for_is_read_in_plain_and_she_reads_of_it(guardian):
    father = ResidentFactory(phone="00000000001")
    linked(guardian, father)
    request = ask(father, guardian)

    told = services.reveal_wanted(request_id=request.pk, actor=staff("440106"), **REVEAL)

    assert (told.label, told.registered, told.wanted) == ("本人电话", "00000000001", PHONE)
    assert PHONE not in repr(told)
    shown = Disclosure.objects.get()
    assert (shown.resident, shown.fields, shown.case) == (father, ["phone"], "GZ-7")
    assert "查看了本人电话，用途：信息核对与更正" in services.disclosures_of(father, SYSTEM)[0]


@pytest.mark.parametrize(
    ("who", "other", "refusal"),
    [
        (("440300",), {}, NoSuchRequest),
        (("440106",), {"purpose": ""}, PurposeMissing),
        (("440106",), {"case": " "}, CaseMissing),
    ],
)
def test_without_reach_purpose_or_case_it_is_not_read(father, guardian, who, other, refusal):
    request = ask(father, guardian)

    with pytest.raises(refusal):
        services.reveal_wanted(request_id=request.pk, actor=staff(*who), **REVEAL | other)

    assert not Disclosure.objects.exists()


def test_it_is_not_read_without_a_second_factor_nor_by_who_asked_nor_once_it_is_decided(father, guardian):
    request = ask(father, guardian)
    with pytest.raises(SecondFactorNeeded):
        services.reveal_wanted(request_id=request.pk, actor=staff("440106", second_factor=False), **REVEAL)
    with pytest.raises(NoSuchRequest):
        services.reveal_wanted(request_id=request.pk, actor=guardian, **REVEAL)

    services.refuse_correction(request_id=request.pk, reason="not_proven", actor=staff("440106"))

    with pytest.raises(WrongStatus):
        services.reveal_wanted(request_id=request.pk, actor=staff("440106"), **REVEAL)
    assert not Disclosure.objects.exists()


def test_a_number_that_stands_elsewhere_is_not_granted_and_that_is_a_look_up(father, guardian):
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=1)
    number, officer = sample_identity(9_400_001, BORN), staff("440106")
    ResidentFactory(identity_number=number, home_division_code="230103")
    request = ask(father, guardian, "identity_number", number)

    with pytest.raises(AlreadyRegistered):
        services.grant_correction(request_id=request.pk, actor=officer)

    assert AuditEntry.objects.filter(action="resident.known", actor_user_id=officer.user_id).count() == 1
    assert CorrectionRequest.objects.get().status == RequestStatus.WAITING
    assert WorkItem.objects.unfinished().exists()


# --- the picture of what proves it ----------------------------------------------------------------
@pytest.fixture
def proven(father, guardian):
    return services.ask_correction(
        resident_id=father.pk, field="phone", value=PHONE, scan=Upload("x.jpg", picture()), actor=guardian
    )


def test_the_proof_is_seen_by_who_sent_it_while_it_waits_and_by_the_officers_of_her_home(proven, guardian):
    photo = StoredFile.objects.get()

    for actor in (guardian, staff("440106")):
        assert read_file(file_id=photo.pk, actor=actor)
    for stranger in (family_member(), staff("440300"), staff("440106", second_factor=False)):
        with pytest.raises(NotVisible):
            read_file(file_id=photo.pk, actor=stranger)
    services.grant_correction(request_id=proven.pk, actor=staff("440106"))

    assert read_file(file_id=photo.pk, actor=staff("440106"))
    with pytest.raises(NotVisible):
        read_file(file_id=photo.pk, actor=guardian)


def test_she_reads_who_downloaded_the_proof(proven, father):
    read_file(file_id=StoredFile.objects.get().pk, actor=staff("440106"))

    (sentence,) = services.disclosures_of(father, SYSTEM)

    assert sentence.endswith("下载了更正申请的证明材料")


def test_refused_the_proof_is_destroyed(proven):
    services.refuse_correction(request_id=proven.pk, reason="not_proven", actor=staff("440106"))

    assert StoredFile.objects.get().status == "erased"


def test_with_the_resident_the_proof_of_a_correction_is_destroyed(proven, father, own_keyring):
    services.grant_correction(request_id=proven.pk, actor=staff("440106"))
    assert StoredFile.objects.get().status != "erased"

    services.erase_resident(resident_id=father.pk, ground="period_over", actor=SYSTEM)

    assert StoredFile.objects.get().status == "erased"
