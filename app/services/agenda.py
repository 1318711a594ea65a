"""The rep's day as Today shows it: the visits in order, the one that matters now, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, false, select, union_all
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account, Site
from app.models.activity import Activity, ActivityKind, ActivityState, VisitReport
from app.models.route import RoutePlan, RouteStop
from app.rules.clock import DAY_S
from app.services import routes, team, visits
from app.services.route_problem import day_bounds, instant, of_day, seconds_of

LATE_S = 15 * 60  # from here on the next visit counts as late


class DayRow(NamedTuple):
    """A visit of the day, as the list shows it. Times are instants, drive is the leg before it."""

    id: str  # of the activity
    account_id: str
    number: int
    at: datetime | None
    minutes: int
    name: str
    city: str
    purpose: str
    state: str  # done, no_report, now, next, fixed, planned, cancelled
    outcome: str
    drive_s: int
    drive_m: int
    lat_e6: int | None
    lon_e6: int | None


class Hero(NamedTuple):
    """The card on top: one of before, driving, visiting, late, done, empty."""

    situation: str
    row: DayRow | None
    leave_at: datetime | None  # when to set off for the first visit
    since: datetime | None  # since when the visit is under way
    late_minutes: int


@dataclass(frozen=True)
class DayPlan:
    """All that Today shows of a day, but for facts and pending items."""

    day: date
    rows: tuple[DayRow, ...]
    hero: Hero
    lunch_at: datetime | None
    lunch_minutes: int
    lunch_after: int  # rows before lunch
    metres: int
    end_at: datetime | None
    start: tuple[int, int] | None  # where the day starts, micro-degrees
    has_route: bool
    is_closed: bool = False  # the rep said that the day is done


def day(session: Session, when: date, now: datetime) -> DayPlan:
    """Return the day `when` of this computer's user as it stands at `now`."""
    route = routes.current(session, when)
    stops = {stop.activity_id: stop for stop in routes.stops(session, route.id)} if route else {}
    found = _visits(session, when, stops, is_today=i18n.local(now).date() == when)
    current = _current(found)
    rows = tuple(
        _row(number, visit, account, site, report, stops.get(visit.id), current)
        for number, (visit, account, site, report) in enumerate(found, 1)
    )
    lunch = instant(when, route.lunch_at_s) if route and route.lunch_at_s else None
    return DayPlan(
        when,
        rows,
        _hero(rows, found, route, when, now),
        lunch,
        round(route.lunch_length_s / 60) if route else 0,
        sum(1 for row in rows if lunch and row.at and row.at < lunch),
        route.drive_m if route else 0,
        instant(when, route.end_s) if route and route.end_s else _last_end(rows),
        _start(session, route),
        route is not None,
        route is not None and route.finished_at is not None,
    )


def _start(session: Session, route: RoutePlan | None) -> tuple[int, int] | None:
    if route is not None:
        return route.start_lat_e6, route.start_lon_e6
    hours = team.working_hours(session)
    if hours is None or hours.start_lat_e6 is None or hours.start_lon_e6 is None:
        return None
    return hours.start_lat_e6, hours.start_lon_e6


_Visit = tuple[Activity, Account, Site | None, VisitReport | None]


def _visits(
    session: Session, when: date, stops: dict[str, RouteStop], *, is_today: bool
) -> list[_Visit]:
    """Return the visits of a day; one that was begun and never ended belongs to every today."""
    begin, end = day_bounds(when)
    last = end - timedelta(milliseconds=1)
    mine = select(Activity.id).where(Activity.owner_id == team.my_id(session))
    under_way = (Activity.state == ActivityState.UNDER_WAY) & (Activity.started_at < end)
    # each has an index of its own; for all in one condition SQLite would read every visit
    ids = session.scalars(
        union_all(
            *of_day(session, when),
            mine.where(Activity.done_at.between(begin, last)),
            mine.where(Activity.done_at.is_(None), under_way if is_today else false()),
        )
    )
    found = session.execute(
        select(Activity, Account, Site, VisitReport)
        .select_from(Activity)
        .join(Account, Account.id == Activity.account_id)
        .outerjoin(Site, Site.id == Activity.site_id)
        .outerjoin(
            VisitReport,
            and_(VisitReport.activity_id == Activity.id, VisitReport.removed_at.is_(None)),
        )
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.id.in_({*stops, *ids}),
            Activity.removed_at.is_(None),
            Activity.state != ActivityState.CANCELLED,
        )
        .order_by(VisitReport.completed_at)  # of two reports the finished one counts
    )
    visits = {visit.id: (visit, account, site, report) for visit, account, site, report in found}
    return sorted(visits.values(), key=lambda row: _order(row[0], stops.get(row[0].id)))


def _order(visit: Activity, stop: RouteStop | None) -> tuple[int, float, int, str]:
    """Sort what was done as it happened, then what is under way, then the rest by its time."""
    moment = visit.started_at or visit.done_at or visit.planned_at
    at = moment.timestamp() if moment else 0
    if visit.state == ActivityState.PLANNED:
        untimed = seconds_of(visit.planned_at) if visit.planned_at else DAY_S
        at = stop.start_s if stop else untimed
    part = {ActivityState.DONE: 0, ActivityState.UNDER_WAY: 1}.get(ActivityState(visit.state), 2)
    return (part, at, stop.position if stop else 0, visit.id)


def _current(visits: Sequence[_Visit]) -> Activity | None:
    """Return the visit under way, else the next planned one."""
    for visit, *_rest in visits:
        if visit.state == ActivityState.UNDER_WAY:
            return visit
    return next((v for v, *_rest in visits if v.state == ActivityState.PLANNED), None)


def _row(
    number: int, visit: Activity, account: Account, site: Site | None,
    report: VisitReport | None, stop: RouteStop | None, current: Activity | None,
) -> DayRow:  # fmt: skip
    done = visit.state == ActivityState.DONE
    minutes = visit.planned_minutes
    if done and visit.started_at and visit.done_at:
        minutes = max(1, round((visit.done_at - visit.started_at).total_seconds() / 60))
    return DayRow(
        visit.id, account.id, number,
        (visit.started_at if visit.state != ActivityState.PLANNED else None) or visit.planned_at,
        minutes, account.name, site.city if site else "", visit.title,
        _state(visit, report, current), visit.outcome, stop.drive_s if stop else 0,
        stop.drive_m if stop else 0, site.lat_e6 if site else None, site.lon_e6 if site else None,
    )  # fmt: skip


def _state(visit: Activity, report: VisitReport | None, current: Activity | None) -> str:
    if visit.state == ActivityState.DONE:
        return "done" if report is not None and report.completed_at else "no_report"
    if visit.state == ActivityState.UNDER_WAY:
        return "now"
    if visit is current:
        return "next"
    return "fixed" if visit.is_fixed else "planned"


def _hero(
    rows: Sequence[DayRow], visits: Sequence[_Visit], route: RoutePlan | None, when: date,
    now: datetime,
) -> Hero:  # fmt: skip
    if not rows:
        return Hero("empty", None, None, None, 0)
    row = next((r for r in rows if r.state in {"now", "next"}), None)
    if row is None:
        return Hero("done", rows[-1], None, None, 0)
    if row.state == "now":
        since = next(visit.started_at for visit, *_rest in visits if visit.id == row.id)
        return Hero("visiting", row, None, since, 0)
    late = round((now - row.at).total_seconds()) if row.at else 0
    if late > LATE_S:
        return Hero("late", row, None, None, late // 60)
    has_left = route is not None and route.started_at is not None
    begun = has_left or (row.at is not None and late >= 0)
    if not begun and not any(r.state in {"done", "no_report"} for r in rows):
        leave = instant(when, route.leave_s) if route else row.at
        return Hero("before", row, leave, None, 0)
    return Hero("driving", row, None, None, 0)


def _last_end(rows: Sequence[DayRow]) -> datetime | None:
    ends = [row.at + timedelta(minutes=row.minutes) for row in rows if row.at]
    return max(ends, default=None)


def take_off(session: Session, day: date, activity_id: str) -> None:
    """Take a visit off the day; what is left of its route is timed anew."""
    route = routes.current(session, day)
    on_route = {stop.activity_id for stop in routes.stops(session, route.id)} if route else set()
    if activity_id in on_route:
        routes.remove_stop(session, day, activity_id)
    else:
        visits.cancel(session, activity_id)


def next_day_with_visits(session: Session, after: date) -> date | None:
    """Return the first day after `after` on which something is planned."""
    _begin, end = day_bounds(after)
    moment = session.scalar(
        select(Activity.planned_at)
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.owner_id == team.my_id(session),
            Activity.removed_at.is_(None),
            Activity.state == ActivityState.PLANNED,
            Activity.planned_at >= end,
        )
        .order_by(Activity.planned_at)
        .limit(1)
    )
    return i18n.local(moment).date() if moment else None
