from datetime import date
from uuid import uuid4

import pytest

from providers.designation import services
from providers.designation.errors import (
    AlreadyDesignated,
    BatchKnown,
    DesignationInvalid,
    FacilityBarred,
    FacilityNotOperating,
    FacilityOutsideMember,
    NoSuchBase,
    NoSuchBatch,
    NoSuchScheme,
    NotYetExpired,
    NotYourMember,
    PlaceInListTaken,
    SchemeKnown,
)
from providers.designation.listing import ListEntry, NewBatch, NewScheme
from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.designation.states import BASE_FLOW, BaseStatus
from providers.facilities.errors import NoSuchFacility, ReasonMissing
from providers.facilities.models import Facility, Operator
from sojourn.core import numbers
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.clock import frozen
from sojourn.core.models import AuditEntry, HostedMember
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.designation import BaseFactory, BatchFactory, SchemeFactory
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.providers.actors import AUDITOR, CITY_OFFICER, COUNTY_OFFICER, PROVINCE_OFFICER, staff_of

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 30)
STRANGERS = [
    PUBLIC,
    AUDITOR,
    CITY_OFFICER,
    COUNTY_OFFICER,
    staff_of(),
    Actor(role=Role.ADMIN, divisions=("",)),
    Actor(role=Role.OFFICER, divisions=("23",)),
    Actor(role=Role.PEER, divisions=("44",)),
]


@pytest.fixture(autouse=True)
def october():
    with frozen(date(2026, 10, 1)):
        yield


def entry(**changes) -> ListEntry:
    return ListEntry(**({"listed_number": 3, "listed_name": "汀鹭颐养院", "designated_on": DAY} | changes))


def designate(facility, batch, actor=PROVINCE_OFFICER, **changes) -> Base:
    return services.designate_base(
        facility_id=facility.pk, batch_id=batch.pk, entry=entry(**changes), actor=actor
    )


def written() -> tuple:
    return Base.objects.count(), AuditEntry.objects.count()


def test_a_base_is_designated_by_one_line_of_a_list():
    facility, batch = FacilityFactory(open=True), BatchFactory()

    base = designate(facility, batch, valid_to=date(2028, 6, 30), plaque_number="样例牌1号")

    kept = Base.objects.get(pk=base.pk)
    assert (kept.facility, kept.batch, kept.scheme, kept.owner) == (facility, batch, batch.scheme, "440000")
    assert (kept.listed_number, kept.listed_name, kept.designated_on) == (3, "汀鹭颐养院", DAY)
    assert (kept.valid_to, kept.plaque_number, kept.status) == (date(2028, 6, 30), "样例牌1号", "designated")
    assert numbers.parse(kept.number).prefix == "BA"
    assert entries_about(kept).get().action == "base.designated"


def test_what_a_list_does_not_say_is_not_reported():
    base = designate(FacilityFactory(open=True), BatchFactory(), plaque_number="")

    kept = Base.objects.get(pk=base.pk)
    assert (kept.plaque_number, kept.valid_to, kept.ended_on) == (None, None, None)


@pytest.mark.parametrize("actor", STRANGERS)
def test_only_the_provincial_bureau_designates(actor):
    facility, batch = FacilityFactory(open=True), BatchFactory()
    before = written()

    with pytest.raises(NotYourMember):
        designate(facility, batch, actor=actor)

    assert written() == before


def refusal_of(make):
    """What refuses a designation, and that it left nothing behind."""
    facility, batch, changes = make()
    before = written()
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - the type is what is asked for
        designate(facility, batch, **changes)
    assert written() == before
    return refusal.type


def barred_operator():
    return OperatorFactory(standing="barred")


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (
            lambda: (FacilityFactory(open=True, division_id="230103"), BatchFactory(), {}),
            FacilityOutsideMember,
        ),
        (lambda: (FacilityFactory(closed=True), BatchFactory(), {}), FacilityNotOperating),
        (lambda: (FacilityFactory(open=True, standing="barred"), BatchFactory(), {}), FacilityBarred),
        (
            lambda: (FacilityFactory(open=True, operator=barred_operator()), BatchFactory(), {}),
            FacilityBarred,
        ),
        (lambda: (FacilityFactory(open=True), BatchFactory(), {"listed_number": 0}), DesignationInvalid),
        (lambda: (FacilityFactory(open=True), BatchFactory(), {"listed_name": " "}), DesignationInvalid),
        (
            lambda: (FacilityFactory(open=True), BatchFactory(), {"listed_name": "院" * 121}),
            DesignationInvalid,
        ),
        (
            lambda: (FacilityFactory(open=True), BatchFactory(), {"designated_on": date(2026, 10, 2)}),
            DesignationInvalid,
        ),
        (
            lambda: (FacilityFactory(open=True), BatchFactory(), {"valid_to": date(2025, 6, 29)}),
            DesignationInvalid,
        ),
        (lambda: (FacilityFactory.build(), BatchFactory(), {}), NoSuchFacility),
        (lambda: (FacilityFactory(open=True), Batch(pk=0), {}), NoSuchBatch),
    ],
)
def test_a_facility_that_cannot_be_a_base_is_refused(make, refusal):
    assert refusal_of(make) is refusal


def test_a_facility_under_focus_supervision_may_still_be_designated():
    assert designate(FacilityFactory(open=True, standing="focus_supervision"), BatchFactory()).pk


def test_a_live_designation_stands_in_the_way_of_another_in_its_scheme():
    live = BaseFactory()
    second = BatchFactory(scheme=live.scheme)
    before = written()

    with pytest.raises(AlreadyDesignated):
        designate(live.facility, second)

    assert written() == before
    assert designate(live.facility, BatchFactory()).pk  # another scheme


@pytest.mark.parametrize("over", [{"withdrawn": True}, {"expired": True}])
def test_a_designation_that_is_over_does_not(over):
    past = BaseFactory(**over)

    assert designate(past.facility, BatchFactory(scheme=past.scheme)).status == BaseStatus.DESIGNATED


def test_a_place_in_the_list_is_given_once():
    taken = BaseFactory(listed_number=3)
    before = written()

    with pytest.raises(PlaceInListTaken) as refusal:
        designate(FacilityFactory(open=True), taken.batch)

    assert "第3号" in str(refusal.value)
    assert written() == before


def test_a_designation_is_withdrawn_and_its_history_stays():
    base = BaseFactory()

    services.withdraw_base(base_id=base.pk, reason=" 停业 ", actor=PROVINCE_OFFICER)

    kept = Base.objects.get(pk=base.pk)
    assert (kept.status, kept.ended_on, kept.withdrawal_reason) == ("withdrawn", date(2026, 10, 1), "停业")
    assert kept.designated_on == base.designated_on
    assert entries_about(kept).get().action == "base.withdrawn"


def test_a_designation_expires_on_its_last_day():
    base = BaseFactory(valid_to=date(2026, 9, 30))

    services.expire_base(base_id=base.pk, actor=SYSTEM)

    kept = Base.objects.get(pk=base.pk)
    assert (kept.status, kept.ended_on) == ("expired", date(2026, 9, 30))


@pytest.mark.parametrize("valid_to", [None, date(2026, 10, 1), date(2027, 1, 1)])
def test_a_designation_that_is_still_valid_does_not_expire(valid_to):
    base = BaseFactory(valid_to=valid_to)
    before = written()

    with pytest.raises(NotYetExpired):
        services.expire_base(base_id=base.pk, actor=SYSTEM)

    assert Base.objects.get(pk=base.pk).status == BaseStatus.DESIGNATED
    assert written() == before


VERBS = {
    "withdraw": lambda pk, actor: services.withdraw_base(base_id=pk, reason="样例", actor=actor),
    "expire": lambda pk, actor: services.expire_base(base_id=pk, actor=actor),
}
STATES = {
    BaseStatus.DESIGNATED: {"valid_to": date(2026, 6, 30)},
    BaseStatus.WITHDRAWN: {"withdrawn": True},
    BaseStatus.EXPIRED: {"expired": True},
}


def test_every_verb_and_status_of_the_flow_is_covered():
    assert set(VERBS) == set(BASE_FLOW.labels)
    assert set(STATES) == set(BaseStatus)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", BaseStatus)
def test_a_verb_works_from_the_states_of_the_flow_only(verb, status):
    base = BaseFactory(**STATES[status])
    before = written()

    if status in BASE_FLOW.sources(verb):
        VERBS[verb](base.pk, PROVINCE_OFFICER)
        assert Base.objects.get(pk=base.pk).status == BASE_FLOW.after(verb, status)
    else:
        with pytest.raises(WrongStatus):
            VERBS[verb](base.pk, PROVINCE_OFFICER)
        assert Base.objects.get(pk=base.pk).status == status
        assert written() == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("actor", STRANGERS)
def test_strangers_end_no_designation(verb, actor):
    base = BaseFactory(valid_to=date(2026, 6, 30))
    before = written()

    with pytest.raises(NotYourMember):
        VERBS[verb](base.pk, actor)

    assert Base.objects.get(pk=base.pk).status == BaseStatus.DESIGNATED
    assert written() == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_base_that_she_cannot_see_does_not_exist_for_her(verb):
    hidden = BaseFactory(facility=FacilityFactory())

    for base_id in (hidden.pk, uuid4()):
        with pytest.raises(NoSuchBase):
            VERBS[verb](base_id, Actor(role=Role.OFFICER, divisions=("23",)))

    assert Base.objects.get(pk=hidden.pk).status == BaseStatus.DESIGNATED


def test_a_withdrawal_without_a_reason_is_refused():
    base = BaseFactory()

    with pytest.raises(ReasonMissing):
        services.withdraw_base(base_id=base.pk, reason=" ", actor=PROVINCE_OFFICER)

    assert Base.objects.get(pk=base.pk).status == BaseStatus.DESIGNATED


def test_a_scheme_and_its_lists_are_put_on_record():
    scheme = services.register_scheme(
        member_code="440000", scheme=NewScheme("样例方案", "2026", "样例来源"), actor=PROVINCE_OFFICER
    )
    batch = services.announce_batch(
        scheme_id=scheme.pk, batch=NewBatch(1, DAY, "样例民政厅", "样例来源"), actor=PROVINCE_OFFICER
    )

    assert (scheme.stages, scheme.issued_on) == ([], None)
    assert (batch.member_id, batch.ordinal, batch.announced_on, batch.plaques_on) == ("440000", 1, DAY, None)
    assert [e.action for e in (*entries_about(scheme), *entries_about(batch))] == [
        "scheme.registered",
        "batch.announced",
    ]


@pytest.mark.parametrize("actor", STRANGERS)
def test_only_the_provincial_bureau_puts_lists_on_record(actor):
    scheme = SchemeFactory()
    before = Scheme.objects.count(), Batch.objects.count(), written()

    with pytest.raises(NotYourMember):
        services.register_scheme(member_code="440000", scheme=NewScheme("样例", "2026", "样例"), actor=actor)
    with pytest.raises(NotYourMember):
        services.announce_batch(scheme_id=scheme.pk, batch=NewBatch(1, DAY, "样例", "样例"), actor=actor)

    assert (Scheme.objects.count(), Batch.objects.count(), written()) == before


def test_a_list_that_stands_or_cannot_be_is_refused():
    known = BatchFactory()
    before = Scheme.objects.count(), Batch.objects.count(), written()

    def announce(batch, scheme_id=known.scheme_id):
        services.announce_batch(scheme_id=scheme_id, batch=batch, actor=SYSTEM)

    again = NewScheme(known.scheme.name, known.scheme.edition, "样例")
    with pytest.raises(SchemeKnown):
        services.register_scheme(member_code="440000", scheme=again, actor=SYSTEM)
    with pytest.raises(BatchKnown):
        announce(NewBatch(known.ordinal, DAY, "样例", "样例"))
    with pytest.raises(NoSuchScheme):
        announce(NewBatch(1, DAY, "样例", "样例"), scheme_id=0)
    for wrong in (
        NewBatch(0, DAY, "样例", "样例"),
        NewBatch(9, date(2026, 10, 2), "样例", "样例"),
        NewBatch(9, DAY, "样例", "样例", plaques_on=date(2025, 6, 29)),
    ):
        with pytest.raises(DesignationInvalid):
            announce(wrong)

    assert (Scheme.objects.count(), Batch.objects.count(), written()) == before


def test_the_eleven_real_bases_stand_with_their_public_facts_only():
    bases = Base.objects.with_context().order_by("listed_number")

    assert [base.listed_number for base in bases] == list(range(1, 12))
    for base in bases:
        facility = base.facility
        assert (base.status, base.designated_on) == ("designated", date(2021, 11, 15))
        assert (base.plaque_number, base.valid_to) == (None, None)
        assert (facility.listed_name, facility.status, facility.is_real) == (base.listed_name, "open", True)
        assert facility.place_precision == "about"
        assert (facility.lng, facility.lat) == (facility.division.lng, facility.division.lat)
        assert facility.division.level == "city"
        not_reported = [
            facility.kind,
            facility.levels_taken,
            facility.filed_beds,
            facility.operating_beds,
            facility.nursing_beds,
            facility.filing_state,
            facility.medical_care,
            facility.languages,
            facility.diets,
            facility.shortest_stay_nights,
            facility.monthly_fee_fen,
            facility.deposit_fen,
        ]
        assert set(not_reported) == {None}
        assert (facility.address, facility.telephone, facility.filing_number) == ("", "", "")
        assert not facility.feature_reports.exists()


def test_the_operators_that_names_tell_of_stand_without_anything_else():
    operators = Operator.objects.filter(is_sample=False)

    assert operators.count() == 4
    assert {(o.credit_code, o.registration_type, o.division_id) for o in operators} == {
        (None, None, "440000")
    }
    assert Operator.objects.get(name__startswith="保利").facilities.count() == 2


def test_loading_again_writes_nothing():
    before = Facility.objects.count(), Operator.objects.count(), ReportedCount.objects.count(), written()

    assert services.load_reference() == 0

    assert (
        Facility.objects.count(),
        Operator.objects.count(),
        ReportedCount.objects.count(),
        written(),
    ) == before


def test_loading_puts_back_a_reported_count_that_is_missing():
    ReportedCount.objects.filter(member="220000").delete()

    assert services.load_reference() == 1

    assert ReportedCount.objects.get(member="220000").bases is None


def test_a_node_that_does_not_host_the_member_loads_the_counts_alone():
    Base.objects.all().delete()
    Batch.objects.all().delete()
    ReportedCount.objects.filter(member="220000").delete()
    HostedMember.objects.filter(pk="440000").delete()

    assert services.load_reference() == 1

    assert not Base.objects.exists()
    assert not Batch.objects.exists()
