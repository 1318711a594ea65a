"""What still has to be done: by rules that read the data, and by hand; never twice for one reason.

What a rule finds is not stored: it goes away when its reason does.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account
from app.models.activity import Activity, ActivityKind, ActivityState, VisitReport
from app.models.expense import Expense
from app.models.history import Receivable
from app.models.quote import Quote
from app.rules import follow_up
from app.services import team
from app.services.quote_versions import ISSUED, in_force
from app.services.route_problem import instant

REPORT_DAYS = 14  # older visits without a report are forgiven


class Pending(NamedTuple):
    """Something to do; `rule` says why, `params` fill its sentence, `screen` is where to do it."""

    key: str
    rule: str
    title: str
    due_on: date
    screen: str
    ref_id: str
    account_id: str | None
    params: dict[str, str]


def pending(session: Session, now: datetime) -> list[Pending]:
    """Return what needs the user up to tomorrow, most urgent first."""
    today, me = i18n.local(now).date(), team.my_id(session)
    items = [
        *_tasks(session, me, today),
        *_reports(session, me, today),
        *_expiring(session, me, today),
        *_overdue(session, me, today),
        *_expenses(session, me),
    ]
    return sorted(items, key=lambda item: (item.due_on, item.title, item.key))


def _tasks(session: Session, me: str, today: date) -> list[Pending]:
    rows = session.execute(
        select(Activity, Account.name, Quote.number)
        .select_from(Activity)
        .outerjoin(Account, Account.id == Activity.account_id)
        .outerjoin(Quote, Quote.id == Activity.about_id)
        .where(
            Activity.owner_id == me,
            Activity.kind.in_((ActivityKind.TASK, ActivityKind.CALL, ActivityKind.EMAIL)),
            Activity.state == ActivityState.PLANNED,
            Activity.removed_at.is_(None),
            Activity.due_on <= today + timedelta(days=1),
            Account.removed_at.is_(None),  # of nobody, or of a customer that is here
        )
    )
    found = []
    for task, name, number in rows:
        screen, ref = ("quote", task.about_id) if number else ("customer", task.account_id)
        params = {"title": task.title, "reason": task.reason, "number": number or ""}
        found.append(
            Pending(
                f"task:{task.id}", task.rule or "task", name or task.title, task.due_on or today,
                screen if ref else "today", ref or "", task.account_id, params,
            )
        )  # fmt: skip
    return found


def _reports(session: Session, me: str, today: date) -> list[Pending]:
    rows = session.execute(
        select(Activity.id, Activity.done_at, Account.id, Account.name)
        .select_from(Activity)
        .join(Account, Account.id == Activity.account_id)
        .where(
            Activity.owner_id == me,
            Activity.kind == ActivityKind.VISIT,
            Activity.state == ActivityState.DONE,
            Activity.removed_at.is_(None),
            Activity.done_at >= instant(today - timedelta(days=REPORT_DAYS), 0),
            ~exists().where(
                VisitReport.activity_id == Activity.id,
                VisitReport.removed_at.is_(None),
                VisitReport.completed_at.is_not(None),
            ),
        )
    )
    return [
        Pending(
            f"report:{id_}", "report", name, i18n.local(done).date(), "visit", id_, account_id, {}
        )
        for id_, done, account_id, name in rows
        if done is not None
    ]


def _expiring(session: Session, me: str, today: date) -> list[Pending]:
    rows = session.execute(
        select(Quote, Account.name)
        .join(Account, Account.id == Quote.account_id)
        .where(
            Quote.owner_id == me,
            in_force(*ISSUED),
            Quote.valid_until <= today + timedelta(days=follow_up.EXPIRING_DAYS),
            Quote.valid_until >= today,
        )
    )
    return [
        Pending(
            f"expiring:{quote.id}", "expiring", name, today, "quote", quote.id, quote.account_id,
            {"number": quote.number, "day": i18n.day_short(quote.valid_until or today)},
        )
        for quote, name in rows
    ]  # fmt: skip


def _overdue(session: Session, me: str, today: date) -> list[Pending]:
    rows = session.execute(
        select(
            Receivable.id, Receivable.account_id, Receivable.number, Receivable.due_on,
            Receivable.pending, Account.name,
        )
        .join(Account, Account.id == Receivable.account_id)
        .where(
            # as an expression: SQLite would rather ask after the debts of every customer
            func.ifnull(Account.owner_id, "") == me,
            Account.removed_at.is_(None),
            Receivable.pending > 0,
            Receivable.removed_at.is_(None),
            Receivable.due_on <= today - timedelta(days=follow_up.OVERDUE_STEPS[0]),
            Receivable.due_on > today - timedelta(days=60),
        )
    )  # fmt: skip
    found = []
    for owed in rows:
        step = follow_up.overdue_step(owed.due_on, today)
        params = {
            "number": owed.number, "amount": i18n.money(owed.pending),
            "days": str((today - owed.due_on).days),
        }  # fmt: skip
        due = owed.due_on + timedelta(days=step or 0)
        found.append(
            Pending(
                f"overdue:{owed.id}", "overdue", owed.name, min(due, today), "customer",
                owed.account_id, owed.account_id, params,
            )
        )  # fmt: skip
    return found


def _expenses(session: Session, me: str) -> list[Pending]:
    rows = session.scalars(
        select(Expense).where(
            Expense.user_id == me, Expense.amount.is_(None), Expense.removed_at.is_(None)
        )
    )
    return [
        Pending(
            f"expense:{expense.id}", "expense", expense.place or expense.kind, expense.spent_on,
            "expenses", expense.spent_on.isoformat(), None, {"kind": expense.kind},
        )
        for expense in rows
    ]  # fmt: skip


def complete(session: Session, key: str, *, now: datetime) -> None:
    """Mark a task as done; what a rule finds is done by doing it."""
    kind, _colon, id_ = key.partition(":")
    task = session.get(Activity, id_) if kind == "task" else None
    if task is not None:
        task.state, task.done_at = ActivityState.DONE, now


def snooze(session: Session, key: str, until: date) -> date | None:
    """Put a task off and return its former day, for undoing."""
    task = session.get(Activity, key.partition(":")[2])
    if task is None:
        return None
    before, task.due_on = task.due_on, until
    return before


def add_task(session: Session, title: str, *, due_on: date, account_id: str | None = None) -> str:
    """Add a task by hand and return its id."""
    task = Activity(
        kind=ActivityKind.TASK, title=title, owner_id=team.my_id(session), due_on=due_on,
        account_id=account_id,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task.id
