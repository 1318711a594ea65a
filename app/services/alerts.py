"""What is pending: what the rules find and what was noted by hand, less what is to be quiet.

A rule can be switched off and one thing put off, on this computer; a task that is put off has
another day instead, everywhere.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account
from app.models.activity import Activity, ActivityState
from app.models.expense import Expense, ExpenseReport, ReportState
from app.models.quote import Quote
from app.services import follow_ups, team
from app.services.follow_ups import Pending
from app.services.quote_versions import ISSUED, in_force
from app.services.route_problem import instant
from app.settings import Settings

RULES = ("quote_follow_up", "quote_silent", "expiring", "visit_follow_up", "report",
         "report_next_step", "overdue", "expense", "claim")  # fmt: skip
SILENT_DAYS = 10  # a quote without an answer for so long is asked about again
_FORGOTTEN_DAYS = 60  # and after so many it is let go
_CLAIM_DAYS = 3  # before the month ends


class Quiet(NamedTuple):
    """Rules that are switched off, and single things that are put off until a day."""

    rules: frozenset[str] = frozenset()
    until: Mapping[str, date] = {}


NOTHING = Quiet()


def quiet_of(settings: Settings) -> Quiet:
    """Return what the user has switched off or put off; a day that cannot be read is none."""
    until = {}
    for key, day in settings.put_off.items():
        try:
            until[key] = date.fromisoformat(day)
        except ValueError:
            continue
    return Quiet(frozenset(settings.muted_rules), until)


def pending(session: Session, now: datetime, quiet: Quiet = NOTHING) -> list[Pending]:
    """Return what needs the user up to tomorrow and is not quiet, most urgent first."""
    today, me = i18n.local(now).date(), team.my_id(session)
    items = [
        *follow_ups.pending(session, now), *_silent(session, me, today),
        *_claim(session, me, today),
    ]  # fmt: skip
    heard = (
        item
        for item in items
        if item.rule not in quiet.rules and quiet.until.get(item.key, today) <= today
    )
    return sorted(heard, key=lambda item: (item.due_on, item.title, item.key))


def _silent(session: Session, me: str, today: date) -> list[Pending]:
    """Return quotes out for ten days that nobody has asked about again."""
    asked = exists().where(
        Activity.about_id == Quote.id, Activity.removed_at.is_(None),
        or_(
            Activity.state == ActivityState.PLANNED,
            Activity.done_at >= instant(today - timedelta(days=SILENT_DAYS // 2), 0),
        ),
    )  # fmt: skip
    rows = session.execute(
        select(Quote, Account.name)
        .join(Account, Account.id == Quote.account_id)
        .where(
            Quote.owner_id == me, in_force(*ISSUED), Account.removed_at.is_(None),
            Quote.issued_at <= instant(today - timedelta(days=SILENT_DAYS), 0),
            Quote.issued_at > instant(today - timedelta(days=_FORGOTTEN_DAYS), 0),
            or_(Quote.valid_until.is_(None), Quote.valid_until >= today), ~asked,
        )
    )  # fmt: skip
    found = []
    for quote, name in rows:
        out = i18n.local(quote.issued_at).date() if quote.issued_at else today
        params = {"number": quote.number, "days": str((today - out).days)}
        found.append(
            Pending(
                f"quote_silent:{quote.id}", "quote_silent", name, today, "quote", quote.id,
                quote.account_id, params,
            )
        )  # fmt: skip
    return found


def _claim(session: Session, me: str, today: date) -> list[Pending]:
    """Return the month's claim in its last days, and last month's that was not submitted."""
    found = []
    first = today.replace(day=1)
    months = [(first - timedelta(days=1)).replace(day=1)]
    if monthrange(today.year, today.month)[1] - today.day < _CLAIM_DAYS:
        months.append(first)
    for month in months:
        last = month.replace(day=monthrange(month.year, month.month)[1])
        if _is_unclaimed(session, me, month, last):
            found.append(
                Pending(
                    f"claim:{month.isoformat()}", "claim", i18n.month(month).capitalize(),
                    min(last, today) if month != first else last, "expenses", month.isoformat(),
                    None, {"month": i18n.month(month)},
                )
            )  # fmt: skip
    return [item for item in found if item.due_on <= today + timedelta(days=_CLAIM_DAYS)]


def _is_unclaimed(session: Session, me: str, month: date, last: date) -> bool:
    claimed = exists().where(
        ExpenseReport.id == Expense.report_id, ExpenseReport.removed_at.is_(None),
        ExpenseReport.state != ReportState.DRAFT,
    )  # fmt: skip
    spent = select(Expense.id).where(
        Expense.user_id == me, Expense.removed_at.is_(None), Expense.spent_on >= month,
        Expense.spent_on <= last, ~claimed,
    )  # fmt: skip
    return session.scalar(spent.limit(1)) is not None
