"""When to come back to somebody who was not there: what still fits into the coming days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.activity import Activity, ActivityState
from app.models.base import now as saved_now
from app.models.route import RouteStop
from app.services import day_marks, routes, team, visits
from app.services.route_problem import instant, question

_DAYS = 7  # a new slot is looked for so far ahead, the rest of this week first
_MOST_DETOUR_S = 4 * 3600  # on an empty day the whole way is a detour


class Slot(NamedTuple):
    """A moment at which the visit fits; `extra_minutes` of driving, None where nobody knows."""

    day: date
    at: datetime
    extra_minutes: int | None


def slots(session: Session, account_id: str, *, now_day: date, limit: int = 3) -> list[Slot]:
    """Return up to `limit` moments for another visit, one a day, this week's first.

    Of this week's days and, where those are too few, the next ones'. None without working hours.
    """
    hours = team.working_hours(session)
    if hours is None or hours.start_lat_e6 is None or hours.start_lon_e6 is None:
        return []
    found: list[Slot] = []
    for day in day_marks.working_days(session, now_day, within=_DAYS):
        slot = _slot(session, account_id, day)
        if slot is not None:
            found.append(slot)
        if len(found) == limit:
            break
    return found


def _slot(session: Session, account_id: str, day: date) -> Slot | None:
    """Return where the customer fits between the stops of `day`, None when nowhere."""
    from app.routing import on_the_way  # numpy takes a moment, and not at every start
    from app.routing.schedule import evaluate

    asked = question(session, day, account_ids=[account_id])
    who = asked.candidates.get(account_id)
    if who is None or who.planned_id is not None:
        return None  # without a position, or there already
    stop = next(stop for stop in asked.problem.stops if stop.id == account_id)
    route = routes.current(session, day)
    here: list[RouteStop] = (
        routes.stops(session, route.id) if route else routes.unrouted(session, day)
    )
    order = [made.account_id for made in here if made.account_id != account_id]
    problem = routes.problem_of(session, day, here)
    plan = evaluate(problem, [order])
    suggested = on_the_way.suggest(problem, plan, [stop], most_s=_MOST_DETOUR_S, limit=1)
    if not suggested:
        return None
    order.insert(suggested[0].after, account_id)
    whole = replace(problem, stops=(*problem.stops, stop))
    timed = evaluate(whole, [order]).days[0].stops
    start = next(planned.start_s for planned in timed if planned.stop_id == account_id)
    rounded = (start + 299) // 300 * 300
    return Slot(day, instant(day, rounded), max(0, round(suggested[0].extra_s / 60)))


def book(session: Session, visit_id: str, at: datetime) -> str:
    """Plan another visit in the place of the follow-up that was asked for; return its id."""
    visit = visits.get(session, visit_id)
    again = visits.plan(
        session, str(visit.account_id), at=at, minutes=visit.planned_minutes, title=visit.title
    )
    again.rule, again.about_id = "revisit", visit.id
    task = session.scalars(
        select(Activity).where(
            Activity.rule == "visit_follow_up", Activity.about_id == visit_id,
            Activity.state == ActivityState.PLANNED, Activity.removed_at.is_(None),
        )
    ).first()  # fmt: skip
    if task is not None:
        task.removed_at = saved_now()
    return again.id
