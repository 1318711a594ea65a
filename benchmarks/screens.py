"""How long a screen takes to open: until its own data is painted, and until nothing is under way.

Counts of views and filters follow in the background; they are in the second time, in the note.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks import figures
from benchmarks.figures import Figure
from benchmarks.window import idle, shows_rows, wait

if TYPE_CHECKING:
    from app.main import Desktop
    from app.views.main_window import MainWindow

_CUSTOMERS = 40

# what tells that a screen shows what it was opened for; the others do when nothing is under way
_SHOWN: dict[str, Callable[[Any], bool]] = {
    "portfolio": lambda page: shows_rows(page.model),
    "quotes": lambda page: shows_rows(page.model),
    "today": lambda page: bool(page.title.text()),
    "customer": lambda page: page.shown is not None,
    "routes": lambda page: page.shown is not None,
}


def measure(desktop: Desktop, first: str, quote_id: str, times: int) -> list[Figure]:
    """Open each screen, the first time and again, and many customers."""
    from app.views.widgets.page import Page, Ref

    window = desktop.window
    refs = {
        "routes": Ref("routes"), "customer": Ref("customer", first),
        "visit": Ref("visit", options={"new": True, "account": first}),
        "quotes": Ref("quotes"), "quote": Ref("quote", quote_id), "expenses": Ref("expenses"),
        "import": Ref("import"), "sync": Ref("sync"), "settings": Ref("settings"),
        "today": Ref("today"), "portfolio": Ref("portfolio"),
    }  # fmt: skip
    window.screens["empty"] = lambda: Page(window.desk)
    rounds = max(4, times * 4)
    floor = figures.percentile([_open(window, Ref("empty"))[0] for _n in range(rounds)], 0.99)
    beside = "an empty screen in the same window"
    made = []
    for name, ref in refs.items():
        is_new = name not in window.pages
        once = _open(window, ref)
        again = [_open(window, each) for _n in range(rounds) for each in (Ref("empty"), ref)][1::2]
        shown = figures.percentile([painted for painted, _whole in again], 0.99)
        whole = figures.percentile([whole for _painted, whole in again], 0.99)
        note = f"p99; with all that follows {whole * 1000:.0f} ms" if whole > shown * 1.2 else "p99"
        note += f"; first time {once[0] * 1000:.0f} ms" if is_new else ""
        made.append(Figure(f"Opening {name}", shown * 1000, "ms", floor * 1000, beside, note))
    return [*made, _customers(desktop, floor)]


def _customers(desktop: Desktop, floor: float) -> Figure:
    """Open the pages of many customers, one after the other."""
    from app.services import account_list
    from app.views.widgets.page import Ref

    with desktop.workspace.database.read() as session:
        ids = account_list.search(session)
    step = max(1, len(ids) // _CUSTOMERS)
    taken = [_open(desktop.window, Ref("customer", id_))[0] for id_ in ids[::step][:_CUSTOMERS]]
    return Figure(
        "Opening a customer's page", figures.percentile(taken, 0.99) * 1000, "ms", floor * 1000,
        "an empty screen in the same window", f"p99 of {len(taken)} customers",
    )  # fmt: skip


def _open(window: MainWindow, ref: Any) -> tuple[float, float]:
    """Open a screen; return the seconds until its data is painted, and until all is."""
    began = time.perf_counter()
    window.open(replace(ref, options=dict(ref.options)))
    page: Any = window.page
    wanted = getattr(page, "account_id", None)
    shows = _SHOWN.get(ref.screen, lambda _page: not window.desk.tasks.busy)
    if ref.screen == "customer":
        page.shown = page.shown if page.shown and wanted == page.shown.account.id else None
    wait(lambda: shows(page))
    window.repaint()
    painted = time.perf_counter() - began
    wait(lambda: idle(window))
    window.repaint()
    return painted, time.perf_counter() - began
