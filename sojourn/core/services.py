"""The trail is sealed day by day, so that later tampering shows; a new key reaches all that older ones lock."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from django.db import connection, transaction

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import SHANGHAI, now, today
from sojourn.core.keyring import keyring
from sojourn.core.models import AuditEntry, KeyRotation, TrailSeal
from sojourn.core.rotations import Locked, all_locked
from sojourn.core.trail import record

# The second round finds what was written by whoever still held the older key when the first one passed.
ROUNDS, BATCH = 2, 500
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


# --- keys ---------------------------------------------------------------------------------------------
def rotate_keys(*, at_most: int = 2_000) -> int:
    """What stands under an older key stands under the newest of its purpose; how many batches that took.

    Each batch is a transaction of its own and is counted in it, so a kill loses one at most and the next call goes
    on behind the last. Two who call at once share the work. After ``at_most`` batches the rest is left to the next.
    """
    batches = 0
    for locked in all_locked():
        for purpose in sorted(locked.purposes()):
            while batches < at_most and _rotate_batch(locked, purpose):
                batches += 1
    return batches


def unfinished_rotations() -> list[str]:
    """Rows that do not yet all stand under the newest key of a purpose, as ``rows → key``."""
    wanted = [
        (locked.name, keyring().newest(purpose).name)
        for locked in all_locked()
        for purpose in sorted(locked.purposes())
    ]
    ended = set(KeyRotation.objects.exclude(ended_at=None).values_list("rows", "key"))
    return [f"{rows} → {key}" for rows, key in wanted if (rows, key) not in ended]


@transaction.atomic
def _rotate_batch(locked: Locked, purpose: str) -> bool:
    """Whether there was anything left to do, and nobody else was doing it."""
    key = keyring().newest(purpose)
    made, _new = KeyRotation.objects.get_or_create(
        rows=locked.name, key=key.name, defaults={"began_at": now()}
    )
    open_ones = KeyRotation.objects.filter(pk=made.pk, ended_at=None)
    rotation = open_ones.select_for_update(skip_locked=True).first()
    if rotation is None:
        return False
    rotation.after = locked.relock(key, rotation.after, BATCH)
    if rotation.after is None:
        rotation.rounds += 1
        if rotation.rounds == ROUNDS:
            rotation.ended_at = now()
            facts = {"locked": locked.name, "key": key.name}
            record(action="keyrotation.ended", actor=SYSTEM, subject=rotation, **facts)
    rotation.save(update_fields=["after", "rounds", "ended_at"])
    return rotation.ended_at is None
