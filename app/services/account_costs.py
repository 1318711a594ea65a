"""What a customer costs: the driving to its visits, and what was spent for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.activity import Activity, ActivityState
from app.models.expense import Expense
from app.models.route import RouteStop
from app.services import expense_travel
from app.services.route_problem import instant


class Cost(NamedTuple):
    """What twelve months cost; `driving` is None where no rate per kilometre is known."""

    driving: Decimal | None
    metres: int
    expenses: Decimal

    @property
    def total(self) -> Decimal:
        return (self.driving or Decimal(0)) + self.expenses


def cost(session: Session, account_id: str, today: date) -> Cost:
    """Return what the visits of the last twelve months and the expenses noted for it come to."""
    since = today - timedelta(days=365)
    driven = session.execute(
        select(Activity.done_at, RouteStop.drive_m)
        .join(Activity, Activity.id == RouteStop.activity_id)
        .where(
            Activity.account_id == account_id, Activity.state == ActivityState.DONE,
            Activity.removed_at.is_(None), Activity.done_at >= instant(since, 0),
            RouteStop.removed_at.is_(None),
        )
    )  # fmt: skip
    spent = session.scalar(
        select(func.sum(Expense.amount)).where(
            Expense.account_id == account_id, Expense.removed_at.is_(None),
            Expense.spent_on > since, Expense.kind != "mileage",
        )
    )  # fmt: skip
    metres: Counter[date] = Counter()
    for done_at, driven_m in driven:
        metres[i18n.local(done_at).date() if done_at else today] += driven_m
    driving = _driving(session, metres or Counter({today: 0}))
    return Cost(driving, metres.total(), spent or Decimal(0))


def _driving(session: Session, metres: Mapping[date, int]) -> Decimal | None:
    """Return what the metres of each day cost by that day's rate."""
    paid = [expense_travel.driving_cost(session, count, day) for day, count in metres.items()]
    known = [amount for amount in paid if amount is not None]
    return sum(known, Decimal(0)) if known else None
