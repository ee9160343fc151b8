"""The trail is sealed day by day, so that later tampering shows; a new key reaches all that older ones lock."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from django.db import OperationalError, connection, transaction
from django.db.models import Min
from psycopg.errors import DeadlockDetected, LockNotAvailable

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import SHANGHAI, now, today
from sojourn.core.keyring import Key, keyring
from sojourn.core.models import AuditEntry, KeyRotation, TrailSeal
from sojourn.core.rotations import Locked, all_locked, left_by_themselves, replaced_here, standing
from sojourn.core.trail import record

# The second round finds what was written by whoever still held the older key when the first one passed.
ROUNDS, BATCH, TRIES = 2, 500, 3
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
    for locked, key in _unfinished():
        while batches < at_most and _tried(locked, key.purpose):
            batches += 1
    return batches


def unfinished_rotations() -> list[str]:
    """Rows that do not yet all stand under the newest key of a purpose, as ``rows → key``."""
    return [f"{locked.name} → {key.name}" for locked, key in _unfinished()]


def needed_keys() -> dict[str, list[str]]:
    """What needs each key that is not the newest of its purpose; an empty list where the walks found nothing more.

    Rows are counted as they stand now. Marks do not tell their key: they need all older ones until their walk ended.
    """
    rings = keyring()
    newest = {purpose: rings.names(purpose)[0] for purpose in rings.purposes()}
    counted = standing()
    older = {name for purpose in newest for name in rings.names(purpose)[1:]} | counted.keys()
    return {
        name: [
            *(f"{rows} of {column}" for column, rows in sorted(counted.get(name, {}).items())),
            *_not_walked(name),
        ]
        for name in sorted(older - set(newest.values()))
    }


def retire_key(*, name: str) -> list[str]:
    """An older key is gone from this machine's keyring; or what still needs it, and then it stays.

    Everything of its purpose is walked once more first: what is found then was written by a machine that has not got
    the newer key. KeyMissing where there is no such key; a purpose's newest is always needed.
    """
    old = keyring().key(name)
    key = keyring().newest(old.purpose)
    if key.name == name:
        return [f"everything new: it is the newest key of {old.purpose}"]
    late = [
        f"{found} of {column} until a moment ago"
        for locked in all_locked()
        if old.purpose in replaced_here(locked) and (found := _walked_again(locked, key))
        for column in locked.marks
    ]
    needing = late + needed_keys().get(name, [])
    if needing:
        return needing
    with transaction.atomic():
        at = now()
        done, _new = KeyRotation.objects.get_or_create(
            rows="retired", key=name, defaults={"began_at": at, "ended_at": at}
        )
        record(action="keyrotation.retired", actor=SYSTEM, subject=done, key=name, newest=key.name)
    keyring().take_away(name)
    return []


def _unfinished() -> list[tuple[Locked, Key]]:
    newest = [
        (locked, keyring().newest(purpose)) for locked in all_locked() for purpose in replaced_here(locked)
    ]
    ended = set(KeyRotation.objects.exclude(ended_at=None).values_list("rows", "key"))
    return [(locked, key) for locked, key in newest if (locked.name, key.name) not in ended]


def _not_walked(name: str) -> list[str]:
    """Walks of a key's purpose that have not ended, and rows that leave it by themselves and have not yet."""
    purpose = name.rpartition("-")[0]
    walks = [
        f"what {locked.name} has not walked yet" for locked, key in _unfinished() if key.purpose == purpose
    ]
    newest = keyring().names(purpose)[:1]
    since = KeyRotation.objects.filter(key__in=newest).aggregate(at=Min("began_at"))["at"] or now()
    return walks + [f"{rows} of {what}" for what, rows in sorted(left_by_themselves(name, since).items())]


def _walked_again(locked: Locked, key: Key) -> int:
    """How many rows one more round brought under the newest key."""
    found, after, is_over = 0, None, False
    while not is_over:
        with transaction.atomic():
            walked = locked.relock(key, after, BATCH)
        after, found, is_over = walked.after, found + walked.changed, walked.after is None
    return found


def _tried(locked: Locked, purpose: str) -> bool:
    """The same as a batch; what somebody holds for longer than a lock may take is left to the next call."""
    for _try in range(TRIES):
        try:
            return _rotate_batch(locked, purpose)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                raise
    return False


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
    rotation.after = locked.relock(key, rotation.after, BATCH).after
    if rotation.after is None:
        rotation.rounds += 1
        if rotation.rounds == ROUNDS:
            rotation.ended_at = now()
            facts = {"locked": locked.name, "key": key.name}
            record(action="keyrotation.ended", actor=SYSTEM, subject=rotation, **facts)
    rotation.save(update_fields=["after", "rounds", "ended_at"])
    return rotation.ended_at is None
