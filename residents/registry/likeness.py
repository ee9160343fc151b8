"""How alike two registrations are: a score from 0 to 100 and its reasons. Our own scale, no law's."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from residents.registry.states import DuplicateReason
from sojourn.core import hanzi

BIRTH, PHONE, NAME = 40, 20, 40
SAME_SOUND = 85
SIMILAR = 60


@dataclass(frozen=True, slots=True)
class Likeness:
    score: int
    reasons: tuple[DuplicateReason, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Of a registration what is compared: no name in plain but its search text, no phones but their indexes."""

    resident_id: UUID
    name_normal: str
    pinyin: str
    birth_on: date
    phone_indexes: frozenset[bytes] = frozenset()


def likeness(first: Known, second: Known) -> Likeness:
    reasons, score = [], 0
    if first.birth_on == second.birth_on:
        reasons.append(DuplicateReason.SAME_BIRTH)
        score += BIRTH
    if first.phone_indexes & second.phone_indexes:
        reasons.append(DuplicateReason.SAME_PHONE)
        score += PHONE
    name, reason = _of_names(first, second)
    if reason is not None:
        reasons.append(reason)
    return Likeness(score + NAME * name // 100, tuple(reasons))


def _of_names(first: Known, second: Known) -> tuple[int, DuplicateReason | None]:
    """How alike the names are in per cent, and as what; names that share too little count for nothing."""
    if first.name_normal == second.name_normal:
        return 100, DuplicateReason.SAME_NAME
    if set(first.pinyin.split()) & set(second.pinyin.split()):
        return SAME_SOUND, DuplicateReason.SAME_SOUND
    shared = hanzi.similarity(first.name_normal, second.name_normal)
    return (shared, DuplicateReason.SIMILAR_NAME) if shared >= SIMILAR else (0, None)
