"""What the steps of a day work with, and how each of them is played and told to the conductor."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
