"""Spoilt pages are fed to a node, and it is counted for which reason each was refused."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sojourn.sharing.models import Alarm, Cursor
from sojourn.sharing.services import pulling
from sojourn.sharing.services.ahead import Turn
from tests.sharing.feeding import Stub, cursor_at, rows, taken_back
from tests.sharing.mutants import Good
from tests.sharing.network import TestNode


@dataclass
class Tally:
    """What became of the mutants: how many were refused for which reason, and which did something."""

    reasons: Counter[str]
    believed: list[str]

    @property
    def refused(self) -> int:
        return self.reasons.total()


def fed_to(reader: TestNode, spoilt: Iterator[tuple[str, Good, bytes]]) -> Tally:
    """Each mutant comes as the next page, on the puller's own path; a good one counts as believed."""
    tally, before = Tally(Counter(), []), rows(reader)
    for name, good, page in spoilt:
        with taken_back(reader):
            reason = _refusal(good, page)
            if reason is None or rows(reader) != before:
                tally.believed.append(name)
            else:
                tally.reasons[reason] += 1
    return tally


def _refusal(good: Good, page: bytes) -> str | None:
    """The one alarm that a page raised; None where it moved the feed on, or raised another number of alarms."""
    registry = pulling.live_registry()
    cursor_at(good.feed).update(head_no=2)
    cursor: Cursor = cursor_at(good.feed).get()
    before = cursor.place
    client = Stub({(good.feed, before.no + 1): page})
    turn = Turn(client, registry, float("inf"), None)  # type: ignore[arg-type]
    pulling._follow(cursor, turn, turn.ask_for_all([before]))
    cursor = cursor_at(good.feed).get()
    alarms = list(Alarm.objects.open().values_list("reason", "times", "subject"))
    if cursor.place != before or len(alarms) != 1 or alarms[0][1:] != (1, good.feed):
        return None
    return alarms[0][0]
