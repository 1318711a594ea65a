"""A figure is ours beside a peer's or a floor's, both of one run; a table shows the ratio."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. `peer` is what ours is compared with; None says there is none.

    Units: s, ms, or any word for a count.
    """

    what: str
    ours: float
    unit: str
    peer: float | None = None
    peer_is: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return ours over the peer's."""
        return self.ours / self.peer if self.peer else None


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], times: int, *, first: bool = False) -> float:
    """Return the median seconds of `times` runs, after one that does not count.

    `first` counts that one too, for work that is only ever done once.
    """
    if not first:
        work()
    return statistics.median(seconds(work) for _run in range(times))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table, as the README shows them."""
    rows = [("What", "Ours", "Beside it", "Ratio")]
    for figure in figures:
        what = f"{figure.what} ({figure.note})" if figure.note else figure.what
        beside = "" if figure.peer is None else f"{_said(figure.peer, figure.unit)}: "
        ratio = figure.ratio
        rows.append(
            (
                what,
                _said(figure.ours, figure.unit),
                beside + figure.peer_is,
                "" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}",
            )
        )
    widths = [max(len(row[n]) for row in rows) for n in range(4)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _said(value: float, unit: str) -> str:
    if unit == "ms":
        return f"{value:,.0f} ms" if value >= 20 else f"{value:.1f} ms"
    if unit == "s":
        return f"{value:.2f} s"
    if unit == "%":
        return f"{value:.1f} %"
    return f"{value:,.0f} {unit}".strip()


def machine() -> str:
    """Return where and on what it was measured."""
    cores = os.cpu_count()
    with suppress(AttributeError):
        cores = len(os.sched_getaffinity(0))
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {python}"


def options(about: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--times", type=int, default=0, help="runs of each; 0 is what is usual")
    parser.add_argument("--json", action="store_true", help="answer in JSON, for scripts")
    return parser


def show(figures: Sequence[Figure], given: argparse.Namespace) -> int:
    """Print the figures as asked, and return the exit status."""
    if given.json:
        print(json.dumps([asdict(figure) for figure in figures]))
    else:
        print(machine())
        print()
        print(table(figures))
    return 0


def saying(words: str) -> None:
    """Say on the error stream what is under way, so that the table stays clean."""
    print(words, file=sys.stderr, flush=True)
