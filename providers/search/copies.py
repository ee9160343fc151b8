"""Whose facts a page shows, and how old the copies among them are."""

from collections.abc import Iterable
from dataclasses import dataclass

from sojourn.provinces.models import Division
from sojourn.sharing.freshness import Freshness, freshness_of_copies

# What a page of the search is made of.
SHOWN = ("operators", "facilities", "bases")


@dataclass(frozen=True)
class Copies:
    """One province's facts as this node shows them: its own, or copies with their freshness."""

    province: Division
    freshness: Freshness | None

    @property
    def are_copies(self) -> bool:
        return self.freshness is not None

    @property
    def are_stale(self) -> bool:
        return self.freshness is not None and self.freshness.is_stale


def copies_of(province: Division) -> Copies:
    """The province that answers for these facts, and how fresh they are here."""
    return Copies(province, freshness_of_copies(*SHOWN).get(province.code))


def stale_copies(owners: Iterable[str] = ()) -> list[Copies]:
    """The provinces, of these or of all, whose copies were not compared with their owner for too long."""
    asked = set(owners)
    stale = {
        owner: fresh
        for owner, fresh in freshness_of_copies(*SHOWN).items()
        if fresh.is_stale and (not asked or owner in asked)
    }
    if not stale:
        return []
    provinces = Division.objects.filter(code__in=stale).order_by("code")
    return [Copies(province, stale[province.code]) for province in provinces]
