"""Row history misses nothing, whichever way a row is written."""

import pytest
from django.db import connection

from providers.facilities.models import Facility
from tests.factories.facilities import FacilityFactory


def states_of(pk) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, address FROM facilities_facilityevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [pk],
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_orm_bulk_raw_and_delete_all_leave_their_state():
    facility = FacilityFactory(address="一")
    Facility.objects.filter(pk=facility.pk).update(address="二")
    facility.refresh_from_db()
    facility.address = "三"
    Facility.objects.bulk_update([facility], ["address"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE facilities_facility SET address = '四' WHERE id = %s", [facility.pk])
        cursor.execute("DELETE FROM facilities_facility WHERE id = %s", [facility.pk])

    assert states_of(facility.pk) == [
        ("insert", "一"),
        ("update", "二"),
        ("update", "三"),
        ("update", "四"),
        ("delete", "四"),
    ]
