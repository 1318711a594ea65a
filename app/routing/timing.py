"""When each stop of a route is reached, and how late that could be: forward, then backward.

A route is the stops of one day in order, with the number of stops that come before lunch.
Lunch has no place of its own: it is eaten where the rep happens to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.routing.instance import Instance
from app.routing.problem import Window


@dataclass(slots=True)
class Timing:
    """A route that holds: its schedule at the earliest, and how late each arrival may be.

    `start[k]` begins stop `k`; `leave[k]` is free to drive on from node `k` of start, stops
    (so `leave[0]` is the start of the day), after lunch where lunch is there; `before_lunch` is
    when the rep sits down; `late[k]` is the latest arrival at stop `k`, then at the end.
    """

    route: list[int]
    lunch_after: int | None
    start: list[int]
    leave: list[int]
    late: list[int]
    before_lunch: int
    drive_s: int
    drive_m: int
    end_s: int


def earliest(windows: Sequence[Window], arrive_s: int) -> int | None:
    """Return the first allowed start at or after `arrive_s`; None when there is none left."""
    for opens, latest in windows:
        if arrive_s <= latest:
            return max(arrive_s, opens)
    return None


def latest_start(windows: Sequence[Window], limit_s: int) -> int:
    """Return the last allowed start at or before `limit_s`; -1 when all open later."""
    before = (min(limit_s, latest) for opens, latest in reversed(windows) if limit_s >= opens)
    return next(before, -1)


def sure(found: Timing | None) -> Timing:
    """Return a schedule that is known to hold."""
    if found is None:
        raise AssertionError("a route that was computed to hold does not")
    return found


def timing(
    instance: Instance, day: int, route: list[int], lunch_after: int | None
) -> Timing | None:
    """Return the schedule of `route`, or None when a window, the end or the limit is broken."""
    shift, drive, windows = instance.shifts[day], instance.drive_s, instance.starts[day]
    clock, place, seconds, metres = shift.free_s, shift.start, 0, shift.done_m
    start: list[int] = []
    leave: list[int] = []
    before_lunch = 0
    for k in range(len(route) + 1):
        if k == lunch_after and shift.lunch is not None:
            opens, latest, length = shift.lunch
            before_lunch = clock
            if clock > latest:
                return None
            clock = max(clock, opens) + length
        leave.append(clock)
        node = route[k] if k < len(route) else shift.end
        seconds += drive[place][node]
        metres += instance.drive_m[place][node]
        clock += drive[place][node]
        if k < len(route):
            begin = earliest(windows[node], clock)
            if begin is None:
                return None
            start.append(begin)
            clock = begin + instance.serve_s[node]
            place = node
    if clock > shift.finish_s or metres > shift.max_m:
        return None
    return Timing(
        route, lunch_after, start, leave, _latest(instance, day, route, lunch_after),
        before_lunch, seconds, metres, clock,
    )  # fmt: skip


def _latest(instance: Instance, day: int, route: list[int], lunch_after: int | None) -> list[int]:
    """Return the latest arrivals of a route that holds."""
    shift = instance.shifts[day]
    late = [0] * (len(route) + 1)
    late[-1] = limit = shift.finish_s
    after = shift.end
    for k in range(len(route) - 1, -1, -1):
        node = route[k]
        limit -= instance.drive_s[node][after]
        if lunch_after == k + 1 and shift.lunch is not None:
            limit = min(limit - shift.lunch[2], shift.lunch[1])
        limit = latest_start(instance.starts[day][node], limit - instance.serve_s[node])
        late[k] = limit
        after = node
    return late


def with_lunch(instance: Instance, day: int, route: list[int]) -> Timing | None:
    """Return the schedule of `route` with lunch where it costs least; None when none holds."""
    if instance.shifts[day].lunch is None:
        return timing(instance, day, route, None)
    best: Timing | None = None
    for k in range(len(route) + 1):
        found = timing(instance, day, route, k)
        if found is not None and (best is None or found.end_s < best.end_s):
            best = found
    return best
