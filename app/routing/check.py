"""A second opinion on every plan: all times anew from the travel matrix, nothing believed."""

from __future__ import annotations

from app.routing.problem import Day, Plan, PlannedDay, Position, Problem, Stop, Violation
from app.routing.travel_times import StraightLine, TravelTimes


def check(
    problem: Problem, plan: Plan, *, travel: TravelTimes | None = None
) -> tuple[Violation, ...]:
    """Return everything that `plan` breaks, in the order of its days; empty when it holds.

    It shares no code with the solver: it reads the problem and asks `travel` for each leg.
    """
    travel = travel or StraightLine()
    stops = {stop.id: stop for stop in problem.stops}
    found: list[Violation] = []
    seen: set[str] = set()
    if len(plan.days) != len(problem.days):
        found.append(Violation("order", 0))
    for d, (day, planned) in enumerate(zip(problem.days, plan.days, strict=False)):
        ids = [stop.stop_id for stop in planned.stops]
        found += [Violation("unknown", d, stop_id) for stop_id in ids if stop_id not in stops]
        found += [Violation("order", d, stop_id) for stop_id in ids if stop_id in seen]
        if len(set(ids)) != len(ids):
            found.append(Violation("order", d))
        if tuple(ids[: len(day.frozen)]) != day.frozen:
            found.append(Violation("frozen", d))
        seen.update(ids)
        if all(stop_id in stops for stop_id in ids):
            visits = [stops[stop_id] for stop_id in ids]
            found += _legs(day, d, planned, visits, travel)
            found += _hours(day, d, planned, visits)
    wrongly_out = [left.stop_id for left in plan.left_out if left.stop_id in seen]
    return tuple(found + [Violation("order", 0, stop_id) for stop_id in wrongly_out])


def _legs(
    day: Day, d: int, planned: PlannedDay, visits: list[Stop], travel: TravelTimes
) -> list[Violation]:
    """Check that each stop can be reached when the plan says, and that the sums are right."""
    places: list[Position] = [day.start, *(stop.position for stop in visits), day.end]
    seconds, metres = travel.matrix(places)
    legs = [(int(seconds[k, k + 1]), int(metres[k, k + 1])) for k in range(len(places) - 1)]
    found: list[Violation] = []
    clock = planned.leave_s
    if clock < day.leave_s:
        found.append(Violation("time", d))
    for k, (stop, visit) in enumerate(zip(planned.stops, visits, strict=True)):
        clock = _free(day, planned, k, clock)
        arrive = clock + legs[k][0]
        good = (
            (stop.drive_s, stop.drive_m) == legs[k]
            and stop.arrive_s == arrive
            and stop.start_s == arrive + stop.wait_s
            and stop.wait_s >= 0
            and stop.leave_s == stop.start_s + visit.duration_s
        )
        if not good:
            found.append(Violation("time", d, visit.id))
        clock = stop.leave_s
    end = _free(day, planned, len(visits), clock) + legs[-1][0]
    sums = (sum(leg[0] for leg in legs), sum(leg[1] for leg in legs))
    if (planned.drive_s, planned.drive_m) != sums or planned.end_s != end:
        found.append(Violation("time", d))
    if end > day.finish_s:
        found.append(Violation("day_end", d, None, {"end_s": end, "by_s": end - day.finish_s}))
    if day.max_m is not None and sums[1] > day.max_m:
        found.append(Violation("km", d, None, {"by_m": sums[1] - day.max_m}))
    return found


def _free(day: Day, planned: PlannedDay, k: int, clock: int) -> int:
    """Return when the rep, free at `clock` after `k` stops, really drives on."""
    if k == len(day.frozen) and day.free_at_s is not None:
        clock = day.free_at_s
    if planned.lunch_after == k and planned.lunch_at_s is not None and day.lunch is not None:
        clock = max(clock, planned.lunch_at_s) + day.lunch.length_s
    return clock


def _hours(day: Day, d: int, planned: PlannedDay, visits: list[Stop]) -> list[Violation]:
    """Check opening hours, appointments and lunch."""
    found: list[Violation] = []
    for stop, visit in list(zip(planned.stops, visits, strict=True))[len(day.frozen) :]:
        windows = visit.windows_on(d)
        if visit.fixed_at is not None:
            if visit.fixed_day != d or stop.start_s != visit.fixed_at:
                found.append(Violation("appointment", d, visit.id))
        elif windows == ():
            found.append(Violation("closed", d, visit.id))
        elif windows is not None and not _inside(stop.start_s, stop.leave_s, windows):
            longest = max(closes - opens for opens, closes in windows)
            key = "too_long" if longest < visit.duration_s else "late"
            found.append(Violation(key, d, visit.id))
    if day.lunch is not None:
        at = planned.lunch_at_s
        kept = (
            at is not None
            and planned.lunch_after is not None
            and day.lunch.from_s <= at
            and at + day.lunch.length_s <= day.lunch.to_s
            and _ready(planned, planned.lunch_after) <= at
        )
        if not kept:
            found.append(Violation("lunch", d))
    return found


def _inside(start_s: int, end_s: int, windows: tuple[tuple[int, int], ...]) -> bool:
    """Return whether every moment of the visit is inside the union of the windows."""
    reached = start_s
    for opens, closes in sorted(windows):
        if opens <= reached < closes or (opens <= reached and end_s == reached <= closes):
            reached = max(reached, closes)
    return reached >= end_s and any(opens <= start_s <= closes for opens, closes in windows)


def _ready(planned: PlannedDay, k: int) -> int:
    return planned.stops[k - 1].leave_s if k else planned.leave_s
