"""The one way from the views to the database and to anything slow.

Work runs on a lane of threads and its outcome comes back through one queued signal. Queued, and
explicitly so: a future that is already done calls its callback at once in the caller's thread,
and an automatic connection would then deliver before the caller has its `Task`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.errors import UserError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Database

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)


class Task:
    """A piece of work under way. Cancelled, or its owner gone, its outcome is dropped."""

    def __init__(self, owner: QObject, failed: Callable[[Exception], None] | None) -> None:
        self.owner, self.failed, self.cancelled = owner, failed, False

    def cancel(self) -> None:
        self.cancelled = True

    @property
    def wanted(self) -> bool:
        return not self.cancelled and isValid(self.owner)


class Tasks(QObject):
    """Runs service functions: `read` (3 threads), `write` (1 thread), `run` (no session)."""

    changed = Signal(object)  # Changes, after each commit
    failed = Signal(object, object)  # owner, exception: nobody else took it
    idle = Signal()
    _finished = Signal(object)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._readers = ThreadPoolExecutor(3, "read")
        self._writer = ThreadPoolExecutor(1, "write")
        self._background = ThreadPoolExecutor(2, "background")
        self._pending = 0
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        database.subscribers.append(self.changed.emit)

    def read(
        self,
        owner: QObject,
        work: Callable[Concatenate[Session, P], R],
        done: Callable[[R], None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Task:
        """Call `work(session, …)` on a reader thread, then `done(result)` on the GUI thread.

        A failure goes to `failed`, unless `or_else` was given for the task.
        """

        def job() -> R:
            with self._database.read() as session:
                return work(session, *args, **kwargs)

        return self._submit(self._readers, owner, job, done)

    def write(
        self,
        owner: QObject,
        work: Callable[Concatenate[Session, P], R],
        done: Callable[[R], None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Task:
        """Call `work(session, …)` in one writing transaction, in the order asked.

        What it changes is a command that Ctrl+Z takes back, but where `work` says that the program
        does it by itself (`app.models.change.by_itself`).
        """

        def job() -> R:
            with self._database.write() as session:
                return work(session, *args, **kwargs)

        return self._submit(self._writer, owner, job, done)

    def run(
        self,
        owner: QObject,
        work: Callable[P, R],
        done: Callable[[R], None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Task:
        """Call `work(…)`, which needs no session: a PDF, a route, a sync, a file."""
        return self._submit(self._background, owner, lambda: work(*args, **kwargs), done)

    @staticmethod
    def or_else(task: Task, failed: Callable[[Exception], None]) -> Task:
        """Give the task's failure to `failed` instead of to the page's message bar."""
        task.failed = failed
        return task

    @staticmethod
    def instead(before: Task | None, task: Task) -> Task:
        """Drop what `before` would bring: `task` asks anew, and three threads keep no order."""
        if before is not None:
            before.cancel()
        return task

    @property
    def busy(self) -> bool:
        return bool(self._pending)

    def _submit(
        self,
        lane: ThreadPoolExecutor,
        owner: QObject,
        job: Callable[[], R],
        done: Callable[[R], None],
    ) -> Task:
        task = Task(owner, None)
        if self._closed:  # a timer of a page rang while the window closes
            task.cancel()
            return task
        self._pending += 1
        lane.submit(job).add_done_callback(lambda future: self._finished.emit((task, future, done)))
        return task

    @Slot(object)
    def _deliver(self, outcome: tuple[Task, Future[Any], Callable[[Any], None]]) -> None:
        task, future, done = outcome
        self._pending -= 1
        try:
            if task.wanted and not future.cancelled():
                error = future.exception()
                if error is None:
                    done(future.result())
                elif isinstance(error, Exception):
                    self._report(task, error)
        finally:
            if not self._pending:
                self.idle.emit()

    def _report(self, task: Task, error: Exception) -> None:
        if not isinstance(error, UserError):
            logger.error("A task failed", exc_info=error)
        if task.failed is not None:
            task.failed(error)
        else:
            self.failed.emit(task.owner, error)

    def close(self) -> None:
        """Wait for what is being written, drop what has not begun, deliver nothing more."""
        started = time.monotonic()
        self._closed = True
        for lane in (self._background, self._readers, self._writer):
            lane.shutdown(cancel_futures=lane is not self._writer)
        self._database.subscribers.remove(self.changed.emit)
        logger.info("Tasks closed after %.2f s", time.monotonic() - started)
