"""Drives one synchronisation: over the network, into the database, and tells how far it is.

Whatever stops it – no network, the user, a flat battery – the next run goes on from the journal
and the cursor.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from app.errors import Offline, UserError
from app.i18n import _
from app.models.database import Changes, Database
from app.models.files import Files
from app.models.sync_state import SyncRun, SyncState
from app.sync import conversation, inbox
from app.sync import files as transfers
from app.sync.client import Client, Tokens
from app.sync.conversation import Db, Effect, Http, Say
from app.sync.lock import only_one
from app.sync.protocol import TokenAnswer
from app.sync.report import Progress, SyncReport

__all__ = ["Progress", "SyncReport", "client_of", "run"]

logger = logging.getLogger(__name__)


class _Cancelled(Exception):  # noqa: N818 - a wish rather than an error
    """The user or the end of the program asked to stop."""


def client_of(database: Database) -> Client:
    """Return a conversation with the server this computer is connected to.

    `UserError` when it is connected to none. The caller closes it.
    """
    with database.read() as session:
        state = session.get(SyncState, 1)
    if state is None or not state.server_url or not state.device_id:
        raise UserError(
            _("This computer is not connected to the office. Your work is safe here."),
            _("Enter the code that the office gives you in Settings."),
        )

    def keep(answer: TokenAnswer) -> None:
        with database.apply(Changes()) as connection:
            values = {"refresh_token": answer.refresh, "access_token": answer.access}
            inbox.note(connection, **values)

    tokens = Tokens(state.device_id, state.refresh_token, state.access_token, keep)
    return Client(state.server_url, tokens)


def run(
    database: Database,
    files: Files,
    client: Client,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _progress: None,
    clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
) -> SyncReport:
    """Synchronise once and return what was done; expected failures are in its `error`.

    `cancelled` is asked between two steps; `clock` gives milliseconds UTC. One run at a time per
    database: a second one ends at once with an `error`.
    """
    report = SyncReport(_moment(clock))
    try:
        with only_one(database.path.with_suffix(".lock")):
            steps = conversation.records(report, clock)
            drive(database, client, steps, cancelled=cancelled, progress=progress)
            _note_success(database, _moment(clock))
            transfers.send_and_fetch(
                database, files, client, report, now=_moment(clock), progress=progress,
                cancelled=cancelled,
            )  # fmt: skip
    except _Cancelled:
        report.cancelled = True
    except UserError as error:
        report.error = error
        level = logging.DEBUG if isinstance(error, Offline) else logging.INFO
        logger.log(level, "The sync ended early: %s", type(error).__name__)
    report.bytes_sent, report.bytes_received = client.bytes_sent, client.bytes_received
    report.ended_at = _moment(clock)
    _remember(database, report)
    return report


def drive(
    database: Database,
    client: Client,
    steps: conversation.Steps,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> None:
    """Do what `steps` asks for, step by step, and hand it what came of each."""
    answer: Any = None
    failure: UserError | None = None
    while True:
        try:
            effect: Effect = steps.throw(failure) if failure else steps.send(answer)
        except StopIteration:
            return
        answer = failure = None
        if cancelled():
            steps.close()
            raise _Cancelled
        match effect:
            case Say():
                progress(effect.progress)
            case Db():
                changes = Changes()
                with database.apply(changes) as connection:
                    answer = effect.work(connection, changes)
            case Http():
                try:
                    answer = client.call(effect.path, effect.message, effect.kind)
                except UserError as error:
                    failure = error


def _moment(clock: Callable[[], int]) -> datetime:
    return datetime.fromtimestamp(clock() / 1000, UTC)


def _note_success(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.execute(update(SyncState).where(SyncState.id == 1).values(last_ok_at=at))


def _remember(database: Database, report: SyncReport) -> None:
    """Write the line of history; a run that found no network and did nothing leaves none."""
    nothing = not (report.sent or report.changed or report.files_sent)
    if isinstance(report.error, Offline) and nothing:
        return
    with database.write() as session:
        session.add(
            SyncRun(
                started_at=report.started_at,
                ended_at=report.ended_at,
                sent=report.sent.total(),
                received=report.changed,
                conflicts=report.conflicts,
                parked=report.parked,
                files_sent=report.files_sent,
                bytes_sent=report.bytes_sent,
                bytes_received=report.bytes_received,
                digest_ok=report.digest_ok,
                error=str(report.error or ""),
                receipt=report.receipt(),
            )
        )
