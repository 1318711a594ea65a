"""Where this laptop stands with the server, and what waits for a person's decision.

`Conflict` and `ParkedOperation` come from the server as synchronised rows; the rest never leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    APPEND,
    ID,
    LATEST,
    REP,
    SERVER,
    TRANSITION,
    Base,
    Json,
    Root,
    Synced,
    new_id,
)


class SyncState(Base):
    """One row, id 1: who we are to the server and how far we have read (SYNC.md 2.4)."""

    __tablename__ = "sync_state"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    server_url: Mapped[str] = mapped_column(default="")
    tenant_id: Mapped[str] = mapped_column(ID, default="")
    device_id: Mapped[str] = mapped_column(ID, default="")
    user_id: Mapped[str] = mapped_column(ID, default="")
    series: Mapped[str] = mapped_column(default="")
    # tokens may lie here: the file is encrypted with a key that is not in it
    refresh_token: Mapped[str] = mapped_column(default="")
    access_token: Mapped[str] = mapped_column(default="")
    database_id: Mapped[str] = mapped_column(ID, default_factory=new_id)
    epoch: Mapped[str] = mapped_column(ID, default="")
    cursor_seq: Mapped[int] = mapped_column(default=0)
    page_token: Mapped[int] = mapped_column(default=0)  # seq of the last page staged
    last_op_no: Mapped[int] = mapped_column(default=0)
    last_acked_op_no: Mapped[int] = mapped_column(default=0)
    backup_op_no: Mapped[int] = mapped_column(default=0)
    hlc: Mapped[int] = mapped_column(default=0)
    counter_year: Mapped[int] = mapped_column(default=0)
    counter_n: Mapped[int] = mapped_column(default=0)
    clock_offset_ms: Mapped[int] = mapped_column(default=0)
    last_ok_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)


class RowMeta(Base):
    """The server's version of a row that we hold, and its fields that we do not know yet."""

    __tablename__ = "row_meta"

    entity: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    root: Mapped[str] = mapped_column(String(34), default="", index=True)
    hash: Mapped[int] = mapped_column(default=0)
    extra: Mapped[Any] = mapped_column(Json, nullable=True, default=None)


class InboxEntry(Base):
    """A row of a page that was fetched but not applied yet."""

    __tablename__ = "inbox"

    n: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]  # row, del, exit, grant, revoke
    seq: Mapped[int]
    entity: Mapped[str] = mapped_column(default="")
    row_id: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    payload: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class RootState(Base):
    """How far a unit of scope is here: absent, backfilling, present, leaving."""

    __tablename__ = "root_state"

    root: Mapped[str] = mapped_column(String(34), primary_key=True)
    state: Mapped[str]
    grant_seq: Mapped[int] = mapped_column(default=0)
    next_key: Mapped[str] = mapped_column(default="")


class FileQueueEntry(Base):
    """A file on its way up or down; bytes are in files.sqlite under the same SHA-256."""

    __tablename__ = "file_queue"
    __table_args__ = (Index("ix_file_queue_sha256", "sha256"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    sha256: Mapped[str]
    direction: Mapped[str]  # up, down
    state: Mapped[str] = mapped_column(default="queued")  # queued, sending, stored, needs_user
    offset: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(default=None)
    document_id: Mapped[str] = mapped_column(ID, default="")


class Recovery(Base):
    """A row that was evicted in doubt, kept 90 days."""

    __tablename__ = "recovery"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    reason: Mapped[str]
    entity: Mapped[str]
    row_id: Mapped[str] = mapped_column(ID)
    payload: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]


class SyncRun(Base):
    """One synchronisation, for the history: what went, what came, how it ended."""

    __tablename__ = "sync_run"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    sent: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    parked: Mapped[int] = mapped_column(default=0)
    files_sent: Mapped[int] = mapped_column(default=0)
    bytes_sent: Mapped[int] = mapped_column(default=0)
    bytes_received: Mapped[int] = mapped_column(default=0)
    digest_ok: Mapped[bool | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")
    receipt: Mapped[Any] = mapped_column(
        Json, nullable=True, default=None
    )  # counts per entity, both ways


class Draft(Base):
    """Text being typed into a form, kept every two seconds: a flat battery loses nothing."""

    __tablename__ = "draft"

    form: Mapped[str] = mapped_column(primary_key=True)  # such as visit_report
    row_id: Mapped[str] = mapped_column(primary_key=True, default="")
    fields: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]


class Conflict(Synced, Base):
    """The same field changed in two places; both values are here.

    Written by the server only, but for its `state`, which a person closes: open, kept, swapped,
    merged.
    """

    __tablename__ = "conflict"
    __root__ = Root()  # the server puts it under the root of the row it is about
    __writers__ = REP

    entity: Mapped[str] = mapped_column(info=APPEND)
    row_id: Mapped[str] = mapped_column(ID, index=True, info=APPEND)
    field: Mapped[str] = mapped_column(info=APPEND)  # "" when a removal met an edit
    base: Mapped[Any] = mapped_column(Json, nullable=True, default=None, info=APPEND)
    winner: Mapped[Any] = mapped_column(Json, nullable=True, default=None, info=APPEND)
    loser: Mapped[Any] = mapped_column(Json, nullable=True, default=None, info=APPEND)
    winner_by: Mapped[str] = mapped_column(default="", info=APPEND)  # user id
    winner_at: Mapped[datetime | None] = mapped_column(default=None, info=APPEND)
    loser_by: Mapped[str] = mapped_column(default="", info=APPEND)
    loser_at: Mapped[datetime | None] = mapped_column(default=None, info=APPEND)
    loser_device_id: Mapped[str] = mapped_column(default="", info=APPEND)
    policy: Mapped[str] = mapped_column(default="", info=APPEND)
    why: Mapped[str] = mapped_column(default="", info=APPEND)
    state: Mapped[str] = mapped_column(default="open", info=TRANSITION)
    closed_by: Mapped[str] = mapped_column(default="", info=LATEST)
    closed_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)


class ParkedOperation(Synced, Base):
    """A change that the server took but could not apply, with the reason."""

    __tablename__ = "parked_operation"
    __root__ = Root()  # D:<device>
    __writers__ = SERVER

    device_id: Mapped[str] = mapped_column(ID, info=APPEND)
    op_no: Mapped[int] = mapped_column(info=APPEND)
    op_id: Mapped[str] = mapped_column(ID, info=APPEND)
    entity: Mapped[str] = mapped_column(info=APPEND)
    row_id: Mapped[str] = mapped_column(ID, info=APPEND)
    reason: Mapped[str] = mapped_column(info=APPEND)  # schema, fk, scope, validation, collision…
    note: Mapped[str] = mapped_column(default="", info=APPEND)
    payload: Mapped[Any] = mapped_column(Json, nullable=True, default=None, info=APPEND)
    state: Mapped[str] = mapped_column(default="parked", info=TRANSITION)
