"""The route of a day: accept a plan, change it by hand, and know its kilometres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _, local
from app.models.account import Site
from app.models.activity import Activity, ActivityState
from app.models.base import now as saved_now
from app.models.route import RoutePlan, RouteState, RouteStop
from app.routing.problem import DAY_S, Day, Plan, PlannedDay, PlannedStop, Position, Problem, Stop
from app.services import team, visits
from app.services.route_problem import (
    Question,
    instant,
    planned_for,
    question,
    seconds_of,
)


def current(session: Session, day: date) -> RoutePlan | None:
    """Return the route of `day` with its stops in order, or None when there is none."""
    return session.scalars(
        select(RoutePlan)
        .where(
            RoutePlan.user_id == team.my_id(session),
            RoutePlan.day == day,
            RoutePlan.removed_at.is_(None),
        )
        .order_by(RoutePlan.id)
        .limit(1)
    ).first()


def stops(session: Session, plan_id: str) -> list[RouteStop]:
    return list(
        session.scalars(
            select(RouteStop)
            .where(RouteStop.route_plan_id == plan_id, RouteStop.removed_at.is_(None))
            .order_by(RouteStop.position, RouteStop.id)
        )
    )


def unrouted(session: Session, day: date) -> list[RouteStop]:
    """Return the visits of a day without a route as stops in their order; they are not stored.

    Visits to customers without a position are not among them.
    """
    visits_ = sorted(
        (visit for visit in planned_for(session, day).values() if _is_placed(session, visit)),
        key=lambda visit: (visit.started_at or visit.planned_at or instant(day, DAY_S), visit.id),
    )
    return [
        RouteStop(
            route_plan_id="", activity_id=visit.id, account_id=str(visit.account_id),
            site_id=visit.site_id, position=n, is_fixed=visit.is_fixed,
        )
        for n, visit in enumerate(visits_)
    ]  # fmt: skip


def _is_placed(session: Session, visit: Activity) -> bool:
    site = session.get(Site, visit.site_id) if visit.site_id else None
    return site is not None and site.lat_e6 is not None and site.lon_e6 is not None


def ask(session: Session, day: date, now: datetime | None = None) -> Question:
    """Return what to ask the planner for `day` as it stands: what was done stays in front.

    With `now`, nothing is planned into the hours of today that have passed.
    Raises `UserError` when nobody knows where the day starts.
    """
    asked = question(session, day)
    route = current(session, day)
    here = stops(session, route.id) if route else unrouted(session, day)
    problem = _as_it_stands(session, asked.problem, here)
    if now is not None and local(now).date() == day:
        problem = replace(problem, days=(_from_now(problem.days[0], seconds_of(now)),))
    return replace(asked, problem=problem)


def _from_now(day: Day, now_s: int) -> Day:
    if day.free_at_s is None:
        return _without_late_lunch(replace(day, leave_s=max(day.leave_s, now_s)), now_s)
    return _without_late_lunch(replace(day, free_at_s=max(day.free_at_s, now_s)), now_s)


def _without_late_lunch(day: Day, free_s: int) -> Day:
    """Return the day without its lunch where that was taken, or it is too late for it."""
    lunch = day.lunch
    return replace(day, lunch=None) if lunch and free_s + lunch.length_s > lunch.to_s else day


def _as_it_stands(session: Session, problem: Problem, here: Sequence[RouteStop]) -> Problem:
    """Freeze the visits that were made or begun, and let the rest start where and when they end."""
    begun = [(stop, visit) for stop in here if (visit := _begun(session, stop)) is not None]
    if not begun:
        return problem
    begun.sort(key=lambda pair: (pair[1].done_at is None, pair[1].started_at or pair[1].done_at))
    known, day = {stop.id for stop in problem.stops}, problem.days[0]
    missing = tuple(
        _stop_of(session, stop, day.start) for stop, _visit in begun if stop.account_id not in known
    )
    last = begun[-1][1]
    free = seconds_of(last.done_at or last.started_at or instant(day.date, day.leave_s))
    if last.done_at is None:
        free += last.planned_minutes * 60
    frozen = tuple(stop.account_id for stop, _visit in begun)
    today = _without_late_lunch(replace(day, frozen=frozen, free_at_s=free), free)
    return replace(problem, days=(today,), stops=problem.stops + missing)


def _begun(session: Session, stop: RouteStop) -> Activity | None:
    visit = session.get(Activity, stop.activity_id)
    begun = visit is not None and visit.state in {ActivityState.DONE, ActivityState.UNDER_WAY}
    return visit if begun else None


def accept(session: Session, asked: Question, plan: Plan) -> RoutePlan:
    """Make `plan` the route of its day: its visits are planned, what it drops is off the route.

    Visits that were planned for the day and did not fit stay planned, without a stop.
    """
    planned = plan.days[0]
    day = asked.problem.days[0]
    route = current(session, planned.date) or _new_route(session, asked.problem)
    route.travel_quality = plan.travel_quality
    kept = {stop.account_id: stop for stop in stops(session, route.id)}
    done = [stop for stop in kept.values() if _begun(session, stop) is not None]
    made = {account_id: n for n, account_id in enumerate(day.frozen)}
    done.sort(key=lambda stop: (made.get(stop.account_id, len(made)), stop.position))
    wanted = {stop.stop_id for stop in planned.stops} | {stop.account_id for stop in done}
    for account_id, stop in kept.items():
        if account_id not in wanted:
            stop.removed_at = saved_now()
    for order, stop in enumerate(done):
        stop.position = order
    behind = {stop.account_id for stop in done}
    ahead = [
        visit
        for visit in planned.stops
        if visit.stop_id not in behind and visit.stop_id in asked.candidates
    ]
    for order, visit in enumerate(ahead, len(done)):
        _place(session, route, asked, visit, kept.get(visit.stop_id), order)
    _total(route, planned)
    route.lunch_length_s = day.lunch.length_s if day.lunch and planned.lunch_at_s else 0
    return route


def _new_route(session: Session, problem: Problem) -> RoutePlan:
    day, hours = problem.days[0], team.working_hours(session)
    route = RoutePlan(
        user_id=team.my_id(session),
        day=day.date,
        start_label=hours.start_label if hours else "",
        start_lat_e6=day.start.lat_e6,
        start_lon_e6=day.start.lon_e6,
        end_label=hours.end_label if hours else "",
        end_lat_e6=day.end.lat_e6,
        end_lon_e6=day.end.lon_e6,
        leave_s=day.leave_s,
    )
    session.add(route)
    session.flush()
    return route


def _place(
    session: Session, route: RoutePlan, asked: Question, planned: PlannedStop,
    stop: RouteStop | None, order: int,
) -> None:  # fmt: skip
    candidate = asked.candidates[planned.stop_id]
    visit = session.get(Activity, candidate.planned_id) if candidate.planned_id else None
    at = instant(route.day, planned.start_s)
    if visit is None:
        visit = visits.plan(session, planned.stop_id, at=at, minutes=candidate.minutes)
    if visit.state == ActivityState.PLANNED:
        visit.planned_at = at
    if stop is None:
        stop = RouteStop(
            route_plan_id=route.id, activity_id=visit.id, account_id=planned.stop_id,
            site_id=candidate.site_id,
        )  # fmt: skip
        session.add(stop)
    stop.activity_id, stop.position, stop.is_fixed = visit.id, order, visit.is_fixed
    _time(stop, planned)


def _time(stop: RouteStop, planned: PlannedStop) -> None:
    stop.arrive_s, stop.start_s, stop.leave_s = planned.arrive_s, planned.start_s, planned.leave_s
    stop.drive_s, stop.drive_m, stop.wait_s = planned.drive_s, planned.drive_m, planned.wait_s


def _total(route: RoutePlan, planned: PlannedDay) -> None:
    route.leave_s, route.end_s, route.lunch_at_s = (
        planned.leave_s,
        planned.end_s,
        planned.lunch_at_s,
    )
    route.drive_s, route.drive_m = planned.drive_s, planned.drive_m
    route.last_drive_s, route.last_drive_m = planned.back_s, planned.back_m


def reorder(session: Session, day: date, activity_ids: Sequence[str]) -> Plan:
    """Put the day's stops in this order and time them anew; broken windows are said, not refused.

    Stops that are left out go off the route; their visits stay planned. Visits that are not on
    the route, such as those without an address, stay where they are.
    """
    route = _route(session, day)
    by_visit = {stop.activity_id: stop for stop in stops(session, route.id)}
    ordered = [by_visit[id_] for id_ in activity_ids if id_ in by_visit]
    for stop in by_visit.values():
        if stop not in ordered:
            stop.removed_at = saved_now()
    for position, stop in enumerate(ordered):
        stop.position = position
    return retime(session, day)


def retime(session: Session, day: date) -> Plan:
    """Compute the times of the route as it stands, and store them."""
    session.flush()
    route = _route(session, day)
    here = stops(session, route.id)
    plan = evaluated(session, day, here)
    times = {planned.stop_id: planned for planned in plan.days[0].stops}
    for stop in here:
        _time(stop, times[stop.account_id])
        visit = session.get(Activity, stop.activity_id)
        if visit is not None and visit.state == ActivityState.PLANNED and not visit.is_fixed:
            visit.planned_at = instant(day, times[stop.account_id].start_s)
    _total(route, plan.days[0])
    return plan


def evaluated(session: Session, day: date, here: Sequence[RouteStop]) -> Plan:
    """Return the day's stops timed anew in their order, storing nothing."""
    from app.routing.schedule import evaluate  # numpy takes a moment, and not at every start

    return evaluate(problem_of(session, day, here), [[stop.account_id for stop in here]])


def problem_of(session: Session, day: date, here: Sequence[RouteStop]) -> Problem:
    """Return the problem of exactly these stops; visits already done keep their length."""
    ids = [stop.account_id for stop in here]
    asked = question(session, day, account_ids=ids, limit=len(ids))
    missing = {id_ for id_ in ids if id_ not in asked.candidates}
    start = asked.problem.days[0].start
    extra = tuple(_stop_of(session, stop, start) for stop in here if stop.account_id in missing)
    kept = tuple(stop for stop in asked.problem.stops if stop.id in set(ids))
    return _as_it_stands(session, replace(asked.problem, stops=kept + extra), here)


def _stop_of(session: Session, stop: RouteStop, start: Position) -> Stop:
    """Return a stop that is no candidate; one without a position costs no way from the start."""
    site = session.get(Site, stop.site_id) if stop.site_id else None
    visit = session.get(Activity, stop.activity_id)
    if site is None or site.lat_e6 is None or site.lon_e6 is None:
        position = start
    else:
        position = Position(site.lat_e6, site.lon_e6)
    minutes = visit.planned_minutes if visit else visits.DEFAULT_MINUTES
    return Stop(stop.account_id, position, minutes * 60)


def add_stop(session: Session, day: date, account_id: str, *, after: int | None = None) -> Plan:
    """Add a visit to the route: at the end, or after the first `after` stops."""
    route = current(session, day)
    if route is None:
        others = [stop for stop in unrouted(session, day) if stop.account_id != account_id]
        route = _adopt(session, day, others)
    here = stops(session, route.id)
    if any(stop.account_id == account_id for stop in here):
        raise UserError(_("This customer is already on the route."))
    visit = _planned_visit(session, day, account_id)
    if visit is None:
        visit = visits.plan(session, account_id, at=instant(day, route.leave_s))
    stop = RouteStop(
        route_plan_id=route.id, activity_id=visit.id, account_id=account_id, site_id=visit.site_id,
        position=len(here),
    )  # fmt: skip
    session.add(stop)
    session.flush()
    order = [s.activity_id for s in here]
    order.insert(len(order) if after is None else after, visit.id)
    return reorder(session, day, order)


def _planned_visit(session: Session, day: date, account_id: str) -> Activity | None:
    """Return the visit that is planned for the day without a stop, so that no second one is."""
    visit = planned_for(session, day).get(account_id)
    return visit if visit is not None and visit.state != ActivityState.DONE else None


def remove_stop(session: Session, day: date, activity_id: str) -> Plan:
    """Take a stop off the route; its visit is cancelled for the day, unless it was made."""
    here = [s.activity_id for s in stops(session, _route(session, day).id)]
    visit = visits.get(session, activity_id)
    if visit.state != ActivityState.DONE:
        visit.state = ActivityState.CANCELLED
    return reorder(session, day, [id_ for id_ in here if id_ != activity_id])


def set_minutes(session: Session, day: date, activity_id: str, minutes: int) -> Plan:
    visits.get(session, activity_id).planned_minutes = max(5, minutes)
    return retime(session, day)


def lock(session: Session, day: date, activity_id: str, *, is_fixed: bool) -> None:
    """Keep the visit at its time, whatever is planned around it; or let it move again."""
    visits.get(session, activity_id).is_fixed = is_fixed
    for stop in stops(session, _route(session, day).id):
        if stop.activity_id == activity_id:
            stop.is_fixed = is_fixed


def begin(session: Session, day: date, *, now: datetime) -> None:
    route = _route(session, day)
    route.state, route.started_at = RouteState.UNDER_WAY, route.started_at or now


def finish(session: Session, day: date, *, now: datetime) -> None:
    route = _route(session, day)
    route.state, route.finished_at = RouteState.DONE, route.finished_at or now


def _route(session: Session, day: date) -> RoutePlan:
    """Return the route of `day`; its planned visits become one at the first change by hand."""
    route = current(session, day)
    if route is not None:
        return route
    here = unrouted(session, day)
    if not here:
        raise UserError(_("There is no route for this day yet."), _("Plan one first."))
    return _adopt(session, day, here)


def _adopt(session: Session, day: date, here: Sequence[RouteStop]) -> RoutePlan:
    """Make the visits that are planned without a route the stops of a new one."""
    route = _new_route(session, question(session, day, limit=0).problem)
    for stop in here:
        stop.route_plan_id = route.id
    session.add_all(here)
    session.flush()
    return route


def metres(session: Session, day: date) -> int:
    """Return the kilometres of the day's route, in metres; 0 without a route."""
    route = current(session, day)
    return route.drive_m if route else 0
