"""Small pictures side by side, with a place to add one: a file, a drop, or a paste."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMenu, QSizePolicy, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button, paint_ring
from app.views.widgets.flow import flow
from app.views.widgets.layout import clear, column, row, text

SIDE_W, SIDE_H = 94, 70


def choose_pictures(parent: QWidget) -> list[Path]:
    """Ask for pictures in the system's own dialog."""
    names, _filter = QFileDialog.getOpenFileNames(
        parent, _("Choose photos"), "", _("Pictures") + " (*.jpg *.jpeg *.png *.webp *.heic)"
    )
    return [Path(name) for name in names]


class Thumbnail(QAbstractButton):
    """A picture; a click opens it, Delete or its menu takes it away."""

    removed = Signal(str)

    def __init__(self, photo_id: str, name: str, content: str) -> None:
        super().__init__()
        self.photo_id = photo_id
        self._picture = QPixmap()
        self._picture.loadFromData(base64.b64decode(content))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(_("Photo {name}").format(name=name))
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(SIDE_W), theme.px(SIDE_H))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit(self.photo_id)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Open"), self.click)
        menu.addAction(_("Remove"), lambda: self.removed.emit(self.photo_id))
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(self.rect(), 6, 6)
        p.setClipPath(shape)
        filled = self._picture.size().scaled(
            self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
        )
        x, y = (self.width() - filled.width()) // 2, (self.height() - filled.height()) // 2
        p.drawPixmap(x, y, filled.width(), filled.height(), self._picture)
        if self.hasFocus():
            paint_ring(p, self.rect().toRectF())


class PhotoStrip(QWidget):
    """`added` carries the paths to add, `pasted` a picture; reading them is the page's.

    `pick` asks for paths and can be replaced.
    """

    added = Signal(list)
    pasted = Signal(QImage)
    opened = Signal(str)
    removed = Signal(str)

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.pick: Callable[[], list[Path]] = lambda: choose_pictures(self)
        self._count = text("", "muted")
        self.add_button = Button(words, icon="camera", size="sm", kind="ghost")
        self.add_button.clicked.connect(self._choose)
        holder, self._flow = flow(8)
        self.setLayout(
            column(
                row(text(_("Photos"), "h2"), self._count, None, self.add_button), holder, gap=8
            )
        )  # fmt: skip
        self.thumbnails: list[Thumbnail] = []

    @property
    def count(self) -> int:
        return len(self.thumbnails)

    def show_photos(self, photos: Sequence[tuple[str, str, str]]) -> None:
        """Show (id, name, JPEG as base64) for each picture."""
        if [made.photo_id for made in self.thumbnails] == [id_ for id_, *_rest in photos]:
            return
        clear(self._flow)
        self.thumbnails = []
        for id_, name, content in photos:
            made = Thumbnail(id_, name, content)
            made.clicked.connect(lambda _checked=False, id_=id_: self.opened.emit(id_))
            made.removed.connect(self.removed)
            self.thumbnails.append(made)
            self._flow.addWidget(made)
        self._count.setText(str(len(photos)) if photos else "")

    def paste(self) -> bool:
        """Take a picture from the clipboard; False when there is none."""
        content = QGuiApplication.clipboard().mimeData()
        if content is None or not content.hasImage():
            return False
        self.pasted.emit(QGuiApplication.clipboard().image())
        return True

    def _choose(self) -> None:
        paths = self.pick()
        if paths:
            self.added.emit(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.added.emit(paths)
