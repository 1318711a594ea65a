"""A day among a thousand real shops, with their real opening hours."""

from __future__ import annotations

import csv
from time import perf_counter

import pytest

from app.routing.check import check
from app.routing.problem import Day, Lunch, Position, Problem, Stop
from app.routing.solver import plan
from tests.routing.days import HOUR, MONDAY


def seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * HOUR + int(minutes) * 60


def windows(cell: str) -> tuple[tuple[int, int], ...]:
    spans = [span.partition("=")[0].split("-") for span in cell.split()]
    return tuple((seconds(opens), seconds(closes)) for opens, closes in spans)


@pytest.fixture(scope="module")
def shops(shared_data) -> tuple[Stop, ...]:
    folder = shared_data / "portfolio"
    with (folder / "opening_hours_oracle.csv").open(encoding="utf-8") as table:
        monday = {row["opening_hours"]: row for row in csv.DictReader(table) if row["valid"] == "1"}
    stops = []
    with (folder / "prospects_andorra_2025.csv").open(encoding="utf-8") as table:
        for k, row in enumerate(csv.DictReader(table)):
            known = monday.get(row["opening_hours"])
            hours = windows(known["mon_2025-03-10"]) if known else None
            stops.append(
                Stop(
                    row["osm_id"],
                    Position.of(float(row["lat"]), float(row["lon"])),
                    (900, 1800, 2700)[k % 3],
                    (hours,),
                    value=(100, 60, 35)[k % 3],
                    must=hours is not None and len(hours) == 2 and k % 7 == 0,
                    name=row["name"],
                )
            )
    return tuple(stops)


def test_a_day_is_planned_within_its_time_with_all_hours_kept(shops):
    home = Position.of(42.5078, 1.5211)
    today = Day(MONDAY, home, home, 9 * HOUR, 19 * HOUR, Lunch(13 * HOUR, 15 * HOUR, HOUR))
    problem = Problem((today,), shops)
    began = perf_counter()
    first: list[float] = []
    found = plan(
        problem,
        stop=lambda: perf_counter() - began > 1.5,
        progress=lambda _plan: first.append(perf_counter() - began),
    )
    taken = perf_counter() - began
    assert check(problem, found) == ()
    assert len(found.days[0].stops) >= 12
    assert len(found.days[0].stops) + len(found.left_out) == len(shops)
    musts = {stop.id for stop in shops if stop.must}
    assert musts & {stop.stop_id for stop in found.days[0].stops}
    assert taken < 4  # the goal is 2 s on an idle machine; benchmarks measure it
    assert first[0] < 2


def test_twelve_chosen_shops_are_all_visited_in_their_hours(shops):
    chosen = tuple(stop for stop in shops if stop.windows[0])[:12]
    home = Position.of(42.5078, 1.5211)
    today = Day(MONDAY, home, home, 8 * HOUR, 20 * HOUR, Lunch(13 * HOUR, 15 * HOUR, HOUR))
    problem = Problem((today,), chosen, iterations=400)
    found = plan(problem)
    assert check(problem, found) == ()
    assert len(found.days[0].stops) == 12
