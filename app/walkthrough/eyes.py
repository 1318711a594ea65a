"""What is in the laptop's database, read past the window: to check what the window has done."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pypdfium2
from sqlalchemy import func, select

from app.models.base import Base
from app.models.database import Database

# a sync that was tried is noted in these, so they may change by themselves
_MOVING = frozenset({"sync_run", "sync_state"})


def count(database: Database, kind: type[Any], *where: Any) -> int:
    """Return how many rows of `kind` there are."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


def one(database: Database, kind: type[Any], row_id: str) -> Any:
    """Return the row of `kind` with this id, detached."""
    with database.read() as session:
        return session.get_one(kind, row_id)


def first(database: Database, query: Any) -> Any:
    """Return the first scalar of `query`, or None."""
    with database.read() as session:
        return session.scalars(query).first()


def fingerprints(database: Database) -> dict[str, str]:
    """Return, per table, how many rows it has and a hash of all of them."""
    found = {}
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in _MOVING:
                continue
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            found[table.name] = f"{len(rows)} {digest[:16]}"
    return found


def pdf_text(path: Path) -> str:
    """Return the real text of a PDF, all pages, white space folded."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())
