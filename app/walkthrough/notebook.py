"""What a walkthrough writes down: each step with whether it held, its seconds and its figures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class StepFailed(Exception):  # noqa: N818 - what happened
    """Something that had to hold did not; the words say what."""


def require(held: object, what: str) -> None:
    """Raise `StepFailed` with `what` unless it held."""
    if not held:
        raise StepFailed(what)


@dataclass
class Step:
    """One step of the day; `found` are its counts, ids and amounts, ready for JSON."""

    number: int
    name: str
    ok: bool = False
    seconds: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)
    why: str = ""  # it failed

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "step": self.number, "name": self.name, "ok": self.ok,
            "seconds": round(self.seconds, 3), **self.found,
        }  # fmt: skip
        return said | ({"why": self.why} if self.why else {})

    @staticmethod
    def from_json(said: dict[str, Any]) -> Step:
        found = dict(said)
        return Step(
            found.pop("step"), found.pop("name"), found.pop("ok"), found.pop("seconds"),
            why=found.pop("why", ""), found=found,
        )  # fmt: skip


@contextmanager
def timed(step: Step) -> Iterator[Step]:
    """Time what happens; it holds when nothing is raised. The exception goes on."""
    began = time.perf_counter()
    try:
        yield step
        step.ok = True
    except Exception as error:
        step.why = f"{type(error).__name__}: {error}"
        raise
    finally:
        step.seconds = time.perf_counter() - began


def write(path: Path, steps: list[Step], expected: int, **about: Any) -> bool:
    """Write day.json and return whether every one of the `expected` steps is there and held."""
    ok = len(steps) == expected and all(step.ok for step in steps)
    made = {"ok": ok, **about, "steps": [step.as_json() for step in steps]}
    path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return ok
