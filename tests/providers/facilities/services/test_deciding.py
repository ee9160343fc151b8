from uuid import uuid4

import pytest

from providers.facilities import policy, services
from providers.facilities.errors import NoSuchFacility, NoSuchOperator, NotYourFacility, ReasonMissing
from providers.facilities.models import Facility, Operator
from providers.facilities.states import FACILITY_FLOW, FacilityStatus
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.providers.actors import AUDITOR, CITY_OFFICER, OFFICER_ELSEWHERE, staff_of

pytestmark = pytest.mark.django_db

VERBS = {
    "open_to_sojourners": lambda pk, actor: services.open_facility_to_sojourners(facility_id=pk, actor=actor),
    "pause": lambda pk, actor: services.pause_facility(facility_id=pk, reason="样例原因", actor=actor),
    "close": lambda pk, actor: services.close_facility(facility_id=pk, reason="样例原因", actor=actor),
}
MOVES = [(verb, status) for verb, status in FACILITY_FLOW.moves]
REFUSED = [
    (verb, status) for verb in VERBS for status in FacilityStatus if status not in FACILITY_FLOW.sources(verb)
]


def test_every_verb_of_the_flow_has_a_service():
    assert set(VERBS) == set(FACILITY_FLOW.labels)


@pytest.mark.parametrize(("verb", "status"), MOVES)
def test_a_verb_leads_where_the_flow_says_and_leaves_a_line(verb, status):
    facility = FacilityFactory(status=status)

    VERBS[verb](facility.pk, CITY_OFFICER)

    kept = Facility.objects.get(pk=facility.pk)
    assert kept.status == FACILITY_FLOW.after(verb, status)
    assert kept.version == 2
    entry = entries_about(kept).get()
    assert entry.facts["before"] == {"status": status}


@pytest.mark.parametrize(("verb", "status"), REFUSED)
def test_a_verb_that_the_flow_does_not_know_changes_nothing(verb, status):
    facility = FacilityFactory(status=status)
    before = AuditEntry.objects.count()

    with pytest.raises(WrongStatus) as refusal:
        VERBS[verb](facility.pk, CITY_OFFICER)

    assert str(status.label) in str(refusal.value)
    assert Facility.objects.get(pk=facility.pk).status == status
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("verb", ["pause", "close"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_without_a_reason_is_refused(verb, reason):
    facility = FacilityFactory(open=True)
    service = {"pause": services.pause_facility, "close": services.close_facility}[verb]

    with pytest.raises(ReasonMissing):
        service(facility_id=facility.pk, reason=reason, actor=CITY_OFFICER)

    assert Facility.objects.get(pk=facility.pk).status == FacilityStatus.OPEN


def test_the_reason_stands_in_the_trail():
    facility = FacilityFactory(open=True)

    services.pause_facility(facility_id=facility.pk, reason=" 装修 ", actor=CITY_OFFICER)

    assert entries_about(facility).get().facts["reason"] == "装修"


@pytest.mark.parametrize(("verb", "status"), MOVES)
@pytest.mark.parametrize(
    "actor",
    [AUDITOR, OFFICER_ELSEWHERE, PUBLIC, Actor(role=Role.ADMIN, divisions=("",)), Actor(role=Role.FAMILY)],
)
def test_strangers_decide_nothing(verb, status, actor):
    facility = FacilityFactory(status=status)

    with pytest.raises(NotYourFacility if policy.can_view(actor, facility) else NoSuchFacility):
        VERBS[verb](facility.pk, actor)

    assert Facility.objects.get(pk=facility.pk).status == status


def test_a_facility_pauses_and_opens_again_by_itself():
    facility = FacilityFactory(open=True)

    VERBS["pause"](facility.pk, staff_of(facility))
    VERBS["open_to_sojourners"](facility.pk, staff_of(facility))

    assert Facility.objects.get(pk=facility.pk).status == FacilityStatus.OPEN


@pytest.mark.parametrize(("verb", "status"), [("open_to_sojourners", "registered"), ("close", "open")])
def test_the_first_opening_and_the_closing_are_the_bureaus(verb, status):
    facility = FacilityFactory(status=status)

    with pytest.raises(NotYourFacility):
        VERBS[verb](facility.pk, staff_of(facility))

    assert Facility.objects.get(pk=facility.pk).status == status


def test_many_open_together_or_not_at_all():
    ready, closed = FacilityFactory(), FacilityFactory(closed=True)
    before = AuditEntry.objects.count()

    with pytest.raises(WrongStatus):
        services.open_facilities_to_sojourners(facility_ids=[ready.pk, closed.pk], actor=CITY_OFFICER)

    assert Facility.objects.get(pk=ready.pk).status == FacilityStatus.REGISTERED
    assert AuditEntry.objects.count() == before

    services.open_facilities_to_sojourners(facility_ids=[ready.pk], actor=CITY_OFFICER)
    assert Facility.objects.get(pk=ready.pk).status == FacilityStatus.OPEN


def test_a_listing_sets_the_standing_of_site_and_operator():
    operator = OperatorFactory()
    facility = FacilityFactory(operator=operator)

    services.set_standing(
        facility_id=facility.pk, standing="barred", ground="样例决定书1号", actor=CITY_OFFICER
    )
    services.set_operator_standing(
        operator_id=operator.pk, standing="focus_supervision", ground="样例决定书1号", actor=SYSTEM
    )

    assert Facility.objects.get(pk=facility.pk).standing == "barred"
    assert Operator.objects.get(pk=operator.pk).standing == "focus_supervision"
    assert entries_about(facility).get().facts == {
        "before": {"standing": "good"},
        "after": {"standing": "barred"},
        "ground": "样例决定书1号",
    }


def test_the_standing_is_not_the_facilitys_own_to_set():
    facility = FacilityFactory(open=True, operator=OperatorFactory())

    with pytest.raises(NotYourFacility):
        services.set_standing(facility_id=facility.pk, standing="good", ground="x", actor=staff_of(facility))
    with pytest.raises(NotYourFacility):
        services.set_operator_standing(
            operator_id=facility.operator_id, standing="good", ground="x", actor=staff_of(facility)
        )
    with pytest.raises(NoSuchOperator):
        services.set_operator_standing(operator_id=uuid4(), standing="good", ground="x", actor=SYSTEM)

    assert not entries_about(facility).exists()
