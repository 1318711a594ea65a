"""The child whose start is timed: the desktop until Today is painted with its data, or a window.

    python -m benchmarks.start today FOLDER     the program as `viajante --workspace FOLDER` starts
    python -m benchmarks.start window           PySide6 and one empty window: what nobody can avoid
    python -m benchmarks.start everything FOLDER  the program with every screen opened: its memory
    python -m benchmarks.start nothing          the memory of PySide6 and one empty window

It prints one line when that is on the screen and ends; the parent holds the watch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PAINTED = "painted"


def _tell() -> None:
    print(PAINTED, flush=True)
    os._exit(0)  # what comes after is not measured


def _today(folder: Path) -> None:
    from app import main
    from benchmarks.portfolio import NOW

    def watch(desktop: main.Desktop) -> None:
        from app.views.today.page import TodayPage

        window, tasks = desktop.window, desktop.window.desk.tasks

        def look() -> None:
            page = window.stack.currentWidget()
            if isinstance(page, TodayPage) and page.title.text() and not tasks.busy:
                window.repaint()
                _tell()

        tasks.idle.connect(look)

    main.run_desktop(folder, now=lambda: NOW, before_show=watch)


def _everything(folder: Path) -> None:
    from app.services import account_list
    from app.views.widgets.page import Ref
    from benchmarks import window

    with window.opened(folder) as desktop:
        with desktop.workspace.database.read() as session:
            first = account_list.first(session).ids[0]
        for name in desktop.window.screens:
            if name == "first_run":
                continue
            customer = {"customer": first}.get(name, "")
            new = {"new": True, "account": first} if name in {"visit", "quote"} else {}
            desktop.window.open(Ref(name, customer, options=new))
            window.wait(lambda: window.idle(desktop.window))
            desktop.window.repaint()
        desktop.window.show_palette()
        window.wait(lambda: window.idle(desktop.window))
        _tell_memory()


def _tell_memory() -> None:
    """Print the proportional and the resident set in MB; 0 where the system does not say."""
    found = {"Pss": 0, "Rss": 0}
    with suppress(OSError):
        for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
            name, _colon, value = line.partition(":")
            if name in found:
                found[name] = int(value.split()[0])
    print(found["Pss"] / 1024, found["Rss"] / 1024, flush=True)
    os._exit(0)


def _window(tell: Callable[[], None]) -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    program = QApplication([])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    program.processEvents()
    window.repaint()
    tell()


if __name__ == "__main__":
    match sys.argv[1]:
        case "today":
            _today(Path(sys.argv[2]))
        case "everything":
            _everything(Path(sys.argv[2]))
        case "nothing":
            _window(_tell_memory)
        case _:
            _window(_tell)
