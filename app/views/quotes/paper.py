"""The paper of a quote beside its lines: drawn anew after each change, kept when issued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame

from app.i18n import _
from app.services import quote_documents
from app.views import keymap
from app.views.tasks import Task
from app.views.widgets.button import IconButton, Segmented
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk
from app.views.widgets.pdf_preview import PdfPreview

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_MS = 250


def open_file(path: Path) -> None:
    """Open a document with the desktop's own program; tests replace this."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def pdf_of(session: Session, quote_id: str, read_file: Callable[[str], bytes | None]) -> bytes:
    """Return the PDF of a quote as it stands; the same quote gives the same bytes."""
    from app.documents import quote_pdf  # reportlab takes a moment, and not at every start

    return quote_pdf.render(quote_documents.document(session, quote_id, read_file))


class QuotePaper(QFrame):
    """Preview, language and opening of the PDF of one quote."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._task = desk, None  # type: tuple[Desk, Task | None]
        self._quote_id, self._name = "", ""
        self.preview = PdfPreview(desk.tasks)
        self.language = Segmented(["ES", "EN"], name=_("Language of the document"))
        self.open_button = IconButton(
            "external-link", _("Open the PDF"), key=keymap.printed(desk.settings, "print")
        )
        self.open_button.clicked.connect(self.open_pdf)
        self._late = QTimer(self, singleShot=True, interval=_MS)
        self._late.timeout.connect(self._draw)
        top = row(
            text(_("Preview"), "h3"), None, self.language, self.open_button, margins=(16, 8, 10, 8)
        )
        well = QFrame()
        well.setProperty("well", "true")
        well.setLayout(column(self.preview))
        self.setProperty("card", "true")
        self.setLayout(column(top, (well, 1), gap=0, margins=(1, 1, 1, 1)))

    def show_quote(self, quote_id: str, name: str) -> None:
        """Draw this quote a moment from now, or at once when it is another one than before."""
        self._name = name
        if quote_id != self._quote_id:
            self._quote_id = quote_id
            self.preview.clear()
            self._draw()
        else:
            self._late.start()

    def _draw(self) -> None:
        if self._task is not None:
            self._task.cancel()  # what it would bring is out of date
        self._task = self.make(self._quote_id, self.preview.show_pdf)

    def make(self, quote_id: str, done: Callable[[bytes], None]) -> Task:
        """Make the PDF of a quote as it stands now, in a worker, and hand it to `done`."""
        return self._desk.tasks.read(self, pdf_of, done, quote_id, self._read_file)

    def _read_file(self, sha256: str) -> bytes | None:
        files = self._desk.files
        return files.read(sha256) if files.size(sha256) is not None else None

    def open_pdf(self) -> None:
        """Open the paper with the desktop's own program, which prints it too."""
        folder = self._desk.settings.path.parent / "documents"
        name, content = self._name, self.preview.pdf

        def work() -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{name}.pdf"
            path.write_bytes(content)
            return path

        if content:
            self._desk.tasks.run(self, work, open_file)
