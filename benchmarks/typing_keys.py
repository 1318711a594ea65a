"""Key press to rows painted, in the portfolio's filter and in the palette."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from benchmarks import bare, figures, portfolio
from benchmarks.figures import Figure
from benchmarks.window import Painted, first_of, idle, press, quiet, shows_rows, wait

if TYPE_CHECKING:
    from app.main import Desktop

WORDS = ("socarrat", "panader", "12345", "bodega gand")


def measure(desktop: Desktop, times: int) -> list[Figure]:
    return [*_portfolio(desktop, times), *_palette(desktop, times)]


def _portfolio(desktop: Desktop, times: int) -> list[Figure]:
    """Type words into the portfolio's filter, a key at a time, until the rows are painted."""
    from app.services import account_list
    from app.views.widgets.page import Ref

    window, database = desktop.window, desktop.workspace.database
    window.open(Ref("portfolio"))
    wait(lambda: idle(window))
    page: Any = window.page
    painted = Painted(page.view, lambda: shows_rows(page.model))
    page.model.modelReset.connect(painted.news)
    page.model.dataChanged.connect(painted.news)
    taken: list[float] = []
    floors: list[float] = []
    for words in WORDS * times:
        for n, letter in enumerate(words):
            before = page.model.ids
            painted.forget()
            press(page.search, letter)
            took = wait(first_of(lambda: painted.fresh, quiet(window, page.search)))
            if painted.fresh and page.model.ids is not before:
                taken.append(took)
            wait(quiet(window, page.search))
            if len(floors) < sum(map(len, WORDS)):
                with bare.recorded(database) as statements, database.read() as session:
                    account_list.first(session, words[: n + 1], today=portfolio.TODAY)
                floors.append(bare.floor(database, statements, 1))
        page.search.clear()
        wait(quiet(window, page.search))
    return _figures("Key to rows painted, portfolio", taken, floors)


def _palette(desktop: Desktop, times: int) -> list[Figure]:
    """The same for the palette, which finds everything."""
    from app.services import palette as service

    window, database = desktop.window, desktop.workspace.database
    window.show_palette()
    wait(lambda: idle(window))
    palette = window.palette_layer
    painted = Painted(palette.list)
    palette.list.model().rowsInserted.connect(painted.news)
    taken: list[float] = []
    floors: list[float] = []
    kinds = ("account", "contact", "quote", "document", "product")
    for words in WORDS * times:
        for n, letter in enumerate(words):
            painted.forget()
            press(palette.field, letter)
            taken.append(wait(lambda: painted.fresh))
            wait(quiet(window, palette.field))
            if len(floors) < sum(map(len, WORDS)):
                with bare.recorded(database) as statements, database.read() as session:
                    service.find(session, words[: n + 1], kinds)
                floors.append(bare.floor(database, statements, 1))
        palette.field.clear()
        wait(quiet(window, palette.field))
    palette.layer.close_layer()
    return _figures("Key to results painted, palette", taken, floors)


def _figures(what: str, taken: list[float], floors: list[float]) -> list[Figure]:
    beside = "its statements by the bare driver"
    return [
        Figure(
            what, statistics.median(taken) * 1000, "ms", statistics.median(floors) * 1000, beside,
            f"median of {len(taken)}",
        ),
        Figure(
            what, figures.percentile(taken, 0.99) * 1000, "ms",
            figures.percentile(floors, 0.99) * 1000, beside, "p99",
        ),
    ]  # fmt: skip
