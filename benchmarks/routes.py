"""The route solver on published instances and on a rep's day, beside nearest neighbour with 2-opt.

The gap is what is missing to the best value anybody has published: profit left behind in
orienteering, driving too much for the travelling salesman. Each instance gets two seconds.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.routing import solver
from app.routing.problem import Day, Lunch, Plan, Position, Problem, Stop
from app.routing.travel_times import StraightLine, TravelTimes
from benchmarks import figures, instances
from benchmarks.figures import Figure
from benchmarks.instances import Instance
from benchmarks.neighbour import Neighbour

BUDGET_S = 2.0
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "routes"
TOPTW = tuple(
    (name, days)
    for days in (1, 2)
    for name in ("c101", "c104", "c202", "pr02", "pr11", "r101", "r104", "r202")
)
TSPTW = (
    "Dumas/n20w100.002.txt", "Dumas/n100w40.002.txt", "Dumas/n150w60.002.txt", "AFG/rbg040a.tw",
    "AFG/rbg092a.tw", "SolomonPotvinBengio/rc_201.1.txt", "SolomonPotvinBengio/rc_205.1.txt",
    "OhlmannThomas/n150w120.002.txt",
)  # fmt: skip
_HOUR = 3600


@dataclass(frozen=True)
class Solved:
    """What ours and the peer made of one instance, in the instance's own unit."""

    ours: float
    peer: float
    best: float
    missed: int = 0  # stops that ours had to visit and did not
    peer_missed: int = 0


def measure(folder: Path, budget_s: float, most: int) -> list[Figure]:
    """Return the gaps on at most `most` instances of a kind, and the figures of a rep's day."""
    found = [*_field_day(budget_s)]
    if not folder.is_dir():
        figures.saying(f"routes: no published instances in {folder}; --instances names a folder")
        return found
    figures.saying("routes: published instances")
    profits = [_profit(one, budget_s) for one in instances.toptw(folder / "toptw", TOPTW[:most])]
    tours = [_tour(one, budget_s) for one in instances.tsptw(folder / "tsptw", TSPTW[:most])]
    return found + _gaps(profits, tours)


def _gaps(profits: list[Solved], tours: list[Solved]) -> list[Figure]:
    made = []
    if profits:
        ours = [100 * (one.best - one.ours) / one.best for one in profits]
        peer = [100 * (one.best - one.peer) / one.best for one in profits]
        made.append(_gap(f"Orienteering with windows, {len(profits)} instances", ours, peer))
    whole = [one for one in tours if not one.missed and not one.peer_missed]
    if whole:
        ours = [100 * (one.ours - one.best) / one.best for one in whole]
        peer = [100 * (one.peer - one.best) / one.best for one in whole]
        made.append(_gap(f"Salesman with windows, {len(whole)} that both solved", ours, peer))
    if tours:
        made.append(
            Figure(
                f"Salesman with windows, of {len(tours)} solved whole",
                sum(not one.missed for one in tours), "instances",
                sum(not one.peer_missed for one in tours), "nearest neighbour with 2-opt",
                f"gap of ours {_mean_gap(tours):.2f} %",
            )
        )  # fmt: skip
    return made


def _gap(what: str, ours: list[float], peer: list[float]) -> Figure:
    note = f"median gap to the best known, worst {max(ours):.1f} %"
    return Figure(
        what, statistics.median(ours), "%", statistics.median(peer), "nearest neighbour with 2-opt",
        note,
    )  # fmt: skip


def _mean_gap(tours: list[Solved]) -> float:
    whole = [100 * (one.ours - one.best) / one.best for one in tours if not one.missed]
    return statistics.mean(whole) if whole else 0.0


def _solve(problem: Problem, travel: TravelTimes, budget_s: float) -> Plan:
    until = time.perf_counter() + budget_s
    return solver.plan(problem, stop=lambda: time.perf_counter() > until, travel=travel)


def _profit(one: Instance, budget_s: float) -> Solved:
    value = {stop.id: stop.value for stop in one.problem.stops}
    plan = _solve(one.problem, one.travel, budget_s)
    ours = sum(value[stop.stop_id] for day in plan.days for stop in day.stops)
    routes = Neighbour(one.problem, one.travel).plan()
    peer = sum(one.problem.stops[node].value for route in routes for node in route)
    return Solved(ours, peer, one.best)


def _tour(one: Instance, budget_s: float) -> Solved:
    plan = _solve(one.problem, one.travel, budget_s)
    peer = Neighbour(one.problem, one.travel)
    [route] = peer.plan()
    everyone = len(one.problem.stops)
    return Solved(
        plan.days[0].drive_s / one.scale, peer.drive_s(route) / one.scale, one.best,
        everyone - len(plan.days[0].stops), everyone - len(route),
    )  # fmt: skip


# a rep's day


def _field_day(budget_s: float) -> list[Figure]:
    """Choose among 60 customers for one day: value kept, driving, and the first plan's time."""
    figures.saying("routes: a rep's day")
    problem, travel = _customers(60), StraightLine()
    first: list[float] = []
    began = time.perf_counter()
    until = began + budget_s
    plan = solver.plan(
        problem, stop=lambda: time.perf_counter() > until, travel=travel,
        progress=lambda _plan: first.append(time.perf_counter() - began),
    )  # fmt: skip
    peer = Neighbour(problem, travel)
    peer_s = figures.seconds(peer.plan)
    [route] = peer.plan()
    value = {stop.id: stop.value for stop in problem.stops}
    ours = sum(value[stop.stop_id] for stop in plan.days[0].stops)
    theirs = sum(problem.stops[node].value for node in route)
    beside = "nearest neighbour with 2-opt, no lunch"
    minutes = plan.days[0].drive_s / 60
    return [
        Figure(
            "A day out of 60 customers, value visited", ours, "points", theirs, beside,
            f"{len(plan.days[0].stops)} visits, {minutes:.0f} min of driving, lunch kept",
        ),
        Figure("The same, first plan shown after", first[0] * 1000, "ms", peer_s * 1000, beside),
    ]  # fmt: skip


def _customers(count: int) -> Problem:
    chance = random.Random(7)
    home = Position.of(39.47, -0.38)
    day = Day(
        date(2026, 3, 2), home, home, 8 * _HOUR, 18 * _HOUR,
        Lunch(13 * _HOUR, 15 * _HOUR + 1800, _HOUR),
    )  # fmt: skip
    hours = (
        ((9 * _HOUR, 14 * _HOUR), (17 * _HOUR, 20 * _HOUR)), ((8 * _HOUR, 16 * _HOUR),),
        ((10 * _HOUR, 13 * _HOUR + 1800),), None,
    )  # fmt: skip
    stops = tuple(
        Stop(
            f"{n}",
            Position.of(39.47 + chance.uniform(-0.4, 0.4), -0.38 + chance.uniform(-0.5, 0.3)),
            1800, (chance.choice(hours),), value=chance.choice((30, 60, 100)),
        )
        for n in range(count)
    )  # fmt: skip
    return Problem((day,), stops)


def main(arguments: list[str] | None = None) -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--instances", type=Path, default=FOLDER, metavar="DIR")
    parser.add_argument("--seconds", type=float, default=BUDGET_S, help="for each instance")
    parser.add_argument("--most", type=int, default=99, help="instances of a kind")
    given = parser.parse_args(arguments)
    return figures.show(measure(given.instances, given.seconds, given.most), given)


if __name__ == "__main__":
    sys.exit(main())
