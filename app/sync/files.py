"""Photos, receipts and PDFs on their way up and down, after the records and never before them.

An upload goes on where the server says that it is; a file's name is its SHA-256, so that a crash
needs no memory of its own, and bytes that were changed on the way are noticed by both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, exists, or_, select, type_coerce, update

from app.errors import Offline, SessionExpired, UserError
from app.models.base import Base
from app.models.database import Changes, Database
from app.models.document import Document
from app.models.files import Files
from app.models.sync_state import FileQueueEntry, Recovery
from app.sync.client import Answered, Client, backoff
from app.sync.protocol import BLOB_CHUNK
from app.sync.report import Progress, SyncReport

_QUEUE, _DOCUMENT, _RECOVERY = (
    Base.metadata.tables[kind.__tablename__] for kind in (FileQueueEntry, Document, Recovery)
)
_RESTARTS = 3  # of one upload within one run
_LONGEST_WAIT = timedelta(minutes=10)


def send_and_fetch(
    database: Database,
    files: Files,
    client: Client,
    report: SyncReport,
    *,
    now: datetime,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    """Send what waits, then fetch what is missing. `Offline` ends it; the queue remembers.

    A file that is refused, or that is not here any more, does not hold up the others. What no
    record names any more, since its customer was handed over, leaves this computer.
    """
    _forget_unnamed(database, files)
    waiting = _due(database, now)
    total, done = sum(entry.size for entry in waiting), 0
    for entry in waiting:
        if cancelled():
            report.cancelled = True
            return
        progress(Progress("files", done, total))
        try:
            if entry.direction == "up":
                base = done
                for sent in _send(database, files, client, entry):
                    progress(Progress("files", base + sent, total))
                report.files_sent += 1
            elif files.size(entry.sha256) is None:
                files.add(client.download(entry.sha256))
                report.files_received += 1
        except (Offline, SessionExpired):
            raise
        except UserError as error:
            _try_later(database, entry, now, error)
        else:
            _note(database, entry, state="stored", offset=entry.size)
        done += entry.size


def _due(database: Database, now: datetime) -> list[Any]:
    """Return the queue as it is to be worked off: what goes up first, small before large."""
    next_try = _QUEUE.c.next_try_at
    query = select(_QUEUE).where(
        _QUEUE.c.state.in_(("queued", "sending")),
        # a wait that long was reckoned with a clock that has been put right since
        or_(next_try.is_(None), next_try <= now, next_try > now + _LONGEST_WAIT),
    )
    up_first = _QUEUE.c.direction.desc()
    with database.read() as session:
        return list(session.execute(query.order_by(up_first, _QUEUE.c.size, _QUEUE.c.id)))


def _forget_unnamed(database: Database, files: Files) -> None:
    """Remove the bytes that came or were sent for records which have left this computer.

    Not those of a record that was put aside in doubt.
    """
    doubtful = type_coerce(_RECOVERY.c.payload, String).contains(_QUEUE.c.sha256)
    query = select(_QUEUE.c.id, _QUEUE.c.sha256).where(
        _QUEUE.c.state == "stored",
        ~exists().where(_DOCUMENT.c.sha256 == _QUEUE.c.sha256),
        ~exists().where(_RECOVERY.c.entity == "document", doubtful),
    )
    with database.read() as session:
        unnamed = session.execute(query).all()
    for entry in unnamed:
        files.remove(entry.sha256)
        with database.apply(Changes()) as connection:
            connection.execute(delete(_QUEUE).where(_QUEUE.c.id == entry.id))


def _send(database: Database, files: Files, client: Client, entry: Any) -> Iterator[int]:
    """Send one file, yielding how many of its bytes the server has."""
    size = files.size(entry.sha256)
    if size is None:
        raise FileNotHereError
    held = client.head(entry.sha256) or client.begin(entry.sha256, size)
    restarts = 0
    while not held.stored:
        chunk = _chunk(files, entry.sha256, held.offset)
        try:
            offset = client.append(entry.sha256, held.offset, chunk)
        except Answered as error:
            restarts += 1
            if error.status not in {409, 460} or restarts > _RESTARTS:
                raise
        else:
            _note(database, entry, state="sending", offset=offset)
            yield offset
            if offset >= size:
                return
        held = client.head(entry.sha256) or client.begin(entry.sha256, size)


class FileNotHereError(UserError):
    """The bytes of a queued file are not on this computer."""

    def __init__(self) -> None:
        super().__init__("")


def _chunk(files: Files, sha256: str, offset: int) -> bytes:
    """Return the bytes from `offset` on, as many as one request takes."""
    pieces: list[bytes] = []
    length = 0
    for piece in files.chunks(sha256, offset):
        pieces.append(piece)
        length += len(piece)
        if length >= BLOB_CHUNK:
            break
    return b"".join(pieces)[:BLOB_CHUNK]


def _try_later(database: Database, entry: Any, now: datetime, error: UserError) -> None:
    """Put a refused file off, or aside where trying again cannot help."""
    hopeless = isinstance(error, FileNotHereError) or (
        isinstance(error, Answered) and error.status == 413
    )
    wait = timedelta(seconds=60 + backoff(entry.tries + 1))
    _note(
        database, entry, state="needs_user" if hopeless else "queued", tries=entry.tries + 1,
        next_try_at=now + wait,
    )  # fmt: skip


def _note(database: Database, entry: Any, **values: Any) -> None:
    changes = Changes()
    changes.altered[FileQueueEntry].add(entry.id)
    with database.apply(changes) as connection:
        connection.execute(update(_QUEUE).where(_QUEUE.c.id == entry.id).values(**values))
