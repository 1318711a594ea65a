"""The photos of a visit: read, shrunk and kept off the GUI thread, opened, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.errors import UserError
from app.i18n import _
from app.models.document import Document
from app.models.files import Files
from app.services import documents
from app.services.visit_view import Photo
from app.views.widgets import pictures
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Desk


class Visit(NamedTuple):
    """The visit that a photo is of."""

    id: str
    account_id: str | None


class VisitPhotos(QObject):
    """Adds pictures to a visit; `failed` carries what could not be read."""

    failed = Signal(Exception)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def add_files(self, paths: Sequence[Path], visit: Visit) -> None:
        for path in paths:
            self._add(partial(pictures.read, path), f"{path.stem}.jpg", visit)

    def add_image(self, image: QImage, visit: Visit) -> None:
        self._add(partial(pictures.encoded, image), f"{_('Photo')}.jpg", visit)

    def _add(self, read: Callable[[], bytes], name: str, visit: Visit) -> None:
        """Keep a picture, then name it as one of the visit that was shown when it was added."""
        tasks, now = self._desk.tasks, self._desk.now()

        def named(stored: tuple[str, int, str]) -> None:
            sha256, size, thumbnail = stored
            task = tasks.write(
                self, documents.add, _nothing, name=name, kind="photo", mime="image/jpeg",
                sha256=sha256, size=size, account_id=visit.account_id, about="activity",
                about_id=visit.id, thumbnail=thumbnail, taken_at=now,
            )  # fmt: skip
            tasks.or_else(task, self.failed.emit)

        task = tasks.run(self, _store, named, self._desk.files, read)
        tasks.or_else(task, self.failed.emit)

    def open(self, photo: Photo, over: QWidget) -> None:
        """Show a photo in its full size; from another laptop only its small picture may be here."""

        def show(content: bytes | None) -> None:
            if content is None:
                self.failed.emit(
                    UserError(
                        _("This photo is not on this computer yet."),
                        _("It comes with the next sync."),
                    )
                )
            else:
                PhotoLayer(over, photo.name, content)

        self._desk.tasks.run(self, _content, show, self._desk.files, photo.sha256)


class PhotoLayer(Layer):
    """One photo over the window."""

    def __init__(self, over: QWidget, name: str, content: bytes) -> None:
        picture, label = QPixmap(), QLabel()
        picture.loadFromData(content)
        window = over.window()
        label.setPixmap(
            picture.scaled(
                min(960, window.width() - 160), min(640, window.height() - 200),
                Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
            )
        )  # fmt: skip
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setAccessibleName(_("Photo {name}").format(name=name))
        close = Button(_("Close"), key="Esc")
        close.clicked.connect(self.close_layer)
        width = max(label.pixmap().width() + 44, 320)
        super().__init__(
            over, column(text(name, "h2"), label, row(None, close), margins=(22, 16, 22, 16)),
            width=width, name=name,
        )  # fmt: skip


def _store(files: Files, read: Callable[[], bytes]) -> tuple[str, int, str]:
    content, thumbnail = documents.prepare_photo(read())
    return files.add(content), len(content), thumbnail


def _content(files: Files, sha256: str) -> bytes | None:
    return files.read(sha256) if files.size(sha256) is not None else None


def _nothing(_document: Document) -> None:
    """Nothing to do: the page hears of the change."""
