"""Some thousand steps of the simulation in every run of the tests; all it takes is one integer."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation import run as runs
from tests.simulation.planted import PLANTED
from tests.simulation.run import Outcome, Plan, find, load, run, save, shrink

_SECONDS = 25.0  # of the processor for each engine, and no seed is begun after it
_STEPS, _SEEDS = 800, 12
_QUICK = ("latest-says-nothing", "removals-not-sent", "removal-not-applied", "field-not-applied")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    request.getfixturevalue("postgresql_url")  # skips where there is no server
    return os.environ["VIAJANTE_TEST_DATABASE_URL"]


def test_nothing_is_lost_whatever_happens(url: str):
    """Always the same seeds: a failure is of the change that was made, not of the day."""
    steps, began = 0, time.process_time()
    for seed in range(1, 1 + _SEEDS):
        outcome = run(Plan(seed, _STEPS, url=url))
        assert not outcome.violations, outcome.words
        steps += outcome.at
        if time.process_time() - began > _SECONDS:
            break
    assert steps >= _STEPS


def test_the_same_seed_is_the_same_run():
    once, again = (run(Plan(42, 300)) for _n in range(2))
    assert (once.counts, once.faults, once.deeds) == (again.counts, again.faults, again.deeds)
    assert once.fingerprint == again.fingerprint
    other = run(Plan(43, 300))
    assert other.fingerprint != once.fingerprint


@pytest.mark.postgresql
def test_both_engines_come_to_the_same(postgresql_url: str):
    del postgresql_url
    plan = Plan(42, 300)
    here = run(plan)
    there = run(replace(plan, url=os.environ["VIAJANTE_TEST_DATABASE_URL"]))
    assert (here.fingerprint, here.counts) == (there.fingerprint, there.counts)


def test_a_plan_that_was_saved_is_the_same_plan(tmp_path: Path):
    plan = Plan(7, 20, left_out=frozenset({3, 4, 5}), rest_every=10, planted="removals-not-sent")
    save(plan, Outcome(plan, ["lost"]), tmp_path / "out" / "plan.json")
    assert load(tmp_path / "out" / "plan.json") == plan


def test_a_failing_plan_is_cut_down_to_the_steps_it_takes(monkeypatch: pytest.MonkeyPatch):
    """Steps 11 and 30 together are the fault; shrinking finds these two."""

    def fails(plan: Plan) -> Outcome:
        wrong = not plan.left_out & {11, 30}
        return Outcome(plan, ["wrong"] if wrong else [], at=plan.steps)

    monkeypatch.setattr(runs, "run", fails)
    plan = shrink(fails(Plan(1, 40)), most=200)
    assert set(range(1, 41)) - plan.left_out == {11, 30}


@pytest.mark.parametrize("name", _QUICK)
def test_a_planted_bug_is_found(name: str):
    assert find(Plan(1, 0), name), f"{name} was not found within {PLANTED[name].steps} steps"


@pytest.mark.skipif("VIAJANTE_PLANTED" not in os.environ, reason="an hour: a command of its own")
@pytest.mark.parametrize("name", sorted(PLANTED))
def test_each_planted_bug_is_found(name: str):
    assert find(Plan(1, 0), name)
