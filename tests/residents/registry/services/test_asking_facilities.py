"""A facility asks for what is open to it, and she reads of it; who asked takes it back."""

import pytest

from residents.registry import services
from residents.registry.errors import (
    FieldsNotOpen,
    NoSuchRequest,
    NoSuchResident,
    RequestHeld,
    TooManyRequests,
)
from residents.registry.models import Access, CorrectionRequest, Resident
from residents.registry.places import correction_title
from residents.registry.safe import index_of
from residents.registry.states import CORRECTABLE, REQUEST_FLOW, RequestStatus, ResidentStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.constraints import refusing
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.desk.models import WorkItem
from sojourn.files.models import StoredFile
from sojourn.files.services import Upload
from sojourn.messages.models import Message
from tests.factories.facilities import FacilityFactory
from tests.factories.files import picture
from tests.factories.provinces import RuleFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import account_of, staff
from tests.residents.dumping import dump
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
PHONE = "10055501234"


@pytest.fixture
def facility():
    return FacilityFactory(listed_name="样例云栖颐养院")


@pytest.fixture
def mother(facility):
    resident = ResidentFactory()
    AccessFactory(resident=resident, holder_id=facility.pk)
    return resident


@pytest.fixture
def guardian(mother):
    actor = family_member()
    linked(actor, mother)
    return actor


def ask(resident: Resident, actor, field: str = "phone", value: str = PHONE) -> CorrectionRequest:
    return services.ask_correction(resident_id=resident.pk, field=field, value=value, actor=actor)


def test_what_a_facility_asks_waits_at_the_desk_of_her_home_which_reads_who_asked(mother, facility):
    request = ask(mother, account_of(facility.pk))

    item = WorkItem.objects.unfinished().get(queue="correction_requests")
    assert (item.division_code, item.working_days) == ("440106", 10)
    assert correction_title(item) == "样例云栖颐养院养老机构账号申请更正：本人电话"
    assert (request.facility, request.user_id) == (facility, None)
    assert PHONE not in dump()
    assert AuditEntry.objects.get(action="correctionrequest.made").actor_role == "facility"


def test_of_a_person_who_asked_the_desk_reads_her_role_alone(mother, guardian):
    ask(mother, guardian)

    title = correction_title(WorkItem.objects.unfinished().get(queue="correction_requests"))

    assert title == "老年人及家属申请更正：本人电话"


@pytest.mark.parametrize("field", sorted(dict(CORRECTABLE).keys() - {"name", "phone"}))
def test_what_is_not_open_to_it_a_facility_does_not_ask(mother, facility, field):
    with pytest.raises(FieldsNotOpen):
        ask(mother, account_of(facility.pk), field)

    assert not WorkItem.objects.exists()


def test_without_an_access_in_force_there_is_nobody_to_ask_about(facility):
    over = ResidentFactory()
    AccessFactory(resident=over, holder_id=facility.pk, over=True)

    for resident in (over, ResidentFactory()):
        with pytest.raises(NoSuchResident):
            ask(resident, account_of(facility.pk))

    assert not CorrectionRequest.objects.exists()


def test_granted_it_is_registered_and_nobody_is_written_to(mother, facility):
    request = ask(mother, account_of(facility.pk))

    services.grant_correction(request_id=request.pk, actor=staff("440106"))

    mother.refresh_from_db()
    assert mother.phone_indexes == [index_of("phone", PHONE)]
    assert not Message.objects.filter(topic="request_decided").exists()
    assert SYSTEM.user_id is None  # a job is not who asked, though neither has an account


def test_her_own_request_and_that_of_each_facility_wait_side_by_side(mother, facility, guardian):
    other = FacilityFactory()
    AccessFactory(resident=mother, holder_id=other.pk)
    for actor in (guardian, account_of(facility.pk), account_of(other.pk)):
        ask(mother, actor)

        with pytest.raises(RequestHeld):
            ask(mother, actor, value="10055504321")

    assert CorrectionRequest.objects.waiting().count() == 3


def test_the_database_too_lets_one_of_a_facility_wait_and_knows_who_asked(mother, facility, guardian):
    request = ask(mother, account_of(facility.pk))
    again = CorrectionRequest(
        resident=mother, facility=facility, field="phone", wanted_cipher="x", asked_at=now()
    )
    with (
        pytest.raises(RequestHeld),
        refusing("correction_one_waiting_a_facility", RequestHeld),
    ):
        again.save()

    for columns in ({"facility": None}, {"user_id": guardian.user_id}):
        with pytest.raises(RequestHeld), refusing("correction_asked_by_one", RequestHeld):
            CorrectionRequest.objects.filter(pk=request.pk).update(**columns)


def test_so_many_of_one_facility_wait_and_no_more(mother, facility):
    RuleFactory(key="facility_corrections_waiting", member_id="440000", value=1)
    ask(mother, account_of(facility.pk))

    with pytest.raises(TooManyRequests):
        ask(mother, account_of(facility.pk), "name", "单雪燕")

    assert CorrectionRequest.objects.count() == 1
    assert WorkItem.objects.count() == 1
    other = FacilityFactory()
    AccessFactory(resident=mother, holder_id=other.pk)
    assert ask(mother, account_of(other.pk)).facility == other


# --- whose requests are seen ----------------------------------------------------------------------
def test_a_facility_sees_its_own_requests_as_long_as_she_is_open_to_it(mother, facility, guardian):
    request = ask(mother, account_of(facility.pk))
    ask(mother, guardian, "name", "单雪燕")
    AccessFactory(resident=mother, holder_id=facility.pk, fields=["name"])
    own = CorrectionRequest.objects.visible_to(account_of(facility.pk))
    assert list(own) == [request]
    assert not CorrectionRequest.objects.visible_to(account_of(FacilityFactory().pk)).exists()

    Access.objects.filter(holder_id=facility.pk).update(ends_at=now())

    assert not CorrectionRequest.objects.visible_to(account_of(facility.pk)).exists()


def test_it_still_sees_what_it_asked_where_her_registration_went_into_another(mother, facility):
    request, stays = ask(mother, account_of(facility.pk)), ResidentFactory()
    Resident.objects.filter(pk=mother.pk).update(status=ResidentStatus.MERGED, merged_into=stays)
    Access.objects.filter(resident=mother).update(resident=stays)

    assert list(CorrectionRequest.objects.visible_to(account_of(facility.pk))) == [request]


def test_a_family_sees_its_own_and_the_staff_those_of_their_reach(mother, facility, guardian):
    theirs, own = ask(mother, account_of(facility.pk)), ask(mother, guardian)

    seen = CorrectionRequest.objects.visible_to

    assert list(seen(guardian)) == [own]
    assert set(seen(staff("440106"))) == {own, theirs}
    assert not seen(staff("440105")).exists()


def test_who_speaks_for_her_reads_which_facility_asked_about_what(mother, facility, guardian):
    ask(mother, account_of(facility.pk))

    (read,) = services.asked_by_facilities(mother, guardian)

    assert (read.facility, read.request.field) == ("样例云栖颐养院", "phone")
    assert services.asked_by_facilities(mother, family_member()) == []
    for answer in (True, None):  # not asked is protected
        Resident.objects.filter(pk=mother.pk).update(whereabouts_protected=answer)
        mother.refresh_from_db()
        assert [each.facility for each in services.asked_by_facilities(mother, guardian)] == ["一家养老机构"]


# --- taken back -----------------------------------------------------------------------------------
def test_who_asked_takes_it_back_and_what_was_sent_is_gone(mother, facility, guardian):
    proof = Upload("x.jpg", picture())
    own = services.ask_correction(
        resident_id=mother.pk, field="phone", value=PHONE, scan=proof, actor=guardian
    )
    theirs = ask(mother, account_of(facility.pk))

    services.withdraw_correction(request_id=own.pk, actor=guardian)
    services.withdraw_correction(request_id=theirs.pk, actor=account_of(facility.pk))

    assert set(CorrectionRequest.objects.values_list("status", "wanted_cipher")) == {("withdrawn", None)}
    assert StoredFile.objects.get().status == "erased"
    assert not WorkItem.objects.unfinished().exists()
    assert not Message.objects.filter(topic="request_decided").exists()
    assert AuditEntry.objects.filter(action="correctionrequest.withdrawn").count() == 2
    assert ask(mother, guardian)


def test_nobody_takes_back_what_another_asked(mother, facility, guardian):
    own, theirs = ask(mother, guardian), ask(mother, account_of(facility.pk))
    tries = [
        (own, account_of(facility.pk)),
        (own, family_member()),
        (theirs, guardian),
        (theirs, account_of(FacilityFactory().pk)),
        (own, staff("440106")),
        (theirs, staff("440106")),
    ]

    for request, actor in tries:
        with pytest.raises(NoSuchRequest):
            services.withdraw_correction(request_id=request.pk, actor=actor)

    assert CorrectionRequest.objects.waiting().count() == 2


@pytest.mark.parametrize("status", sorted(set(RequestStatus) - REQUEST_FLOW.sources("withdraw")))
def test_what_is_over_is_not_taken_back(mother, guardian, status):
    request = ask(mother, guardian)
    refusal = "not_proven" if status == RequestStatus.REFUSED else ""
    CorrectionRequest.objects.filter(pk=request.pk).update(
        status=status, wanted_cipher=None, decided_at=now(), refusal=refusal
    )

    with pytest.raises(WrongStatus):
        services.withdraw_correction(request_id=request.pk, actor=guardian)

    assert CorrectionRequest.objects.get().status == status
