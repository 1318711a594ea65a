"""What any record is called where records of all kinds stand in one list: «Visit · Bar Núñez»."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.i18n import _
from app.models.base import Base
from app.services import field_labels


class Title(NamedTuple):
    """Whose record it is, what it is, and where it is opened: a screen and an id, or «»."""

    words: str
    kind: str
    screen: str = ""
    screen_id: str = ""


# which column leads to the record that gives a part its name
_PARENTS = {
    "site": ("account", "account_id"),
    "contact": ("account", "account_id"),
    "activity": ("account", "account_id"),
    "visit_report": ("activity", "activity_id"),
    "quote": ("account", "account_id"),
    "quote_line": ("quote", "quote_id"),
    "clause": ("quote", "quote_id"),
    "signature": ("quote", "quote_id"),
    "route_stop": ("account", "account_id"),
    "document": ("account", "account_id"),
    "invoice": ("account", "account_id"),
    "invoice_line": ("invoice", "invoice_id"),
    "receivable": ("account", "account_id"),
}
_OWN_WORDS = {
    "contact": "name",
    "quote": "number",
    "document": "name",
    "invoice": "number",
    "expense": "reason",
    "product": "name",
    "user": "name",
    "account": "name",
    "company": "name",
    "team": "name",
    "segment": "name",
    "family": "name",
    "price_list": "name",
}


def title(session: Session, entity: str, row_id: str) -> Title:
    """Return what a record is called, removed or not; its kind alone when it is not here."""
    row = _row(session, entity, row_id)
    if row is None:
        return Title(field_labels.entity_name(entity), "")
    kind = _kind(entity, row)
    names = [name for name in (_own(entity, row), _above(session, entity, row)) if name]
    if not names:
        return Title(kind, "", *_place(entity, row))
    return Title(" · ".join(dict.fromkeys(names)), kind, *_place(entity, row))


def own_words(session: Session, entity: str, row_id: str) -> str:
    """Return a record's own name without that of what it belongs to; "" when it has none."""
    row = _row(session, entity, row_id)
    if row is None:
        return ""
    part = {"quote_line": "description", "clause": "text", "signature": "signer"}.get(entity)
    return str(row[part] or "") if part else _own(entity, row)


def _row(session: Session, entity: str, row_id: str) -> Any:
    if field_labels.mapped(entity) is None:
        return None
    table = Base.metadata.tables[entity]
    return session.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()


def _kind(entity: str, row: Any) -> str:
    if entity == "activity":
        kinds = {
            "visit": _("Visit"), "call": _("Call"), "email": _("Email"), "task": _("Task"),
            "event": _("Event"),
        }  # fmt: skip
        return kinds.get(row["kind"], _("Visit"))
    if entity == "document":
        kinds = {"photo": _("Photo"), "receipt": _("Receipt")}
        return kinds.get(row["kind"], _("Document"))
    return field_labels.entity_name(entity)


def _own(entity: str, row: Any) -> str:
    if entity == "route_plan":
        return i18n.day_short(row["day"])
    if entity == "expense_report":
        return i18n.month(row["month"])
    if entity == "site":
        return ", ".join(part for part in (row["street"], row["city"]) if part)
    if entity == "route_stop":
        return ""
    return str(row[_OWN_WORDS[entity]] or "") if entity in _OWN_WORDS else ""


def _above(session: Session, entity: str, row: Any) -> str:
    """Return the name of what the record belongs to."""
    if entity not in _PARENTS:
        return ""
    parent, column = _PARENTS[entity]
    found = _row(session, parent, row[column]) if row[column] else None
    if found is None:
        return ""
    return _own(parent, found) or _above(session, parent, found)


def _place(entity: str, row: Any) -> tuple[str, str]:
    """Return the screen on which the record is seen, and what to open there."""
    match entity:
        case "account":
            return "customer", row["id"]
        case "quote":
            return "quote", row["id"]
        case "quote_line" | "signature" | "clause" if row["quote_id"]:
            return "quote", row["quote_id"]
        case "route_plan":
            return "routes", row["day"].isoformat()
        case "expense":
            return "expenses", row["spent_on"].replace(day=1).isoformat()
        case "expense_report":
            return "expenses", row["month"].isoformat()
        case "visit_report":
            return "visit", row["activity_id"]
        case "activity" if row["kind"] == "visit" and row["account_id"]:
            return "visit", row["id"]
    account_id = row.get("account_id")
    return ("customer", account_id) if account_id else ("", "")
