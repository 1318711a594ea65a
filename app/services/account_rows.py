"""What the list of customers shows of each: visits, a year's sales, what is overdue, marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select
from sqlalchemy.orm import Session, aliased

from app import i18n
from app.models.account import Account, Segment, Site
from app.models.activity import Activity, ActivityKind, ActivityState
from app.models.history import Invoice, Receivable
from app.models.journal import Operation
from app.models.sync_state import Conflict


class AccountRow(NamedTuple):
    """A customer as the list shows it; amounts are without tax."""

    id: str
    name: str
    city: str
    segment: str
    kind: str
    status: str
    grade: str
    starred: bool
    last_visit: date | None
    next_visit: date | None
    every_days: int
    months: tuple[int, ...]  # sales of the last 12 months, oldest first
    sales: Decimal
    sales_before: Decimal
    overdue: Decimal
    mark: str  # "", "local" or "conflict"


def rows(session: Session, ids: Sequence[str], *, today: date) -> list[AccountRow]:
    """Return what the list shows of these accounts, in any order."""
    found = session.execute(
        select(Account, Site.city, Segment)
        .select_from(Account)
        .outerjoin(Segment, Segment.id == Account.segment_id)
        .outerjoin(Site, Site.id == first_site())
        .where(Account.id.in_(ids))
    ).all()
    last, upcoming = last_visits(session, ids), _next_visits(session, ids)
    sales = _sales(session, ids, today)
    overdue = _overdue(session, ids, today)
    local, conflicts = _marks(session, ids)
    made = []
    for account, city, segment in found:
        months = sales.get(account.id, {})
        recent = [months.get(n, Decimal(0)) for n in range(11, -1, -1)]
        before = sum((months.get(n, Decimal(0)) for n in range(12, 24)), Decimal(0))
        mark = "conflict" if account.id in conflicts else "local" if account.id in local else ""
        made.append(
            AccountRow(
                account.id, account.name, city or "", segment.name if segment else account.sector,
                account.kind, account.status, account.grade, account.starred,
                last.get(account.id), upcoming.get(account.id),
                account.visit_every_days or (segment.visit_every_days if segment else None) or 30,
                tuple(round(value) for value in recent), sum(recent, Decimal(0)), before,
                overdue.get(account.id, Decimal(0)), mark,
            )
        )  # fmt: skip
    return made


def first_site() -> ScalarSelect[str]:
    """Return the id of the first address of the account of the query around it."""
    inner = aliased(Site)
    return (
        select(func.min(inner.id))
        .where(inner.account_id == Account.id, inner.removed_at.is_(None))
        .correlate(Account)
        .scalar_subquery()
    )


def order_by(sort: str, today: date) -> list[SQLColumnExpression[object]]:
    """Return what a query of accounts is ordered by: a list column, «-» in front for down."""
    visited = (
        select(func.max(Activity.done_at))
        .where(
            Activity.account_id == Account.id, Activity.kind == ActivityKind.VISIT,
            Activity.state == ActivityState.DONE, Activity.removed_at.is_(None),
        )
        .correlate(Account)
    )  # fmt: skip
    since = date(today.year - 1, today.month, 1) + timedelta(days=31)
    sold = (
        select(func.coalesce(func.sum(Invoice.base), 0))
        .where(
            Invoice.account_id == Account.id, Invoice.issued_on >= since.replace(day=1),
            Invoice.removed_at.is_(None),
        )
        .correlate(Account)
    )  # fmt: skip
    owed = (
        select(func.coalesce(func.sum(Receivable.pending), 0))
        .where(
            Receivable.account_id == Account.id, Receivable.due_on < today,
            Receivable.removed_at.is_(None),
        )
        .correlate(Account)
    )  # fmt: skip
    key: SQLColumnExpression[object] = {
        "state": Account.status + Account.kind, "visit": visited.scalar_subquery(),
        "sales": sold.scalar_subquery(), "overdue": owed.scalar_subquery(),
    }.get(sort.lstrip("-"), func.lower(Account.name))  # fmt: skip
    return [key.desc() if sort.startswith("-") else key.asc(), Account.name, Account.id]


def last_visits(session: Session, ids: Sequence[str] | None) -> dict[str, date]:
    query = (
        select(Activity.account_id, func.max(Activity.done_at))
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.state == ActivityState.DONE,
            Activity.removed_at.is_(None),
        )
        .group_by(Activity.account_id)
    )
    if ids is not None:
        query = query.where(Activity.account_id.in_(ids))
    return {a: i18n.local(at).date() for a, at in session.execute(query) if a and at}


def _next_visits(session: Session, ids: Sequence[str]) -> dict[str, date]:
    query = (
        select(Activity.account_id, func.min(Activity.planned_at))
        .where(
            Activity.kind == ActivityKind.VISIT,
            Activity.state == ActivityState.PLANNED,
            Activity.removed_at.is_(None),
            Activity.account_id.in_(ids),
        )
        .group_by(Activity.account_id)
    )
    return {a: i18n.local(at).date() for a, at in session.execute(query) if a and at}


def months_back(day: date, today: date) -> int:
    """Return how many calendar months `day` lies before `today`'s month."""
    return (today.year - day.year) * 12 + today.month - day.month


def _sales(session: Session, ids: Sequence[str], today: date) -> dict[str, dict[int, Decimal]]:
    since = date(today.year - 2, today.month, 1)
    found = session.execute(
        select(Invoice.account_id, Invoice.issued_on, Invoice.base).where(
            Invoice.account_id.in_(ids), Invoice.issued_on >= since, Invoice.removed_at.is_(None)
        )
    )
    sales: dict[str, dict[int, Decimal]] = {}
    for account_id, issued, base in found:
        months = sales.setdefault(account_id, {})
        back = months_back(issued, today)
        months[back] = months.get(back, Decimal(0)) + base
    return sales


def _overdue(session: Session, ids: Sequence[str], today: date) -> dict[str, Decimal]:
    found = session.execute(
        select(Receivable.account_id, func.sum(Receivable.pending))
        .where(
            Receivable.account_id.in_(ids),
            Receivable.due_on < today,
            Receivable.removed_at.is_(None),
        )
        .group_by(Receivable.account_id)
    )
    return {account_id: amount or Decimal(0) for account_id, amount in found}


def _marks(session: Session, ids: Sequence[str]) -> tuple[set[str], set[str]]:
    waiting = session.scalars(
        select(Operation.root).where(
            Operation.root.in_(ids), Operation.state.in_(("pending", "in_flight"))
        )
    )
    open_ = session.scalars(
        select(Conflict.root).where(Conflict.root.in_(ids), Conflict.state == "open")
    )
    return set(waiting), set(open_)
