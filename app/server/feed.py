"""What a device reads: pages of its scope in the order of seq, whole roots, rows, and digests.

Each answer is made in one read transaction, so that it shows one moment: a reader that saw the
tenant at seq H sees every row up to H (SYNC.md 2.7, 2.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, tuple_

from app.server import members, tables
from app.server.devices import Device
from app.server.members import Scope, in_scope, scope_at
from app.server.records import Record, record_of
from app.sync.catalogue import CATALOGUE
from app.sync.protocol import (
    PAGE_BYTES,
    PAGE_ROWS,
    Backfill,
    BackfillAnswer,
    Digest,
    DigestAnswer,
    Pull,
    PullAnswer,
    Rows,
    RowsAnswer,
    Table,
)

_record, _exit, _member, _digest = tables.record, tables.exit_, tables.member, tables.digest
_MODULUS = 2**64
_ENVELOPE = ["_id", "_seq", "_ver", "_root"]


class CursorExpired(Exception):  # noqa: N818 - a state rather than an error, and named so
    """The device was away for longer than removals are remembered: it has to list all anew."""


class CursorAhead(Exception):  # noqa: N818
    """The device has read what this server does not have: it was restored from a copy."""


@dataclass(frozen=True)
class View:
    """One device's sight of one moment of its tenant."""

    connection: Connection
    device: Device
    seq: int
    gc_seq: int
    epoch: str
    scope: Scope

    def visible(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition that a root is in this device's scope, in this device's tenant."""
        tenant = column.table.c.tenant_id == self.device.tenant_id
        mine = in_scope(column, self.device.tenant_id, self.device.user_id, self.scope)
        return and_(tenant, mine)


def look(connection: Connection, device: Device) -> View:
    """Return the sight of `device` in this read transaction."""
    table = tables.tenant
    row = connection.execute(select(table).where(table.c.tenant_id == device.tenant_id)).one()
    scope = scope_at(connection, device.tenant_id, device.user_id, device.device_id)
    return View(connection, device, int(row.seq), int(row.gc_seq), str(row.epoch), scope)


def pull(view: View, message: Pull) -> PullAnswer:
    """Return the next page after the cursor; the last one carries the digest of the scope."""
    if 0 < message.cursor < view.gc_seq:
        raise CursorExpired
    if message.cursor > view.seq:
        raise CursorAhead
    limit = max(1, min(message.limit, PAGE_ROWS))
    until = view.seq if message.until is None else min(view.seq, message.until)
    query = (
        select(_record)
        .where(
            view.visible(_record.c.root),
            _record.c.seq > message.cursor,
            _record.c.seq <= until,
        )
        .order_by(_record.c.seq)
        .limit(limit + 1)
    )
    found = [record_of(row) for row in view.connection.execute(query)]
    page = _fitting(found[:limit])
    more = len(page) < len(found)
    to = page[-1].seq if more else until
    grants, revokes = _membership(view, message.cursor, to)
    return PullAnswer(
        to=to,
        more=more,
        tables=columns(record for record in page if not record.deleted),
        gone=[(r.entity, r.row_id, r.seq, r.ver) for r in page if r.deleted],
        exit=_exits(view, message.cursor, to),
        grants=grants,
        revokes=revokes,
        digest={} if more else _level_one(view),
        made=_made(page),
    )


def _made(page: list[Record]) -> list[tuple[int, str, str, int]]:
    """Return who changed the rows, said once for all that one author changed at one time."""
    made: list[tuple[int, str, str, int]] = []
    for record in page:
        by = (record.by_user, record.by_device, record.at)
        if not made or made[-1][1:] != by:
            made.append((record.seq, *by))
    return made


def _fitting(found: list[Record]) -> list[Record]:
    """Return as many rows as a page may weigh, one at least."""
    weight = 0
    for count, record in enumerate(found):
        weight += len(msgspec.json.encode(record.body)) + 100
        if weight > PAGE_BYTES and count:
            return found[:count]
    return found


def columns(records: Iterable[Record]) -> list[Table]:
    """Return rows as tables in columns, parents before children."""
    by_entity: dict[str, list[Record]] = {}
    for record in records:
        by_entity.setdefault(record.entity, []).append(record)
    made = []
    for entity in sorted(by_entity, key=lambda name: CATALOGUE[name].order):
        names = sorted({name for record in by_entity[entity] for name in record.body})
        made.append(
            Table(
                entity,
                [*_ENVELOPE, *names],
                [
                    [r.row_id, r.seq, r.ver, r.root, *(r.body.get(name) for name in names)]
                    for r in by_entity[entity]
                ],
            )
        )
    return made


def _exits(view: View, after: int, to: int) -> list[tuple[str, str, int]]:
    """Return the rows that left the scope by moving to a root that the device does not see."""
    query = (
        select(_exit.c.entity, _exit.c.row_id, _exit.c.seq, _record.c.root)
        .join(
            _record,
            (_record.c.tenant_id == _exit.c.tenant_id)
            & (_record.c.entity == _exit.c.entity)
            & (_record.c.row_id == _exit.c.row_id),
        )
        .where(view.visible(_exit.c.old_root), _exit.c.seq > after, _exit.c.seq <= to)
        .order_by(_exit.c.seq)
    )
    return [
        (row.entity, row.row_id, row.seq)
        for row in view.connection.execute(query)
        if row.root not in view.scope
    ]


def _membership(
    view: View, after: int, to: int
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return the roots that came into the scope between two seqs and those that left it.

    A root that this page brings whole is no grant: only one with rows before the cursor has to be
    fetched apart. Nothing of what was there when the device was enrolled is a grant either, since
    the device has read from the beginning.
    """
    changes = _changes(view, after, to) if after else []
    if not changes:
        return [], []
    device = view.device
    was = scope_at(view.connection, device.tenant_id, device.user_id, device.device_id, seq=after)
    if any(change.root == members.ALL for change in changes):
        return _all_or_not(view, was, after, to)
    gained = {
        change.root: int(change.since_seq)
        for change in changes
        if change.root in view.scope
        and change.root not in was
        and change.since_seq > device.enrolled_seq
    }
    gone = {
        change.root: int(change.until_seq)
        for change in changes
        if change.until_seq is not None and change.root not in view.scope
    }
    had = _made_here(view, [root for root in gone if root not in was], after)
    lost = {root: seq for root, seq in gone.items() if root in was or root in had}
    older = _with_rows_before(view, gained, after)
    return sorted(older.items()), sorted(lost.items())


def _made_here(view: View, roots: list[str], after: int) -> set[str]:
    """Return which of these accounts the device itself has made since `after`: it has them."""
    log = tables.change_log
    query = select(log.c.row_id).where(
        log.c.tenant_id == view.device.tenant_id,
        log.c.entity == "account",
        log.c.row_id.in_(roots),
        log.c.device_id == view.device.device_id,
        log.c.seq > after,
    )
    return set(view.connection.scalars(query)) if roots else set()


def _changes(view: View, after: int, to: int) -> Sequence[Row[Any]]:
    """Return the user's memberships that began or ended between two seqs."""
    began = and_(_member.c.since_seq > after, _member.c.since_seq <= to)
    ended = and_(_member.c.until_seq > after, _member.c.until_seq <= to)
    query = (
        select(_member)
        .where(
            _member.c.tenant_id == view.device.tenant_id,
            _member.c.user_id == view.device.user_id,
            or_(began, ended),
        )
        .order_by(_member.c.since_seq)
    )
    return view.connection.execute(query).all()


def _with_rows_before(view: View, gained: dict[str, int], after: int) -> dict[str, int]:
    roots = sorted(gained)
    found: set[str] = set()
    for start in range(0, len(roots), 500):
        query = (
            select(_record.c.root)
            .where(
                _record.c.tenant_id == view.device.tenant_id,
                _record.c.root.in_(roots[start : start + 500]),
                _record.c.seq <= after,
                _record.c.deleted.is_(False),
            )
            .distinct()
        )
        found |= set(view.connection.scalars(query))
    return {root: seq for root, seq in gained.items() if root in found}


def _all_or_not(
    view: View, was: Scope, after: int, to: int
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The user became office, or is office no more: compare the scopes root by root.

    What is taken back is not looked for by the seq of its rows: all of them may have changed since.
    """
    log, tenant_id = tables.change_log, view.device.tenant_id
    query = select(_record.c.root).where(_record.c.tenant_id == tenant_id).distinct()
    before = sorted(view.connection.scalars(query.where(_record.c.seq <= after)))
    grants = [(root, to) for root in before if root in view.scope and root not in was]
    taken = {root for root in view.connection.scalars(query) if root in was}
    fresh = select(log.c.row_id).where(
        log.c.tenant_id == tenant_id, log.c.entity == "account", log.c.ver == 1, log.c.seq > after
    )
    young = set(view.connection.scalars(fresh)) & taken
    unknown = young - _made_here(view, sorted(young), after)
    return grants, [(root, to) for root in sorted(taken - unknown) if root not in view.scope]


def backfill(view: View, message: Backfill) -> BackfillAnswer:
    """Return rows of one root after a key; of a root outside the scope nothing at all."""
    if message.root not in view.scope:
        return BackfillAnswer(message.root, as_of=view.seq, done=True, next="")
    limit = max(1, min(message.limit, PAGE_ROWS))
    entity, _slash, row_id = message.after.partition("/")
    query = (
        select(_record)
        .where(
            _record.c.tenant_id == view.device.tenant_id,
            _record.c.root == message.root,
            _record.c.deleted.is_(False),
            tuple_(_record.c.entity, _record.c.row_id) > (entity, row_id),
        )
        .order_by(_record.c.entity, _record.c.row_id)
        .limit(limit + 1)
    )
    found = [record_of(row) for row in view.connection.execute(query)]
    page = _fitting(found[:limit])
    done = len(page) == len(found)
    return BackfillAnswer(
        message.root,
        as_of=view.seq,
        done=done,
        next="" if done else "/".join(page[-1].key),
        tables=columns(page),
    )


def rows(view: View, message: Rows) -> RowsAnswer:
    """Return rows by id; what is not there and what is out of scope have one answer."""
    found: dict[tuple[str, str], Record] = {}
    wanted = list(dict.fromkeys(message.ids))[:PAGE_ROWS]
    by_entity: dict[str, list[str]] = {}
    for entity, row_id in wanted:
        if "\0" not in entity + row_id:
            by_entity.setdefault(entity, []).append(row_id)
    for entity, ids in by_entity.items():
        query = select(_record).where(
            view.visible(_record.c.root), _record.c.entity == entity, _record.c.row_id.in_(ids)
        )
        for row in view.connection.execute(query):
            record = record_of(row)
            found[record.key] = record
    return RowsAnswer(
        seq=view.seq,
        tables=columns(record for record in found.values() if not record.deleted),
        gone=[(r.entity, r.row_id, r.seq, r.ver) for r in found.values() if r.deleted],
        unknown=[key for key in wanted if key not in found],
    )


def digest(view: View, message: Digest) -> DigestAnswer:
    """Return counts and sums per entity, per root, or the rows of some roots."""
    if message.level <= 1:
        cells = [[name, n, total] for name, (n, total) in sorted(_level_one(view).items())]
    elif message.level == 2:
        cells = _level_two(view, message.tables)
    else:
        cells = _level_three(view, message)
    return DigestAnswer(view.seq, max(1, min(message.level, 3)), cells)


def _level_one(view: View) -> dict[str, tuple[int, str]]:
    query = (
        select(
            _digest.c.entity,
            func.sum(_digest.c.n),
            func.sum(_digest.c.high),
            func.sum(_digest.c.low),
        )
        .where(view.visible(_digest.c.root))
        .group_by(_digest.c.entity)
    )
    rows_ = view.connection.execute(query)
    return {name: (int(n), _hex(high, low)) for name, n, high, low in rows_ if n}


def _hex(high: Any, low: Any) -> str:
    return f"{((int(high) << 32) + int(low)) % _MODULUS:016x}"


def _level_two(view: View, wanted: list[str]) -> list[list[Any]]:
    query = (
        select(_digest)
        .where(view.visible(_digest.c.root), _digest.c.entity.in_(wanted), _digest.c.n > 0)
        .order_by(_digest.c.entity, _digest.c.root)
    )
    return [
        [row.entity, row.root, row.n, _hex(row.high, row.low)]
        for row in view.connection.execute(query)
    ]


def _level_three(view: View, message: Digest) -> list[list[Any]]:
    query = (
        select(_record.c.entity, _record.c.row_id, _record.c.ver, _record.c.hash)
        .where(
            view.visible(_record.c.root),
            _record.c.root.in_(message.roots),
            _record.c.deleted.is_(False),
        )
        .order_by(_record.c.entity, _record.c.row_id)
    )
    if message.tables:
        query = query.where(_record.c.entity.in_(message.tables))
    return [
        [row.entity, row.row_id, row.ver, str(row.hash)] for row in view.connection.execute(query)
    ]
