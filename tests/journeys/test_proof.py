"""The proof of the walkthrough can fail: each planted difference and each lost step is found."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.walkthrough import eyes, notebook
from app.walkthrough.invented import write_products, write_prospects
from app.walkthrough.notebook import Step, StepFailed
from app.walkthrough.office import compared, laptop_cells
from app.walkthrough.run import working_day
from tests.company import seed

ROW = {("account", "1"): {"name": "Bar", "phone": ""}}


@pytest.mark.parametrize(
    ("laptop", "said"),
    [
        ({}, "account 1: only on the server"),
        ({("account", "1"): {"name": "Bar", "phone": "+34600"}}, "account 1: phone"),
        ({("account", "1"): {"name": "Bar"}}, "account 1: phone"),  # nothing is not ""
        ({**ROW, ("quote", "2"): {}}, "quote 2: only on the laptop"),
    ],
)
def test_a_difference_is_named(laptop, said):
    found = compared(ROW, laptop)
    assert said in found.differences


def test_equal_rows_are_counted():
    found = compared(ROW, {key: dict(cells) for key, cells in ROW.items()})
    assert not found.differences
    assert found.as_json()["rows"] == {"account": 1}


def test_the_laptops_rows_are_told_as_they_travel(database):
    seeded = seed(database)
    cells = laptop_cells(database)
    assert cells["account", seeded.account]["name"]
    assert set(cells["tax_rate", next(k[1] for k in cells if k[0] == "tax_rate")]) >= {"rate"}
    assert all(isinstance(cells[key], dict) for key in cells)


def test_a_day_needs_all_of_its_steps(tmp_path):
    path = tmp_path / "day.json"
    assert notebook.write(path, [Step(1, "a", ok=True), Step(2, "b", ok=True)], 2)
    assert not notebook.write(path, [Step(1, "a", ok=True)], 2)
    assert not notebook.write(path, [Step(1, "a", ok=True), Step(2, "b")], 2)
    assert json.loads(path.read_text("utf-8"))["ok"] is False


def test_a_step_travels_between_the_processes():
    step = Step(3, "route", ok=False, seconds=1.5, found={"stops": 4}, why="StepFailed: late")
    assert Step.from_json(json.loads(json.dumps(step.as_json()))) == step


def test_what_does_not_hold_is_said():
    step = Step(1, "a")
    with pytest.raises(StepFailed, match="the sea is dry"), notebook.timed(step):
        notebook.require(held=False, what="the sea is dry")
    assert not step.ok
    assert "the sea is dry" in step.why


def test_a_lost_word_changes_the_fingerprint(database):
    seeded = seed(database)
    before = eyes.fingerprints(database)
    assert eyes.fingerprints(database) == before
    from app.models.account import Account

    with database.write() as session:
        session.get_one(Account, seeded.account).notes = "x"
    after = eyes.fingerprints(database)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"account", "operation", "change", "command"}


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 28), date(2026, 11, 30)),  # a Saturday
        (date(2026, 12, 25), date(2026, 12, 28)),  # Christmas, and a weekend after it
    ],
)
def test_the_day_is_one_on_which_shops_are_open(today, day):
    assert working_day(today) == day


def test_invented_lists_are_the_same_every_time(tmp_path):
    for write in (write_prospects, write_products):
        first, second = write(tmp_path / "1.csv"), write(tmp_path / "2.csv")
        assert first.read_bytes() == second.read_bytes()
        assert len(first.read_text("utf-8").splitlines()) > 20
