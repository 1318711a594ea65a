"""The route of a day: accept a plan, change it by hand, and know its kilometres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.account import Account, Site
from app.models.activity import Activity, ActivityState
from app.models.base import now as saved_now
from app.models.route import RoutePlan, RouteState, RouteStop
from app.routing.problem import Plan, PlannedDay, PlannedStop, Position, Problem, Stop
from app.routing.schedule import evaluate
from app.services import team, visits
from app.services.route_problem import Question, candidates, instant, question


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


def accept(session: Session, asked: Question, plan: Plan) -> RoutePlan:
    """Make `plan` the route of its day: its visits are planned, what it drops is off the route.

    Visits that were planned for the day and did not fit stay planned, without a stop.
    """
    planned = plan.days[0]
    day = asked.problem.days[0]
    route = current(session, planned.date) or _new_route(session, asked.problem)
    route.travel_quality = plan.travel_quality
    kept = {stop.account_id: stop for stop in stops(session, route.id)}
    done = [stop for stop in kept.values() if _is_done(session, stop.activity_id)]
    wanted = {stop.stop_id for stop in planned.stops} | {stop.account_id for stop in done}
    for account_id, stop in kept.items():
        if account_id not in wanted:
            stop.removed_at = saved_now()
    for order, stop in enumerate(done):
        stop.position = order
    for order, visit in enumerate(planned.stops, len(done)):
        _place(session, route, asked, visit, kept.get(visit.stop_id), order)
    _total(route, planned)
    route.lunch_length_s = day.lunch.length_s if day.lunch and planned.lunch_at_s else 0
    return route


def _is_done(session: Session, activity_id: str) -> bool:
    visit = session.get(Activity, activity_id)
    return visit is not None and visit.state == ActivityState.DONE


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
    return evaluate(_question_for(session, day, here), [[stop.account_id for stop in here]])


def _question_for(session: Session, day: date, here: Sequence[RouteStop]) -> Problem:
    """Return the problem of exactly these stops; visits already done keep their length."""
    ids = [stop.account_id for stop in here]
    asked = question(session, day, account_ids=ids, limit=len(ids))
    missing = {id_ for id_ in ids if id_ not in asked.candidates}
    extra = tuple(_stop_of(session, stop) for stop in here if stop.account_id in missing)
    kept = tuple(stop for stop in asked.problem.stops if stop.id in set(ids))
    return replace(asked.problem, stops=kept + extra)


def _stop_of(session: Session, stop: RouteStop) -> Stop:
    site = session.get(Site, stop.site_id) if stop.site_id else None
    visit = session.get(Activity, stop.activity_id)
    route = session.get(RoutePlan, stop.route_plan_id)
    assert route is not None  # noqa: S101 - a foreign key
    if site is None or site.lat_e6 is None or site.lon_e6 is None:
        position = Position(route.start_lat_e6, route.start_lon_e6)
    else:
        position = Position(site.lat_e6, site.lon_e6)
    minutes = visit.planned_minutes if visit else visits.DEFAULT_MINUTES
    return Stop(stop.account_id, position, minutes * 60)


def add_stop(session: Session, day: date, account_id: str, *, after: int | None = None) -> Plan:
    """Add a visit to the route: at the end, or after the first `after` stops."""
    route = current(session, day)
    if route is None:
        asked = question(session, day, account_ids=[account_id])
        route = _new_route(session, asked.problem)
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
    for candidate in candidates(session, day, account_ids=[account_id]):
        if candidate.account_id == account_id and candidate.planned_id and not candidate.is_done:
            return session.get(Activity, candidate.planned_id)
    return None


def remove_stop(session: Session, day: date, activity_id: str) -> Plan:
    """Take a stop off the route; its visit is cancelled for the day, unless it was made."""
    here = [s.activity_id for s in stops(session, _route(session, day).id)]
    visit = visits.get(session, activity_id)
    if visit.state != ActivityState.DONE:
        visit.state = ActivityState.CANCELLED
    return reorder(session, day, [id_ for id_ in here if id_ != activity_id])


def restore_stop(session: Session, day: date, activity_id: str, position: int) -> Plan:
    """Take `remove_stop` back."""
    route = _route(session, day)
    visit = visits.get(session, activity_id)
    visit.state = visits.state_from_times(visit)
    stop = session.scalars(
        select(RouteStop)
        .where(RouteStop.route_plan_id == route.id, RouteStop.activity_id == activity_id)
        .order_by(
            RouteStop.removed_at.is_(None).desc(), RouteStop.removed_at.desc(), RouteStop.id.desc()
        )
    ).first()
    if stop is None:
        raise UserError(_("This stop is no longer on the route."), _("Add the customer again."))
    stop.removed_at = None
    session.flush()
    order = [s.activity_id for s in stops(session, route.id) if s.activity_id != activity_id]
    order.insert(position, activity_id)
    return reorder(session, day, order)


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
    route = current(session, day)
    if route is None:
        raise UserError(_("There is no route for this day yet."), _("Plan one first."))
    return route


def metres(session: Session, day: date) -> int:
    """Return the kilometres of the day's route, in metres; 0 without a route."""
    route = current(session, day)
    return route.drive_m if route else 0


def account_names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return dict(rows.tuples().all())
