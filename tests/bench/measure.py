"""Interleaved timing: rivals take turns within one run, so that a noisy machine is noisy for all."""

import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "var" / "bench"
TITLE = """# Performance

Written by `make bench`, section by section: a run replaces its own section and leaves the others. Rivals take
turns within one run; a ratio says how fast a case is beside its rival: 1.00 as fast, 0.50 half as fast.
"""
STEAL = 7


def _processor_times() -> list[int]:
    """Ticks since the machine started, from user to steal (a guest's are in user); empty where none are told."""
    told = Path("/proc/stat")
    return [int(ticks) for ticks in told.read_text().split()[1 : STEAL + 2]] if told.exists() else []


BEGAN = _processor_times()


@dataclass(frozen=True)
class Timing:
    """The median and the 95th percentile of one case, in milliseconds."""

    name: str
    median: float
    p95: float
    rounds: int


def interleaved(cases: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, Timing]:
    """Run every case once a round, for ``rounds`` rounds after a tenth of that as warm-up."""
    spent: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + rounds // 10):
        for name, case in cases.items():
            started = time.perf_counter()
            case()
            if turn >= rounds // 10:
                spent[name].append((time.perf_counter() - started) * 1000)
    return {name: Timing(name, statistics.median(times), p95(times), rounds) for name, times in spent.items()}


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def report(*, heading: str, world: str, rival: str, timings: dict[str, Timing]) -> None:
    """Write the table of interleaved calls into its section, and the figures into var/."""
    base = timings[rival].median
    rows = [
        (
            timing.name,
            f"{timing.median:.1f}",
            f"{timing.p95:.1f}",
            "rival" if timing.name == rival else f"{base / timing.median:.2f}",
            str(timing.rounds),
        )
        for timing in timings.values()
    ]
    lines = [f"{world}; {machine()}", "", *table(("case", "median ms", "p95 ms", "ratio", "rounds"), rows)]
    figures = {name: vars(timing) for name, timing in timings.items()}
    write_section(heading, lines, figures)


def machine() -> str:
    """What it ran on, how much else ran there, and what machines beside it took since the benches began."""
    return (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores. Load average at the"
        f" end {os.getloadavg()[0]:.1f}.{_taken_by_others()}"
    )


def _taken_by_others() -> str:
    if not BEGAN:
        return ""
    spent = [now - then for now, then in zip(_processor_times(), BEGAN, strict=True)]
    share = 100 * spent[STEAL] / max(1, sum(spent))
    return f" Other machines took {share:.0f} % of the processor."


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


def write_section(heading: str, lines: Sequence[str], figures: dict) -> None:
    """Put a section into docs/performance.md in place of the one of that heading, or behind the others."""
    sections = dict(_sections(REPORT.read_text("utf-8"))) if REPORT.exists() else {}
    sections[heading] = "\n".join(lines)
    written = [TITLE, *(f"## {name}\n\n{body}\n" for name, body in sections.items())]
    REPORT.write_text("\n".join(written), encoding="utf-8")
    FIGURES.mkdir(parents=True, exist_ok=True)
    file = FIGURES / f"{re.sub(r'[^a-z0-9]+', '-', heading.lower()).strip('-')}.json"
    file.write_text(json.dumps(figures, indent=1))
    print("\n" + "\n".join([f"## {heading}", "", *lines]))


def _sections(text: str) -> list[tuple[str, str]]:
    """The headings of a report and what stands under each."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return [(heading.strip(), body.strip()) for heading, body in zip(parts[::2], parts[1::2], strict=True)]
