"""The problem as numbers: one node per stop, start and end, and when each may be served.

Nodes are the stops in their order, then the starts of the days, then their ends. Windows become
earliest and latest *starts* of service, merged and sorted, so that arriving earlier is never
worse and each route has one earliest and one latest schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.problem import DAY_S, Day, Lunch, Position, Problem, Stop, Window
from app.routing.travel_times import Matrix, TravelTimes

NEVER = 1 << 40
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Shift:
    """What is left to plan of one day: from `start` node at `free_s` to `end` node."""

    start: int
    end: int
    free_s: int
    finish_s: int
    lunch: tuple[int, int, int] | None  # earliest start, latest start, length
    max_m: int
    done: tuple[int, ...]  # frozen stops, already driven and served
    done_m: int = 0


@dataclass(slots=True)
class Instance:
    """Everything that the search reads, as arrays for many stops and lists for one."""

    problem: Problem
    stops: tuple[Stop, ...]
    index: dict[str, int]
    seconds: Ints
    metres: Ints
    drive_s: list[list[int]]
    drive_m: list[list[int]]
    service: Ints
    serve_s: list[int]
    starts: list[list[tuple[Window, ...]]]  # [day][stop]: earliest and latest starts
    opens: Ints  # [day, stop, window]
    closes: Ints
    shifts: list[Shift]


def starts_on(stop: Stop, day: int, shift: Day) -> tuple[Window, ...]:
    """Return when `stop` may begin on `day`: pairs of earliest and latest start, in order."""
    if stop.fixed_at is not None:
        return ((stop.fixed_at, stop.fixed_at),) if stop.fixed_day == day else ()
    windows = stop.windows_on(day)
    if windows is None:
        windows = ((min(shift.leave_s, shift.free_at_s or shift.leave_s), shift.finish_s),)
    return tuple(
        (opens, closes - stop.duration_s)
        for opens, closes in merged(windows)
        if closes - opens >= stop.duration_s
    )


def merged(windows: Sequence[Window]) -> list[Window]:
    """Return `windows` in order, with those that touch or overlap joined."""
    joined: list[Window] = []
    for opens, closes in sorted(windows):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def matrix_of(
    problem: Problem, stops: Sequence[Stop], travel: TravelTimes
) -> tuple[Matrix, Matrix]:
    """Return seconds and metres between stops, then starts, then ends of the days."""
    nodes: list[Position] = [stop.position for stop in stops]
    nodes += [day.start for day in problem.days]
    nodes += [day.end for day in problem.days]
    return travel.matrix(nodes)


def compile_problem(
    problem: Problem, travel: TravelTimes, *, only: Sequence[str] | None = None
) -> Instance:
    """Return `problem` as arrays; `only` narrows it to these stops.

    Raises:
        ValueError: two stops have the same id, or a day freezes a stop that is not given.
    """
    wanted = None if only is None else set(only)
    stops = tuple(stop for stop in problem.stops if wanted is None or stop.id in wanted)
    index = {stop.id: node for node, stop in enumerate(stops)}
    if len(index) != len(stops):
        raise ValueError("two stops of the problem have the same id")
    seconds, metres = matrix_of(problem, stops, travel)
    starts = [[starts_on(stop, d, day) for stop in stops] for d, day in enumerate(problem.days)]
    opens, closes = _window_arrays(starts, len(stops))
    drive_s, drive_m = seconds.tolist(), metres.tolist()
    instance = Instance(
        problem=problem,
        stops=stops,
        index=index,
        seconds=seconds.astype(np.int64),
        metres=metres.astype(np.int64),
        drive_s=drive_s,
        drive_m=drive_m,
        service=np.array([stop.duration_s for stop in stops], dtype=np.int64),
        serve_s=[stop.duration_s for stop in stops],
        starts=starts,
        opens=opens,
        closes=closes,
        shifts=[],
    )
    instance.shifts = [_shift(instance, d, day) for d, day in enumerate(problem.days)]
    return instance


def _window_arrays(starts: list[list[tuple[Window, ...]]], n: int) -> tuple[Ints, Ints]:
    width = max((len(windows) for day in starts for windows in day), default=0) or 1
    opens = np.full((len(starts), n, width), NEVER, dtype=np.int64)
    closes = np.full((len(starts), n, width), -NEVER, dtype=np.int64)
    for d, day in enumerate(starts):
        for i, windows in enumerate(day):
            for w, (earliest, latest) in enumerate(windows):
                opens[d, i, w], closes[d, i, w] = earliest, latest
    return opens, closes


def _shift(instance: Instance, d: int, day: Day) -> Shift:
    """Drive through what is done; what remains starts where and when that ends."""
    n, days = len(instance.stops), len(instance.problem.days)
    missing = [stop_id for stop_id in day.frozen if stop_id not in instance.index]
    if missing:
        raise ValueError(f"stops that are done are not in the problem: {missing}")
    done = tuple(instance.index[stop_id] for stop_id in day.frozen)
    place, clock, metres = n + d, day.leave_s, 0
    for node in done:
        clock += instance.drive_s[place][node] + instance.serve_s[node]
        metres += instance.drive_m[place][node]
        place = node
    free = clock if day.free_at_s is None else day.free_at_s
    return Shift(
        start=place,
        end=n + days + d,
        free_s=free,
        finish_s=day.finish_s,
        lunch=_lunch_starts(day.lunch, free),
        max_m=NEVER if day.max_m is None else day.max_m,
        done=done,
        done_m=metres,
    )


def _lunch_starts(lunch: Lunch | None, free_s: int) -> tuple[int, int, int] | None:
    """Return when lunch may start; None when there is none, or its time has gone by."""
    if lunch is None:
        return None
    latest = min(lunch.to_s, DAY_S) - lunch.length_s
    if latest < lunch.from_s or latest < free_s:
        return None
    return lunch.from_s, latest, lunch.length_s
