"""What the office has sent: prices, products, customers, as the last sync brought it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.sync_state import SyncRun

# what is worth a word, in the order in which it is said, and where it can be seen
_PLACES = {
    "price_list_line": "quotes", "price_list": "quotes", "product": "quotes",
    "account": "portfolio", "activity": "today", "quote": "quotes", "invoice": "portfolio",
    "receivable": "portfolio", "expense_report": "expenses", "conflict": "sync",
    "parked_operation": "sync",
}  # fmt: skip
_RUNS = 20


class Item(NamedTuple):
    """So many records of one kind came; `screen` shows them."""

    entity: str
    many: int
    screen: str


class News(NamedTuple):
    """What the last synchronisation that brought anything brought, and when."""

    at: datetime | None
    items: tuple[Item, ...]


def latest(session: Session, limit: int = 4) -> News:
    """Return the news of the last run in which something of `_PLACES` was received."""
    first = session.scalar(select(func.min(SyncRun.id)))  # brought everything: no news
    runs = session.scalars(
        select(SyncRun)
        .where(SyncRun.error == "", SyncRun.received > 0, SyncRun.id != first)
        .order_by(SyncRun.started_at.desc(), SyncRun.id.desc())
        .limit(_RUNS)
    )
    for run in runs:
        receipt = run.receipt or {}
        items = [
            Item(entity, int(receipt[entity].get("received", 0)), screen)
            for entity, screen in _PLACES.items()
            if entity in receipt
        ]
        heard = tuple(item for item in items if item.many)
        if heard:
            return News(run.ended_at or run.started_at, heard[:limit])
    return News(None, ())
