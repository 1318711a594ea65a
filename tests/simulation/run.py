"""Runs a simulation: steps, and now and then a rest in which everything must agree."""

from __future__ import annotations

import gc
import json
import logging
import os
import tempfile
import time
import traceback
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from app import garbage
from tests.simulation import actions, server_checks, world
from tests.simulation.clock import SimTime, simulated
from tests.simulation.planted import PLANTED, plant

REST_EVERY = 400


@dataclass(frozen=True)
class Plan:
    """One integer makes the whole run; `left_out` are steps that shrinking has taken away."""

    seed: int
    steps: int
    reps: int = 3
    second: int = 1
    url: str = ""
    rest_every: int = REST_EVERY
    left_out: frozenset[int] = frozenset()
    planted: str = ""  # the name of a bug that the product has in this run


@dataclass
class Outcome:
    """What a run came to; `violations` is empty when everything held."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    at: int = 0
    seconds: float = 0.0  # of the processor
    counts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    deeds: int = 0
    fingerprint: str = ""  # of the server's content in the end

    @property
    def words(self) -> str:
        rate = self.at / self.seconds if self.seconds else 0
        lines = [
            f"seed {self.plan.seed}: {self.at} steps, {self.deeds} deeds, {self.seconds:.0f} s"
            f" ({rate:.0f} steps/s)",
            "  " + ", ".join(f"{name} {n}" for name, n in sorted(self.counts.items())),
            "  network: " + ", ".join(f"{name} {n}" for name, n in sorted(self.faults.items())),
        ]
        return "\n".join([*lines, *(f"  VIOLATED {each}" for each in self.violations)])


def run(plan: Plan, folder: Path | None = None) -> Outcome:
    """Run a plan in a fresh folder and return what it came to."""
    logging.disable(logging.CRITICAL)  # refusals and faults are what it is made of
    began = time.process_time()
    outcome = Outcome(plan)
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 50, 50)  # statements are made by the thousand, and few are circular
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder or _fast()) as name,
            simulated(plan.seed) as clock,
            plant(plan.planted),
        ):
            _run(Path(name) / "world", clock, outcome)
    finally:
        logging.disable(logging.NOTSET)
        gc.set_threshold(*thresholds)
    outcome.seconds = time.process_time() - began
    return outcome


def _run(folder: Path, clock: SimTime, outcome: Outcome) -> None:
    plan = outcome.plan
    made = world.World(folder, clock, plan.url)
    try:
        world.people(made, reps=plan.reps, second=plan.second)
        outcome.violations = _play(made, plan, outcome)
        outcome.fingerprint = server_checks.fingerprint(made.store)
    except AssertionError as error:
        outcome.violations = [f"it did not even begin: {error}"]
    finally:
        outcome.counts, outcome.deeds = made.counts, made.oracle.count
        outcome.faults = dict(made.network.seen)
        made.close()


def _fast() -> Path | None:
    """Return a folder in memory where there is one; None is the system's own choice."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else None


def _play(made: world.World, plan: Plan, outcome: Outcome) -> list[str]:
    try:
        for n in range(1, plan.steps + 1):
            outcome.at = n
            if n not in plan.left_out:
                actions.step(made, Random(f"{plan.seed} {n}"))
                garbage.look()
            if n % plan.rest_every == 0 or n == plan.steps:
                made.network.chance = Random(f"{plan.seed} rest {n}")
                if violations := made.settle():
                    return violations
    except Exception:  # whatever stops a person from going on is a violation, and is shrunk as one
        return [f"step {outcome.at} ended with\n{traceback.format_exc()}"]
    return []


def find(plan: Plan, name: str, *, most: int = 0) -> int:
    """Return after how many steps a planted bug is found, over several seeds; 0 when it is not."""
    limit, done = most or PLANTED[name].steps, 0
    while done < limit:
        steps = min(limit - done, 2000)
        one = replace(plan, steps=steps, planted=name, rest_every=200)
        outcome = run(one)
        done += outcome.at
        if outcome.violations:
            return done
        plan = replace(plan, seed=plan.seed + 1)
    return 0


def shrink(failed: Outcome, *, most: int = 60) -> Plan:
    """Leave out as many steps as possible while the run still fails; at most so many tries."""
    plan = _ending_at(failed.plan, failed.at, failed.plan.left_out)
    kept = [n for n in range(1, failed.at + 1) if n not in plan.left_out]
    size, tries = len(kept) // 2, 0
    while size >= 1 and tries < most:
        start = 0
        while start < len(kept) and tries < most:
            tries += 1
            without = kept[:start] + kept[start + size :]
            gone = frozenset(range(1, failed.at + 1)) - frozenset(without)
            if run(_ending_at(plan, failed.at, gone)).violations:
                kept = without
            else:
                start += size
        size //= 2
    return _ending_at(plan, failed.at, frozenset(range(1, failed.at + 1)) - frozenset(kept))


def _ending_at(plan: Plan, at: int, left_out: Collection[int]) -> Plan:
    return replace(plan, steps=at, left_out=frozenset(left_out))


def save(plan: Plan, outcome: Outcome, path: Path) -> None:
    """Write what is needed to run it again."""
    kept = sorted(set(range(1, plan.steps + 1)) - plan.left_out)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {
        "seed": plan.seed, "steps": plan.steps, "reps": plan.reps, "second": plan.second,
        "rest_every": plan.rest_every, "planted": plan.planted, "only": kept,
        "violations": outcome.violations,
    }  # fmt: skip
    path.write_text(json.dumps(text, indent=1), "utf-8")


def load(path: Path, url: str = "") -> Plan:
    """Read a plan that was saved."""
    text = json.loads(path.read_text("utf-8"))
    left_out = frozenset(range(1, text["steps"] + 1)) - frozenset(text["only"])
    return Plan(
        text["seed"], text["steps"], text["reps"], text["second"], url, text["rest_every"],
        left_out, text.get("planted", ""),
    )  # fmt: skip
