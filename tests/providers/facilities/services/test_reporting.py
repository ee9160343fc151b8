from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from providers.facilities import services
from providers.facilities.errors import FactsInvalid, NoSuchFacility, NotYourFacility
from providers.facilities.models import Facility
from providers.facilities.reports import Beds, FeatureAnswers, Prices
from sojourn.core.actors import PUBLIC, Actor, Role
from sojourn.core.clock import frozen
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import LostUpdate
from sojourn.core.trail import entries_about
from tests.factories.facilities import FacilityFactory, FeatureReportFactory
from tests.providers.actors import AUDITOR, CITY_OFFICER, COUNTY_OFFICER, OFFICER_ELSEWHERE, staff_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)

REPORTS = {
    "amend": lambda pk, actor: services.amend_facility(
        facility_id=pk, facts={"address": "新路2号"}, actor=actor
    ),
    "beds": lambda pk, actor: services.report_beds(facility_id=pk, beds=Beds(12, 10, 4, DAY), actor=actor),
    "prices": lambda pk, actor: services.report_prices(
        facility_id=pk, prices=Prices(1000, 2000, 3000, 500, DAY), actor=actor
    ),
    "features": lambda pk, actor: services.report_features(
        facility_id=pk, report=FeatureAnswers({"lift": "yes"}, DAY, "机构自报"), actor=actor
    ),
}


@pytest.fixture(autouse=True)
def october():
    with frozen(date(2026, 10, 1)):
        yield


@pytest.fixture
def facility():
    return FacilityFactory(open=True, address="旧路1号")


def state_of(facility) -> tuple:
    kept = Facility.objects.get(pk=facility.pk)
    return kept.version, list(kept.feature_reports.values_list("feature", "answer", "as_of"))


def test_an_amendment_changes_what_it_names_and_leaves_a_line_with_old_and_new(facility):
    facts = {
        "lng": "113.5",
        "lat": "23.1",
        "hospital_km": "2",
        "medical_care": "in_house",
        "medical_as_of": DAY,
    }

    services.amend_facility(facility_id=facility.pk, facts=facts, actor=COUNTY_OFFICER)

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.lng, kept.hospital_km, kept.address, kept.version) == (Decimal("113.5"), 2, "旧路1号", 2)
    entry = entries_about(kept).get()
    assert entry.action == "facility.amended"
    assert entry.facts["before"] == dict.fromkeys(facts)
    assert entry.facts["after"]["lng"] == "113.500000"
    assert entry.facts["after"]["medical_as_of"] == "2026-09-01"


def test_the_same_facts_again_change_nothing(facility):
    REPORTS["amend"](facility.pk, COUNTY_OFFICER)
    before = state_of(facility), AuditEntry.objects.count()

    REPORTS["amend"](facility.pk, COUNTY_OFFICER)

    assert (state_of(facility), AuditEntry.objects.count()) == before


def test_an_amendment_of_a_stale_page_is_refused(facility):
    REPORTS["beds"](facility.pk, COUNTY_OFFICER)
    before = state_of(facility), AuditEntry.objects.count()

    with pytest.raises(LostUpdate):
        services.amend_facility(
            facility_id=facility.pk, facts={"address": "新路2号"}, seen_version=1, actor=COUNTY_OFFICER
        )

    assert (state_of(facility), AuditEntry.objects.count()) == before


def test_an_amendment_of_the_page_as_seen_is_taken(facility):
    services.amend_facility(
        facility_id=facility.pk, facts={"address": "新路2号"}, seen_version=1, actor=COUNTY_OFFICER
    )

    assert Facility.objects.get(pk=facility.pk).address == "新路2号"


def test_facts_must_agree_with_those_that_stand(facility):
    services.amend_facility(
        facility_id=facility.pk,
        facts={"medical_care": "contracted", "contracted_hospital": "样例医院", "medical_as_of": DAY},
        actor=COUNTY_OFFICER,
    )
    before = state_of(facility), AuditEntry.objects.count()

    with pytest.raises(FactsInvalid):
        services.amend_facility(facility_id=facility.pk, facts={"medical_care": "none"}, actor=COUNTY_OFFICER)

    assert (state_of(facility), AuditEntry.objects.count()) == before


def test_beds_are_reported_with_their_day(facility):
    REPORTS["beds"](facility.pk, staff_of(facility))

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.filed_beds, kept.operating_beds, kept.nursing_beds, kept.beds_as_of) == (12, 10, 4, DAY)
    assert entries_about(kept).get().action == "facility.beds_reported"


def test_prices_are_reported_with_their_day(facility):
    REPORTS["prices"](facility.pk, staff_of(facility))

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.monthly_fee_fen, kept.deposit_fen, kept.prices_as_of) == (6000, 500, DAY)
    assert entries_about(kept).get().action == "facility.prices_reported"


def test_answers_replace_those_of_the_same_features_only(facility):
    FeatureReportFactory(facility=facility, feature="lift", answer="no", as_of=date(2025, 1, 1))
    FeatureReportFactory(facility=facility, feature="hot_water", answer="yes", as_of=date(2025, 1, 1))

    services.report_features(
        facility_id=facility.pk,
        report=FeatureAnswers({"lift": "yes", "trial_stay": "unknown"}, DAY, "机构自报"),
        actor=staff_of(facility),
    )

    kept = Facility.objects.get(pk=facility.pk)
    assert set(kept.feature_reports.values_list("feature", "answer", "as_of")) == {
        ("lift", "yes", DAY),
        ("trial_stay", "unknown", DAY),
        ("hot_water", "yes", date(2025, 1, 1)),
    }
    entry = entries_about(kept).get()
    assert entry.facts["before"] == {"lift": "no", "trial_stay": None}
    assert entry.facts["after"] == {"lift": "yes", "trial_stay": "unknown"}


def test_new_answers_raise_the_version_that_readers_follow(facility):
    REPORTS["features"](facility.pk, staff_of(facility))

    assert Facility.objects.get(pk=facility.pk).version == 2


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    "actor",
    [
        PUBLIC,
        AUDITOR,
        OFFICER_ELSEWHERE,
        staff_of(),
        Actor(role=Role.ADMIN, divisions=("",)),
        Actor(role=Role.PEER),
    ],
)
def test_only_the_facility_and_its_bureau_report(facility, report, actor):
    before = state_of(facility), AuditEntry.objects.count()

    with pytest.raises(NotYourFacility):
        REPORTS[report](facility.pk, actor)

    assert (state_of(facility), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("report", REPORTS)
def test_a_facility_that_she_cannot_see_does_not_exist_for_her(report):
    hidden = FacilityFactory()

    for facility_id in (hidden.pk, uuid4()):
        with pytest.raises(NoSuchFacility):
            REPORTS[report](facility_id, OFFICER_ELSEWHERE)

    assert state_of(hidden) == (1, [])
    assert not AuditEntry.objects.filter(actor_divisions="4403,23").exists()


@pytest.mark.parametrize(
    "report",
    [
        lambda pk: services.report_beds(facility_id=pk, beds=Beds(9, 10, 4, DAY), actor=CITY_OFFICER),
        lambda pk: services.report_prices(
            facility_id=pk, prices=Prices(1, None, 1, 1, DAY), actor=CITY_OFFICER
        ),
        lambda pk: services.report_features(
            facility_id=pk,
            report=FeatureAnswers({"lift": "yes", "helipad": "yes"}, DAY, "x"),
            actor=CITY_OFFICER,
        ),
        lambda pk: services.amend_facility(
            facility_id=pk, facts={"address": "新路", "kind": "hotel"}, actor=CITY_OFFICER
        ),
    ],
)
def test_a_report_that_cannot_be_changes_nothing(facility, report):
    before = state_of(facility), AuditEntry.objects.count()

    with pytest.raises(FactsInvalid):
        report(facility.pk)

    assert (state_of(facility), AuditEntry.objects.count()) == before
