"""The one way to write: a unit of work that holds the tenant's lock, in one transaction.

Push, office edits, imports and jobs all go through `tenant_write`. Each row written takes the next
number of the tenant's gapless sequence and leaves its old and new values in `change_log`.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.server import tables
from app.server.store import Store
from app.sync.catalogue import cell_hash, row_hash

Key = tuple[str, str]  # entity, row id


def now_ms() -> int:
    """Return this instant as milliseconds UTC."""
    return time.time_ns() // 1_000_000


class UnknownTenantError(LookupError):
    """There is no such company on this server."""


@dataclass(frozen=True)
class Record:
    """One synchronised row; `body` holds its wire fields, known and unknown, without nulls."""

    entity: str
    row_id: str
    root: str
    seq: int
    ver: int
    deleted: bool
    deleted_with: str
    body: dict[str, Any]
    hash: int
    by_user: str
    by_device: str
    at: int

    @property
    def key(self) -> Key:
        return self.entity, self.row_id


@dataclass(frozen=True)
class Author:
    """Who writes: a person at a device, the office, or with role "server" the server itself."""

    user_id: str = ""
    role: str = "server"
    device_id: str = ""
    offset_ms: int = 0
    suspect: bool = False


SERVER = Author()


@dataclass(frozen=True)
class Cause:
    """What a write comes from: its kind (I, U, D), its operation, and when it was made."""

    kind: str
    op_id: str = ""
    hlc: int = 0
    edited_at: int = 0


@dataclass
class _Unflushed:
    """What was written and the database does not have yet."""

    records: dict[Key, Record] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    exits: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[Key, list[int]] = field(default_factory=dict)  # root, entity: n, high, low


class Unit:
    """A transaction that holds the lock of one tenant; made by `tenant_write` alone."""

    def __init__(self, connection: Connection, tenant_id: str, author: Author) -> None:
        self.connection, self.tenant_id, self.author = connection, tenant_id, author
        self.now = now_ms()
        query = select(tables.tenant).where(tables.tenant.c.tenant_id == tenant_id)
        row = connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise UnknownTenantError(tenant_id)
        self.seq, self.epoch, self.gc_seq = int(row.seq), str(row.epoch), int(row.gc_seq)
        self._begun_at_seq = self.seq
        self._seen: dict[Key, Record | None] = {}
        self.memo: dict[tuple[str, Any], Any] = {}  # answers that hold until a user changes
        self._waiting = _Unflushed()

    def get(self, entity: str, row_id: str) -> Record | None:
        """Return the row as this transaction sees it, removed ones too."""
        if (entity, row_id) not in self._seen:
            self.load(entity, [row_id])
        return self._seen[entity, row_id]

    def load(self, entity: str, row_ids: Iterable[str]) -> None:
        """Read many rows of one entity at once, for `get` to find."""
        wanted = sorted({row_id for row_id in row_ids if (entity, row_id) not in self._seen})
        table = tables.record
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            self._seen.update(((entity, row_id), None) for row_id in some)
            query = select(table).where(
                table.c.tenant_id == self.tenant_id,
                table.c.entity == entity,
                table.c.row_id.in_(some),
            )
            for row in self.connection.execute(query):
                self._seen[entity, row.row_id] = record_of(row)

    def find(
        self, entity: str, column: str, values: Iterable[str], *, root: str | None = None
    ) -> list[Record]:
        """Return the rows of `entity` whose field `column` is one of `values`, in order of id.

        Removed ones too. `root` narrows the search to one unit of scope, which is indexed.
        """
        self.flush()
        table = tables.record
        condition = and_(
            table.c.tenant_id == self.tenant_id,
            table.c.entity == entity,
            table.c.body[column].as_string().in_(list(values)),
        )
        if root is not None:
            condition = and_(condition, table.c.root == root)
        rows = self.connection.execute(select(table).where(condition).order_by(table.c.row_id))
        found = [record_of(row) for row in rows]
        self._seen.update((record.key, record) for record in found)
        return found

    def write(
        self,
        entity: str,
        row_id: str,
        *,
        root: str,
        body: dict[str, Any],
        cause: Cause,
        deleted: bool = False,
        deleted_with: str = "",
    ) -> Record:
        """Write one row with the next seq and version; `writing` says what follows from it."""
        before = self.get(entity, row_id)
        kept = {name: _nfc(value) for name, value in body.items() if value is not None}
        self.seq += 1
        record = Record(
            entity, row_id, root, self.seq, before.ver + 1 if before else 1, deleted, deleted_with,
            kept, row_hash(kept), self.author.user_id, self.author.device_id, self.now,
        )  # fmt: skip
        waiting = self._waiting
        if before is not None and not before.deleted:
            self._count(before, -1)
        if not deleted:
            self._count(record, 1)
        if before is not None and before.root != root:
            waiting.exits.append(
                {"seq": self.seq, "entity": entity, "row_id": row_id, "old_root": before.root}
            )
        waiting.log.append(self._entry(before, record, cause))
        waiting.records[record.key] = self._seen[record.key] = record
        return record

    def _count(self, record: Record, sign: int) -> None:
        """Add one row to the digest of its cell, or take it out."""
        hashed = cell_hash(record.entity, record.row_id, record.ver, record.hash)
        cell = self._waiting.cells.setdefault((record.root, record.entity), [0, 0, 0])
        cell[0] += sign
        cell[1] += sign * (hashed >> 32)
        cell[2] += sign * (hashed & 0xFFFFFFFF)

    def _entry(self, before: Record | None, record: Record, cause: Cause) -> dict[str, Any]:
        old = before.body if before else {}
        fields = {
            name: [old.get(name), record.body.get(name)]
            for name in sorted(old.keys() | record.body.keys())
            if old.get(name) != record.body.get(name)
        }
        return {
            "seq": record.seq,
            "entity": record.entity,
            "row_id": record.row_id,
            "ver": record.ver,
            "kind": cause.kind,
            "fields": fields,
            "user_id": self.author.user_id,
            "role": self.author.role,
            "device_id": self.author.device_id,
            "op_id": cause.op_id,
            "hlc": cause.hlc,
            "edited_at": cause.edited_at or self.now,
            "at": self.now,
        }

    def flush(self) -> None:
        """Send what was written to the database, in a few statements of many rows."""
        waiting, self._waiting = self._waiting, _Unflushed()
        if waiting.records:
            rows = [self._row(record) for record in waiting.records.values()]
            self.upsert(tables.record, rows)
        for table, entries in ((tables.change_log, waiting.log), (tables.exit_, waiting.exits)):
            if entries:
                owned = [{"tenant_id": self.tenant_id, **entry} for entry in entries]
                self.connection.execute(insert(table), owned)
        if waiting.cells:
            self._add_up(waiting.cells)

    def _row(self, record: Record) -> dict[str, Any]:
        values = {name: getattr(record, name) for name in record.__dataclass_fields__}
        return {"tenant_id": self.tenant_id, **values}

    def _add_up(self, cells: dict[Key, list[int]]) -> None:
        table = tables.digest
        rows = [
            {
                "tenant_id": self.tenant_id,
                "root": root,
                "entity": entity,
                "n": n,
                "high": high,
                "low": low,
            }
            for (root, entity), (n, high, low) in sorted(cells.items())
        ]
        made = self._insert(table)
        summed = {name: table.c[name] + made.excluded[name] for name in ("n", "high", "low")}
        keys = list(table.primary_key.columns)
        self.connection.execute(made.on_conflict_do_update(index_elements=keys, set_=summed), rows)

    def upsert(self, table: Table, rows: list[dict[str, Any]]) -> None:
        """Insert rows, or replace those that have the same key."""
        made = self._insert(table)
        keys = list(table.primary_key.columns)
        changed = {
            name: made.excluded[name] for name in rows[0] if name not in table.primary_key.columns
        }
        if changed:
            statement = made.on_conflict_do_update(index_elements=keys, set_=changed)
        else:
            statement = made.on_conflict_do_nothing(index_elements=keys)
        self.connection.execute(statement, rows)

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    @contextmanager
    def group(self) -> Iterator[None]:
        """A savepoint: an exception inside undoes what was written inside, and nothing else."""
        self.flush()
        seq, seen = self.seq, dict(self._seen)
        try:
            with self.connection.begin_nested():
                yield
                self.flush()
        except BaseException:
            self.seq, self._seen, self._waiting = seq, seen, _Unflushed()
            self.memo.clear()
            raise

    def finish(self) -> None:
        self.flush()
        if self.seq != self._begun_at_seq:
            self.connection.execute(
                update(tables.tenant)
                .where(tables.tenant.c.tenant_id == self.tenant_id)
                .values(seq=self.seq)
            )

    def speaking_as(self, author: Author) -> Author:
        """Write as `author` from now on; return who wrote before."""
        before, self.author = self.author, author
        return before


@contextmanager
def tenant_write(store: Store, tenant_id: str, author: Author = SERVER) -> Iterator[Unit]:
    """Yield the unit of work of one tenant; committed at the end, or rolled back whole.

    The first statement takes the tenant's lock: whoever comes later waits, and sees all of this.
    Raises `UnknownTenantError`; a lock that is not given in time raises what `Store.retrying`
    tries again.
    """
    with store.write() as connection:
        unit = Unit(connection, tenant_id, author)
        yield unit
        unit.finish()


def record_of(row: Any) -> Record:
    """Return the record in a row of the `record` table."""
    values = dict(row._mapping)
    values.pop("tenant_id")
    return Record(**values)


def _nfc(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value
