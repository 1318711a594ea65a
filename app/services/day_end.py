"""What is left at the end of a day: a list to go through, none of it has to be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app import i18n
from app.models.activity import Activity, ActivityKind, ActivityState
from app.models.quote import Quote, QuoteState
from app.services import agenda, day_marks, follow_ups, routes, syncing, team
from app.services.route_problem import of_day


class Checklist(NamedTuple):
    """What a day leaves: how much of each kind, and where the first of it is."""

    reports: int
    first_report: str  # activity
    expenses: int
    first_expense: str  # ISO day
    quotes: int  # drafts: what was begun and not issued
    first_quote: str
    to_send: int  # changes that the office does not have
    tomorrow: date  # the next working day
    planned: int  # visits on it
    is_closed: bool


def checklist(session: Session, day: date, now: datetime) -> Checklist:
    """Return what `day` leaves as it stands at `now`."""
    items = follow_ups.pending(session, now)
    reports = [item for item in items if item.rule == "report"]
    expenses = [item for item in items if item.rule == "expense"]
    waiting = session.scalars(
        select(Quote.id)
        .where(
            Quote.owner_id == team.my_id(session), Quote.removed_at.is_(None),
            Quote.state == QuoteState.DRAFT,
        )
        .order_by(Quote.id.desc())
    ).all()  # fmt: skip
    route = routes.current(session, day)
    tomorrow = next_working_day(session, day)
    status = syncing.status(session)
    return Checklist(
        len(reports), reports[0].ref_id if reports else "",
        len(expenses), expenses[0].ref_id if expenses else "",
        len(waiting), waiting[0] if waiting else "",
        status.operations + status.files, tomorrow, _planned(session, tomorrow),
        route is not None and route.finished_at is not None,
    )  # fmt: skip


def next_working_day(session: Session, after: date) -> date:
    """Return the next day on which the user works; the next weekday where that was never said."""
    return next(iter(day_marks.working_days(session, after, within=14)), after)


def _planned(session: Session, day: date) -> int:
    query = select(func.count()).where(
        Activity.kind == ActivityKind.VISIT, Activity.state == ActivityState.PLANNED,
        Activity.removed_at.is_(None), Activity.id.in_(union_all(*of_day(session, day))),
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def is_over(plan: agenda.DayPlan, now: datetime) -> bool:
    """Tell whether the day is to be closed: after its last visit, or from six in the evening."""
    is_today = i18n.local(now).date() == plan.day
    return plan.hero.situation == "done" or (is_today and i18n.local(now).hour >= CLOSING_HOUR)


CLOSING_HOUR = 18


def close(session: Session, day: date, *, now: datetime) -> bool:
    """Note that the day is done; False when it had no route to note it on."""
    if routes.current(session, day) is None:
        return False
    routes.finish(session, day, now=now)
    return True
