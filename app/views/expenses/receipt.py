"""The photo of a receipt: taken from a file, a drop or the clipboard; turned, and seen large."""

from __future__ import annotations

import base64
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QLabel

from app.i18n import _
from app.views import theme
from app.views.widgets import photo_strip
from app.views.widgets.button import Button, IconButton, paint_ring
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, row, scroll, text

_EMPTY, _SHOWN, _LOW = 104, 196, 128  # heights without and with a picture, and on a low screen


class ReceiptBox(QFrame):
    """`added` carries paths and `pasted` a QImage; reading and keeping them is the page's."""

    added = Signal(list)
    pasted = Signal(object)
    turn_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.picture = QPixmap()
        self.is_fixed, self._high = False, _SHOWN
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Receipt"))
        self.turn = IconButton("rotate-ccw", _("Turn a quarter"), size="sm", kind="secondary")
        self.zoom = IconButton("zoom-in", _("See it large"), size="sm", kind="secondary")
        self.change = IconButton("camera", _("Another photo"), size="sm", kind="secondary")
        self.choose = Button(_("Choose a photo"), icon="camera", size="sm")
        self.hint = text(_("Drop the photo of the receipt here, or paste it."), "muted", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tools = box(row(None, self.turn, self.zoom, self.change, gap=6))
        self.empty = box(column(None, self.hint, row(None, self.choose, None), None, gap=8))
        inside = column(self.tools, (self.empty, 1), gap=0, margins=(10, 8, 10, 8))
        inside.setAlignment(self.tools, Qt.AlignmentFlag.AlignTop)
        self.setLayout(inside)
        self.turn.clicked.connect(self.turn_asked)
        self.zoom.clicked.connect(self.show_large)
        self.change.clicked.connect(self.ask)
        self.choose.clicked.connect(self.ask)
        self.show_picture(QPixmap())

    def show_thumbnail(self, thumbnail: str) -> None:
        """Show a small JPEG as base64, until the photo itself is read; "" for none."""
        small = QPixmap()
        small.loadFromData(base64.b64decode(thumbnail))
        self.show_picture(small)

    def show_image(self, image: QImage) -> None:
        self.show_picture(QPixmap.fromImage(image))

    def show_picture(self, picture: QPixmap) -> None:
        self.picture = picture
        there = not picture.isNull()
        self.empty.setVisible(not there)
        self._allow()
        self.setFixedHeight(theme.px(self._high if there else _EMPTY))
        self.update()

    def fit(self, page_height: int) -> None:
        """Take less of a low page."""
        self._high = _SHOWN if page_height / theme.scale() > 650 else _LOW
        self.show_picture(self.picture)

    def set_fixed(self, *, fixed: bool) -> None:
        """Show without taking another one: the claim has gone out."""
        self.is_fixed = fixed
        self._allow()

    def _allow(self) -> None:
        there = not self.picture.isNull()
        self.tools.setVisible(there)
        self.turn.setVisible(there and not self.is_fixed)
        self.change.setVisible(there and not self.is_fixed)
        self.choose.setVisible(not self.is_fixed)
        self.hint.setText(
            _("No receipt") if self.is_fixed
            else _("Drop the photo of the receipt here, or paste it.")
        )  # fmt: skip

    def ask(self) -> None:
        """Ask for a photo in the system's dialog; tests replace `photo_strip.choose_pictures`."""
        paths = photo_strip.choose_pictures(self)
        if paths:
            self.added.emit(paths[:1])

    def paste(self) -> bool:
        """Take files or a picture from the clipboard; False when it holds neither."""
        content = QGuiApplication.clipboard().mimeData()
        paths = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        if paths:
            self.added.emit(paths)
        elif content.hasImage():
            self.pasted.emit(QGuiApplication.clipboard().image())
        else:
            return False
        return True

    def show_large(self) -> None:
        """Show the photo in a layer, as wide as fits; Esc closes."""
        if self.picture.isNull():
            return
        window = self.window()
        width = min(window.width() - 120, theme.px(860))
        label = QLabel()
        smooth = Qt.TransformationMode.SmoothTransformation
        label.setPixmap(self.picture.scaledToWidth(width - 40, smooth))
        label.setAccessibleName(_("Receipt"))
        area = scroll(label)
        area.setMinimumHeight(min(label.pixmap().height() + 4, window.height() - 150))
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        inside = column(
            row(text(_("Receipt"), "h2"), None, close), (area, 1), gap=8, margins=(18, 12, 18, 16)
        )
        layer = Layer(self, inside, width=round(width / theme.scale()), name=_("Receipt"))
        close.clicked.connect(layer.close_layer)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), self.maximumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(frame, 8, 8)
        p.fillPath(shape, theme.colour("sunken"))
        if self.picture.isNull():
            p.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
            p.drawPath(shape)
        else:
            p.setClipPath(shape)
            size = self.picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            x, y = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            whole = QRectF(0, 0, self.picture.width(), self.picture.height())
            p.drawPixmap(QRectF(x, y, size.width(), size.height()), self.picture, whole)
            p.setClipping(False)
        if self.hasFocus():
            paint_ring(p, frame, 8)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.show_large()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and not self.is_fixed and self.paste():
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.show_large() if not self.picture.isNull() or self.is_fixed else self.ask()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.is_fixed and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        content = event.mimeData()
        paths = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        if paths:
            self.added.emit(paths)
        elif content.hasImage():
            self.pasted.emit(content.imageData())
