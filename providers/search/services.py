"""The rows of the search are made anew from their sources, and compared with them."""

from uuid import UUID

from django.db import connection, transaction

from providers.facilities.models import Facility
from providers.search.models import SearchRow

BATCH = 1000


def rebuild_search() -> int:
    """Every row of the search is what its sources say; returns how many rows stand.

    Triggers keep them so, so this is for a table that was restored or tampered with. Each thousand
    facilities are held for a moment only.
    """
    known = {*Facility.objects.values_list("pk", flat=True), *SearchRow.objects.values_list("pk", flat=True)}
    ids = sorted(known)
    for start in range(0, len(ids), BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT search_follow(%s)", [ids[start : start + BATCH]])
    return SearchRow.objects.count()


def stray_rows() -> list[UUID]:
    """The facilities whose row is missing, left over or otherwise than its sources say."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT search_strays()")
        return [facility_id for (facility_id,) in cursor.fetchall()]
