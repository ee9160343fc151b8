"""Version and instant of change are the database's."""

import pytest
from django.db import connection

from providers.facilities.models import Facility
from tests.factories.facilities import FacilityFactory


@pytest.mark.django_db
def test_a_new_row_has_the_first_version_whatever_the_program_says():
    facility = FacilityFactory()
    Facility.objects.filter(pk=facility.pk).update(version=99)

    facility.refresh_from_db()

    assert facility.version == 2


@pytest.mark.django_db
def test_a_raw_statement_raises_the_version_too():
    facility = FacilityFactory()
    before = Facility.objects.get(pk=facility.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE facilities_facility SET address = '新址' WHERE id = %s", [facility.pk])

    after = Facility.objects.get(pk=facility.pk)

    assert after.version == before.version + 1
    assert after.changed_at > before.changed_at


@pytest.mark.django_db
def test_a_write_that_changes_nothing_leaves_the_version():
    facility = FacilityFactory()
    before = Facility.objects.get(pk=facility.pk)

    before.save()

    after = Facility.objects.get(pk=facility.pk)
    assert (after.version, after.changed_at) == (before.version, before.changed_at)
