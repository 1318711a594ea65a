"""Why a customer is not in the plan, found by trying, and said in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from app.i18n import _, clock_of_seconds, day_short, duration, kilometres, ngettext
from app.routing.insertion import NO_PLACE, best_places, places
from app.routing.instance import Instance
from app.routing.problem import LeftOut, Violation
from app.routing.timing import Timing, with_lunch

Reason = tuple[str, dict[str, int | str]]
Params = Mapping[str, int | str]


def sentence(left: LeftOut) -> str:
    """Return why the stop is not in the plan, translated: «Cerrado el mié 4 mar.»."""
    params = left.params
    match left.reason_key:
        case "closed" if "day" in params:
            return _("Closed on {day}.").format(day=_day(params))
        case "closed":
            return _("Closed on all of these days.")
        case "other_day":
            return _("Its appointment is on another day.")
        case "too_long":
            n = int(params["minutes"])
            return ngettext(
                "Never open for the {n} minute that the visit takes.",
                "Never open for the {n} minutes that the visit takes.",
                n,
            ).format(n=n)
        case "over_km":
            distance = kilometres(int(params["metres"]))
            return _("{distance} over the limit of the day.").format(distance=distance)
        case "out_of_reach":
            drive = duration(int(params["minutes"]) * 60)
            return _("Out of reach within its hours and yours: {drive} away.").format(drive=drive)
        case "appointment_clash":
            at = clock_of_seconds(int(params["at"]))
            return _("No time beside the appointment with {name} at {time}.").format(
                name=params["name"], time=at
            )
        case "not_worth":
            drive = duration(int(params["minutes"]) * 60)
            return _("It fits, but costs {drive} more of driving.").format(drive=drive)
    extra = duration(int(params.get("minutes", 0)) * 60)
    return _("Does not fit: it would take {extra} more.").format(extra=extra)


def violation_sentence(violation: Violation) -> str:
    """Return what a stop or day cannot keep, translated: «No llegas: cierra a las 13:30.»."""
    params = violation.params
    match violation.key:
        case "closed":
            return _("Closed that day.")
        case "late":
            closes = clock_of_seconds(int(params["closes_s"]))
            return _("Too late: it closes at {time}.").format(time=closes)
        case "too_long":
            return _("It is open for less time than the visit takes.")
        case "appointment":
            return _("Too late for the appointment at {time}.").format(
                time=clock_of_seconds(int(params["at_s"]))
            )
        case "day_end":
            return _("The day ends at {time}, {late} too late.").format(
                time=clock_of_seconds(int(params["end_s"])), late=duration(int(params["by_s"]))
            )
        case "km":
            return _("{distance} over the limit of the day.").format(
                distance=kilometres(int(params["by_m"]))
            )
        case "lunch":
            return _("No time left for lunch.")
    return _("The times of this plan do not hold. Plan the day again.")


def _day(params: Params) -> str:
    return day_short(date.fromisoformat(str(params["day"])))


def left_out(instance: Instance, routes: Sequence[Timing]) -> tuple[LeftOut, ...]:
    """Return each stop that is in none of `routes` with the reason, in the problem's order.

    Reasons, the first that applies: `closed` (no opening on any of the days), `too_long` (never
    open for as long as the visit takes), `over_km` and `out_of_reach` (not even alone in the
    day), `appointment_clash`, `not_worth` (fits, but its value is less than the driving),
    `no_room` (with the minutes it would need).
    """
    inside = {node for route in routes for node in route.route}
    inside |= {node for shift in instance.shifts for node in shift.done}
    rest = [node for node in range(len(instance.stops)) if node not in inside]
    return tuple(
        LeftOut(instance.stops[node].id, key, params)
        for node, (key, params) in ((node, _reason(instance, routes, node)) for node in rest)
    )


def _reason(instance: Instance, routes: Sequence[Timing], node: int) -> Reason:
    stop = instance.stops[node]
    open_days = [d for d in range(len(instance.shifts)) if instance.starts[d][node]]
    if not open_days:
        windows = [stop.windows_on(d) for d in range(len(instance.shifts))]
        if stop.fixed_at is not None:
            return "other_day", {}
        if any(windows):
            return "too_long", {"minutes": round(stop.duration_s / 60)}
        if len(instance.shifts) == 1:
            return "closed", {"day": instance.problem.days[0].date.isoformat()}
        return "closed", {}
    alone = [d for d in open_days if with_lunch(instance, d, [node]) is not None]
    if not alone:
        return _not_even_alone(instance, open_days, node)
    clash = [_clash(instance, d, node) for d in alone]
    if all(clash):
        return clash[0] or ("no_room", {})
    if any(_fits(instance, d, routes[d], node) for d in alone):
        return "not_worth", {"minutes": _minutes(instance, alone, routes, node, visit=False)}
    return "no_room", {"minutes": _minutes(instance, alone, routes, node, visit=True)}


def _not_even_alone(instance: Instance, days: Sequence[int], node: int) -> Reason:
    over_m = []
    for d in days:
        shift = instance.shifts[d]
        legs = instance.drive_m[shift.start][node] + instance.drive_m[node][shift.end]
        over_m.append(shift.done_m + legs - shift.max_m)
    if min(over_m) > 0:
        return "over_km", {"metres": min(over_m)}
    shift = instance.shifts[days[0]]
    return "out_of_reach", {"minutes": round(instance.drive_s[shift.start][node] / 60)}


def _clash(instance: Instance, day: int, node: int) -> Reason | None:
    """Return the appointment of `day` that leaves no time for `node`, if there is one."""
    for other, stop in enumerate(instance.stops):
        if other == node or stop.fixed_at is None or stop.fixed_day != day:
            continue
        if other in instance.shifts[day].done or with_lunch(instance, day, [other]) is None:
            continue
        if not any(with_lunch(instance, day, pair) for pair in ([node, other], [other, node])):
            return "appointment_clash", {"name": stop.name or stop.id, "at": stop.fixed_at}
    return None


def _fits(instance: Instance, day: int, route: Timing, node: int) -> bool:
    nodes = np.array([node], dtype=np.int64)
    anything = np.array([NO_PLACE])
    cost, _row = best_places(instance, day, places(instance, day, route), nodes, anything)
    return bool(cost[0] < NO_PLACE)


def _minutes(
    instance: Instance, days: Sequence[int], routes: Sequence[Timing], node: int, *, visit: bool
) -> int:
    """Return the fewest minutes that `node` adds to a day, hours and limits apart."""
    extra = []
    for d in days:
        shift, drive = instance.shifts[d], instance.drive_s
        around = [shift.start, *routes[d].route, shift.end]
        for place, after in pairwise(around):
            extra.append(drive[place][node] + drive[node][after] - drive[place][after])
    return max(0, round((min(extra) + (instance.serve_s[node] if visit else 0)) / 60))
