"""What follows from writing a row: its root, its children, its readers, the file it names."""

from __future__ import annotations

from typing import Any

from app.models.base import COMPANY
from app.server import members, roots, tables
from app.server.records import Cause, Record, Unit
from app.server.roots import Child
from app.sync.catalogue import Entity, entity

TAKEN_ALONG = "with"  # kind of a change that follows from the removal or return of a parent
MOVED = "move"


def put(unit: Unit, known: Entity, row_id: str, body: dict[str, Any], cause: Cause) -> Record:
    """Insert, change or bring back a row; `body` is complete and valid.

    Conflicts and parked operations are put under a given root by `put_under`.
    """
    before = unit.get(known.name, row_id)
    root = roots.root_of(unit, known, row_id, body)
    _revive_parent(unit, known, body, cause)
    after = unit.write(known.name, row_id, root=root, body=body, cause=cause)
    if before is not None and before.root != root:
        _move_children(unit, after, before.root, cause)
    if before is not None and before.deleted:
        _bring_back(unit, after, cause)
    if known.name == "document":
        _name_file(unit, after)
    members.follow(unit, before, after)
    return after


def put_under(unit: Unit, root: str, name: str, row_id: str, body: dict[str, Any]) -> Record:
    """Write a row of the server's own: a conflict, or a parked operation."""
    return unit.write(name, row_id, root=root, body=body, cause=Cause("I"))


def remove(unit: Unit, record: Record, cause: Cause, *, along_with: str = "") -> Record:
    """Remove a row, and with it what cannot be without it; its body stays, to be brought back."""
    after = unit.write(
        record.entity,
        record.row_id,
        root=record.root,
        body=record.body,
        cause=cause,
        deleted=True,
        deleted_with=along_with,
    )
    for child in dependants(unit, record):
        if not child.deleted:
            remove(
                unit,
                child,
                Cause(TAKEN_ALONG, cause.op_id, cause.hlc, cause.edited_at),
                along_with=along_with or record.row_id,
            )
    members.follow(unit, record, after)
    return after


def dependants(unit: Unit, record: Record) -> list[Record]:
    """Return the rows that cannot be without this one, removed ones too."""
    found = []
    for child in _required(record.entity):
        root = None if record.root == COMPANY else record.root
        found += unit.find(child.entity, child.column, [record.row_id], root=root)
    return found


def _required(name: str) -> list[Child]:
    # people and companies are never removed with all that they made
    if name in {"user", "company"}:
        return []
    return [child for child in roots.children_of(name) if child.required or _lives_there(child)]


def _lives_there(child: Child) -> bool:
    """Whether the row belongs to the scope of what it points to, such as a call to an account."""
    rule = entity(child.entity).root
    return child.column in {rule.account, rule.parent[0] if rule.parent else None}


def _revive_parent(unit: Unit, known: Entity, body: dict[str, Any], cause: Cause) -> None:
    key = roots.parent_of(known, body)
    parent = unit.get(*key) if key else None
    if parent is not None and parent.deleted:
        why = Cause(TAKEN_ALONG, cause.op_id, cause.hlc, cause.edited_at)
        put(unit, entity(parent.entity), parent.row_id, parent.body, why)


def _bring_back(unit: Unit, record: Record, cause: Cause) -> None:
    """Bring back what its removal had taken along."""
    for child in dependants(unit, record):
        if child.deleted and child.deleted_with:
            why = Cause(TAKEN_ALONG, cause.op_id, cause.hlc, cause.edited_at)
            put(unit, entity(child.entity), child.row_id, child.body, why)


def _move_children(unit: Unit, record: Record, old_root: str, cause: Cause) -> None:
    for child in roots.children_of(record.entity):
        known = entity(child.entity)
        if known.root.parent != (child.column, record.entity):
            continue
        for row in unit.find(child.entity, child.column, [record.row_id], root=old_root):
            why = Cause(MOVED, cause.op_id, cause.hlc, cause.edited_at)
            moved = unit.write(
                row.entity, row.row_id, root=record.root, body=row.body, cause=why,
                deleted=row.deleted, deleted_with=row.deleted_with,
            )  # fmt: skip
            _move_children(unit, moved, old_root, cause)


def _name_file(unit: Unit, record: Record) -> None:
    use = {
        "tenant_id": unit.tenant_id,
        "sha256": str(record.body.get("sha256", ""))[:64],
        "row_id": record.row_id,
    }
    unit.upsert(tables.blob_use, [use])
