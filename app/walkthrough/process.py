"""The rep's process: the real desktop on her laptop, and the script that works it.

    python -m app.walkthrough.process morning|evening

Speaks to `app.walkthrough.run` in lines of JSON on its standard input and output.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import main as program
from app import settings
from app.main import Desktop
from app.walkthrough import evening, morning
from app.walkthrough.hands import Clock, Hands
from app.walkthrough.rep import Rep


def main(part: str) -> int:
    """Open the desktop, work it through the steps of `part`, and close it."""
    told = json.loads(sys.stdin.readline())
    folder, clock = Path(told["folder"]), Clock(datetime.fromisoformat(told["begin"]))
    chosen = settings.load(folder / program.SETTINGS)
    chosen.language, chosen.theme = told["language"], told["theme"]
    chosen.save()
    script = {"morning": morning.script, "evening": evening.script}[part]

    def begin(desktop: Desktop) -> None:
        hands = Hands(desktop.window, Path(told["out"]) / "screens", clock, told["pictures"])
        rep = Rep(told, clock, desktop, hands)
        if part == "evening":
            evening.look_at_laptop(rep)

        def work() -> None:
            hands.begin()
            script(rep)
            desktop.window.close()
            QApplication.exit(0)  # even when a dialog is still open

        QTimer.singleShot(0, work)

    return program.run_desktop(folder, now=clock.now, before_show=begin)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
