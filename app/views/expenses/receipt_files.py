"""Photos on their way to an expense, and what else of the screen runs off its thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.i18n import _
from app.models.expense import Expense, ExpenseKind
from app.services import documents, drafts, expense_documents, expense_view, expenses
from app.services.expense_view import QUICK
from app.views.widgets import pictures
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.document import Document
    from app.models.files import Files


class Added(NamedTuple):
    """An expense that was added, and the month with which it is claimed."""

    expense_id: str
    kind: str
    month: date


class Stored(NamedTuple):
    """A photo whose bytes are in the file store."""

    sha256: str
    size: int
    thumbnail: str


class Attached(NamedTuple):
    """Where a photo went, and the expense that was added for it."""

    expense_id: str
    added: Added | None


class Photos(QObject):
    """Takes photos in: read, shrunk, kept, and named as the receipt of an expense."""

    attached = Signal(object)  # Attached
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def take_file(self, path: Path, expense_id: str, *, day: date) -> None:
        """Take a file as the receipt of `expense_id`, or of a new expense of `day`."""
        self._take(partial(pictures.read, path), path.stem, expense_id, day)

    def take_image(self, image: QImage, expense_id: str, *, day: date) -> None:
        self._take(partial(pictures.encoded, image), _("Receipt"), expense_id, day)

    def turn(self, receipt: Document, expense_id: str, *, day: date) -> None:
        """Put a photo turned a quarter in the place of `receipt`."""
        work = partial(turned, self._desk.files, receipt.sha256)
        self._take(work, Path(receipt.name).stem, expense_id, day)

    def _take(self, work: Callable[[], bytes], stem: str, expense_id: str, day: date) -> None:
        tasks = self._desk.tasks

        def stored(kept: Stored) -> None:
            task = tasks.write(
                self, name_photo, self.attached.emit, kept, name=f"{stem}.jpg", day=day,
                expense_id=expense_id, at=self._desk.now(),
            )  # fmt: skip
            tasks.or_else(task, self.failed.emit)

        task = tasks.run(self, store, stored, self._desk.files, work)
        tasks.or_else(task, self.failed.emit)


def turned(files: Files, sha256: str) -> bytes:
    return expense_documents.turned(files.read(sha256))


def store(files: Files, read_picture: Callable[[], bytes]) -> Stored:
    """Make a photo fit to travel and keep its bytes. Raises `UserError` when it is no picture."""
    content, thumbnail = documents.prepare_photo(read_picture())
    return Stored(files.add(content), len(content), thumbnail)


def name_photo(
    session: Session, kept: Stored, *, name: str, day: date, expense_id: str, at: datetime
) -> Attached:
    """Make a stored photo the receipt of an expense, or of a new one that lacks its amount."""
    added = None
    if not expense_id:
        made = expenses.add(session, kind=ExpenseKind.OTHER, spent_on=day)
        added = _added(session, made)
        expense_id = made.id
    expenses.attach(
        session, expense_id, name=name, sha256=kept.sha256, size=kept.size,
        thumbnail=kept.thumbnail, at=at,
    )  # fmt: skip
    return Attached(expense_id, added)


def _added(session: Session, made: Expense) -> Added:
    return Added(made.id, made.kind, expense_view.month_of(session, made))


def add_line(session: Session, words: str, *, day: date, account_id: str | None) -> Added:
    """Add an expense from the quick line, and forget the draft of the line."""
    made = expenses.quick(session, words, today=day, account_id=account_id)
    drafts.forget(session, QUICK)
    return _added(session, made)


def remove(session: Session, ids: Sequence[str]) -> None:
    for id_ in ids:
        expenses.remove(session, id_)
