"""The route of a day as its screen shows it: stops with their hours, figures, advice, extras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.account import Account, Site
from app.models.activity import Activity, ActivityState
from app.models.route import RoutePlan, RouteStop
from app.routing.problem import Plan, Problem, Violation
from app.services import expense_travel, routes, team
from app.services.account_rows import last_visits
from app.services.route_problem import Question, planned_for, question, seconds_of, windows
from app.services.route_sheet import hours_text

TIGHT_S = 30 * 60  # less than this before closing deserves a word


class StopView(NamedTuple):
    """A stop as the list, the map and the strip show it; seconds are of the day."""

    activity_id: str
    account_id: str
    number: int
    name: str
    city: str
    minutes: int
    start_s: int
    leave_s: int
    drive_s: int
    drive_m: int
    state: str  # planned, now, done
    is_fixed: bool
    hours: str
    windows: tuple[tuple[int, int], ...]
    lat_e6: int | None
    lon_e6: int | None
    problem: str  # why it cannot be kept, "" when it can


class Extra(NamedTuple):
    """A customer on the way: the minutes it would cost, and the days since the last visit."""

    account_id: str
    name: str
    city: str
    minutes: int
    after: int
    lat_e6: int
    lon_e6: int
    days: int | None  # None: never visited


class OffRoute(NamedTuple):
    """A visit that is planned for the day and is not on its route."""

    account_id: str
    name: str
    city: str
    at: str
    is_placed: bool


class Figures(NamedTuple):
    """What a day on the road comes to, where it begins and ends; seconds are of the day."""

    drive_m: int
    drive_s: int
    leave_s: int
    end_s: int
    lunch_at_s: int | None
    lunch_length_s: int
    start: tuple[int, int]
    end: tuple[int, int]
    start_label: str
    is_estimate: bool


class Around(NamedTuple):
    """Whom a day could take in as well: asked of the whole portfolio, so it may take a moment.

    `unplaced` are names of whom no proposal can hold; `due` counts whom one could choose from.
    """

    extras: tuple[Extra, ...] = ()
    unplaced: tuple[str, ...] = ()
    due: int = 0


@dataclass(frozen=True)
class RouteView:
    """All that the screen shows of a day; `route` is None before one is planned.

    Without a route `stops` are the visits planned for the day, and `figures` what they would come
    to. `around` is None until it has been asked for.
    """

    day: date
    route: RoutePlan | None
    stops: tuple[StopView, ...]
    cost: Decimal | None
    advice: str
    now_s: int  # -1 when the day is another
    figures: Figures | None = None
    off_route: tuple[OffRoute, ...] = ()
    around: Around | None = None

    @property
    def extras(self) -> tuple[Extra, ...]:
        return self.around.extras if self.around is not None else ()

    @property
    def state(self) -> str:
        """Return empty, planned (no route yet), accepted, under_way or done."""
        states = {stop.state for stop in self.stops}
        if not states:
            return "empty"
        if states == {"done"}:
            return "done"
        if states != {"planned"}:
            return "under_way"
        return "planned" if self.route is None else "accepted"


def view(session: Session, day: date, now: datetime) -> RouteView:
    """Return the day as it stands, with its route or with the visits that are planned for it."""
    route = routes.current(session, day)
    now_s = seconds_of(now) if i18n.local(now).date() == day else -1
    rows = routes.stops(session, route.id) if route else routes.unrouted(session, day)
    if route is None and not rows:
        return RouteView(day, None, (), None, "", now_s)
    try:
        problem, plan = _evaluated(session, day, rows)
    except UserError:  # nobody knows where the day starts
        stops = tuple(_stop(session, n, stop, day, {}) for n, stop in enumerate(rows, 1))
        figures = _figures(route) if route else None
        return RouteView(day, route, stops, None, "", now_s, figures)
    if route is None:
        _take_times(session, rows, plan)
    figures = _figures(route) if route else _planned_figures(session, problem, plan, rows)
    broken = {v.stop_id: v for v in plan.violations} if route else {}
    stops = tuple(_stop(session, n, stop, day, broken) for n, stop in enumerate(rows, 1))
    return RouteView(
        day, route, stops, expense_travel.driving_cost(session, figures.drive_m, day),
        _advice(stops, now_s), now_s, figures, _off_route(session, day, rows),
    )  # fmt: skip


def around(session: Session, day: date) -> Around:
    """Return who is due, who is on the way of the day as it stands, and who has no position."""
    try:
        asked = question(session, day)
    except UserError:
        return Around()
    route = routes.current(session, day)
    rows = routes.stops(session, route.id) if route else routes.unrouted(session, day)
    due = sum(candidate.planned_id is None for candidate in asked.candidates.values())
    if not rows:
        return Around((), _unplaced(asked), due)
    problem, plan = _evaluated(session, day, rows)
    return Around(_extras(session, asked, problem, plan), _unplaced(asked), due)


def _evaluated(session: Session, day: date, rows: Sequence[RouteStop]) -> tuple[Problem, Plan]:
    # what is done or has no position is on the route, but nothing that could be asked about
    problem = routes.problem_of(session, day, rows)
    from app.routing.schedule import evaluate  # numpy takes a moment, and not at every start

    return problem, evaluate(problem, [[stop.account_id for stop in rows]])


def proposal(session: Session, asked: Question, plan: Plan, now: datetime) -> RouteView:
    """Return the day as it would be with `plan`; nothing is stored."""
    planned, day = plan.days[0], asked.problem.days[0].date
    rows = []
    for n, visit in enumerate(planned.stops):
        who = asked.candidates.get(visit.stop_id)
        made = who.planned_id if who else _visit_of(session, visit.stop_id, day)
        rows.append(
            RouteStop(
                route_plan_id="", activity_id=made or visit.stop_id, account_id=visit.stop_id,
                site_id=who.site_id if who else _site_of(session, visit.stop_id), position=n,
                start_s=visit.start_s, leave_s=visit.leave_s, drive_s=visit.drive_s,
                drive_m=visit.drive_m, is_fixed=who is not None and who.fixed_at is not None,
            )
        )  # fmt: skip
    broken = {v.stop_id: v for v in plan.violations}
    stops = tuple(_stop(session, n, stop, day, broken) for n, stop in enumerate(rows, 1))
    figures = _planned_figures(session, asked.problem, plan, ())
    now_s = seconds_of(now) if i18n.local(now).date() == day else -1
    cost = expense_travel.driving_cost(session, figures.drive_m, day)
    return RouteView(
        day, routes.current(session, day), stops, cost, _advice(stops, now_s), now_s, figures,
        around=Around(),
    )  # fmt: skip


def _visit_of(session: Session, account_id: str, day: date) -> str | None:
    visit = planned_for(session, day).get(account_id)
    return visit.id if visit else None


def _site_of(session: Session, account_id: str) -> str | None:
    return session.scalar(
        select(Site.id)
        .where(Site.account_id == account_id, Site.removed_at.is_(None))
        .order_by(Site.id)
        .limit(1)
    )


def _unplaced(asked: Question) -> tuple[str, ...]:
    """Return who is expected on the day but has no position."""
    found = sorted(asked.unplaced, key=lambda candidate: candidate.planned_id is None)
    return tuple(candidate.name for candidate in found[:5])


def _off_route(session: Session, day: date, rows: Sequence[RouteStop]) -> tuple[OffRoute, ...]:
    on = {stop.activity_id for stop in rows}
    found = []
    for visit in planned_for(session, day).values():
        if visit.id in on or visit.state != ActivityState.PLANNED:
            continue
        account = session.get(Account, visit.account_id)
        site = session.get(Site, visit.site_id) if visit.site_id else None
        found.append(
            OffRoute(
                str(visit.account_id), account.name if account else "", site.city if site else "",
                i18n.clock(visit.planned_at) if visit.planned_at else "",
                site is not None and site.lat_e6 is not None,
            )
        )  # fmt: skip
    return tuple(found)


def _take_times(session: Session, rows: Sequence[RouteStop], plan: Plan) -> None:
    """Show visits without a route when they are planned, with the way that leads to each."""
    times = {planned.stop_id: planned for planned in plan.days[0].stops}
    for stop in rows:
        planned, visit = times[stop.account_id], session.get(Activity, stop.activity_id)
        start, length = planned.start_s, planned.leave_s - planned.start_s
        if visit is not None and visit.planned_at is not None:
            start = seconds_of(visit.planned_at)
        stop.start_s, stop.leave_s = start, start + length
        stop.drive_s, stop.drive_m = planned.drive_s, planned.drive_m


def _figures(route: RoutePlan) -> Figures:
    return Figures(
        route.drive_m, route.drive_s, route.leave_s, route.end_s, route.lunch_at_s,
        route.lunch_length_s, (route.start_lat_e6, route.start_lon_e6),
        (route.end_lat_e6, route.end_lon_e6), route.start_label,
        route.travel_quality == "straight-line",
    )  # fmt: skip


def _planned_figures(
    session: Session, problem: Problem, plan: Plan, rows: Sequence[RouteStop]
) -> Figures:
    """Return what a plan comes to; where `rows` have times of their own, those count."""
    planned, day, hours = plan.days[0], problem.days[0], team.working_hours(session)
    leave, end, lunch = planned.leave_s, planned.end_s, planned.lunch_at_s
    if rows:
        leave, end = rows[0].start_s - rows[0].drive_s, rows[-1].leave_s + planned.back_s
        lunch = None
    length = day.lunch.length_s if day.lunch and lunch else 0
    return Figures(
        planned.drive_m, planned.drive_s, leave, end, lunch, length,
        (day.start.lat_e6, day.start.lon_e6), (day.end.lat_e6, day.end.lon_e6),
        hours.start_label if hours else "", plan.travel_quality == "straight-line",
    )  # fmt: skip


def _extras(session: Session, asked: Question, problem: Problem, plan: Plan) -> tuple[Extra, ...]:
    from app.routing import on_the_way

    candidates = [stop for stop in asked.problem.stops if not stop.must]
    suggested = on_the_way.suggest(problem, plan, candidates)
    last = last_visits(session, [suggestion.stop_id for suggestion in suggested])
    found = []
    for suggestion in suggested:
        who = asked.candidates[suggestion.stop_id]
        if who.position is not None:
            found.append(
                Extra(
                    who.account_id, who.name, who.city, max(1, round(suggestion.extra_s / 60)),
                    suggestion.after, who.position.lat_e6, who.position.lon_e6,
                    (plan.days[0].date - last[who.account_id]).days
                    if who.account_id in last
                    else None,
                )
            )  # fmt: skip
    return tuple(found)


def _stop(
    session: Session, number: int, stop: RouteStop, day: date,
    broken: dict[str | None, Violation],
) -> StopView:  # fmt: skip
    account = session.get(Account, stop.account_id)
    site = session.get(Site, stop.site_id) if stop.site_id else None
    visit = session.get(Activity, stop.activity_id)
    state = {ActivityState.DONE: "done", ActivityState.UNDER_WAY: "now"}.get(
        ActivityState(visit.state) if visit else ActivityState.PLANNED, "planned"
    )
    start, leave = stop.start_s, stop.leave_s
    if visit is not None and state == "done" and visit.started_at and visit.done_at:
        start, leave = seconds_of(visit.started_at), seconds_of(visit.done_at)
    open_ = windows(site.opening_hours, day, site.country) if site else None
    problem = broken.get(stop.account_id) if state == "planned" else None
    here = next(((a, b) for a, b in open_ or () if a <= start < b), None)
    clock = i18n.clock_of_seconds
    hours = f"{clock(here[0])}–{clock(here[1])}" if here else hours_text(site, day)
    return StopView(
        stop.activity_id, stop.account_id, number, account.name if account else "",
        site.city if site else "",
        visit.planned_minutes if visit else round((stop.leave_s - stop.start_s) / 60), start, leave,
        stop.drive_s, stop.drive_m, state, stop.is_fixed, hours,
        (here,) if here else open_ or (),
        site.lat_e6 if site else None, site.lon_e6 if site else None,
        _said(problem) if problem else "",
    )  # fmt: skip


def _said(problem: Violation) -> str:
    from app.routing.explain import violation_sentence

    return violation_sentence(problem)


def _advice(stops: tuple[StopView, ...], now_s: int) -> str:
    """Return the one sentence worth saying: what cannot be kept, else when to leave."""
    for stop in stops:
        if stop.problem:
            return f"{stop.name}: {stop.problem}"
    for before, stop in pairwise(stops):
        if stop.state != "planned":
            continue
        closing = next((end for start, end in stop.windows if start <= stop.start_s < end), None)
        if closing is None or closing - stop.leave_s >= TIGHT_S or now_s > closing:
            continue
        last = closing - stop.minutes * 60 - stop.drive_s
        words = _("Leave {place} before {time} to visit {name} calmly: it closes at {close}.")
        return words.format(
            place=before.city or before.name, time=i18n.clock_of_seconds(max(0, last)),
            name=stop.name, close=i18n.clock_of_seconds(closing),
        )  # fmt: skip
    return ""
