"""A spreadsheet of any kind read, checked, applied and undone, each step timed, in rounds of one run."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from residents.registry import services
from residents.registry.models import ImportBatch
from sojourn.core.actors import Actor
from sojourn.web.spreadsheets import Limits, read_table
from tests.bench.measure import machine, table, write_section

READ, CHECK, APPLY, UNDO = "read the .xlsx", "check and seal", "apply", "undo"
WHOLE = "read, check and apply together"
MOST = 10_000
GOAL = 1_000


class Timed:
    """How long each step took in each round; a case's time is its median."""

    def __init__(self, rows: int) -> None:
        self.rows, self._seconds = rows, defaultdict(list)

    def took(self, case: str, work: Callable, **arguments):
        started = time.perf_counter()
        answer = work(**arguments)
        self._seconds[case].append(time.perf_counter() - started)
        return answer

    def rates(self) -> dict[str, float]:
        """Rows a second of each case, and of an officer's way from the file to the rows that stand."""
        medians = {case: statistics.median(times) for case, times in self._seconds.items()}
        whole = sum(medians[case] for case in (READ, CHECK, APPLY))
        return {case: self.rows / median for case, median in medians.items()} | {WHOLE: self.rows / whole}


def imported(timed: Timed, kind: str, content: bytes, actor: Actor) -> ImportBatch:
    """The good rows of a spreadsheet stand."""
    sheet = timed.took(
        READ, read_table, name="a.xlsx", content=content, size=len(content), limits=Limits(MOST, 10, 60)
    )
    told = {"kind": kind, "headings": sheet.headings, "rows": sheet.rows, "actor": actor}
    batch = timed.took(CHECK, services.check_import, **told)
    services.confirm_import(batch_id=batch.pk, actor=actor)
    timed.took(APPLY, services.apply_import, batch_id=batch.pk)
    return batch


def undone(timed: Timed, batch: ImportBatch, actor: Actor) -> None:
    """Nothing that the spreadsheet wrote stands any more."""
    services.undo_import(batch_id=batch.pk, actor=actor)
    timed.took(UNDO, services.take_back_import, batch_id=batch.pk)
    assert ImportBatch.objects.get(pk=batch.pk).status == "undone"


def report(timed: Timed, *, heading: str, told: str, rival: str, measured: str) -> None:
    """The section of this kind; the case by which it is measured reaches the goal."""
    rates = timed.rates()
    shown: Sequence = [(case, f"{rate:,.0f}", f"{rate / rates[rival]:.3f}") for case, rate in rates.items()]
    heads = ("case", "rows/s", "beside plain rows")
    write_section(heading, [f"{told} {machine()}", "", *table(heads, shown)], rates)
    assert rates[measured] >= GOAL
