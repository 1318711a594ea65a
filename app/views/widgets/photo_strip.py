"""Small pictures in a row, with a place to add one: a file, a drop, or a paste."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import clear, row


def choose_pictures(parent: QWidget) -> list[Path]:
    """Ask for pictures in the system's own dialog; tests replace this."""
    names, _filter = QFileDialog.getOpenFileNames(
        parent, _("Choose photos"), "", _("Pictures") + " (*.jpg *.jpeg *.png *.webp *.heic)"
    )
    return [Path(name) for name in names]


class PhotoStrip(QWidget):
    """`added` carries the paths to add; reading them is the page's, off the GUI thread."""

    added = Signal(list)

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._row = row(gap=8)
        self._button = Button(words, icon="camera", size="sm")
        self._button.clicked.connect(self._choose)
        self.setLayout(row(self._row, self._button, None, gap=8))
        self.count = 0

    def show_thumbnails(self, thumbnails: Sequence[tuple[str, str]]) -> None:
        """Show (name, JPEG as base64) for each picture."""
        clear(self._row)
        self.count = len(thumbnails)
        side = theme.px(56)
        for name, content in thumbnails:
            label = QLabel()
            picture = QPixmap()
            picture.loadFromData(base64.b64decode(content))
            keep = Qt.AspectRatioMode.KeepAspectRatio
            label.setPixmap(
                picture.scaled(side, side, keep, Qt.TransformationMode.SmoothTransformation)
            )
            label.setToolTip(name)
            label.setAccessibleName(_("Photo {name}").format(name=name))
            self._row.addWidget(label)

    def _choose(self) -> None:
        paths = choose_pictures(self)
        if paths:
            self.added.emit(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.added.emit(paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._choose()
        else:
            super().keyPressEvent(event)
