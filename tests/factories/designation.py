"""Schemes, lists and bases of the sample kind; the real ones are loaded with the reference data."""

from datetime import date

import factory

from providers.designation.listing import BASE_PREFIX
from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.designation.services import BASE_COUNTER
from providers.designation.states import BaseStatus
from sojourn.core.counters import next_numbers
from tests.factories.facilities import FacilityFactory


class SchemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scheme

    member_id = "440000"
    owner = factory.SelfAttribute("member_id")
    name = factory.Sequence(lambda n: f"样例评选方案{n}")
    edition = "2025"
    source = "样例"


class BatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Batch

    scheme = factory.SubFactory(SchemeFactory)
    member_id = factory.SelfAttribute("scheme.member_id")
    owner = factory.SelfAttribute("member_id")
    ordinal = factory.Sequence(lambda n: n % 30_000 + 1)
    announced_on = date(2025, 6, 30)
    announced_by = "样例民政厅"
    source = "样例"


class BaseFactory(factory.django.DjangoModelFactory):
    """A live designation of an open facility."""

    class Meta:
        model = Base

    class Params:
        withdrawn = factory.Trait(
            status=BaseStatus.WITHDRAWN, ended_on=date(2026, 3, 1), withdrawal_reason="样例原因"
        )
        expired = factory.Trait(
            status=BaseStatus.EXPIRED, valid_to=date(2026, 6, 30), ended_on=date(2026, 6, 30)
        )

    facility = factory.SubFactory(FacilityFactory, open=True)
    batch = factory.SubFactory(BatchFactory)
    scheme = factory.SelfAttribute("batch.scheme")
    owner = factory.SelfAttribute("facility.owner")
    number = factory.LazyAttribute(
        lambda row: next_numbers(prefix=BASE_PREFIX, counter=BASE_COUNTER, province_codes=[row.owner])[0]
    )
    listed_number = factory.Sequence(lambda n: n % 9_000 + 1)
    listed_name = factory.SelfAttribute("facility.listed_name")
    designated_on = date(2025, 6, 30)


class ReportedCountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportedCount

    member_id = "440000"
    period = factory.Sequence(lambda n: f"样例期间{n}")
    reported_on = date(2025, 6, 30)
    bases = 7
    source = "样例"
