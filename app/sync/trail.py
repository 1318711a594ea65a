"""What a sync changes of rows that are here already, kept for the history of each record.

One command per author and moment, as the server names them. A row that is new here leaves no
trace, so that the first download writes none; nothing of this can be taken back with Ctrl+Z.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, literal_column, select

from app.models.base import new_id
from app.models.change import CHANGE, COMMAND, MERGE, PASSED, REMOVE, RESTORE, SYNC, UPDATE
from app.models.wire import Field
from app.sync import inbox
from app.sync.catalogue import Entity
from app.sync.inbox import in_batches, table_of

By = tuple[str, str, int]  # user, device, milliseconds UTC
NOBODY: By = ("", "", 0)
_SCALES = {"money": 2, "percent": 2, "quantity": 3, "price": 4}


class Trail:
    """The history of one transaction of the sync: noted row by row, written at its end."""

    def __init__(self, connection: Connection, *, at: datetime) -> None:
        self._connection, self._at = connection, at
        self._noted: dict[By, list[dict[str, Any]]] = {}

    def here(self, entity: Entity, row_ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """Return rows as they lie in the file: id, removal, then the fields in their order."""
        query, table = _raw(entity), table_of(entity.name)
        found = self._connection.execute(query.where(table.c.id.in_(list(row_ids))))
        return {row[0]: tuple(row) for row in found}

    def compare(
        self, entity: Entity, before: tuple[Any, ...], after: dict[str, Any], by: By
    ) -> None:
        """Note what differs between a row of `here` and its wire values now, as it comes alive."""
        fields = {
            name: [wire_of(stored), after[name]]
            for (name, is_same, wire_of), stored in zip(_fields(entity), before[2:], strict=True)
            if not is_same(stored, after[name])
        }
        if before[1] is not None:
            self.note(entity.name, before[0], RESTORE, fields, by)
        elif fields:
            self.note(entity.name, before[0], UPDATE, fields, by)

    def compare_some(
        self, entity: Entity, row_id: str, stored: dict[str, Any], said: dict[str, Any]
    ) -> None:
        """Note which of the wire values `said` differ from what is stored of a row."""
        fields = {
            name: [wire_of(stored[name]), said[name]]
            for name, is_same, wire_of in _fields(entity)
            if name in said and not is_same(stored[name], said[name])
        }
        if fields:
            self.note(entity.name, row_id, UPDATE, fields)

    def note(
        self, entity: str, row_id: str, kind: str, fields: dict[str, list[Any]], by: By = NOBODY
    ) -> None:
        made = {"entity": entity, "row_id": row_id, "kind": kind, "fields": fields}
        self._noted.setdefault(by, []).append(made)

    def removed(self, entity: str, row_id: str, by: By) -> None:
        self.note(entity, row_id, REMOVE, {}, by)

    def write(self, *, source: str = SYNC) -> None:
        """Keep what was noted; the server's own merging of what this device sent is named so."""
        if not self._noted:
            return
        mine = inbox.state(self._connection).device_id
        commands, changes = [], []
        for (user_id, device_id, at), rows in sorted(self._noted.items(), key=lambda i: i[0][2]):
            id_ = new_id()
            moment = datetime.fromtimestamp(at / 1000, UTC) if at else self._at
            commands.append(
                {
                    "id": id_, "at": moment, "user_id": user_id, "device_id": device_id,
                    "source": MERGE if device_id and device_id == mine else source,
                    "standing": PASSED,
                }
            )  # fmt: skip
            changes += [{"command_id": id_, **row} for row in rows]
        self._noted.clear()
        for table, made in ((COMMAND, commands), (CHANGE, changes)):
            for batch in in_batches(made):
                self._connection.execute(insert(table), batch)


@cache
def _raw(entity: Entity) -> Any:
    names = ["id", "removed_at", *entity.fields]
    return select(*(literal_column(name) for name in names)).select_from(table_of(entity.name))


@cache
def _fields(
    entity: Entity,
) -> tuple[tuple[str, Callable[[Any, Any], bool], Callable[[Any], Any]], ...]:
    return tuple((name, *_comparing(known)) for name, known in entity.fields.items())


def _comparing(known: Field) -> tuple[Callable[[Any, Any], bool], Callable[[Any], Any]]:
    """Return whether a stored value is a wire value, and what makes one of it.

    Most lie in the file as they travel; comparing them so is what keeps a large sync quick.
    """
    if known.wire in _SCALES:
        return _is_same_number, _number_of(_SCALES[known.wire])
    if known.wire in {"set", "json"}:
        return (lambda stored, said: _parsed(stored) == said), _parsed
    if known.wire == "boolean":
        return (lambda stored, said: stored == said), (
            lambda stored: None if stored is None else bool(stored)
        )
    return (lambda stored, said: stored == said), (lambda stored: stored)


def _parsed(stored: Any) -> Any:
    return None if stored is None else json.loads(stored)


def _is_same_number(stored: int | None, said: str | None) -> bool:
    if stored is None or said is None:
        return stored is None and said is None
    return stored == int(said.replace(".", "", 1))


def _number_of(places: int) -> Callable[[int | None], str | None]:
    def wire_of(stored: int | None) -> str | None:
        if stored is None:
            return None
        whole, rest = divmod(abs(stored), 10**places)
        return f"{'-' if stored < 0 else ''}{whole}.{rest:0{places}d}"

    return wire_of
