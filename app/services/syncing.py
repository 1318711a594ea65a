"""What the user is told of the office: what waits here, what went and came, what is to review.

All of it is counted in the journal and the queue of files, never guessed from «the last sync went
well».
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.models.base import Base
from app.models.change import PASSED, Command
from app.models.document import Document
from app.models.journal import Operation
from app.models.sync_state import (
    Conflict,
    FileQueueEntry,
    InboxEntry,
    ParkedOperation,
    RootState,
    RowMeta,
    SyncRun,
    SyncState,
)
from app.services import alone, field_labels, row_titles
from app.services.row_titles import Title

if TYPE_CHECKING:
    from app.sync.protocol import EnrolAnswer

UNSENT = ("pending", "in_flight")
AGAIN = "again"  # the push id of what an earlier device has sent already


def enrolled(session: Session, answer: EnrolAnswer, url: str) -> None:
    """Keep who the server at `url` says that this computer is.

    What was journaled before gets new numbers from 1, as the server expects them of a new device.
    What the same person had sent to the same company is sent again too: the server may have been
    restored from an older copy, and knows what it has by its id. To anybody else it is not sent.
    """
    state = session.get(SyncState, 1)
    if state is None:
        state = SyncState()
        session.add(state)
    same_company = state.tenant_id == answer.tenant
    same_person = same_company and state.user_id == answer.user
    state.server_url, state.tenant_id, state.device_id = url, answer.tenant, answer.device
    state.user_id, state.series, state.epoch = answer.user, answer.series, answer.epoch
    state.refresh_token, state.access_token = answer.refresh, answer.access
    state.cursor_seq = state.page_token = state.last_acked_op_no = state.backup_op_no = 0
    state.counter_year = state.counter_n = 0  # a new series counts from its own beginning
    session.flush()
    session.execute(update(Command).values(standing=PASSED))  # not to be undone as somebody else
    session.execute(delete(InboxEntry))
    session.execute(delete(RootState))
    if same_company:
        session.execute(update(RowMeta).values(version=0, hash=0))
    else:
        session.execute(delete(RowMeta))
    if same_company:  # restored, perhaps: it is asked for each file whether it has it
        session.execute(
            update(FileQueueEntry)
            .where(FileQueueEntry.direction == "up", FileQueueEntry.state == "stored")
            .values(state="queued", offset=0, tries=0, next_try_at=None)
        )
    if not same_person:
        session.execute(delete(Operation).where(Operation.state.not_in(UNSENT)))
    state.last_op_no = _number_again(session)


def _number_again(session: Session) -> int:
    """Number the operations from 1, in their order; return the last number.

    What was on its way once keeps a push id: the server may have it, so nothing joins it any more.
    """
    table = Base.metadata.tables[Operation.__tablename__]
    rows = session.execute(
        select(table.c.number, table.c.state, table.c.push_id).order_by(table.c.number)
    ).all()
    for fresh, row in enumerate(rows, 1):
        known = row.push_id if row.state == "pending" else row.push_id or AGAIN
        session.connection().execute(
            update(table)
            .where(table.c.number == row.number)
            .values(number=fresh, state="pending", push_id=known)
        )
    return len(rows)


class WaitingRow(NamedTuple):
    """A record with changes that the office does not have yet."""

    entity: str
    row_id: str
    title: Title
    what: str  # added, changed, removed
    changes: int  # operations
    at: datetime  # of the last one, by this computer's clock


class WaitingFile(NamedTuple):
    """A file that the office does not have yet; `sent` of its `size` bytes are there."""

    entry_id: str
    title: Title
    size: int
    sent: int
    state: str  # queued, sending, needs_user


class Pending(NamedTuple):
    """Everything of ours that is only here, newest first."""

    operations: int
    rows: list[WaitingRow]
    files: list[WaitingFile]

    @property
    def bytes(self) -> int:
        return sum(file.size - file.sent for file in self.files)


class Status(NamedTuple):
    """How it stands, counted now."""

    operations: int
    files: int
    to_review: int
    last_ok_at: datetime | None
    clock_offset_ms: int
    is_connected: bool  # this computer has been enrolled
    is_demo: bool
    is_alone: bool = False  # there is no server, and none is missed


def pending(session: Session, limit: int = 200) -> Pending:
    """Return what waits to be sent, at most `limit` records by name; the counts are of all."""
    query = (
        select(
            Operation.entity, Operation.row_id, func.count().label("n"),
            func.max(Operation.hlc).label("hlc"), func.max(Operation.kind == "I").label("new"),
            func.max(Operation.kind == "D").label("gone"),
        )
        .where(Operation.state.in_(UNSENT))
        .group_by(Operation.entity, Operation.row_id)
        .order_by(func.max(Operation.hlc).desc(), func.max(Operation.number).desc())
        .limit(limit)
    )  # fmt: skip
    rows = [
        WaitingRow(
            row.entity, row.row_id, row_titles.title(session, row.entity, row.row_id),
            "removed" if row.gone else "added" if row.new else "changed", row.n,
            datetime.fromtimestamp((row.hlc >> 16) / 1000, UTC),
        )
        for row in session.execute(query)
    ]  # fmt: skip
    return Pending(_count_operations(session), rows, _waiting_files(session))


def _count_operations(session: Session) -> int:
    query = select(func.count()).select_from(Operation).where(Operation.state.in_(UNSENT))
    return int(session.scalar(query) or 0)


def _waiting_files(session: Session) -> list[WaitingFile]:
    query = (
        select(FileQueueEntry)
        .where(FileQueueEntry.direction == "up", FileQueueEntry.state != "stored")
        .order_by(FileQueueEntry.size, FileQueueEntry.id)
    )
    found = []
    for entry in session.scalars(query):
        document_id = entry.document_id or session.scalar(
            select(Document.id).where(Document.sha256 == entry.sha256).limit(1)
        )
        title = row_titles.title(session, "document", document_id or "")
        found.append(WaitingFile(entry.id, title, entry.size, entry.offset, entry.state))
    return found


def status(session: Session) -> Status:
    """Count what waits and what is to review; say when all was well last."""
    state = session.get(SyncState, 1)
    files = session.scalar(
        select(func.count())
        .select_from(FileQueueEntry)
        .where(FileQueueEntry.direction == "up", FileQueueEntry.state != "stored")
    )
    return Status(
        operations=_count_operations(session),
        files=int(files or 0),
        to_review=to_review(session),
        last_ok_at=state.last_ok_at if state else None,
        clock_offset_ms=state.clock_offset_ms if state else 0,
        is_connected=bool(state and state.server_url and state.device_id),
        is_demo=bool(state and state.is_demo),
        is_alone=alone.is_alone(session),
    )


def to_review(session: Session) -> int:
    """Return how many records in conflict and rejected changes wait for a person."""
    record = Conflict.entity + Conflict.row_id  # all fields of a record are decided together
    conflicts = select(func.count(record.distinct())).where(
        Conflict.state == "open", Conflict.removed_at.is_(None)
    )
    rejected = select(func.count()).where(
        ParkedOperation.state == "parked", ParkedOperation.removed_at.is_(None)
    )
    return int(session.scalar(conflicts) or 0) + int(session.scalar(rejected) or 0)


def history(session: Session, limit: int = 50) -> list[SyncRun]:
    """Return the last runs, newest first, with their receipts."""
    query = select(SyncRun).order_by(SyncRun.started_at.desc(), SyncRun.id.desc()).limit(limit)
    return list(session.scalars(query))


class Contents(NamedTuple):
    """What is on this computer: records per entity (not removed), and who it is to the office."""

    tables: list[tuple[str, int]]
    server_url: str
    series: str
    last_ok_at: datetime | None
    clock_offset_ms: int


_SHOWN = (
    "account", "contact", "site", "activity", "visit_report", "quote", "product", "price_list_line",
    "invoice", "expense", "route_plan", "document",
)  # fmt: skip


def contents(session: Session) -> Contents:
    """Count what is on this computer."""
    counted = []
    for entity in _SHOWN:
        table = Base.metadata.tables[entity]
        query = select(func.count()).select_from(table).where(table.c.removed_at.is_(None))
        counted.append((entity, int(session.scalar(query) or 0)))
    state = session.get(SyncState, 1) or SyncState()
    return Contents(
        counted, state.server_url, state.series, state.last_ok_at, state.clock_offset_ms
    )


class Rejected(NamedTuple):
    """A change of ours that the office took but could not apply."""

    id: str
    title: Title
    reason: str  # schema, fk, scope, role, validation, collision, frozen, error
    kind: str  # I, U, D
    values: list[tuple[str, str]]  # what was written: field and value, as a person reads them


def rejected(session: Session) -> list[Rejected]:
    """Return the changes that the office could not apply, newest first."""
    query = (
        select(ParkedOperation)
        .where(ParkedOperation.state == "parked", ParkedOperation.removed_at.is_(None))
        .order_by(ParkedOperation.op_no.desc())
    )
    return [
        Rejected(
            row.id,
            row_titles.title(session, row.entity, row.row_id),
            row.reason,
            str((row.payload or {}).get("k", "U")),
            _written(session, row),
        )
        for row in session.scalars(query)
    ]


def _written(session: Session, row: ParkedOperation) -> list[tuple[str, str]]:
    said = []
    for name, change in ((row.payload or {}).get("f") or {}).items():
        value: Any = change.get("v", change.get("add")) if isinstance(change, dict) else change
        if value not in (None, "", [], False, 0) and field_labels.is_named(row.entity, name):
            text = field_labels.value_text(session, row.entity, name, value)
            said.append((field_labels.label(row.entity, name), text))
    return said
