"""Why an operation is put aside instead of applied, and how it is kept for a person to see."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import insert

from app.models.base import device_root, new_id
from app.server import tables, writing
from app.server.records import Unit
from app.sync.protocol import Op

# the short codes a device can meet: SYNC.md 2.3, and role for what the user's role may not write
SCHEMA, REFERENCE, SCOPE, ROLE = "schema", "fk", "scope", "role"
VALIDATION, COLLISION, FROZEN, ERROR = "validation", "collision", "frozen", "error"


class Parked(Exception):  # noqa: N818 - a fate rather than an error, and named so
    """The whole group is put aside; `reason` is a short code, `note` says more."""

    def __init__(self, reason: str, note: str = "") -> None:
        super().__init__(reason, note)
        self.reason, self.note = reason, note


def park(unit: Unit, op: Op, op_id: str, why: Parked) -> int:
    """Keep `op` with all that it says, where its device will hear of it; return the seq."""
    device_id = unit.author.device_id
    payload = printable(msgspec.to_builtins(op))
    record = writing.put_under(
        unit,
        device_root(device_id),
        "parked_operation",
        new_id(),
        {
            "device_id": device_id,
            "op_no": op.n,
            "op_id": op_id,
            "entity": printable(op.t),
            "row_id": printable(op.r)[:32],
            "reason": why.reason,
            "note": printable(why.note),
            "payload": payload,
            "state": "parked",
        },
    )
    unit.connection.execute(
        insert(tables.parked_op),
        {
            "tenant_id": unit.tenant_id,
            "device_id": device_id,
            "op_no": op.n,
            "reason": why.reason,
            "state": "parked",
            "note": printable(why.note),
        },
    )
    return record.seq


def printable(value: Any) -> Any:
    """Return `value` as every engine's JSON can hold it: no NUL, no float, no huge number.

    The operation's exact text is kept in `sync_op`.
    """
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        return str(value)
    if isinstance(value, dict):
        return {printable(str(name)): printable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return value
