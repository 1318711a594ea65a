"""The times of an order that someone chose, with what it breaks said stop by stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.routing.instance import Instance, compile_problem
from app.routing.problem import Plan, PlannedDay, PlannedStop, Problem, Violation
from app.routing.timing import earliest
from app.routing.travel_times import StraightLine, TravelTimes

APPOINTMENT_FIRST = {"appointment": 1000, "lunch": 0}


def evaluate(
    problem: Problem, order: Sequence[Sequence[str]], *, travel: TravelTimes | None = None
) -> Plan:
    """Return the times of `order` (the stop ids of each day) without changing it.

    Nothing is refused: what is closed, late or too long is a violation of its stop or day.
    Stops that are done stay in front even when `order` forgets them. Lunch goes where it breaks
    least. `left_out` is empty: whoever drags a stop out knows why.

    Raises:
        KeyError: an id is not a stop of the problem.
    """
    travel = travel or StraightLine()
    known = {stop.id for stop in problem.stops}
    routes = [_frozen_first(day.frozen, ids) for day, ids in zip(problem.days, order, strict=True)]
    used = [stop_id for ids in routes for stop_id in ids]
    if missing := [stop_id for stop_id in used if stop_id not in known]:
        raise KeyError(missing[0])
    instance = compile_problem(problem, travel, only=used)
    days = tuple(
        best_lunch(instance, d, [instance.index[stop_id] for stop_id in ids[len(day.frozen) :]])
        for d, (day, ids) in enumerate(zip(problem.days, routes, strict=True))
    )
    return Plan(days, (), travel.quality, travel.source)


def _frozen_first(frozen: Sequence[str], ids: Sequence[str]) -> list[str]:
    return [*frozen, *(stop_id for stop_id in ids if stop_id not in frozen)]


def best_lunch(instance: Instance, day: int, route: list[int]) -> PlannedDay:
    """Return the day with lunch at the place where it breaks least, then ends soonest."""
    days = [planned_day(instance, day, route, None)]
    if instance.problem.days[day].lunch is not None:
        days += [planned_day(instance, day, route, k) for k in range(len(route) + 1)]
    return min(days, key=_badness)


def _badness(day: PlannedDay) -> tuple[int, int, int]:
    found = [stop.violation for stop in day.stops if stop.violation] + list(day.violations)
    weight = sum(APPOINTMENT_FIRST.get(violation.key, 1) for violation in found)
    return weight, len(found), day.end_s


@dataclass(slots=True)
class _Clock:
    """Where the rep is, when, and what has been driven."""

    place: int
    now_s: int
    drive_s: int = 0
    drive_m: int = 0

    def drive(self, instance: Instance, node: int) -> tuple[int, int]:
        seconds = instance.drive_s[self.place][node]
        metres = instance.drive_m[self.place][node]
        self.place = node
        self.now_s += seconds
        self.drive_s += seconds
        self.drive_m += metres
        return seconds, metres


def planned_day(
    instance: Instance, d: int, route: list[int], lunch_after: int | None
) -> PlannedDay:
    """Return the schedule of `route` on day `d`, lunch after its first `lunch_after` stops."""
    day, shift = instance.problem.days[d], instance.shifts[d]
    clock = _Clock(len(instance.stops) + d, day.leave_s)
    stops = [_done(instance, clock, node) for node in shift.done]
    clock.now_s = shift.free_s
    lunch_at: int | None = None
    for k in range(len(route) + 1):
        if k == lunch_after and day.lunch is not None:
            lunch_at = max(clock.now_s, day.lunch.from_s)
            clock.now_s = lunch_at + day.lunch.length_s
        if k < len(route):
            stops.append(_visit(instance, d, clock, route[k]))
    leave = day.leave_s
    if stops and not shift.done and day.free_at_s is None and lunch_after != 0:
        stops[0] = _leave_later(stops[0])
        leave = stops[0].arrive_s - stops[0].drive_s
    back_s, back_m = clock.drive(instance, shift.end)
    planned = PlannedDay(
        date=day.date,
        stops=tuple(stops),
        leave_s=leave,
        lunch_at_s=lunch_at,
        lunch_after=None if lunch_at is None else (lunch_after or 0) + len(shift.done),
        drive_s=clock.drive_s,
        drive_m=clock.drive_m,
        back_s=back_s,
        back_m=back_m,
        end_s=clock.now_s,
    )  # fmt: skip
    return replace(planned, violations=_of_the_day(instance, d, planned))


def _done(instance: Instance, clock: _Clock, node: int) -> PlannedStop:
    seconds, metres = clock.drive(instance, node)
    arrive = clock.now_s
    clock.now_s += instance.serve_s[node]
    return PlannedStop(instance.stops[node].id, arrive, arrive, clock.now_s, seconds, metres, 0)


def _visit(instance: Instance, d: int, clock: _Clock, node: int) -> PlannedStop:
    seconds, metres = clock.drive(instance, node)
    arrive = clock.now_s
    begin = earliest(instance.starts[d][node], arrive)
    violation = None
    if begin is None:
        begin, violation = arrive, _why_not(instance, d, node, arrive)
    clock.now_s = begin + instance.serve_s[node]
    stop_id = instance.stops[node].id
    return PlannedStop(
        stop_id, arrive, begin, clock.now_s, seconds, metres, begin - arrive, violation
    )


def _leave_later(first: PlannedStop) -> PlannedStop:
    """Wait at home for the first customer to open, rather than at the door."""
    return replace(first, arrive_s=first.start_s, wait_s=0)


def _why_not(instance: Instance, d: int, node: int, arrive: int) -> Violation | None:
    """Say why a visit that begins at `arrive` is broken; None where only the day's end is."""
    stop = instance.stops[node]
    windows = stop.windows_on(d)
    if stop.fixed_at is not None:
        late = arrive - stop.fixed_at if stop.fixed_day == d else 0
        params = {"at_s": stop.fixed_at, "by_s": late, "day": stop.fixed_day}
        return Violation("appointment", d, stop.id, params)
    if windows is None:
        return None
    if not windows:
        return Violation("closed", d, stop.id)
    starts = instance.starts[d][node]
    if not starts:
        return Violation("too_long", d, stop.id, {"visit_s": stop.duration_s})
    latest = starts[-1][1]
    params = {"closes_s": latest + stop.duration_s, "by_s": arrive - latest}
    return Violation("late", d, stop.id, params)


def _of_the_day(instance: Instance, d: int, planned: PlannedDay) -> tuple[Violation, ...]:
    day = instance.problem.days[d]
    found = []
    if planned.end_s > day.finish_s:
        by = planned.end_s - day.finish_s
        found.append(Violation("day_end", d, None, {"end_s": planned.end_s, "by_s": by}))
    if day.max_m is not None and planned.drive_m > day.max_m:
        found.append(Violation("km", d, None, {"by_m": planned.drive_m - day.max_m}))
    if day.lunch is not None and (
        planned.lunch_at_s is None or planned.lunch_at_s + day.lunch.length_s > day.lunch.to_s
    ):
        found.append(Violation("lunch", d))
    return tuple(found)
