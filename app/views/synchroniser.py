"""Decides when to synchronise and says how it stands: at start, every few minutes, after changes.

It belongs to the window. What it shows is counted in the journal, so that «up to date» is never
a guess. The run itself happens on the background lane and is only asked how far it is.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app import i18n
from app.errors import Offline, UserError
from app.i18n import _, ngettext
from app.services import syncing
from app.services.syncing import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.database import Changes, Database
    from app.sync.report import Progress, SyncReport
    from app.views.widgets.page import Desk

AFTER_CHANGES_MS = 5_000
AFTER_START_MS = 3_000
_COUNT_MS = 300  # changes come in bursts
_LOOK_MS = 100  # how often a run is asked how far it is
_BACKOFF_S = (10.0, 300.0)


@dataclass(frozen=True)
class PillState:
    """What the pill in the top bar shows.

    `key`: up_to_date, offline, sending, to_review, pending.
    """

    key: str
    words: str
    tone: str
    icon: str
    tip: str = ""  # the last success and the next try


class _Run:
    """What a worker thread and the GUI thread share about a run."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.progress: Progress | None = None

    def note(self, progress: Progress) -> None:
        self.progress = progress


class Synchroniser(QObject):
    """Runs the sync; `status`, `report` and `progress` say what is known now."""

    state_changed = Signal(object)  # PillState
    progressed = Signal(object)  # Progress, while running
    finished = Signal(object)  # SyncReport

    def __init__(self, desk: Desk, database: Database) -> None:
        super().__init__()
        self._desk, self._database = desk, database
        self.status: Status | None = None
        self.report: SyncReport | None = None
        self.progress: Progress | None = None
        self.pill = PillState("pending", "", "neutral", "cloud")
        self._run: _Run | None = None
        self._tries = 0
        self._next_at: datetime | None = None
        self._stopped, self._closed = True, False
        self._counting = self._timer(self._count)
        self._look = self._timer(self._look_at_run)
        self._next = self._timer(self._wake)
        self._soon = self._timer(self._wake)
        desk.tasks.changed.connect(self._notice)

    def _timer(self, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(do)
        return timer

    @property
    def running(self) -> bool:
        return self._run is not None

    def start(self) -> None:
        """Count what waits, and synchronise in a moment, then every few minutes."""
        self._stopped = self._closed = False
        self._count()
        self._next.start(AFTER_START_MS)

    def stop(self) -> None:
        """Stop the timers and ask a run to end at its next step; late news are not counted."""
        self._stopped = self._closed = True
        for timer in (self._counting, self._look, self._next, self._soon):
            timer.stop()
        self.cancel()

    def cancel(self) -> None:
        """Ask the run to end; what it has done stays done."""
        if self._run is not None:
            self._run.cancelled.set()

    def sync_now(self) -> None:
        """Begin a run unless one is under way; `finished` tells how it went."""
        if self._run is not None or (self.status is not None and self.status.is_alone):
            return
        self._soon.stop()
        self._next.stop()
        self._run = run = _Run()
        self.progress = None
        task = self._desk.tasks.run(self, _synchronise, self._done, self._database, self._desk, run)
        self._desk.tasks.or_else(task, self._broke)
        self._look.start(_LOOK_MS)
        self._show()

    def _wake(self) -> None:
        if self.status is not None and not self.status.is_connected:
            return
        self.sync_now()

    def _look_at_run(self) -> None:
        if self._run is None:
            return
        if self._run.progress is not None and self._run.progress != self.progress:
            self.progress = self._run.progress
            self.progressed.emit(self.progress)
            self._show()
        self._look.start(_LOOK_MS)

    def _done(self, report: SyncReport) -> None:
        self._run, self.report = None, report
        self._look.stop()
        self._tries = self._tries + 1 if report.error else 0
        self._plan_next(report.error)
        self._count()
        self.finished.emit(report)

    def _broke(self, error: Exception) -> None:
        """A bug in a run: the program goes on, the run is tried again later."""
        self._run = None
        self._look.stop()
        self._tries += 1
        self._plan_next(None)
        self._count()
        self._desk.tasks.failed.emit(self, error)

    def _plan_next(self, error: UserError | None) -> None:
        if self._stopped:
            return
        every = max(1, self._desk.settings.sync_every_minutes) * 60.0
        wait = every
        if isinstance(error, Offline):
            first, longest = _BACKOFF_S
            jitter = 0.5 + random.random() / 2  # noqa: S311 - spreads load, guards nothing
            wait = min(every, longest, first * 2.0 ** min(self._tries, 10)) * jitter
            wait = max(wait, getattr(error, "retry_after", 0.0))
        self._next.start(int(wait * 1000))
        self._next_at = self._desk.now() + timedelta(seconds=wait)

    def _notice(self, _changes: Changes) -> None:
        if not self._closed and not self._counting.isActive():
            self._counting.start(_COUNT_MS)

    def _count(self) -> None:
        if self._closed:
            return
        self._desk.tasks.read(self, syncing.status, self._counted)

    def _counted(self, status: Status) -> None:
        before, self.status = self.status, status
        is_more = before is not None and (
            status.operations > before.operations or status.files > before.files
        )
        online = self.report is not None and self.report.error is None
        if is_more and online and not self._stopped and not self.running:
            self._soon.start(AFTER_CHANGES_MS)
        self._show()

    def retranslate(self) -> None:
        """Say how it stands in the language that is spoken now."""
        self._show()

    def _show(self) -> None:
        state = replace(self._state(), tip=self._tip())
        if state != self.pill:
            self.pill = state
            self.state_changed.emit(state)

    def _state(self) -> PillState:
        if self._run is not None:
            return PillState("sending", self._working(), "info", "refresh-cw")
        status = self.status
        if status is None:
            return PillState("pending", _("Sync"), "neutral", "cloud")
        if status.is_alone:
            return PillState("alone", _("Only on this computer"), "neutral", "hard-drive")
        waiting = status.operations + status.files
        error = self.report.error if self.report else None
        if isinstance(error, Offline) or not status.is_connected:
            words = _("Offline")
            if waiting:
                words = ngettext(
                    "Offline · {n} to send", "Offline · {n} to send", waiting
                ).format(n=waiting)  # fmt: skip
            return PillState("offline", words, "warning", "cloud-off")
        if error is not None:
            return PillState("offline", _("Sync stopped"), "warning", "cloud-alert")
        if status.to_review:
            words = ngettext(
                "{n} change to review", "{n} changes to review", status.to_review
            ).format(n=status.to_review)  # fmt: skip
            return PillState("to_review", words, "danger", "git-compare")
        if waiting or status.last_ok_at is None:
            words = ngettext("{n} change to send", "{n} changes to send", waiting)
            return PillState("pending", words.format(n=waiting), "warning", "cloud")
        words = _("Up to date · {time}").format(time=i18n.clock(status.last_ok_at))
        return PillState("up_to_date", words, "success", "circle-check")

    def _tip(self) -> str:
        """Say when it last went to its end, and when it is tried next."""
        last = self.status.last_ok_at if self.status is not None else None
        parts = []
        if last is not None:
            parts.append(_("Last sync: {when}").format(when=i18n.moment(last)))
        if self._next_at is not None and self._run is None:
            parts.append(_("Next try: {time}").format(time=i18n.clock(self._next_at)))
        return " · ".join(parts)

    def _working(self) -> str:
        now = self.progress
        if now is None or now.phase == "hello":
            return _("Connecting…")
        if now.phase == "push" and now.of:
            return _("Sending {n} of {total}").format(n=min(now.done + 1, now.of), total=now.of)
        if now.phase == "files" and now.of:
            return _("Sending photos, {done} of {total}").format(
                done=i18n.size(now.done), total=i18n.size(now.of)
            )
        return _("Receiving…")


def _synchronise(database: Database, desk: Desk, run: _Run) -> SyncReport:
    """One run, on the background lane; expected failures are in the report."""
    from app.sync import engine  # the network is loaded when it is first needed

    try:
        client = engine.client_of(database)
    except UserError as error:
        return engine.SyncReport(desk.now(), ended_at=desk.now(), error=error)
    try:
        return engine.run(
            database, desk.files, client, cancelled=run.cancelled.is_set, progress=run.note
        )
    finally:
        client.close()
