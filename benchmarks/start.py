"""The child whose start is timed: the desktop until Today is painted with its data, or a window.

    python -m benchmarks.start today FOLDER     the program as `viajante --workspace FOLDER` starts
    python -m benchmarks.start window           PySide6 and one empty window: what nobody can avoid

It prints one line when that is on the screen and ends; the parent holds the watch.
"""

from __future__ import annotations

import os
import sys
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


def _window() -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    program = QApplication([])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    program.processEvents()
    window.repaint()
    _tell()


if __name__ == "__main__":
    if sys.argv[1] == "today":
        _today(Path(sys.argv[2]))
    else:
        _window()
