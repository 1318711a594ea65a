"""The server's database, by URL: the same transactions on SQLite and on PostgreSQL.

Writing takes the lock first (BEGIN IMMEDIATE, or the tenant's row), so that sequence numbers are
given in the order of commits. Reading sees one moment of the whole database.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from app.server import migrations

logger = logging.getLogger(__name__)

TRIES = 4  # the first, and three more
_LOCK_MS, _STATEMENT_MS = 5_000, 20_000
_PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available

T = TypeVar("T")


class Busy(Exception):  # noqa: N818 - a state rather than an error, and named so
    """The database could not take the transaction after several tries; later it may."""


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class Store:
    """`url` is an SQLAlchemy URL or the path of an SQLite file; the tables are made or migrated."""

    def __init__(self, url: str) -> None:
        if "://" not in url:
            Path(url).parent.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{url}"
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = self._engine()
        migrations.upgrade(self.engine)

    def _engine(self) -> Engine:
        options: dict[str, Any] = {
            "json_serializer": _as_json,
            "json_deserializer": msgspec.json.decode,
        }
        if not self.is_sqlite:
            engine = create_engine(
                self.url, pool_size=20, max_overflow=20, pool_pre_ping=True, **options
            )
        else:
            engine = create_engine(self.url, connect_args={"timeout": _LOCK_MS / 1000}, **options)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment of the database and changes nothing."""
        options: dict[str, Any] = (
            {}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in one transaction: committed at the end, or rolled back whole."""
        options = {"immediate": True} if self.is_sqlite else {"isolation_level": "READ COMMITTED"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MS}"))
                connection.execute(text(f"SET LOCAL statement_timeout = {_STATEMENT_MS}"))
            yield connection

    def retrying(self, work: Callable[[], T]) -> T:
        """Return `work()`, run again when the engine asked for it; `Busy` when it does not end.

        `work` opens and closes its own transaction.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return work()
            except DBAPIError as error:
                if not is_passing(error):
                    raise
                logger.info("Transaction %s of %s gave way: %s", attempt, TRIES, error.orig)
                if attempt == TRIES:
                    raise Busy(str(error.orig)) from error
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - spreads the tries
        raise AssertionError  # the last try returns or raises

    def close(self) -> None:
        self.engine.dispose()


def is_passing(error: DBAPIError) -> bool:
    """Return whether the engine asks for the transaction to be run again."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in _PASSING


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # pysqlite would begin late, and deferred
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    wanted = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted else "BEGIN")
