"""The rep's process: the real desktop on her laptop, and the script that works it.

    python -m app.walkthrough.rep morning|evening

Speaks to `app.walkthrough.run` in lines of JSON on its standard input and output.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import main as program
from app import settings
from app.main import Desktop, Workspace
from app.walkthrough import notebook
from app.walkthrough.hands import Clock, Hands
from app.walkthrough.notebook import Step


@dataclass
class Rep:
    """What a step works with; `told` is what is known of the day so far."""

    told: dict[str, Any]
    clock: Clock
    desktop: Desktop
    hands: Hands
    tell: dict[str, Any] = field(default_factory=dict)  # what the evening has to know

    @property
    def workspace(self) -> Workspace:
        return self.desktop.workspace

    @property
    def out(self) -> Path:
        return Path(self.told["out"])

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Ask the conductor for something and wait until it is done."""
        _write({"ask": what, **more})
        answer: dict[str, Any] = json.loads(sys.stdin.readline())
        return answer

    def end(self, *, kill: bool) -> None:
        """Say that this part is done; with `kill` nothing after this is ever run."""
        told = {**self.tell, "pictures": self.hands.pictures_taken,
                "begin": self.clock.now().isoformat()}  # fmt: skip
        _write({"ask": "end", "kill": kill, "tell": told})


Work = Callable[[Rep, Step], None]


def play(rep: Rep, steps: Sequence[tuple[int, str, Work]]) -> bool:
    """Do the steps in order and say each; False when one did not hold: the rest is left."""
    for number, name, work in steps:
        step = Step(number, name)
        try:
            with notebook.timed(step):
                work(rep, step)
                notebook.require(not rep.hands.stray.seen, f"stray windows: {rep.hands.stray.seen}")
        except Exception:  # noqa: BLE001 - whatever it is, it is the step's outcome
            traceback.print_exc()
            rep.hands.snapshot("failed")
            return False
        finally:
            _write(step.as_json())
    return True


def _write(message: dict[str, Any]) -> None:
    print(json.dumps(message, ensure_ascii=False), flush=True)  # noqa: T201 - the channel


def main(part: str) -> int:
    """Open the desktop, work it through the steps of `part`, and close it."""
    from app.walkthrough import evening, morning

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
