"""The floor of a query: the very statements that ours ran, run again by the bare driver alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import event

from app.models.database import Database
from benchmarks.figures import median

Statements = list[tuple[str, Any]]


@contextmanager
def recorded(database: Database) -> Iterator[Statements]:
    """Yield the list into which each SELECT goes, with its parameters, from any thread."""
    found: Statements = []

    def note(*call: Any) -> None:
        _connection, _cursor, statement, parameters, _context, _many = call
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def floor(database: Database, statements: Statements, times: int) -> float:
    """Return the median seconds in which one raw connection runs the statements and fetches all."""
    with closing(database.connect()) as connection:

        def work() -> int:
            asked = (connection.execute(text, given) for text, given in statements)
            return sum(len(answer.fetchall()) for answer in asked)

        return median(work, times)
