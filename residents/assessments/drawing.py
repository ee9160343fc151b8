"""Which final assessments are checked once more: drawn by lot, so that anybody can draw them again.

The order of the lots is SHA-256 of ``seed:assessment id``. The seed is made at the draw, after the assessments
were signed, so nobody could know beforehand; it is recorded with a digest of what was drawn from.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID


def drawn(ids: Iterable[UUID], *, seed: str, percent: int) -> list[UUID]:
    """The share of these that is checked, rounded up, in the order of their lots."""
    lots = sorted(set(ids), key=lambda one: (_lot(seed, one), one))
    return lots[: -(-len(lots) * percent // 100)]


def digest_of(ids: Iterable[UUID]) -> str:
    """SHA-256 over the sorted ids: what a draw was made from."""
    return hashlib.sha256("\n".join(sorted(map(str, set(ids)))).encode()).hexdigest()


def _lot(seed: str, one: UUID) -> str:
    return hashlib.sha256(f"{seed}:{one}".encode()).hexdigest()
