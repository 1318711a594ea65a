"""The encrypted store of photos, receipts and PDFs: chunks of 256 KiB under their SHA-256.

Bytes are committed here before the row that names them is committed in the main file, so a row
never names bytes that a crash took.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3

from app.errors import UserError
from app.i18n import _
from app.models import schema
from app.models.database import translated

CHUNK = 256 * 1024
_TABLES = (
    "CREATE TABLE IF NOT EXISTS file (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS chunk (sha256 TEXT NOT NULL REFERENCES file ON DELETE CASCADE,"
    " n INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (sha256, n)) WITHOUT ROWID",
)


class Files:
    """files.sqlite, opened; every call may come from any thread."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self._key = path, key
        self._lock = threading.Lock()
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = schema.connect(path, key)
            for table in _TABLES:
                self._connection.execute(table)

    @contextmanager
    def _transaction(self) -> Iterator[sqlcipher3.dbapi2.Connection]:
        with translated(self.path), self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def add(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 in hex; keeping it twice changes nothing."""
        sha256 = hashlib.sha256(content).hexdigest()
        with self._transaction() as connection:
            known = connection.execute("SELECT 1 FROM file WHERE sha256 = ?", (sha256,)).fetchone()
            if known:
                return sha256
            connection.execute("INSERT INTO file VALUES (?, ?)", (sha256, len(content)))
            connection.executemany(
                "INSERT INTO chunk VALUES (?, ?, ?)",
                [
                    (sha256, n, content[start : start + CHUNK])
                    for n, start in enumerate(range(0, len(content), CHUNK))
                ],
            )
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the whole file; `UserError` when it is not on this computer."""
        if self.size(sha256) is None:
            raise UserError(
                _("This file is not on this computer yet."), _("It comes with the next sync.")
            )
        return b"".join(self.chunks(sha256))

    def chunks(self, sha256: str, offset: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `offset` on, at most 256 KiB at a time."""
        n, skip = divmod(offset, CHUNK)
        while True:
            with translated(self.path), self._lock:
                row = self._connection.execute(
                    "SELECT bytes FROM chunk WHERE sha256 = ? AND n = ?", (sha256, n)
                ).fetchone()
            if row is None:
                return
            yield row[0][skip:]
            n, skip = n + 1, 0

    def size(self, sha256: str) -> int | None:
        """Return how many bytes the file has, or None when it is not here."""
        with translated(self.path), self._lock:
            row = self._connection.execute(
                "SELECT size FROM file WHERE sha256 = ?", (sha256,)
            ).fetchone()
        return None if row is None else int(row[0])

    def total(self) -> tuple[int, int]:
        """Return how many files there are and how many bytes they have."""
        with translated(self.path), self._lock:
            row = self._connection.execute(
                "SELECT count(*), coalesce(sum(size), 0) FROM file"
            ).fetchone()
        return int(row[0]), int(row[1])

    def remove(self, sha256: str) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM chunk WHERE sha256 = ?", (sha256,))
            connection.execute("DELETE FROM file WHERE sha256 = ?", (sha256,))

    def back_up(self, target: Path) -> None:
        """Copy the whole store, encrypted with the same key, while others read and write."""
        with translated(target):
            schema.copy(lambda: schema.connect(self.path, self._key), target, self._key)

    def close(self) -> None:
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()
