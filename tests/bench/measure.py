"""Interleaved timing: rivals take turns within one run, so that a noisy machine is noisy for all."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "var" / "bench.json"


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
    return {
        name: Timing(name, statistics.median(times), statistics.quantiles(times, n=20)[18], rounds)
        for name, times in spent.items()
    }


def report(*, heading: str, world: str, rival: str, timings: dict[str, Timing]) -> None:
    """Write the table into docs/performance.md and the figures into var/."""
    base = timings[rival].median
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Medians of interleaved rounds in one process; the ratio is the rival's median",
        "divided by the case's, so 1.00 is as fast as the rival and 0.50 half as fast.",
        "",
        f"## {heading}",
        "",
        f"{world}; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.",
        f"Load average at the end {os.getloadavg()[0]:.1f}; above 1, other programs shared the machine.",
        "",
        "| case | median ms | p95 ms | ratio to the rival | rounds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for timing in timings.values():
        ratio = "rival" if timing.name == rival else f"{base / timing.median:.2f}"
        lines.append(
            f"| {timing.name} | {timing.median:.1f} | {timing.p95:.1f} | {ratio} | {timing.rounds} |"
        )
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps({name: vars(timing) for name, timing in timings.items()}, indent=1))
    print("\n" + "\n".join(lines[6:]))
