"""A statement that is kept reads other rows each time, as the queryset would."""

import pytest

from providers.facilities.models import Facility
from sojourn.core.querysets import KeptStatement
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db


def test_a_kept_statement_reads_what_its_queryset_would(django_assert_num_queries):
    homes = FacilityFactory.create_batch(3)
    kept = KeptStatement(
        lambda: Facility.objects.filter(pk__among=[]).order_by("pk").values("id", "listed_name")
    )

    for wanted in (homes[:2], homes[2:], []):
        ids = [home.pk for home in wanted]
        with django_assert_num_queries(1):
            read = kept.read(ids)
        assert read == list(Facility.objects.filter(pk__in=ids).order_by("pk").values("id", "listed_name"))
