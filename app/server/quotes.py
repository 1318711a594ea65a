"""What only quotes need: numbers that are never given twice, frozen once issued, honest totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, select

from app.models.base import new_id
from app.models.wire import decode, encode
from app.rules import tax
from app.server import tables, writing
from app.server.parking import COLLISION, FROZEN, Parked
from app.server.records import SERVER, Cause, Record, Unit
from app.sync.catalogue import entity

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


def check_totals(unit: Unit, quote_id: str) -> None:
    """Compute a quote's totals from its lines, as the laptop did, and compare.

    A draft takes ours, since two people may have changed its lines. An issued quote stands as it
    was printed: the difference becomes a conflict for a person to see.
    """
    quote = unit.get("quote", quote_id)
    if quote is None or quote.deleted:
        return
    ours = _totals(unit, quote)
    if all(quote.body.get(name) == value for name, value in ours.items()):
        return
    author = unit.speaking_as(SERVER)
    try:
        if quote.body.get("state", "draft") == "draft":
            body = {**quote.body, **ours}
            writing.put(unit, entity("quote"), quote_id, body, Cause("U"))
        else:
            _note_difference(unit, quote, ours)
    finally:
        unit.speaking_as(author)


def _totals(unit: Unit, quote: Record) -> dict[str, Any]:
    rows = unit.find("quote_line", "quote_id", [quote.row_id], root=quote.root)
    lines = [_line(row.body) for row in rows if not row.deleted and _is_priced(row.body)]
    known = entity("quote").fields
    found = tax.totals(
        lines,
        decode(known["general_discount"], quote.body.get("general_discount", "")),
        rounding="per_line" if _rounds_per_line(unit) else "per_rate",
        surcharged=bool(quote.body.get("surcharged")),
    )
    return {name: encode(known[name], getattr(found, name)) for name in sorted(TOTALS["quote"])}


def _is_priced(body: dict[str, Any]) -> bool:
    return body.get("kind") != "heading"


def _line(body: dict[str, Any]) -> tax.Line:
    known = entity("quote_line").fields
    said = {
        name: decode(known[name], body[name])
        for name in ("quantity", "unit_price", "discount", "tax_rate", "surcharge_rate")
    }
    return tax.Line(
        quantity=said["quantity"],
        unit_price=said["unit_price"],
        discount=said["discount"],
        rate=said["tax_rate"],
        surcharge=said["surcharge_rate"],
        optional=bool(body.get("is_optional")),
    )


def _rounds_per_line(unit: Unit) -> bool:
    if ("rounding", "") not in unit.memo:
        companies = unit.find("company", "rounding", ["per_line"])
        unit.memo["rounding", ""] = any(not company.deleted for company in companies)
    return bool(unit.memo["rounding", ""])


def _note_difference(unit: Unit, quote: Record, ours: dict[str, Any]) -> None:
    noted = unit.find("conflict", "row_id", [quote.row_id], root=quote.root)
    if any(conflict.body.get("policy") == "totals" for conflict in noted):
        return
    body = {
        "entity": "quote",
        "row_id": quote.row_id,
        "field": "total",
        "winner": quote.body.get("total"),
        "loser": ours["total"],
        "winner_by": quote.by_user,
        "loser_by": "",
        "loser_device_id": "",
        "policy": "totals",
        "why": "totals",
        "state": "open",
        "closed_by": "",
    }
    writing.put_under(unit, quote.root, "conflict", new_id(), body)
