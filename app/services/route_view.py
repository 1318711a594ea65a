"""The route of a day as its screen shows it: stops with their hours, figures, advice, extras."""

from __future__ import annotations

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
from app.models.expense import TravelRate
from app.models.route import RoutePlan, RouteStop
from app.routing import on_the_way
from app.routing.explain import violation_sentence
from app.routing.problem import Plan, Violation
from app.rules import travel
from app.services import routes
from app.services.route_problem import Question, question, seconds_of, windows
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
    """A customer on the way, with the minutes it would cost."""

    account_id: str
    name: str
    city: str
    minutes: int
    after: int
    lat_e6: int
    lon_e6: int


@dataclass(frozen=True)
class RouteView:
    """All that the screen shows of a day; `route` is None before one is planned."""

    day: date
    route: RoutePlan | None
    stops: tuple[StopView, ...]
    cost: Decimal | None
    extras: tuple[Extra, ...]
    advice: str
    unplaced: tuple[str, ...]
    now_s: int  # -1 when the day is another


def view(session: Session, day: date, now: datetime) -> RouteView:
    """Return the day as it stands. Raises `UserError` only for what no route can mend."""
    route = routes.current(session, day)
    today = i18n.local(now).date() == day
    now_s = seconds_of(now) if today else -1
    if route is None:
        return RouteView(day, None, (), None, (), "", (), now_s)
    rows = routes.stops(session, route.id)
    plan, extras, unplaced = _checked(session, day, rows)
    broken = {v.stop_id: v for v in plan.violations} if plan else {}
    stops = tuple(_stop(session, n, stop, day, broken) for n, stop in enumerate(rows, 1))
    return RouteView(
        day, route, stops, _cost(session, route), extras, _advice(stops, now_s), unplaced, now_s
    )


def _checked(
    session: Session, day: date, rows: list[RouteStop]
) -> tuple[Plan | None, tuple[Extra, ...], tuple[str, ...]]:
    """Return the route checked anew, who is on the way, and who has no position."""
    try:
        asked = question(session, day)
    except UserError:
        return None, (), ()
    plan = routes.evaluated(session, day, rows)
    return plan, _extras(asked, plan), tuple(c.name for c in asked.unplaced[:5])


def _extras(asked: Question, plan: Plan) -> tuple[Extra, ...]:
    candidates = [stop for stop in asked.problem.stops if not stop.must]
    found = []
    for suggestion in on_the_way.suggest(asked.problem, plan, candidates):
        who = asked.candidates[suggestion.stop_id]
        if who.position is not None:
            found.append(
                Extra(
                    who.account_id, who.name, who.city, max(1, round(suggestion.extra_s / 60)),
                    suggestion.after, who.position.lat_e6, who.position.lon_e6,
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
        site.city if site else "", visit.planned_minutes if visit else 0, start, leave,
        stop.drive_s, stop.drive_m, state, stop.is_fixed, hours,
        (here,) if here else open_ or (),
        site.lat_e6 if site else None, site.lon_e6 if site else None,
        violation_sentence(problem) if problem else "",
    )  # fmt: skip


def _cost(session: Session, route: RoutePlan) -> Decimal | None:
    known = session.scalars(select(TravelRate).where(TravelRate.removed_at.is_(None)))
    rates = [
        travel.Rate(r.kind, r.amount, r.exempt, r.valid_from, r.valid_to, r.abroad) for r in known
    ]
    try:
        return travel.mileage(route.drive_m, travel.rate_on(rates, "mileage", route.day)).amount
    except travel.NoRate:
        return None


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
