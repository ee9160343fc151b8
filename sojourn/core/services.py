"""The trail is sealed day by day, so that later tampering shows."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from django.db import connection, transaction

from sojourn.core.clock import SHANGHAI, today
from sojourn.core.models import AuditEntry, TrailSeal

SEAL_LOCK = 7_301_001  # advisory lock: two sealers never seal the same day


@dataclass(frozen=True)
class BrokenSeal:
    """A day whose entries, or whose link to the day before, no longer match its seal."""

    day: date
    reason: str


@transaction.atomic
def seal_trail(*, through: date | None = None) -> list[TrailSeal]:
    """Every past day of the trail up to ``through`` (default: yesterday) is sealed, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    through = min(through or today(), today() - timedelta(days=1))
    last = TrailSeal.objects.order_by("-day").first()
    day = last.day + timedelta(days=1) if last else _first_day()
    seals = []
    while day is not None and day <= through:
        last = TrailSeal.objects.create(**_sealing_of(day, previous=last.digest if last else ""))
        seals.append(last)
        day += timedelta(days=1)
    return seals


def broken_seals() -> list[BrokenSeal]:
    """Every sealed day that no longer verifies; an empty list means the trail is whole."""
    broken, previous = [], ""
    for seal in TrailSeal.objects.order_by("day"):
        if seal.previous != previous:
            broken.append(BrokenSeal(seal.day, "chain"))
        found = _sealing_of(seal.day, previous=seal.previous)
        if found["entries"] != seal.entries:
            broken.append(BrokenSeal(seal.day, "entries"))
        elif found["digest"] != seal.digest:
            broken.append(BrokenSeal(seal.day, "digest"))
        previous = seal.digest
    return broken


def _first_day() -> date | None:
    first = AuditEntry.objects.order_by("at").values_list("at", flat=True).first()
    return first.astimezone(SHANGHAI).date() if first else None


def _sealing_of(day: date, *, previous: str) -> dict:
    start = datetime.combine(day, time.min, tzinfo=SHANGHAI)
    rows = AuditEntry.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("id").values()
    digest = hashlib.sha256(f"{day:%Y-%m-%d} {previous}\n".encode())
    ids = []
    for row in rows.iterator(chunk_size=5000):
        digest.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) + b"\n")
        ids.append(row["id"])
    return {
        "day": day,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
        "entries": len(ids),
        "previous": previous,
        "digest": digest.hexdigest(),
    }
