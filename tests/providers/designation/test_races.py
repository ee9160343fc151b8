"""Two officers at once: the lock decides, and the constraint where a lock is missing."""

from datetime import date

import pytest
from django.db import IntegrityError

from providers.designation.errors import AlreadyDesignated, PlaceInListTaken
from providers.designation.listing import ListEntry
from providers.designation.models import Base
from providers.designation.services import designate_base
from providers.facilities.querysets import FacilityQuerySet
from sojourn.core.trail import entries_about
from tests.factories.designation import BatchFactory, SchemeFactory
from tests.factories.facilities import FacilityFactory
from tests.providers.actors import PROVINCE_OFFICER
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("slow_before_commit")]


def designating(facility, batch, listed_number: int = 1):
    entry = ListEntry(listed_number, "汀鹭颐养院", date(2025, 6, 30))
    return lambda: designate_base(
        facility_id=facility.pk, batch_id=batch.pk, entry=entry, actor=PROVINCE_OFFICER
    )


def kinds(outcomes) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_designations_of_one_facility_leave_one():
    facility, scheme = FacilityFactory(open=True), SchemeFactory()
    first, second = BatchFactory.create_batch(2, scheme=scheme)

    outcomes = race(designating(facility, first), designating(facility, second))

    assert kinds(outcomes) == [AlreadyDesignated.__name__, Base.__name__]
    base = Base.objects.get(facility=facility)
    assert entries_about(base).count() == 1


def test_without_the_lock_the_constraint_refuses(monkeypatch):
    monkeypatch.setattr(FacilityQuerySet, "locked", lambda self: self.order_by("pk"))
    facility, scheme = FacilityFactory(open=True), SchemeFactory()
    first, second = BatchFactory.create_batch(2, scheme=scheme)

    outcomes = race(designating(facility, first), designating(facility, second))

    assert kinds(outcomes) == [Base.__name__, IntegrityError.__name__]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert refused.__cause__.diag.constraint_name == "base_one_live_designation"
    assert Base.objects.filter(facility=facility).count() == 1


def test_two_facilities_cannot_take_one_place_in_a_list():
    batch = BatchFactory()

    outcomes = race(
        *(
            designating(facility, batch, listed_number=7)
            for facility in FacilityFactory.create_batch(2, open=True)
        )
    )

    assert kinds(outcomes) == [Base.__name__, PlaceInListTaken.__name__]
    assert Base.objects.filter(batch=batch).count() == 1
