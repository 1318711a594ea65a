"""Which accounts the portfolio lists, in which order: by view, grade, words and column.

The order by name is an index with all that the views ask (models/search.py), so that neither the
first screenful nor all hundred thousand ids read the table. Words are looked for lane by lane
(services/search.py), within a lane by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import i18n
from app.models.activity import VISITED
from app.models.base import now as saved_now
from app.models.search import SORTED, name_key
from app.services import account_filters, account_rows
from app.services import search as full_text
from app.services.account_filters import Narrow
from app.services.id_list import IdList
from app.services.route_problem import instant

VIEWS = ("all", "due", "debt", "prospects", "starred")
FIRST, SCREENFUL = 100, 24  # ids, and rows of them, that come before the rest
_FEW = 400  # matches that are quicker to sort than the order of all names is to walk
_USUAL_DAYS = 30  # between visits, where neither customer nor segment says
_NAME = name_key("a.name")
_LISTED = "a.removed_at IS NULL AND a.kind <> 'supplier'"
# in the order of the ids, as the indexes of what belongs to each account are: what is asked of all
# is read from front to back, and no page of the file is deciphered twice
_AS_MADE = "account a NOT INDEXED"


class First(NamedTuple):
    """The beginning of the list; `is_whole` says that there is no more of it."""

    ids: IdList
    rows: Sequence[Any]
    is_whole: bool


@dataclass
class _Filter:
    """Conditions in SQL over the account `a`, with what fills them."""

    conditions: list[str] = field(default_factory=lambda: [_LISTED])
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions)


def search(
    session: Session,
    words: str = "",
    *,
    view: str = "all",
    grades: frozenset[str] = frozenset(),
    today: date | None = None,
    sort: str = "",
    narrow: Narrow | None = None,
) -> IdList:
    """Return the ids of the portfolio's accounts that match, in the order to show them.

    `sort` is name, state, visit, sales or overdue, with «-» in front for down; "" is by name, and
    the best match first where words are given.
    """
    chosen = _chosen(session, view, grades, today, narrow)
    order = account_rows.order_by(sort, today or _today(), _NAME)
    if not words.strip():
        asks_more = narrow or sort.lstrip("-") not in {"", "name", "state"}
        source = _AS_MADE if asks_more else f"account a INDEXED BY {SORTED}"
        if asks_more and sort.lstrip("-") not in {"", "name"}:
            # among equals only: to fold a hundred thousand names takes longer
            order = account_rows.order_by(sort, today or _today(), "a.name COLLATE NOCASE")
        return _ids(session, chosen, source, order)
    lanes = full_text.lanes(words, "account")
    if not lanes:
        return IdList()
    hits = " UNION ALL ".join(
        f"SELECT rowid AS n, {at} AS lane FROM {lane.table} WHERE {lane.table} MATCH :lane{at}"
        for at, lane in enumerate(lanes)
    )
    chosen.params |= {f"lane{at}": lane.match for at, lane in enumerate(lanes)}
    best = f"(SELECT n, min(lane) AS lane FROM ({hits}) GROUP BY n)"
    few = all(len(lane.some(session, _FEW)) < _FEW for lane in lanes)
    source = (
        f"{best} h CROSS JOIN account a ON a.rowid = h.n"
        if few
        else f"account a INDEXED BY {SORTED} CROSS JOIN {best} h ON h.n = a.rowid"
    )
    return _ids(session, chosen, source, order if sort else f"h.lane, {order}")


def first(
    session: Session,
    words: str = "",
    *,
    view: str = "all",
    grades: frozenset[str] = frozenset(),
    today: date | None = None,
    sort: str = "",
    narrow: Narrow | None = None,
    show: Callable[[Session, Sequence[str]], Sequence[object]] | None = None,
) -> First:
    """Return how the list that `search` gives begins, with the rows that are seen first.

    `show` makes the rows of ids; without it they are `AccountRow`s.
    """
    day = today or _today()
    if sort:  # the first of another order is known when all are
        ids = search(session, words, view=view, grades=grades, today=day, sort=sort, narrow=narrow)
        is_whole = True
    else:
        ids = _beginning(session, words, _chosen(session, view, grades, day, narrow))
        is_whole = len(ids) < FIRST
    seen = ids[:SCREENFUL]
    rows = show(session, seen) if show else account_rows.rows(session, seen, today=day)
    return First(ids, rows, is_whole)


def _beginning(session: Session, words: str, chosen: _Filter) -> IdList:
    """Return the first ids by lane and name."""
    if not words.strip():
        return _ids(session, chosen, f"account a INDEXED BY {SORTED}", f"{_NAME}, a.id", FIRST)
    found: dict[str, None] = {}
    for lane in full_text.lanes(words, "account"):
        some = lane.some(session, _FEW)
        if not some:
            continue
        more, params = [], {}
        if len(some) < _FEW:
            params["rowids"] = json.dumps(some)
            among, source = "SELECT value FROM json_each(:rowids)", "account a"
        else:
            params["match"] = lane.match
            among, source = lane.rowids, f"account a INDEXED BY {SORTED}"
            if lane.begins:  # the walk through the names begins where they do
                params["begins"] = lane.begins
                more.append(f"{_NAME} >= {name_key(':begins')}")
        narrowed = _Filter(
            [*chosen.conditions, f"a.rowid IN ({among})", *more], chosen.params | params
        )
        found |= dict.fromkeys(_ids(session, narrowed, source, f"{_NAME}, a.id", FIRST))
        if len(found) >= FIRST:
            break
    return IdList(list(found)[:FIRST])


def _ids(session: Session, chosen: _Filter, source: str, order: str, limit: int = -1) -> IdList:
    """Return ids as one text, joined by SQLite: no object of Python per row."""
    statement = (
        "SELECT group_concat(id, '') FROM"
        f" (SELECT a.id FROM {source} WHERE {chosen.where} ORDER BY {order} LIMIT {limit})"
    )
    return IdList(session.scalar(text(statement), chosen.params) or "")


def _today() -> date:
    return i18n.local(saved_now()).date()


def _chosen(
    session: Session,
    view: str,
    grades: frozenset[str],
    today: date | None,
    narrow: Narrow | None = None,
) -> _Filter:
    chosen, day = _Filter(), today or _today()
    if grades:
        chosen.conditions.append("a.grade IN (SELECT value FROM json_each(:grades))")
        chosen.params["grades"] = json.dumps(sorted(grades))
    if view == "prospects":
        chosen.conditions.append("a.kind = 'prospect'")
    elif view == "starred":
        chosen.conditions.append("a.starred")
    elif view == "debt":
        chosen.conditions.append(
            "a.id IN (SELECT account_id FROM receivable WHERE due_on < :today"
            " AND removed_at IS NULL GROUP BY account_id HAVING sum(pending) > 0)"
        )
        chosen.params["today"] = day.isoformat()
    elif view == "due":
        condition, params = _due(session, day)
        chosen.conditions.append(condition)
        chosen.params |= params
    for part in account_filters.conditions(session, narrow or Narrow(), today=day):
        chosen.conditions.append(part.sql)
        chosen.params |= part.params
    return chosen


def _due(session: Session, day: date) -> tuple[str, dict[str, Any]]:
    """Return the condition that a customer was not visited within its interval.

    Few were, and an index names them; to ask after the last visit of each takes ten times as long.
    """
    intervals = session.scalars(
        text(
            "SELECT visit_every_days FROM segment UNION SELECT DISTINCT a.visit_every_days"
            f" FROM account a INDEXED BY {SORTED} WHERE {_LISTED}"
        )
    )
    every = (
        "coalesce(nullif(a.visit_every_days, 0), nullif((SELECT s.visit_every_days FROM segment s"
        f" WHERE s.id = a.segment_id), 0), {_USUAL_DAYS})"
    )
    conditions = ["a.kind = 'customer' AND a.status <> 'inactive'"]
    for days in sorted({*(n for n in intervals if n), _USUAL_DAYS}):
        since = int(instant(day - timedelta(days=days - 1), 0).timestamp() * 1000)
        conditions.append(
            f"NOT ({every} = {int(days)} AND a.id IN (SELECT account_id FROM activity"
            " INDEXED BY ix_activity_owner_done"
            f' WHERE owner_id IN (SELECT id FROM "user") AND done_at >= {since} AND {VISITED}'
            " AND account_id IS NOT NULL))"
        )
    return " AND ".join(conditions), {}


def counts(session: Session, today: date, views: Sequence[str] = VIEWS) -> dict[str, int]:
    """Return how many accounts each view has."""
    chosen = {view: _chosen(session, view, frozenset(), today) for view in views}
    return _tally(session, chosen, f"account a INDEXED BY {SORTED}")


def quick_counts(session: Session, today: date, keys: Sequence[str]) -> dict[str, int]:
    """Return how many accounts each quick filter would leave."""
    chosen = {
        key: _chosen(session, "all", frozenset(), today, Narrow(frozenset({key}))) for key in keys
    }
    return _tally(session, chosen, _AS_MADE)


def _tally(session: Session, chosen: dict[str, _Filter], source: str) -> dict[str, int]:
    """Count for all filters in one pass over the accounts."""
    sums = ", ".join(f"coalesce(sum({each.where}), 0)" for each in chosen.values())
    given: dict[str, Any] = {}
    for each in chosen.values():
        given |= each.params
    found = session.execute(text(f"SELECT {sums} FROM {source} WHERE {_LISTED}"), given).one()
    return dict(zip(chosen, map(int, found), strict=True))
