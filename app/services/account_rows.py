"""What the list of customers shows of each: visits, a year's sales, what is overdue, marks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select, text
from sqlalchemy.orm import Session, aliased

from app import i18n
from app.models.account import Account, Site
from app.models.activity import FIRST_TO_COME, TO_VISIT, VISITED, Activity
from app.services.account_filters import LAST_VISIT, SORTS, fields, years


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


_PART = f"""
SELECT a.id, a.name, a.sector, a.kind, a.status, a.grade, a.starred, a.visit_every_days,
 g.name, g.visit_every_days,
 (SELECT s.city FROM site s WHERE s.account_id = a.id AND s.removed_at IS NULL
  ORDER BY s.id LIMIT 1),
 (SELECT max(done_at) FROM activity WHERE account_id = a.id AND {VISITED}),
 (SELECT {FIRST_TO_COME} FROM activity WHERE account_id = a.id AND {TO_VISIT}),
 (SELECT group_concat(month || sold, ' ') FROM
  (SELECT substr(i.issued_on, 1, 7) || (i.issued_on >= :since) AS month, sum(i.base) AS sold
   FROM invoice i WHERE i.account_id = a.id AND i.issued_on >= :before AND i.removed_at IS NULL
   GROUP BY month)),
 (SELECT sum(r.pending) FROM receivable r WHERE r.account_id = a.id AND r.due_on < :today
  AND r.removed_at IS NULL),
 a.id IN (SELECT root FROM operation WHERE state IN ('pending', 'in_flight')),
 a.id IN (SELECT root FROM conflict WHERE state = 'open')
FROM account a LEFT JOIN segment g ON g.id = a.segment_id
WHERE a.id IN (SELECT value FROM json_each(:ids))
"""  # one statement, each part of it from an index that has all it asks for


def rows(session: Session, ids: Sequence[str], *, today: date) -> list[AccountRow]:
    """Return what the list shows of these accounts, in any order."""
    since, before = years(today)
    given = {
        "ids": json.dumps(list(ids)), "since": since.isoformat(), "before": before.isoformat(),
        "today": today.isoformat(),
    }  # fmt: skip
    return [_row(tuple(found), today) for found in session.execute(text(_PART), given)]


def _row(found: tuple[Any, ...], today: date) -> AccountRow:
    id_, name, sector, kind, status, grade, starred, own, segment, usual, city, *more = found
    seen, upcoming, sold, owed, is_local, in_conflict = more
    sales = _sales(sold or "", today)
    return AccountRow(
        id_, name, city or "", segment or sector, kind, status, grade, bool(starred),
        _day(seen), _day(upcoming), own or usual or 30, *sales, _money(owed or 0),
        "conflict" if in_conflict else "local" if is_local else "",
    )  # fmt: skip


def _sales(sold: str, today: date) -> tuple[tuple[int, ...], Decimal, Decimal]:
    """Return the last 12 months in euros, the year's sales and the year's before.

    Read from cents by month, each with whether it is of this year: «2026-031-1250 2025-040…».
    """
    here = today.year * 12 + today.month
    months, years_ = [0] * 24, [0, 0]
    for part in sold.split():
        ago, is_recent, cents = here - int(part[:4]) * 12 - int(part[5:7]), part[7], int(part[8:])
        if 0 <= ago < len(months):
            months[ago] += cents
        years_[is_recent == "0"] += cents
    lately = tuple(round(_money(cents)) for cents in reversed(months[:12]))
    return lately, _money(years_[0]), _money(years_[1])


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _day(millis: int | None) -> date | None:
    if millis is None:
        return None
    return i18n.local(datetime.fromtimestamp(millis / 1000, UTC)).date()


def first_site() -> ScalarSelect[str]:
    """Return the id of the first address of the account of the query around it."""
    inner = aliased(Site)
    return (
        select(func.min(inner.id))
        .where(inner.account_id == Account.id, inner.removed_at.is_(None))
        .correlate(Account)
        .scalar_subquery()
    )


def order_by(sort: str, today: date, name: str) -> str:
    """Return the SQL that sorts accounts `a`; `name` is the SQL of a name as people look for it."""
    known = fields(today)
    keys = SORTS | {
        "state": "a.status || a.kind", "visit": LAST_VISIT,
        "sales": f"coalesce({known['sales'].sql}, 0)",
        "overdue": f"coalesce({known['overdue'].sql}, 0)",
    }  # fmt: skip
    down = " DESC" if sort.startswith("-") else ""
    key = keys.get(sort.lstrip("-"))
    return f"{key}{down}, {name}, a.id" if key else f"{name}{down}, a.id{down}"


def last_visits(session: Session, ids: Sequence[str] | None) -> dict[str, date]:
    query = (
        select(Activity.account_id, func.max(Activity.done_at))
        .where(text(VISITED))
        .group_by(Activity.account_id)
    )
    if ids is not None:
        query = query.where(Activity.account_id.in_(ids))
    return {a: i18n.local(at).date() for a, at in session.execute(query) if a and at}


def months_back(day: date, today: date) -> int:
    """Return how many calendar months `day` lies before `today`'s month."""
    return (today.year - day.year) * 12 + today.month - day.month
