"""What counts for a resident on a day, and whether every stored result is still what its answers come to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from providers.facilities.states import AbilityLevel
from residents.assessments.errors import AnswersInvalid, NoSuchScale
from residents.assessments.findings import opened
from residents.assessments.models import Assessment, Recognition
from residents.assessments.scales import scale
from residents.registry.models import ResidentKey
from residents.registry.safe import Safe
from sojourn.core.actors import Actor
from sojourn.core.ciphers import Undecipherable

BATCH = 500


@dataclass(frozen=True)
class StandingLevel:
    """The level that counts on a day, until when, and what says so: an assessment, or a recognised original."""

    level: AbilityLevel = field(repr=False)
    valid_until: date
    assessment: Assessment | None = None
    recognition: Recognition | None = None


def standing_level(*, resident_id: UUID, on: date, actor: Actor) -> StandingLevel | None:
    """What counts for a resident on a day as far as this actor sees it: the newest; None means to assess her."""
    seen = Assessment.objects.visible_to(actor).about(resident_id)
    own = seen.standing_on(on).first()
    taken = Recognition.objects.visible_to(actor).about(resident_id).standing_on(on).first()
    if taken is not None and (own is None or taken.assessed_on > own.assessed_on):
        return StandingLevel(AbilityLevel(taken.level), taken.valid_until, recognition=taken)
    return None if own is None else StandingLevel(AbilityLevel(own.level), own.valid_until, assessment=own)


def differing() -> Iterator[str]:
    """The numbers of all assessments with a level that is not what their answers come to, or that do not open."""
    rows = Assessment.objects.filter(level__isnull=False).order_by("pk")
    last = None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        keys = ResidentKey.objects.in_bulk([row.resident_id for row in batch])
        for row in batch:
            if row.resident_id not in keys or not _is_right(row, keys[row.resident_id].wrapped):
                yield row.number
        last = batch[-1].pk


def _is_right(row: Assessment, wrapped: str) -> bool:
    try:
        findings = opened(row.findings_cipher, Safe.unlocked(row.resident_id, wrapped), row.pk)
        result = findings.scored(scale(row.scale_code, row.edition))
    except (Undecipherable, AnswersInvalid, NoSuchScale):
        return False
    stored = (row.level, row.scale_digest, findings.total, dict(findings.sums), findings.reasons)
    return stored == (result.level, result.digest, result.total, dict(result.sums), result.reasons)
