"""Every screen in the three themes, as the day leaves it: themes/<theme>/<name>.png."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtTest import QTest

from app.views.widgets.layer import Layer
from app.views.widgets.page import Ref
from app.walkthrough.notebook import require
from app.walkthrough.rep import Rep

THEMES = ("claro", "oscuro", "sol")
TABS = ("summary", "activity", "sales", "quotes", "documents", "terms", "record")


def take(rep: Rep) -> dict[str, object]:
    """Take the pictures and return how many there are and how long a change of theme took."""
    window, folder = rep.desktop.window, rep.out / "themes"
    before, taken, switches = window.desk.settings.theme, 0, []
    for theme in THEMES:
        switches.append(_switch(rep, theme))
        for name, show in _places(rep).items():
            show()
            _settle(rep)
            _save(rep, folder / theme / f"{name}.png")
            taken += 1
            _close_layers(rep)
            if window.desk.customer_mode.on:
                window.switch_customer_mode()
    window.set_theme(before)
    require(taken == len(THEMES) * len(_places(rep)), "each screen has a picture in each theme")
    return {"pictures": taken, "theme_switch_ms": round(sorted(switches)[len(switches) // 2])}


def _switch(rep: Rep, theme: str) -> float:
    """Switch with a full screen open, and return the milliseconds until it is painted."""
    window = rep.desktop.window
    window.open(Ref("portfolio"))
    _settle(rep)
    began = time.perf_counter()
    window.set_theme(theme)
    window.repaint()
    return (time.perf_counter() - began) * 1000


def _places(rep: Rep) -> dict[str, Callable[[], object]]:
    """Return how each place is opened, by the name of its picture."""
    window, told = rep.desktop.window, rep.told
    account, _other = told["edited"]
    refs = {
        "today": Ref("today"), "routes": Ref("routes"), "portfolio": Ref("portfolio"),
        **{f"customer-{tab}": Ref("customer", account, tab) for tab in TABS},
        "quotes": Ref("quotes"), "quote": Ref("quote", told["quote"]),
        "visit": Ref("visit", told["typed_visit"]), "expenses": Ref("expenses"),
        "import": Ref("import"), "sync": Ref("sync"), "settings": Ref("settings"),
    }  # fmt: skip
    places: dict[str, Callable[[], object]] = {
        name: partial(window.open, ref) for name, ref in refs.items()
    }
    return places | {
        "palette": window.show_palette, "help": window.show_help, "notices": window.show_notices,
        "customer-mode": window.switch_customer_mode,
    }  # fmt: skip


def _settle(rep: Rep) -> None:
    """Wait until what was asked for is shown; nothing here is throttled for long."""
    busy = rep.desktop.window.desk.tasks
    for _n in range(2):
        rep.hands.until(lambda: not busy.busy, "the work under way ends")
        QTest.qWait(60)


def _save(rep: Rep, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rep.desktop.window.toast.hide()  # what the place before has said
    rep.desktop.window.grab().save(str(path))


def _close_layers(rep: Rep) -> None:
    window = rep.desktop.window
    for layer in window.findChildren(Layer):
        if layer.isVisible():
            layer.close_layer()
    QTest.qWait(1)
