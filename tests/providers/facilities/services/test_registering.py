from datetime import date
from uuid import uuid4

import pytest

from providers.facilities.errors import (
    CreditCodeTaken,
    FacilityAlreadyRegistered,
    FactsInvalid,
    NoSuchOperator,
    NotYourDivision,
)
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.reports import Beds, FeatureAnswers, Prices
from providers.facilities.services import (
    NewFacility,
    NewOperator,
    register_facilities,
    register_facility,
    register_operator,
    register_operators,
)
from sojourn.core import numbers
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.clock import frozen
from sojourn.core.identifiers import CreditCodeInvalid, sample_credit_code
from sojourn.core.models import AuditEntry
from sojourn.core.trail import entries_about
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.providers.actors import (
    AUDITOR,
    CITY_OFFICER,
    COUNTY_OFFICER,
    OFFICER_ELSEWHERE,
    OFFICER_WITHOUT_REACH,
    staff_of,
)

pytestmark = pytest.mark.django_db
CODE = sample_credit_code(901, "440106")
STRANGERS = [
    PUBLIC,
    AUDITOR,
    OFFICER_ELSEWHERE,
    OFFICER_WITHOUT_REACH,
    staff_of(),
    Actor(role=Role.ADMIN, divisions=("",)),
    Actor(role=Role.PEER, divisions=("44",)),
]


def everything() -> tuple:
    return (
        Operator.objects.count(),
        Facility.objects.count(),
        FeatureReport.objects.count(),
        AuditEntry.objects.count(),
    )


def test_an_operator_is_registered_under_a_number_of_its_own():
    operator = register_operator(
        name=" 汀鹭养老服务有限公司 ",
        division_code="440106",
        credit_code=f" {CODE.lower()} ",
        registration_type="for_profit",
        actor=COUNTY_OFFICER,
    )

    kept = Operator.objects.get(pk=operator.pk)
    assert (kept.name, kept.credit_code, kept.registration_type) == (
        "汀鹭养老服务有限公司",
        CODE,
        "for_profit",
    )
    assert (kept.owner, kept.division_id, kept.standing, kept.is_sample) == (
        "440000",
        "440106",
        "good",
        False,
    )
    assert (kept.initials, kept.version) == ("tlylfwyxgs", 1)
    assert numbers.parse(kept.number).prefix == "OP"
    entry = entries_about(kept).get()
    assert (entry.action, entry.actor_divisions) == ("operator.registered", "440106")
    assert entry.facts == {"number": kept.number, "name": "汀鹭养老服务有限公司"}


def test_a_facility_is_registered_but_not_yet_open():
    operator = OperatorFactory()

    facility = register_facility(
        listed_name="汀鹭颐养院",
        division_code="440106",
        operator_id=operator.pk,
        facts={"kind": "care_home", "address": "样例路1号"},
        actor=CITY_OFFICER,
    )

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.listed_name, kept.operator, kept.kind, kept.address) == (
        "汀鹭颐养院",
        operator,
        "care_home",
        "样例路1号",
    )
    assert (kept.status, kept.owner, kept.place_precision) == ("registered", "440000", "about")
    assert kept.operating_beds is None
    assert kept.monthly_fee_fen is None
    assert kept.levels_taken is None
    assert numbers.parse(kept.number).prefix == "FC"
    assert [entry.action for entry in entries_about(kept)] == ["facility.registered"]


def test_numbers_count_up_and_carry_the_province():
    first = register_facility(listed_name="汀鹭一院", division_code="230103", actor=SYSTEM)
    second = register_facility(listed_name="汀鹭二院", division_code="500101", actor=SYSTEM)

    one, two = numbers.parse(first.number), numbers.parse(second.number)
    assert (one.province, two.province) == ("230000", "500000")
    assert two.sequence == one.sequence + 1


def test_many_are_registered_with_all_they_reported():
    day = date(2026, 9, 1)
    rows = [
        NewFacility(
            listed_name="汀鹭颐养院",
            division_code="440106",
            facts={"levels_taken": ["intact"]},
            beds=Beds(12, 10, None, day),
            prices=Prices(1000, 2000, 3000, None, day),
            features=FeatureAnswers({"lift": "yes", "hot_water": "no"}, day, "机构自报"),
            is_sample=True,
        ),
        NewFacility(listed_name="渚鸥颐养院", division_code="440105"),
    ]

    with frozen(date(2026, 10, 1)):
        full, bare = register_facilities(rows=rows, actor=CITY_OFFICER)

    full = Facility.objects.get(pk=full.pk)
    assert (full.operating_beds, full.beds_as_of, full.monthly_fee_fen, full.is_sample) == (
        10,
        day,
        6000,
        True,
    )
    assert dict(full.feature_reports.values_list("feature", "answer")) == {"lift": "yes", "hot_water": "no"}
    assert full.features_reported_at is not None
    assert Facility.objects.get(pk=bare.pk).features_reported_at is None


@pytest.mark.parametrize("actor", STRANGERS)
def test_only_an_officer_of_the_place_registers(actor):
    before = everything()

    with pytest.raises(NotYourDivision):
        register_operator(name="汀鹭公司", division_code="440106", actor=actor)
    with pytest.raises(NotYourDivision):
        register_facility(listed_name="汀鹭颐养院", division_code="440106", actor=actor)

    assert everything() == before


def test_one_row_beyond_her_reach_refuses_all():
    before = everything()
    rows = [NewFacility("汀鹭颐养院", "440106"), NewFacility("渚鸥颐养院", "440300")]

    with pytest.raises(NotYourDivision):
        register_facilities(rows=rows, actor=CITY_OFFICER)

    assert everything() == before


@pytest.mark.parametrize("code", ["999999", "", "44", "x"])
def test_a_division_that_does_not_exist_is_refused(code):
    before = everything()

    with pytest.raises(FactsInvalid):
        register_facility(listed_name="汀鹭颐养院", division_code=code, actor=SYSTEM)

    assert everything() == before


def test_an_operator_that_does_not_exist_is_refused():
    before = everything()

    with pytest.raises(NoSuchOperator):
        register_facility(listed_name="汀鹭颐养院", division_code="440106", operator_id=uuid4(), actor=SYSTEM)

    assert everything() == before


def test_a_credit_code_that_stands_already_is_refused():
    OperatorFactory(credit_code=CODE)
    before = everything()

    with pytest.raises(CreditCodeTaken):
        register_operators(
            rows=[NewOperator("渚鸥公司", "440106"), NewOperator("汀鹭公司", "440106", CODE)], actor=SYSTEM
        )

    assert everything() == before


@pytest.mark.parametrize("code", ["91440101MA5CXXXXX0", "汀鹭", "0" * 17])
def test_a_credit_code_that_does_not_check_is_refused(code):
    before = everything()

    with pytest.raises(CreditCodeInvalid):
        register_operator(name="汀鹭公司", division_code="440106", credit_code=code, actor=SYSTEM)

    assert everything() == before


def test_a_name_that_stands_in_the_division_already_is_refused():
    FacilityFactory(listed_name="汀鹭颐养院", paused=True)
    before = everything()

    with pytest.raises(FacilityAlreadyRegistered):
        register_facility(listed_name="汀鹭颐养院", division_code="440106", actor=SYSTEM)

    assert everything() == before


def test_facts_that_are_wrong_leave_nothing_behind():
    before = everything()
    rows = [NewFacility("汀鹭颐养院", "440106"), NewFacility("渚鸥颐养院", "440106", facts={"kind": "hotel"})]

    with pytest.raises(FactsInvalid):
        register_facilities(rows=rows, actor=SYSTEM)

    assert everything() == before
