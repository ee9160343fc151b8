"""Operators and facilities, a trait a state; invented, like everything here."""

from datetime import date

import factory

from providers.facilities import naming
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.services.registering import FACILITY_COUNTER, OPERATOR_COUNTER
from providers.facilities.states import Answer, FacilityStatus
from sojourn.core.counters import next_numbers


def province_of(row) -> str:
    return f"{row.division_id[:2]}0000"


class FindableFactory(factory.django.DjangoModelFactory):
    """A row in a county of Guangzhou, found by its name as the services would have it found."""

    class Meta:
        abstract = True

    division_id = "440106"
    owner = factory.LazyAttribute(province_of)
    name_normal = factory.LazyAttribute(lambda row: row.columns["name_normal"])
    pinyin = factory.LazyAttribute(lambda row: row.columns["pinyin"])
    initials = factory.LazyAttribute(lambda row: row.columns["initials"])
    sort_key = factory.LazyAttribute(lambda row: row.columns["sort_key"])


class OperatorFactory(FindableFactory):
    class Meta:
        model = Operator

    class Params:
        columns = factory.LazyAttribute(lambda row: naming.search_columns(row.name))

    name = factory.Sequence(lambda n: f"广州汀鹭养老服务有限公司{n}")
    number = factory.LazyAttribute(
        lambda row: next_numbers(
            prefix=naming.OPERATOR_PREFIX, counter=OPERATOR_COUNTER, province_codes=[row.owner]
        )[0]
    )
    is_sample = True


class FacilityFactory(FindableFactory):
    """A registered facility that reported nothing, unless a trait says otherwise."""

    class Meta:
        model = Facility

    class Params:
        columns = factory.LazyAttribute(lambda row: naming.search_columns(row.listed_name))
        open = factory.Trait(status=FacilityStatus.OPEN)
        paused = factory.Trait(status=FacilityStatus.PAUSED)
        closed = factory.Trait(status=FacilityStatus.CLOSED)
        reported = factory.Trait(
            filed_beds=120,
            operating_beds=100,
            nursing_beds=60,
            beds_as_of=date(2026, 9, 1),
            bed_fee_fen=150_000,
            care_fee_fen=120_000,
            meal_fee_fen=80_000,
            deposit_fen=300_000,
            prices_as_of=date(2026, 9, 1),
        )

        graded = factory.Trait(grade=3, graded_on=date(2025, 6, 1), graded_until=date(2028, 6, 1))

    listed_name = factory.Sequence(lambda n: f"广州汀鹭颐养院{n}")
    number = factory.LazyAttribute(
        lambda row: next_numbers(
            prefix=naming.FACILITY_PREFIX, counter=FACILITY_COUNTER, province_codes=[row.owner]
        )[0]
    )
    picture_seed = factory.LazyAttribute(lambda row: naming.picture_seed(row.listed_name))
    is_sample = True


class FeatureReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FeatureReport

    facility = factory.SubFactory(FacilityFactory)
    feature = "lift"
    answer = Answer.YES
    as_of = date(2026, 9, 1)
    reported_by = "机构自报"
