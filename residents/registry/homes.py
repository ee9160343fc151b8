"""Where a household can be registered: the counties, and the cities that have none."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from sojourn.core import hanzi
from sojourn.core.clock import today
from sojourn.core.hosting import hosted_members
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel

_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class Homes:
    """Divisions of one reach in which a household can be registered, in the order of their codes.

    ``names`` says what each is called, ``above`` the names of the divisions over it, the province first.
    """

    names: Mapping[str, str]
    above: Mapping[str, tuple[str, ...]]

    @classmethod
    def within(cls, prefixes: Collection[str]) -> "Homes":
        """Those of this node's members whose codes begin with one of these prefixes: ``("4401", "50")``."""
        live = Division.objects.live_on(today()).filter(province_code__in=hosted_members()).order_by("code")
        rows = list(
            live.within(prefixes).exclude(level=DivisionLevel.PROVINCE).select_related("parent__parent")
        )
        parted = {row.city_code for row in rows if row.level == DivisionLevel.COUNTY}
        homes = [row for row in rows if row.kind == DivisionKind.UNIT and row.code not in parted]
        return cls({row.code: row.name for row in homes}, {row.code: _above(row) for row in homes})

    def grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """For a list to choose from: the divisions above, and under them each code with its name."""
        groups = defaultdict(list)
        for code, name in self.names.items():
            groups["".join(self.above[code])].append((code, name))
        return list(groups.items())

    def code_of(self, text: str) -> str | None:
        """The division that a code or a name means: 440106, 天河区, 广州市天河区 or the whole; None if none or several."""
        if text not in self._asked:
            self._asked[text] = self._read(text)
        return self._asked[text]

    def _read(self, text: str) -> str | None:
        wanted = hanzi.search_text(text)
        if _CODE.fullmatch(wanted):
            return wanted if wanted in self.names else None
        found = self._by_name.get(wanted, ())
        return found[0] if len(found) == 1 else None

    @cached_property
    def _asked(self) -> dict[str, str | None]:
        """What was asked already: a sheet names few counties ten thousand times."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        known: dict[str, list[str]] = defaultdict(list)
        for code, name in self.names.items():
            above = self.above[code]
            spellings = {"".join((*above[start:], name)) for start in range(len(above) + 1)}
            if len(above) > 1:
                spellings.add(above[0] + name)
            for spelling in spellings:
                known[hanzi.search_text(spelling)].append(code)
        return known


def _above(division: Division) -> tuple[str, ...]:
    """A code that only sums up counties, as in municipalities, is no name that anybody says."""
    found: list[str] = []
    parent = division.parent
    while parent is not None:
        if parent.kind == DivisionKind.UNIT:
            found.insert(0, parent.name)
        parent = parent.parent
    return tuple(found)
