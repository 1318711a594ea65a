"""A day as Today opens with it: its visits, and for an empty one who could be visited."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models.account import Account, AccountKind
from app.services import accounts, agenda
from app.services.agenda import DayPlan


class DayView(NamedTuple):
    """The day itself; `due` counts who is due, for an empty day only."""

    plan: DayPlan
    is_first_use: bool  # the portfolio is empty
    due: int


def load_day(session: Session, day: date, now: datetime) -> DayView:
    plan = agenda.day(session, day, now)
    if plan.rows:
        return DayView(plan, is_first_use=False, due=0)
    known = exists().where(Account.removed_at.is_(None), Account.kind != AccountKind.SUPPLIER)
    if not session.scalar(select(known)):
        return DayView(plan, is_first_use=True, due=0)
    return DayView(plan, is_first_use=False, due=accounts.counts(session, day, ("due",))["due"])
