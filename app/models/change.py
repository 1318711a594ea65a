"""What happened to each row, field by field, so that it can be told and taken back.

The outbox (`Operation`) is folded and leaves once the server has it; these rows stay. A command is
what one transaction did: a deed of the user, something taken back, an import, or what one author's
changes looked like when a sync brought them. A row that is new needs no values: what it was is
found by walking back from what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Index, String, delete, exists, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.models.base import ID, Base, Json, id_moment, now
from app.models.sync_state import SyncState

# where a command came from
HERE, UNDO, REDO, RETURN, IMPORT = "here", "undo", "redo", "return", "import"
SYNC, MERGE = "sync", "merge"
# where it stands for Ctrl+Z: to be taken back, to be done again, or out of its reach
DONE, UNDONE, PASSED = "done", "undone", ""

INSERT, UPDATE, REMOVE, RESTORE = "I", "U", "D", "R"

KEPT = timedelta(days=180)  # the history of a record
UNDOABLE = timedelta(days=30)
_TYPING = timedelta(seconds=5)  # saves of one text that follow each other so closely are one
_LONGEST = timedelta(minutes=1)  # … but not without end
_MADE_BY_TYPING = frozenset({"visit_report"})  # the first letter makes the row
_PRUNED = 5000  # rows at a time: a save of the user does not wait longer than that

Fields = dict[str, list[Any]]  # per field its wire value before and after


class Command(Base):
    """One transaction, as a person would tell it: who, when, where from."""

    __tablename__ = "command"
    __table_args__ = (Index("ix_command_standing_n", "standing", "n"),)

    n: Mapped[int] = mapped_column(primary_key=True, init=False)
    id: Mapped[str] = mapped_column(ID, unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(default=HERE)
    user_id: Mapped[str] = mapped_column(ID, default="")  # "": the office's own programs
    device_id: Mapped[str] = mapped_column(ID, default="")
    standing: Mapped[str] = mapped_column(default=PASSED)


class Change(Base):
    """What a command did to one row."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_row_id_n", "row_id", "n"),)

    n: Mapped[int] = mapped_column(primary_key=True, init=False)
    command_id: Mapped[str] = mapped_column(ID, index=True)
    entity: Mapped[str]
    row_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str]  # I inserted, U updated, D removed, R restored
    fields: Mapped[Any] = mapped_column(Json)


COMMAND, CHANGE = (Base.metadata.tables[kind.__tablename__] for kind in (Command, Change))


def begin(session: Session, source: str) -> None:
    """Say of all that this session writes where it comes from; without this, it is the user."""
    session.info["source"] = source


def by_itself(session: Session) -> None:
    """Say that the program does this after a deed of the user, such as keeping a PDF.

    It stands in the history, but Ctrl+Z passes it over.
    """
    session.info["by_itself"] = True


def note(session: Session, command_id: str, rows: Iterable[tuple[str, str, str, Fields]]) -> None:
    """Keep what a flush did: entity, row id, kind and fields of each row."""
    made = [
        {"command_id": command_id, "entity": entity, "row_id": row_id, "kind": kind, "fields": seen}
        for entity, row_id, kind, seen in rows
    ]
    if not made:
        return
    connection = session.connection()
    source = session.info.get("source", HERE)
    stands = source in {HERE, IMPORT, RETURN} and not session.info.get("by_itself")
    me = connection.execute(select(SyncState.user_id, SyncState.device_id)).one_or_none()
    user_id, device_id = me or ("", "")
    connection.execute(
        upsert(COMMAND).on_conflict_do_nothing(),
        {
            "id": command_id, "at": now(), "source": source, "user_id": user_id,
            "device_id": device_id, "standing": DONE if stands else PASSED,
        },
    )  # fmt: skip
    connection.execute(insert(CHANGE), made)
    session.info["command_id"] = command_id


def close(session: Session) -> str:
    """End the command of a session before its commit; return the id by which it is taken back.

    A save of the text that was saved a moment ago joins that command, whose id is returned then.
    "" when nothing stands to be taken back. What was undone cannot be redone after a new deed.
    """
    command_id = session.info.pop("command_id", "")
    if not command_id:
        return ""
    connection = session.connection()
    mine = connection.execute(select(COMMAND).where(COMMAND.c.id == command_id)).one_or_none()
    if mine is None or mine.standing != DONE:  # None: the session was rolled back
        return ""
    connection.execute(update(COMMAND).where(COMMAND.c.standing == UNDONE).values(standing=PASSED))
    return _joined(connection, mine)


def _joined(connection: Connection, mine: Any) -> str:
    before = connection.execute(
        select(COMMAND)
        .where(COMMAND.c.standing == DONE, COMMAND.c.n < mine.n)
        .order_by(COMMAND.c.n.desc())
        .limit(1)
    ).one_or_none()
    if before is None or before.source != HERE or mine.source != HERE:
        return str(mine.id)
    if not (timedelta(0) <= mine.at - before.at <= _TYPING):
        return str(mine.id)
    if mine.at - id_moment(before.id) > _LONGEST:
        return str(mine.id)
    older = {change.row_id: change for change in _of(connection, before.id)}
    newer = _of(connection, mine.id)
    if not _goes_on(older, newer):
        return str(mine.id)
    for change in newer:
        there = older[change.row_id]
        if there.kind == INSERT:
            continue  # what a new row is, is seen on the row
        fields = dict(there.fields)
        for name, (_was, value) in change.fields.items():
            fields[name] = [fields[name][0], value]
        connection.execute(update(CHANGE).where(CHANGE.c.n == there.n).values(fields=fields))
    forget(connection, [mine.id])
    connection.execute(update(COMMAND).where(COMMAND.c.id == before.id).values(at=mine.at))
    left = _of(connection, before.id)
    if all(c.kind == UPDATE and was == value for c in left for was, value in c.fields.values()):
        forget(connection, [before.id])  # typed and taken out again: nothing happened
        return ""
    return str(before.id)


def _of(connection: Connection, command_id: str) -> list[Any]:
    return list(connection.execute(select(CHANGE).where(CHANGE.c.command_id == command_id)))


def _goes_on(older: dict[str, Any], newer: list[Any]) -> bool:
    """Whether the newer changes only type on in texts that the older ones have changed or made."""
    return all(
        change.kind == UPDATE
        and change.row_id in older
        and all(
            _is_typed(change.entity, name) and _follows(older, change.row_id, name, was)
            for name, (was, _value) in change.fields.items()
        )
        for change in newer
    )


def _follows(older: dict[str, Any], row_id: str, name: str, was: Any) -> bool:
    there = older[row_id]
    if there.kind == INSERT:
        return len(older) == 1 and there.entity in _MADE_BY_TYPING
    return there.kind == UPDATE and name in there.fields and bool(there.fields[name][1] == was)


def _is_typed(entity: str, name: str) -> bool:
    """Whether a field holds words that a person types, not a choice or a reference."""
    column = Base.metadata.tables[entity].c[name]
    is_text = type(column.type) is String and not column.foreign_keys and not name.endswith("_id")
    return is_text and column.info.get("merge") in {"latest", "text3"} and name not in _CHOSEN


_CHOSEN = frozenset(
    {"kind", "state", "status", "grade", "outcome", "source", "tax_regime", "tax_kind", "motive"}
)


def forget(connection: Connection, command_ids: list[str]) -> None:
    """Delete commands with all that they say."""
    connection.execute(delete(CHANGE).where(CHANGE.c.command_id.in_(command_ids)))
    connection.execute(delete(COMMAND).where(COMMAND.c.id.in_(command_ids)))


def prune(connection: Connection, *, at: datetime) -> int:
    """Forget what happened more than half a year before `at`; return how many rows went.

    Some thousand rows at most: what is left goes the next time.
    """
    old = (
        select(CHANGE.c.n)
        .join(COMMAND, COMMAND.c.id == CHANGE.c.command_id)
        .where(COMMAND.c.at < at - KEPT)
        .limit(_PRUNED)
    )
    gone = connection.execute(delete(CHANGE).where(CHANGE.c.n.in_(old))).rowcount
    empty = (
        select(COMMAND.c.n)
        .where(
            COMMAND.c.at < at - KEPT,
            ~exists().where(CHANGE.c.command_id == COMMAND.c.id),
        )
        .limit(_PRUNED)
    )
    connection.execute(delete(COMMAND).where(COMMAND.c.n.in_(empty)))
    return gone
