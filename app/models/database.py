"""One encrypted SQLite file: many readers, one writer, and news of what each commit changed."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.pool import QueuePool

from app.errors import Unreadable, UserError
from app.i18n import _
from app.models import change, entities, freeze, journal, schema

logger = logging.getLogger(__name__)


@dataclass
class Changes:
    """The ids that one commit added, altered or removed, per mapped class.

    `command` names what the user did, for taking it back; "" when there is nothing to take back.
    """

    added: dict[type[Any], set[str]] = field(default_factory=lambda: defaultdict(set))
    altered: dict[type[Any], set[str]] = field(default_factory=lambda: defaultdict(set))
    removed: dict[type[Any], set[str]] = field(default_factory=lambda: defaultdict(set))
    command: str = ""
    by_sync: bool = False  # what the server said, not what the user did

    def __bool__(self) -> bool:
        return bool(self.added or self.altered or self.removed)

    def touched(self, *kinds: type[Any]) -> set[str]:
        """Return the ids of `kinds` that this commit added, altered or removed; only to read."""
        parts = [
            part[kind]
            for kind in kinds
            for part in (self.added, self.altered, self.removed)
            if part.get(kind)
        ]
        # a sync names tens of thousands, and every screen asks: one set is not copied
        return parts[0] if len(parts) == 1 else set().union(*parts)


class JournalingSession(Session):
    """A session whose every flush is journaled; only `Database` makes one."""


# refused first, journaled after: an exception leaves no trace of either
freeze.attach(JournalingSession)
journal.attach(JournalingSession)


class Database:
    """The laptop's database, opened.

    `key` is 32 random bytes. Raises `UserError` when the file is locked, damaged, not ours, made
    by a newer version of the program, or encrypted with another key; the file is left as it was.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self._key = path, key
        self.subscribers: list[Callable[[Changes], None]] = []
        self._writing = threading.Lock()
        assert entities.SYNCED  # noqa: S101 - every table must be known before the first statement
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            schema.prepare(path, self.connect, key)
        self.engine = create_engine(
            "sqlite://", creator=self.connect, module=sqlcipher3.dbapi2, poolclass=QueuePool,
            pool_size=6, max_overflow=4,
        )  # fmt: skip
        event.listen(self.engine, "begin", _begin)

    def connect(self) -> sqlcipher3.dbapi2.Connection:
        """Return a new raw connection, with the key and the pragmas set."""
        return schema.connect(self.path, self._key)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on one snapshot of the file. What it loads stays usable afterwards."""
        with (
            translated(self.path),
            JournalingSession(self.engine, expire_on_commit=False) as session,
            _given_up_after_errors(session),
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give the one writing session; commit at the end, then tell the subscribers.

        An exception rolls everything back and publishes nothing.
        """
        changes = Changes()
        with translated(self.path), self._writing, self._journaling(changes) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.flush()
            changes.command = change.close(session)
            session.commit()
        if changes:
            self.publish(changes)

    @contextmanager
    def _journaling(self, changes: Changes) -> Iterator[Session]:
        with (
            JournalingSession(self.engine, expire_on_commit=False) as session,
            _given_up_after_errors(session),
        ):
            event.listen(session, "after_flush", lambda s, context: _record(s, context, changes))
            yield session

    @contextmanager
    def apply(self, changes: Changes) -> Iterator[Connection]:
        """Give the sync engine a Core connection in the one writing transaction: not journaled.

        What the engine put into `changes` is published after the commit.
        """
        changes.by_sync = True
        engine = self.engine.execution_options(writes=True)
        with translated(self.path), self._writing, engine.begin() as connection:
            yield connection
        if changes:
            self.publish(changes)

    def publish(self, changes: Changes) -> None:
        for subscriber in list(self.subscribers):
            subscriber(changes)

    def back_up(self, target: Path) -> None:
        """Copy the whole database, encrypted with the same key, while others read and write."""
        with translated(target):
            schema.copy(self.connect, target, self._key)

    def look_into(self, copy: Path) -> sqlcipher3.dbapi2.Connection:
        """Open a copy that has this key, to read only; nothing is written beside it."""
        return schema.look_into(copy, self._key)

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        with suppress(DBAPIError, sqlcipher3.dbapi2.Error):
            connection = self.connect()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        self.engine.dispose()


@contextmanager
def _given_up_after_errors(session: Session) -> Iterator[None]:
    """Use the connection no more after an error: SQLCipher says no to all once a page was bad."""
    try:
        yield
    except DBAPIError:
        session.invalidate()
        raise


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    if writes:
        # a flush orders rows by relationship, not by foreign key: keys are checked at the commit
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def _record(session: Session, _context: UOWTransaction, changes: Changes) -> None:
    for row in session.new:
        changes.added[type(row)].add(str(getattr(row, "id", "")))
    for row in session.dirty:
        if session.is_modified(row):
            gone = getattr(row, "removed_at", None) is not None
            part = changes.removed if gone else changes.altered
            part[type(row)].add(str(getattr(row, "id", "")))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into sentences for the user; bugs pass through."""
    try:
        yield
    except DBAPIError as error:
        raise _sentence(error.orig or error, path) or error from error
    except (sqlcipher3.dbapi2.Error, OSError) as error:
        raise _sentence(error, path) or error from error


def _sentence(error: BaseException, path: Path) -> UserError | None:
    text = str(error).lower()
    if "full" in text or getattr(error, "errno", None) == 28:
        return UserError(
            _("The disk is full, so this was not saved. What was saved before is safe."),
            _("Free some space and try again."),
        )
    if "locked" in text or "busy" in text:
        return UserError(
            _("Another program is using the database. Nothing was changed."),
            _("Close the other copy of Viajante and try again."),
        )
    if "not a database" in text or "malformed" in text or "hmac" in text:
        return Unreadable(
            _(
                "The database {name} cannot be read: it is damaged or its key is another one."
                " It was left untouched."
            ).format(name=path.name),
            _("Restore the last backup from the backups folder beside it."),
        )
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return UserError(
            _("{name} cannot be written here. What was saved before is safe.").format(
                name=path.name
            ),
            _("Check the permissions of its folder."),
        )
    if "unable to open" in text or isinstance(
        error, FileNotFoundError | FileExistsError | NotADirectoryError
    ):
        return UserError(
            _("The database {name} cannot be opened.").format(name=path.name),
            _("Check that its folder exists and that you may write to it."),
        )
    return None
