"""How long the user waits: for the program to start, for a key to show rows, for a screen.

On an encrypted database of 20,000 invented customers, offscreen. Floors: PySide6 with an empty
window for the start; for the rest, the same statements run by the bare driver.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import bare, figures, portfolio
from benchmarks.figures import Figure
from benchmarks.start import PAINTED

if TYPE_CHECKING:
    from app.main import Desktop, Workspace
    from app.views.main_window import MainWindow

ACCOUNTS, TIMES = 20_000, 3
WORDS = ("socarrat", "panader", "12345", "bodega gand")
_MOST_S, _QUIET_S = 60.0, 0.08
_BEAT_MS = 4
_THROTTLE_S = 0.03  # the search waits as long for the next key


def measure(accounts: int, times: int) -> list[Figure]:
    """Return all figures of the desktop, each the median of `times` runs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="viajante-bench-") as name:
        folder = Path(name)
        os.environ["XDG_CONFIG_HOME"] = name  # the window's size is that of the benchmark
        figures.saying(f"desktop: making {accounts:,} customers")
        workspace = portfolio.make(folder, accounts)
        quote_id = portfolio.draft(workspace.database, _first(workspace), 6)
        workspace.close()
        figures.saying("desktop: starting")
        found = [_start(folder, times)]
        with _opened(folder) as desktop:
            figures.saying("desktop: pages of rows")
            found.append(_rows(desktop, times))
            figures.saying("desktop: typing")
            found += [*_typing(desktop, times), *_palette(desktop, times)]
            figures.saying("desktop: screens")
            found += _screens(desktop, quote_id, times)
    return found


def _first(workspace: Workspace) -> str:
    from app.services import accounts

    with workspace.database.read() as session:
        return accounts.search(session, today=portfolio.TODAY)[0]


# the start


def _start(folder: Path, times: int) -> Figure:
    ours = statistics.median(_until_painted("today", str(folder)) for _n in range(times + 1))
    floor = statistics.median(_until_painted("window") for _n in range(times + 1))
    return Figure(
        "Cold start to Today painted with its data", ours * 1000, "ms", floor * 1000,
        "PySide6 and an empty window",
    )  # fmt: skip


def _until_painted(*arguments: str) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.start", *arguments], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[1],
    ) as child:  # fmt: skip
        assert child.stdout is not None
        watchdog = threading.Timer(_MOST_S, child.kill)
        watchdog.start()
        said = child.stdout.readline().strip()
        took = time.perf_counter() - began
        watchdog.cancel()
    if said != PAINTED:
        raise RuntimeError(f"the child of {arguments} ended without painting")
    return took


# the window, on its own database


@contextmanager
def _opened(folder: Path) -> Iterator[Desktop]:
    from app import main, settings
    from app.views import application

    workspace = main.open_workspace(folder, lambda _new: None)
    application.create(settings.load(folder / main.SETTINGS))
    desktop = main.build(workspace, now=lambda: portfolio.NOW)
    desktop.window.resize(1366, 768)
    desktop.window.show()
    desktop.window.activateWindow()
    desktop.window.start()
    _wait(lambda: "today" in desktop.window.pages and _idle(desktop.window))
    desktop.window.synchroniser.stop()
    try:
        yield desktop
    finally:
        desktop.close()


def _wait(until: Callable[[], bool]) -> float:
    """Let Qt work until something holds; return the seconds it took.

    It sleeps between two events, as the program does: asking without end would take the
    interpreter from the threads that are waited for.
    """
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    beat = QTimer(interval=_BEAT_MS)  # for what holds without any event
    beat.start()
    began = time.perf_counter()
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        took = time.perf_counter() - began
        if until():
            return took
        if took > _MOST_S:
            raise TimeoutError("what was waited for did not come")


def _idle(window: MainWindow) -> bool:
    return not window.desk.tasks.busy and not window._badges.isActive()


def _quiet(window: MainWindow, field: Any) -> Callable[[], bool]:
    """Return whether nothing has been under way for a while, whenever it is asked."""
    since = time.perf_counter()

    def look() -> bool:
        nonlocal since
        if field._timer.isActive() or not _idle(window):
            since = time.perf_counter()
        return time.perf_counter() - since > _QUIET_S

    return look


def _first_of(one: Callable[[], bool], other: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: one() or other()


class _Painted:
    """Whether a view has been painted since `news` was said; asked after each round of events."""

    def __init__(self, view: Any) -> None:
        from PySide6.QtCore import QEvent, QObject

        outer = self

        class Filter(QObject):
            def eventFilter(self, _watched: Any, event: Any) -> bool:  # noqa: N802 - Qt's
                if event.type() == QEvent.Type.Paint:
                    outer.fresh = outer.has_news
                return False

        self.has_news = self.fresh = False
        self._filter = Filter()
        view.viewport().installEventFilter(self._filter)

    def forget(self) -> None:
        self.has_news = self.fresh = False

    def news(self, *_what: object) -> None:
        self.has_news, self.fresh = True, False


def _type(edit: Any, letter: str) -> None:
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(edit, event)


# rows and keys


def _rows(desktop: Desktop, times: int) -> Figure:
    from app.services import account_rows, accounts

    database, today = desktop.workspace.database, portfolio.TODAY
    with database.read() as session:
        ids = accounts.search(session, today=today)
    page = ids[len(ids) // 2 :][:100]

    def work() -> None:
        with database.read() as session:
            account_rows.rows(session, page, today=today)

    with bare.recorded(database) as statements:
        work()
    return Figure(
        "A page of 100 customers, with visits, sales and debts",
        figures.median(work, times * 5) * 1000, "ms",
        bare.floor(database, statements, times * 5) * 1000, "the bare driver",
    )  # fmt: skip


def _typing(desktop: Desktop, times: int) -> list[Figure]:
    """Type words into the portfolio's filter, a key at a time, until the rows are painted."""
    from app.services import account_rows, accounts
    from app.views.widgets.page import Ref

    window, database = desktop.window, desktop.workspace.database
    window.open(Ref("portfolio"))
    _wait(lambda: _idle(window))
    page: Any = window.page
    painted = _Painted(page.view)
    page.model.modelReset.connect(painted.forget)  # blank until its rows come
    page.model.dataChanged.connect(painted.news)
    taken: list[float] = []
    floors: list[float] = []
    for words in WORDS * times:
        for n, letter in enumerate(words):
            before = page.model.ids
            painted.forget()
            _type(page.search, letter)
            took = _wait(_first_of(lambda: painted.fresh, _quiet(window, page.search)))
            if painted.fresh and page.model.ids is not before:
                taken.append(took)
            _wait(_quiet(window, page.search))
            if len(floors) < sum(map(len, WORDS)):
                with bare.recorded(database) as statements, database.read() as session:
                    found = accounts.search(session, words[: n + 1], today=portfolio.TODAY)
                    account_rows.rows(session, found[:100], today=portfolio.TODAY)
                floors.append(bare.floor(database, statements, 1))
        page.search.clear()
        _wait(_quiet(window, page.search))
    return _keys("Key to rows painted, portfolio", taken, floors)


def _palette(desktop: Desktop, times: int) -> list[Figure]:
    """The same for the palette, which finds everything."""
    from app.services import search

    window, database = desktop.window, desktop.workspace.database
    window.show_palette()
    _wait(lambda: _idle(window))
    palette = window.palette_layer
    painted = _Painted(palette.list)
    palette.list.model().rowsInserted.connect(painted.news)
    taken: list[float] = []
    floors: list[float] = []
    for words in WORDS * times:
        for n, letter in enumerate(words):
            painted.forget()
            _type(palette.field, letter)
            took = _wait(lambda: painted.fresh)
            if n:  # one letter alone is not looked for
                taken.append(took)
            _wait(_quiet(window, palette.field))
            if n and len(floors) < sum(map(len, WORDS)) - len(WORDS):
                with bare.recorded(database) as statements, database.read() as session:
                    kinds = ("account", "contact", "quote", "document")
                    search.find(session, words[: n + 1], kinds=kinds, limit=12)
                floors.append(bare.floor(database, statements, 1))
        palette.field.clear()
        _wait(_quiet(window, palette.field))
    palette.layer.close_layer()
    return _keys("Key to results painted, palette", taken, floors)


def _keys(what: str, taken: list[float], floors: list[float]) -> list[Figure]:
    """Return the median and the 95th percentile."""
    beside = "30 ms for the next key, then its statements by the bare driver"
    floors = [_THROTTLE_S + floor for floor in floors]
    return [
        Figure(
            what, statistics.median(taken) * 1000, "ms", statistics.median(floors) * 1000, beside,
            f"median of {len(taken)}",
        ),
        Figure(
            what, figures.percentile(taken, 0.95) * 1000, "ms",
            figures.percentile(floors, 0.95) * 1000, beside, "95th percentile",
        ),
    ]  # fmt: skip


# screens


def _screens(desktop: Desktop, quote_id: str, times: int) -> list[Figure]:
    """Open each screen: the first time, and again."""
    from app.views.widgets.page import Page, Ref

    window = desktop.window
    refs = {
        "routes": Ref("routes"), "customer": Ref("customer", _first(desktop.workspace)),
        "visit": Ref("visit", options={"new": True, "account": _first(desktop.workspace)}),
        "quotes": Ref("quotes"), "quote": Ref("quote", quote_id), "expenses": Ref("expenses"),
        "import": Ref("import"), "sync": Ref("sync"), "settings": Ref("settings"),
        "today": Ref("today"), "portfolio": Ref("portfolio"),
    }  # fmt: skip
    window.screens["empty"] = lambda: Page(window.desk)
    floor = statistics.median(_open(window, Ref("empty")) for _n in range(times + 1))
    made = []
    for name, ref in refs.items():
        is_new = name not in window.pages
        first = _open(window, ref)
        again = statistics.median(_open(window, ref) for _n in range(times))
        note = f"first time {first * 1000:.0f} ms" if is_new else ""
        beside = "an empty screen in the same window"
        made.append(Figure(f"Opening {name}", again * 1000, "ms", floor * 1000, beside, note))
    return made


def _open(window: MainWindow, ref: Any) -> float:
    """Open a screen and wait until nothing is under way and all is painted."""
    from dataclasses import replace

    began = time.perf_counter()
    window.open(replace(ref, options=dict(ref.options)))
    _wait(lambda: _idle(window))
    window.repaint()
    return time.perf_counter() - began


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    given = parser.parse_args(arguments)
    return figures.show(measure(given.accounts, given.times or TIMES), given)


if __name__ == "__main__":
    sys.exit(main())
