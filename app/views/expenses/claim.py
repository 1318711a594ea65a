"""The claim of a month going out: the layer that asks, and its PDF made, opened and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QLayout, QWidget

from app import i18n
from app.i18n import _
from app.services import expense_documents, expense_reports
from app.services.expense_view import ClaimView, Incomplete
from app.views.expenses import wording
from app.views.tasks import Task
from app.views.widgets.button import Button
from app.views.widgets.chip import Chip
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, Item, box, column, line, row, text
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_MOST = 6  # incomplete expenses that are named; the rest are counted


def open_file(path: Path) -> None:
    """Open a document with the desktop's own program; tests replace this."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def pdf_of(session: Session, month: date, read_file: Callable[[str], bytes | None]) -> bytes:
    """Return the PDF of a month's claim as it stands."""
    from app.documents import expense_pdf  # reportlab takes a moment, and not at every start

    document = expense_documents.document(session, month, read_file, wording.kind)
    return expense_pdf.render(document)


def file_name(month: date) -> str:
    return _("Expenses {month}").format(month=f"{month:%Y-%m}") + ".pdf"


class ClaimPaper:
    """Makes the PDF of a claim; `folder` is where one that is opened is written."""

    def __init__(self, owner: QWidget, desk: Desk) -> None:
        self._owner, self._desk = owner, desk
        self.folder = desk.settings.path.parent / "documents"

    def make(self, month: date, done: Callable[[bytes], None]) -> Task:
        """Make the PDF of a month in a worker, and hand it to `done`."""
        return self._desk.tasks.read(self._owner, pdf_of, done, month, self._read_file)

    def _read_file(self, sha256: str) -> bytes | None:
        files = self._desk.files
        return files.read(sha256) if files.size(sha256) is not None else None

    def open_pdf(self, month: date) -> Task:
        """Write the PDF of a month into `folder` and open it."""
        path = self.folder / file_name(month)

        def write(content: bytes) -> Path:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            return path

        def made(content: bytes) -> None:
            self._desk.tasks.run(self._owner, write, open_file, content)

        return self.make(month, made)

    def keep(self, month: date) -> None:
        """Make the PDF of a submitted claim, keep its bytes, and name them for the office."""
        files, tasks, owner = self._desk.files, self._desk.tasks, self._owner

        def kept(stored: tuple[str, int]) -> None:
            tasks.write(
                owner, expense_documents.keep_pdf, lambda _document: None, month,
                name=file_name(month), sha256=stored[0], size=stored[1], at=self._desk.now(),
            )  # fmt: skip

        def made(pdf: bytes) -> None:
            tasks.run(owner, lambda: (files.add(pdf), len(pdf)), kept)

        self.make(month, made)


class SubmitLayer:
    """Asks once: what goes out by kind, what should be completed first, what is declared."""

    def __init__(self, over: QWidget, claim: ClaimView, submit: Callable[[], None]) -> None:
        self._submit = submit
        self.button = Button(_("Submit claim"), icon="send", kind="primary", key="Ctrl ↵")
        self.cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        month = wording.month_name(claim.month)
        head = text(_("Submit the claim of {month}").format(month=i18n.month(claim.month)), "h2")
        sums: Item = (box(self._sums(claim), well="true"), 1)
        missing = self._incomplete(claim)
        inside = column(
            head, row(sums, *([(missing, 1)] if missing else []), gap=20),
            text(expense_documents.declaration(), "muted", wrap=True),
            text(_("It is sent with the next sync; after that it can no longer change."),
                 "subtle", wrap=True),
            2, row(None, self.cancel, self.button), gap=10, margins=(22, 18, 22, 18),
        )  # fmt: skip
        width = 860 if missing else 520
        self.layer = Layer(over, inside, width=width, name=month)
        self.cancel.clicked.connect(self.layer.close_layer)
        self.button.clicked.connect(self.send)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.layer)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.send)
        self.button.setFocus()

    def _sums(self, claim: ClaimView) -> QLayout:
        def figure(words: str, amount: str, kind: str = "body") -> Item:
            return row(text(words, "muted"), None, text(amount, kind))

        sums = claim.figures
        company = sums.total - sums.advance - sums.to_receive
        less = [(_("Paid by the company"), company), (_("Advance"), sums.advance)]
        rows: list[Item] = [
            figure(wording.kind(kind), i18n.money(amount)) for kind, amount in claim.by_kind
        ]
        rows += [line(), figure(_("Total"), i18n.money(sums.total), "strong")]
        rows += [figure(words, i18n.money(-amount)) for words, amount in less if amount]
        split = _("{exempt} exempt, {taxable} taxable").format(
            exempt=i18n.money(sums.exempt), taxable=i18n.money(sums.taxable)
        )
        rows += [
            row(text(_("To receive"), "h2"), None, text(i18n.money(sums.to_receive), "h2")),
            row(None, text(split, "subtle")),
        ]
        return column(*rows, gap=5, margins=(14, 10, 14, 10))

    def _incomplete(self, claim: ClaimView) -> QLayout | None:
        """Return what should be completed: without an amount it moves, the rest goes as it is."""
        if not claim.incomplete:
            return None
        following = i18n.month(expense_reports.following(claim.month)).split(" ")[0]
        shown: list[Item] = [self._row(each, following) for each in claim.incomplete[:_MOST]]
        more = len(claim.incomplete) - _MOST
        if more > 0:
            shown.append(text(_("and {n} more").format(n=more), "muted"))
        return column(text(_("To complete"), "h3"), *shown, None)

    def _row(self, each: Incomplete, following: str) -> Item:
        words = [i18n.day_short(each.spent_on), wording.title(each.kind), each.place]
        said = " · ".join(word for word in words if word)
        chip = wording.problem(each.problem)
        if each.problem == "amount":
            chip = _("Moves to {month}").format(month=following)
        return row((Elided(said, "body"), 1), Chip(chip, "warning", "triangle-alert"))

    def send(self) -> None:
        self.layer.close_layer()
        self._submit()
