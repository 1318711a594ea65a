"""Rows by the million: through the bare driver, without indexes and triggers, which follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from app.models import search
from app.models.base import Base
from app.models.database import Database

Put = Callable[[type[Base], Iterable[dict[str, Any]]], None]


@contextmanager
def loading(database: Database) -> Iterator[Put]:
    """Give `put(entity, rows)`; at the end indexes, triggers and the full-text index are made."""
    with closing(database.connect()) as connection:
        connection.execute("PRAGMA cache_size = -64000")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        later = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND type IN ('index', 'trigger') ORDER BY type"
        ).fetchall()
        for kind, name, _sql in later:
            connection.execute(f"DROP {kind} {name}")

        def put(entity: type[Base], rows: Iterable[dict[str, Any]]) -> None:
            names, values = _columns(entity)
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {entity.__tablename__} ({', '.join(names)}) VALUES ({marks})",
                (values(row) for row in rows),
            )

        yield put
        for _kind, _name, sql in later:
            connection.execute(sql)
        search.rebuild(connection.execute)
        connection.execute("COMMIT")


def _columns(entity: type[Base]) -> tuple[list[str], Callable[[dict[str, Any]], list[Any]]]:
    """Return the names of the columns, and what puts a row into their order and form."""
    dialect = SQLiteDialect()
    parts: list[tuple[str, Callable[[Any], Any] | None, Any]] = []
    for column in Base.metadata.tables[entity.__tablename__].columns:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        default = getattr(column.default, "arg", None)
        default = None if callable(default) else default
        parts.append((column.name, process, process(default) if process else default))

    def values(row: dict[str, Any]) -> list[Any]:
        return [
            (process(row[name]) if process else row[name]) if name in row else default
            for name, process, default in parts
        ]

    return [f'"{name}"' for name, _process, _default in parts], values
