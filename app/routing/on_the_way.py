"""Customers worth a call because the rep passes by anyway: in between, without reordering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.routing.insertion import NO_PLACE, best_places, places
from app.routing.instance import Instance, compile_problem
from app.routing.problem import Plan, Problem, Stop
from app.routing.timing import Timing, timing
from app.routing.travel_times import StraightLine, TravelTimes


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A stop that fits on `day` after the first `after` stops, for `extra_s` more of driving."""

    stop_id: str
    day: int
    after: int
    extra_s: int


def suggest(
    problem: Problem,
    plan: Plan,
    candidates: Sequence[Stop],
    *,
    travel: TravelTimes | None = None,
    most_s: int = 900,
    limit: int = 3,
) -> tuple[Suggestion, ...]:
    """Return up to `limit` of `candidates` that fit between the stops of `plan`, nearest first.

    A candidate fits when the detour is at most `most_s` seconds of driving and every window,
    appointment, lunch, the day's end and its kilometres still hold after the visit. Stops that
    are in the plan are skipped. A day that is itself broken gets no suggestion.
    """
    inside = {stop.stop_id for day in plan.days for stop in day.stops}
    new = {stop.id: stop for stop in candidates if stop.id not in inside}
    stops = tuple(stop for stop in problem.stops if stop.id in inside) + tuple(new.values())
    instance = compile_problem(replace(problem, stops=stops), travel or StraightLine())
    nodes = np.array([instance.index[stop_id] for stop_id in new], dtype=np.int64)
    found: list[Suggestion] = []
    for d in range(len(plan.days)):
        route = _timed(instance, plan, d)
        if route is not None and len(nodes):
            found += _of_day(instance, d, route, nodes, most_s)
    found.sort(key=lambda s: (s.extra_s, s.stop_id, s.day))
    first: dict[str, Suggestion] = {}
    for suggestion in found:
        first.setdefault(suggestion.stop_id, suggestion)
    return tuple(first.values())[:limit]


def _timed(instance: Instance, plan: Plan, d: int) -> Timing | None:
    day, done = plan.days[d], len(instance.shifts[d].done)
    route = [instance.index[stop.stop_id] for stop in day.stops[done:]]
    if day.lunch_after is None:
        instance.shifts[d].lunch = None
        return timing(instance, d, route, None)
    return timing(instance, d, route, max(0, day.lunch_after - done))


def _of_day(
    instance: Instance, d: int, route: Timing, nodes: np.ndarray, most_s: int
) -> list[Suggestion]:
    ways = places(instance, d, route)
    worth = np.full(len(nodes), float(most_s))
    cost, rows = best_places(instance, d, ways, nodes, worth)
    done = len(instance.shifts[d].done)
    found = []
    for node, row, price in zip(nodes.tolist(), rows.tolist(), cost.tolist(), strict=True):
        if price < NO_PLACE:
            place, to = int(ways.place[row]), int(ways.to[row])
            drive = instance.drive_s
            extra = drive[place][node] + drive[node][to] - drive[place][to]
            at, _lunch = ways.split(row)
            found.append(Suggestion(instance.stops[node].id, d, done + at, max(0, extra)))
    return found
