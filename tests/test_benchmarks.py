"""The benchmarks run and say what they should; how long anything takes is never a test."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.figures import Figure, percentile, table

ROOT = Path(__file__).resolve().parents[1]
COUNTS = {"points", "instances"}


def test_all_run_with_the_smallest_sizes(tmp_path: Path):
    command = [sys.executable, "-m", "benchmarks", "--smallest", "--json"]
    run = subprocess.run(
        [*command, "--instances", str(tmp_path / "none")], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = [Figure(**figure) for figure in json.loads(run.stdout)]
    said = "\n".join(figure.what for figure in found)
    for subject in (
        "Today painted with its data, cold", "Today painted with its data, warm", "A page of 100",
        "portfolio", "palette", "Jump to the end", "Opening today", "Opening quote",
        "a customer's page", "a sync applies", "Memory with every screen",
        "from CSV", "from XLSX", "again", "Quote of 3 lines", "First sync", "End of a day",
        "Nothing new", "out of 60 customers",
    ):  # fmt: skip
        assert subject in said
    assert all(figure.ours > 0 or figure.unit in COUNTS for figure in found)
    assert all(figure.peer and figure.peer > 0 and figure.peer_is for figure in found)
    assert "no published instances" in run.stderr


def test_published_instances_are_read_as_published(shared_data: Path):
    from benchmarks import instances

    [one] = instances.toptw(shared_data / "routes" / "toptw", [("c101", 1)])
    assert (len(one.problem.stops), one.best) == (100, 320)
    assert one.travel.seconds[0, 1] == 186  # hypot(5, 18) is 18.68…, rounded down to 18.6
    [tour] = instances.tsptw(shared_data / "routes" / "tsptw", ["Dumas/n20w100.002.txt"])
    assert (len(tour.problem.stops), tour.best, tour.travel.seconds[0, 1]) == (20, 222, 2600)


def test_the_peer_breaks_no_window():
    from app.routing.schedule import evaluate
    from app.routing.travel_times import StraightLine
    from benchmarks.neighbour import Neighbour
    from benchmarks.routes import _customers

    problem = _customers(25)
    [route] = Neighbour(problem, StraightLine()).plan()
    assert len(route) == len(set(route)) > 3
    order = [[problem.stops[node].id for node in route]]
    without_lunch = replace(problem, days=(replace(problem.days[0], lunch=None),))
    assert evaluate(without_lunch, order).violations == ()


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("Start", 1500, "ms", 500, "a window"),
         "| Start | 1,500 ms | 500 ms: a window | 3.00  |"),
        (Figure("Gap", 0.5, "%", 25, "a peer", "worst 2 %"),
         "| Gap (worst 2 %) | 0.5 % | 25.0 %: a peer | 0.02  |"),
        (Figure("Alone", 2, "s"), "| Alone | 2.00 s |             |       |"),
    ],
)  # fmt: skip
def test_the_table_says_ours_theirs_and_the_ratio(figure: Figure, line: str):
    head, _rule, said = table([figure]).splitlines()
    cells = [[cell.strip() for cell in text.split("|")] for text in (said, line)]
    assert cells[0] == cells[1]
    assert "Ratio" in head


def test_percentile_is_not_exceeded_by_its_share():
    assert percentile([5, 1, 2, 3, 4], 0.5) == 3
    assert percentile([*range(100)], 0.95) == 94
