"""The journal on its way to the server: frozen into chunks, answered, kept, queued again.

A chunk is frozen before it is sent and sent again unchanged until it is answered; the server knows
each operation by number and id, so an answer that was lost on the way costs nothing (SYNC.md 2.6).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.models import change
from app.models.base import new_id, now
from app.models.change import MERGE
from app.models.database import Changes
from app.models.sync_state import FileQueueEntry
from app.models.wire import decode
from app.sync import evict, inbox, overlay
from app.sync.catalogue import CATALOGUE
from app.sync.inbox import META, table_of
from app.sync.overlay import OPERATION, UNSENT
from app.sync.protocol import Group, Limits, Op, Push, PushAnswer, Result
from app.sync.trail import Trail

_FILES = table_of(FileQueueEntry.__tablename__)
_GROUP_OPS = 10_000  # the largest group that the server takes
KEPT_MS = 30 * 86_400_000  # acknowledged operations stay, in case the server is restored


@dataclass
class Sent:
    """What became of a chunk, per entity, and how many need a person."""

    accepted: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0
    parked: int = 0


def waiting(connection: Connection) -> int:
    """Return how many operations the server does not have yet."""
    query = select(func.count()).select_from(OPERATION).where(OPERATION.c.state.in_(UNSENT))
    return int(connection.scalar(query) or 0)


def freeze(connection: Connection, limits: Limits) -> Push | None:
    """Return the next chunk: the one in flight unchanged, else a new one; None when all is sent.

    A group – one transaction of the user – is never split, and travels alone when it is larger
    than the limits (T-C2).
    """
    query = select(OPERATION).order_by(OPERATION.c.number)
    rows = connection.execute(query.where(OPERATION.c.state == "in_flight")).all()
    if rows:
        rows = [row for row in rows if row.push_id == rows[0].push_id]
    else:
        pending = query.where(OPERATION.c.state == "pending").limit(_GROUP_OPS)
        rows = _fitting(list(connection.execute(pending)), limits)
        if not rows:
            return None
        connection.execute(
            update(OPERATION)
            .where(OPERATION.c.number.in_([row.number for row in rows]))
            .values(state="in_flight", push_id=new_id())
        )
        rows = connection.execute(query.where(OPERATION.c.state == "in_flight")).all()
    groups: list[Group] = []
    for row in rows:
        if not groups or groups[-1].id != row.group_id:
            groups.append(Group(row.group_id, []))
        groups[-1].ops.append(_op(row))
    epoch = inbox.state(connection).epoch
    return Push(rows[0].push_id, epoch, rows[0].number, groups, evict.scope_seq(connection))


def _fitting(rows: list[Any], limits: Limits) -> list[Any]:
    """Return whole groups from the front, as many as fit, one at least."""
    kept: list[Any] = []
    group: list[Any] = []
    weight = 0
    for n, row in enumerate(rows):
        group.append(row)
        weight += len(msgspec.json.encode(row.fields)) + 200
        if n + 1 < len(rows) and rows[n + 1].group_id == row.group_id:
            continue
        if kept and (len(kept) + len(group) > limits.ops or weight > limits.push_bytes):
            break
        kept += group
        group = []
        if len(kept) >= limits.ops:
            break
    return kept


def _op(row: Any) -> Op:
    return Op(
        row.number, row.op_id, row.entity, row.row_id, row.root, row.kind, row.hlc, row.schema,
        row.base_version, row.fields or {},
    )  # fmt: skip


def answered(connection: Connection, changes: Changes, push: Push, answer: PushAnswer) -> Sent:
    """Store the fate of each operation, and the merged values where they differ (T-C3)."""
    sent = Sent()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    ops = {op.n: op for group in push.groups for op in group.ops}
    for result in answer.results:
        op = ops.get(result.n)
        if op is None:
            continue
        parked = result.s == "parked" or bool(result.reason)
        connection.execute(
            update(OPERATION)
            .where(OPERATION.c.number == result.n, OPERATION.c.op_id == op.id)
            .values(
                state="parked" if parked else "acked",
                acked_seq=result.seq,
                result=msgspec.to_builtins(result),
            )
        )
        sent.accepted[op.t] += not parked
        sent.parked += parked
        sent.conflicts += len(result.conflicts)
        if not parked:
            _note_version(connection, op, result)
    for result in answer.results:
        if result.n in ops and result.set:
            _put_merged(connection, changes, ops[result.n], result)
    inbox.note(connection, last_acked_op_no=max(ops, default=0))
    return sent


def _note_version(connection: Connection, op: Op, result: Result) -> None:
    """Take the new version only when nobody else's lies between: we would not know its content.

    The next operation on the row says on which version it was made.
    """
    if op.k == "I" and result.ver == 1:
        fresh = {"entity": op.t, "row_id": op.r, "version": 1, "root": op.root, "hash": 0}
        connection.execute(upsert(META).values(fresh).on_conflict_do_nothing())
    connection.execute(
        update(META)
        .where(META.c.entity == op.t, META.c.row_id == op.r, META.c.version == result.ver - 1)
        .values(version=result.ver)
    )


def _put_merged(connection: Connection, changes: Changes, op: Op, result: Result) -> None:
    """Show what the server made of the fields, but for those the user has changed since.

    References wait for the pull that follows: what they point to may not be here yet.
    """
    known = CATALOGUE.get(op.t)
    if known is None:
        return
    newer = overlay.unsent(connection, [(op.t, op.r)]).get((op.t, op.r), [])
    touched = {name for operation in newer for name in operation.fields}
    values = {
        name: decode(known.fields[name], value)
        for name, value in result.set.items()
        if name in known.fields and name not in touched and not known.fields[name].reference
    }
    if values:
        table = table_of(op.t)
        _remember_merged(connection, op, {name: result.set[name] for name in values})
        connection.execute(update(table).where(table.c.id == op.r).values(values))
        changes.altered[known.mapped].add(op.r)


def _remember_merged(connection: Connection, op: Op, said: dict[str, Any]) -> None:
    known = CATALOGUE[op.t]
    trail = Trail(connection, at=now())
    for row_id, before in trail.here(known, [op.r]).items():
        stored = dict(zip(known.fields, before[2:], strict=True))
        trail.compare_some(known, row_id, stored, said)
    trail.write(source=MERGE)


def queue_again(connection: Connection, after: int) -> int:
    """Queue the acknowledged operations above number `after` again; return how many.

    For a server that was restored from an older copy: the same numbers and ids, so that what it
    has is not done twice.
    """
    result = connection.execute(
        update(OPERATION)
        .where(OPERATION.c.number > after, OPERATION.c.state.in_(("acked", "parked", "in_flight")))
        .values(state="pending", push_id="")
    )
    inbox.note(connection, last_acked_op_no=after)
    return result.rowcount


def queue_files_again(connection: Connection) -> None:
    """Ask for each file that was sent whether it is there: a restored server may not know it."""
    connection.execute(
        update(_FILES)
        .where(_FILES.c.direction == "up", _FILES.c.state == "stored")
        .values(state="queued", offset=0, tries=0, next_try_at=None)
    )


def prune(connection: Connection, *, now_ms: int) -> None:
    """Forget acknowledged operations of a month ago that are in a finished backup of the server.

    And the history of records that is older than half a year.
    """
    change.prune(connection, at=datetime.fromtimestamp(now_ms / 1000, UTC))
    backup = inbox.state(connection).backup_op_no
    connection.execute(
        delete(OPERATION).where(
            OPERATION.c.state == "acked",
            OPERATION.c.number <= backup,
            OPERATION.c.hlc < (now_ms - KEPT_MS) << 16,
        )
    )
