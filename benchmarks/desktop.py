"""How long the user waits: for the program to start, for a key to show rows, for a screen.

On an encrypted database of 100,000 invented customers, 500,000 visits and 370,000 lines of
invoices, offscreen. Floors: PySide6 with an empty window for the start; for the rest, the same
statements run by the bare driver, an empty table or an empty screen.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import figures, pauses, portfolio, screens, tables, typing_keys
from benchmarks.figures import Figure
from benchmarks.start import PAINTED
from benchmarks.window import opened

if TYPE_CHECKING:
    from app.models.database import Database

ACCOUNTS, TIMES = 100_000, 3
_MOST_S = 60.0


def measure(
    accounts: int, times: int, keep: Path | None = None, rows: int = pauses.ROWS
) -> list[Figure]:
    """Return all figures of the desktop; `keep` is where the database is kept for the next run."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="viajante-bench-") as name:
        os.environ["XDG_CONFIG_HOME"] = name  # the window's size is that of the benchmark
        figures.saying(f"desktop: making {accounts:,} customers, unless they are kept")
        kept = portfolio.kept(keep or Path(name), accounts)
        folder = shutil.copytree(kept, Path(name) / "work")  # what is done to it stays here
        figures.saying("desktop: starting")
        found = [*_start(folder, times), _memory(folder)]
        with opened(folder) as desktop:
            first, quote_id = _known(desktop.workspace.database)
            figures.saying("desktop: typing")
            found += typing_keys.measure(desktop, times)
            figures.saying("desktop: tables")
            found += [tables.page(desktop), tables.jump(desktop, times)]
            figures.saying("desktop: screens")
            found += screens.measure(desktop, first, quote_id, times)
            figures.saying("desktop: a sync under way")
            found.append(pauses.measure(desktop, min(rows, accounts)))
    return found


def _known(database: Database) -> tuple[str, str]:
    """Return a customer, and a quote that is being written; it is begun where there is none."""
    from sqlalchemy import select

    from app.models.quote import Quote
    from app.services import accounts

    with database.read() as session:
        first = accounts.search(session, today=portfolio.TODAY)[0]
        quote_id = session.scalar(select(Quote.id).limit(1))
    return first, quote_id or portfolio.draft(database, first, 6)


def _start(folder: Path, times: int) -> list[Figure]:
    """Start the program with its files out of the system's cache, as far as it lets them go."""
    runs = max(3, times + 1)
    with _forgotten(folder):
        cold, cold_floor = _until_painted("today", str(folder)), _until_painted("window")
    colds, cold_floors = [cold], [cold_floor]
    for _n in range(times - 1):
        with _forgotten(folder):
            colds.append(_until_painted("today", str(folder)))
        with _forgotten(folder):
            cold_floors.append(_until_painted("window"))
    warm = [_until_painted("today", str(folder)) for _n in range(runs)]
    floor = [_until_painted("window") for _n in range(runs)]
    beside = "PySide6 and an empty window"
    return [
        Figure(
            f"Process start to Today painted with its data, {words}",
            statistics.median(ours) * 1000, "ms", statistics.median(theirs) * 1000, beside,
        )
        for words, ours, theirs in (("cold", colds, cold_floors), ("warm", warm, floor))
    ]  # fmt: skip


@contextmanager
def _forgotten(folder: Path) -> Iterator[None]:
    """Ask the system to drop the program, its libraries and the database from its cache."""
    places = (
        folder, Path(__file__).parents[1] / "app", Path(__file__).parents[1] / "resources",
        Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib")),
    )  # fmt: skip
    for path in (found for place in places for found in place.rglob("*") if found.is_file()):
        with suppress(OSError, AttributeError), path.open("rb") as file:  # only where POSIX says so
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    yield


def _until_painted(*arguments: str) -> float:
    began = time.perf_counter()
    said = _child(*arguments)
    if said != PAINTED:
        raise RuntimeError(f"the child of {arguments} ended without painting")
    return time.perf_counter() - began


def _memory(folder: Path) -> Figure:
    """Return what the program occupies with every screen opened."""
    words = _child("everything", str(folder)).split()
    floor = _child("nothing").split()
    return Figure(
        "Memory with every screen opened (PSS)", float(words[0]), "MB", float(floor[0]),
        "PySide6 and an empty window", f"RSS {float(words[1]):.0f} MB",
    )  # fmt: skip


def _child(*arguments: str) -> str:
    """Run benchmarks.start and return its line, as soon as it is said."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.start", *arguments], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[1],
    ) as child:  # fmt: skip
        assert child.stdout is not None
        watchdog = threading.Timer(_MOST_S, child.kill)
        watchdog.start()
        said = child.stdout.readline().strip()
        watchdog.cancel()
    return said


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the database here for the next run"
    )
    given = parser.parse_args(arguments)
    found: list[Any] = measure(given.accounts, given.times or TIMES, given.keep)
    return figures.show(found, given)


if __name__ == "__main__":
    sys.exit(main())
