"""What only quotes need: numbers that are never given twice, frozen once issued, honest totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, select

from app.server import tables
from app.server.parking import COLLISION, FROZEN, Parked
from app.server.records import Record, Unit

# follow from the lines: recomputed, never merged
TOTALS: dict[str, frozenset[str]] = {
    "quote": frozenset({"lines_sum", "base", "tax", "surcharge", "total"}),
    "quote_line": frozenset({"amount"}),
}
PARTS = frozenset({"quote_line", "clause"})  # what is frozen together with its quote
# what may still be said of an issued quote
_FREE = frozenset({"state", "pdf_document_id", "internal_note", "activity_id", "needs_approval"})
_NUMBER = ("series", "year", "counter")
_table = tables.quote_number


@dataclass(frozen=True)
class Issue:
    """Which operation gave a quote its number."""

    device_id: str
    hlc: int


def check_number(unit: Unit, row_id: str, body: dict[str, Any], *, hlc: int, series: str) -> None:
    """Give the number in `body` to this quote for ever; park what is taken or not the device's.

    `series` is that of the device that writes, "" when the office does.
    """
    if any(body.get(name) in (None, "") for name in _NUMBER):
        return
    key = {
        "series": body["series"],
        "year": body["year"],
        "counter": body["counter"],
        "revision": body.get("revision") or 1,
    }
    taken = unit.connection.execute(
        select(_table.c.row_id).where(
            _table.c.tenant_id == unit.tenant_id,
            and_(*(_table.c[name] == value for name, value in key.items())),
        )
    ).scalar()
    if taken == row_id:
        return
    number = body.get("number") or "{series}-{counter:05d}".format_map(key)
    if taken is not None:
        raise Parked(COLLISION, f"{number} is the number of another quote")
    if series and key["series"] != series and key["revision"] == 1:
        raise Parked(COLLISION, f"The series of {number} belongs to another device")
    unit.connection.execute(
        insert(_table),
        {
            "tenant_id": unit.tenant_id,
            **key,
            "row_id": row_id,
            "device_id": unit.author.device_id,
            "hlc": hlc,
        },
    )


def check_frozen(row: Record | None, changed: Iterable[str]) -> None:
    """Park a change of what an issued quote says."""
    if row is not None and row.body.get("state", "draft") != "draft":
        touched = sorted(set(changed) - _FREE)
        if touched:
            raise Parked(FROZEN, f"An issued quote does not change: {', '.join(touched)}")


def check_line(unit: Unit, body: dict[str, Any], *, hlc: int) -> None:
    """Park a line for an issued quote, unless it was written before that issue, on its device.

    A device folds the issue into the quote's own insert, which comes before its lines.
    """
    quote = unit.get("quote", str(body.get("quote_id")))
    if quote is None or quote.body.get("state", "draft") == "draft":
        return
    issue = _issue(unit, quote.row_id)
    if issue is None or (issue.device_id == unit.author.device_id and hlc <= issue.hlc):
        return
    raise Parked(FROZEN, "The quote of this line is issued and does not change")


def _issue(unit: Unit, quote_id: str) -> Issue | None:
    row = unit.connection.execute(
        select(_table.c.device_id, _table.c.hlc).where(
            _table.c.tenant_id == unit.tenant_id, _table.c.row_id == quote_id
        )
    ).one_or_none()
    return Issue(row.device_id, row.hlc) if row else None
