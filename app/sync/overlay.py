"""What the user has changed and not sent yet, laid over what the server says.

The value that is seen is the server's with the pending changes on top; the base of a change that
was not sent stays what the user saw when making it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from app.models.base import Base
from app.models.journal import Operation
from app.sync.inbox import in_batches

OPERATION = Base.metadata.tables[Operation.__tablename__]
UNSENT = ("pending", "in_flight")

Key = tuple[str, str]


def unsent(connection: Connection, keys: Iterable[Key]) -> dict[Key, list[Any]]:
    """Return the operations that wait for the server, per row, in the order they were made."""
    wanted = set(keys)
    found: dict[Key, list[Any]] = {}
    if not wanted:
        return found
    query = (
        select(OPERATION.c.entity, OPERATION.c.row_id, OPERATION.c.kind, OPERATION.c.fields)
        .where(OPERATION.c.state.in_(UNSENT))
        .order_by(OPERATION.c.number)
    )
    for batch in in_batches(sorted({row_id for _entity, row_id in wanted})):
        for row in connection.execute(query.where(OPERATION.c.row_id.in_(batch))):
            if (row.entity, row.row_id) in wanted:
                found.setdefault((row.entity, row.row_id), []).append(row)
    return found


def laid_over(values: dict[str, Any], operations: Iterable[Any]) -> dict[str, Any]:
    """Return wire values with these operations applied in order."""
    seen = dict(values)
    for operation in operations:
        for name, change in operation.fields.items():
            seen[name] = _seen(operation.kind, seen.get(name), change)
    return seen


def _seen(kind: str, below: Any, change: Any) -> Any:
    if kind == "I":
        return change
    if "add" in change:
        return sorted((set(below or []) | set(change["add"])) - set(change["del"]))
    return change["v"]


def is_removed(*, there: bool, operations: Iterable[Any]) -> bool:
    """Whether the user sees the row as removed: an edit that was not sent revives it."""
    removed = there
    for operation in operations:
        removed = operation.kind == "D"
    return removed
