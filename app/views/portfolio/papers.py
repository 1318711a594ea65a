"""The documents of a customer: dropped in, looked at, opened, taken away."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.document import Document
from app.models.files import Files
from app.services import documents
from app.views.widgets.button import Button, IconButton
from app.views.widgets.choices import Choice, Choices
from app.views.widgets.layer import Layer
from app.views.widgets.layout import (
    Elided,
    Icon,
    Item,
    card,
    clear,
    column,
    line,
    row,
    scroll,
    text,
)
from app.views.widgets.page import Desk
from app.views.widgets.pdf_preview import PdfPreview

MOST_BYTES = 25_000_000


def kinds() -> dict[str, str]:
    """Return the types that a document may be filed as, in the order of their keys."""
    return {
        "contract": _("Contract"), "sheet": _("Data sheet"), "invoice": _("Invoice"),
        "photo": _("Photo"), "other": _("Other"),
    }  # fmt: skip


def _kind_name(kind: str) -> str:
    return (kinds() | {"quote": _("Quote"), "receipt": _("Receipt")}).get(kind, _("Document"))


def keep(path: Path, files: Files) -> tuple[str, str, int, str, str]:
    """Keep a file and return its name, SHA-256, size, type and thumbnail.

    Raises `UserError` for what cannot be read or is too large to travel.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise UserError(
            _("{name} could not be read. Nothing was added.").format(name=path.name),
            _("Check that the file is still there."),
        ) from error
    if content is None:
        raise UserError(
            _("{name} is larger than 25 MB. Nothing was added.").format(name=path.name),
            _("Make it smaller first, or send it another way."),
        )
    mime, thumbnail = mimetypes.guess_type(path.name)[0] or "application/octet-stream", ""
    if mime in {"image/jpeg", "image/png", "image/webp"}:
        content, thumbnail = documents.prepare_photo(content)
        mime = "image/jpeg"
    return path.name, files.add(content), len(content), mime, thumbnail


def write_out(files: Files, document: Document, folder: Path) -> Path:
    """Write a document where the desktop's own program can open it, and return its path."""
    content = files.read(document.sha256)
    safe = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in document.name) or "document"
    path = folder / f"{document.id[:8]}-{safe}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UserError(
            _("The document could not be written."), _("Check the free space of this computer.")
        ) from error
    return path


def open_file(path: Path) -> None:
    """Open a document with the desktop's own program; tests replace this."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class PapersTab(QWidget):
    """Takes files that are dropped on it; says by signal what to say or to undo."""

    said = Signal(str)  # words, of something that can be undone
    failed = Signal(Exception)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.account_id = ""
        self.layer: Layer | None = None
        self.setAcceptDrops(True)
        self.add_button = Button(_("Add documents"), icon="plus", kind="soft")
        self.add_button.clicked.connect(self._choose)
        self._rows = column(gap=6)
        inside = QWidget()
        inside.setLayout(column(self._rows, None, margins=(0, 2, 8, 2)))
        head = row(
            text(_("Documents"), "h2"), (Elided(_("Drop files here to add them."), "muted"), 1),
            self.add_button, gap=12,
        )  # fmt: skip
        self.setLayout(column(card(head, (scroll(inside), 1), gap=10)))
        self.shown: list[Document] = []

    def show_documents(self, account_id: str, found: Sequence[Document]) -> None:
        self.account_id, self.shown = account_id, list(found)
        clear(self._rows)
        if not found:
            words = _("No documents yet: photos of visits and quotes come here.")
            self._rows.addWidget(text(words, "muted", wrap=True))
        for n, document in enumerate(found):
            if n:
                self._rows.addWidget(line())
            self._rows.addWidget(self._row(document))

    def _row(self, document: Document) -> QWidget:
        holder = QWidget()
        icon = "image" if document.mime.startswith("image/") else "file-text"
        sent = _("received") if document.is_received else ""
        day = i18n.day_numeric(i18n.local(document.taken_at).date()) if document.taken_at else ""
        below = " · ".join(
            part
            for part in (_kind_name(document.kind), day, i18n.size(document.size), sent)
            if part
        )
        names = column(Elided(document.name, "strong"), Elided(below, "muted"), gap=0)
        look = Button(_("Look"), icon="eye", kind="ghost", size="sm")
        look.setAccessibleName(_("Look at {name}").format(name=document.name))
        look.clicked.connect(lambda: self.look(document))
        open_ = Button(_("Open"), kind="link", size="sm")
        open_.setAccessibleName(_("Open {name}").format(name=document.name))
        open_.clicked.connect(lambda: self._open(document))
        parts: list[Item] = [Icon(icon, "text_muted", 18), (names, 1), look, open_]
        if document.kind != "quote":
            remove = IconButton("trash-2", _("Remove {name}").format(name=document.name), size="sm")
            remove.clicked.connect(lambda: self._remove(document))
            parts.append(remove)
        holder.setLayout(row(*parts, gap=10))
        return holder

    # adding

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.take(paths)

    def _choose(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self, _("Add documents"))
        self.take([Path(name) for name in names])

    def take(self, paths: Sequence[Path]) -> None:
        """Ask what the files are, and keep them."""
        files = [path for path in paths if path.is_file()]
        if not files:
            return
        choices = [Choice(key, words) for key, words in kinds().items()]
        title = _("What is {name}?").format(name=files[0].name)
        if len(files) > 1:
            title = _("What are these {n} files?").format(n=len(files))
        usual = list(kinds()).index("other")
        asked = Choices(self, title, _("The type helps to find it again."), choices, usual=usual)
        asked.chosen.connect(lambda kind: self.add(files, kind))
        self._open_layer(asked)

    def _open_layer(self, layer: Layer) -> None:
        self.layer = layer
        layer.closed.connect(self._forget)

    def _forget(self) -> None:
        self.layer = None

    def add(self, paths: Sequence[Path], kind: str) -> None:
        """Keep files as documents of the customer that is shown."""
        for path in paths:
            self._add(path, kind, self.account_id)

    def _add(self, path: Path, kind: str, account_id: str) -> None:
        tasks, now = self._desk.tasks, self._desk.now()

        def kept(found: tuple[str, str, int, str, str]) -> None:
            name, sha256, size, mime, thumbnail = found
            tasks.write(
                self, documents.add, lambda _made: self.said.emit(_("Added: {what}").format(
                    what=name)),
                name=name, kind=kind, mime=mime, sha256=sha256, size=size, account_id=account_id,
                thumbnail=thumbnail, taken_at=now,
            )  # fmt: skip

        tasks.or_else(tasks.run(self, keep, kept, path, self._desk.files), self.failed.emit)

    # looking

    def _remove(self, document: Document) -> None:
        words = _("Removed: {what}").format(what=document.name)
        self._desk.tasks.write(
            self, documents.remove, lambda _none: self.said.emit(words), document.id
        )

    def _open(self, document: Document) -> None:
        folder = self._desk.settings.path.parent / "documents"
        tasks = self._desk.tasks
        task = tasks.run(self, write_out, open_file, self._desk.files, document, folder)
        tasks.or_else(task, self.failed.emit)

    def look(self, document: Document) -> None:
        """Show a picture or a PDF over the window; anything else is opened in its own program."""
        if document.mime != "application/pdf" and not document.mime.startswith("image/"):
            self._open(document)
            return
        tasks = self._desk.tasks
        task = tasks.run(
            self, self._desk.files.read, lambda content: self._show(document, content),
            document.sha256,
        )  # fmt: skip
        tasks.or_else(task, self.failed.emit)

    def _show(self, document: Document, content: bytes) -> None:
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        room = self.window().height() - 150
        shown: QWidget
        if document.mime == "application/pdf":
            preview = PdfPreview(self._desk.tasks)
            preview.setMinimumHeight(room)
            preview.show_pdf(content)
            shown = preview
        else:
            shown = _picture(document.name, content, 760, room)
        head = row((Elided(document.name, "h2"), 1), close)
        layer = Layer(
            self, column(head, shown, gap=10, margins=(20, 14, 16, 16)), width=820,
            name=document.name,
        )  # fmt: skip
        close.clicked.connect(layer.close_layer)
        self._open_layer(layer)


def _picture(name: str, content: bytes, width: int, height: int) -> QLabel:
    """Return a picture that fits; Qt reads it no larger than it is shown."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio))
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setAccessibleName(name)
    label.setPixmap(QPixmap.fromImage(reader.read()))
    return label
