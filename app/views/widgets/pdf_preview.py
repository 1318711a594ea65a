"""A PDF on the screen: pages are drawn by PDFium off the GUI thread, at the width there is."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.i18n import _, ngettext
from app.views.tasks import Task, Tasks

Page = tuple[bytes, int, int, int]  # pixels as BGRX, width, height, bytes per line


# PDFium has state of its own for the whole process and ends it when two threads are inside
_one_at_a_time = threading.Lock()


def draw_pages(pdf: bytes, width: int) -> list[Page]:
    """Return the pages of `pdf`, each `width` pixels wide; may be called from any thread."""
    with _one_at_a_time:
        return _drawn(pdf, width)


def _drawn(pdf: bytes, width: int) -> list[Page]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    pages = []
    try:
        for page in document:
            bitmap = page.render(
                scale=width / page.get_width(), rev_byteorder=False, prefer_bgrx=True
            )
            pages.append((bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride))
            bitmap.close()
            page.close()
    finally:
        document.close()
    return pages


class PdfPreview(QScrollArea):
    """Shows `show_pdf(bytes)`; keeps the old pages until the new ones are drawn. `+ - 0` zoom."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.setAccessibleName(_("Preview of the document"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setWidgetResizable(True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(14, 14, 14, 14)
        self._column.setSpacing(12)
        self._column.addStretch()
        self.setWidget(inside)
        self._labels: list[QLabel] = []
        self._pdf, self._zoom = b"", 1.0
        self._task: Task | None = None

    @property
    def pdf(self) -> bytes:
        """The document that is shown or being drawn."""
        return self._pdf

    def page_count(self) -> int:
        return len(self._labels)

    def sizeHint(self) -> QSize:
        return QSize(400, 500)

    def show_pdf(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._draw()

    def clear(self) -> None:
        """Show nothing, until the next `show_pdf`."""
        self._pdf = b""
        if self._task is not None:
            self._task.cancel()
        self._show([])

    def _draw(self) -> None:
        if not self._pdf or self.viewport().width() < 60:
            return
        if self._task is not None:
            self._task.cancel()
        ratio = self.devicePixelRatioF()
        width = round((self.viewport().width() - 28) * self._zoom * ratio)
        self._task = self._tasks.run(self, draw_pages, self._show, self._pdf, max(80, width))

    def _show(self, pages: list[Page]) -> None:
        while len(self._labels) > len(pages):
            self._labels.pop().deleteLater()
        while len(self._labels) < len(pages):
            label = QLabel()
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._labels.append(label)
            self._column.insertWidget(len(self._labels) - 1, label)
        total = len(pages)
        for n, (label, (pixels, width, height, stride)) in enumerate(
            zip(self._labels, pages, strict=True), 1
        ):
            image = QImage(pixels, width, height, stride, QImage.Format.Format_RGB32).copy()
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            label.setPixmap(picture)
            label.setAccessibleName(_("Page {n} of {m}").format(n=n, m=total))
        self.setAccessibleDescription(
            ngettext("{n} page; + and - zoom, 0 fits", "{n} pages; + and - zoom, 0 fits", total)
            .format(n=total)
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._draw()

    def zoom(self, factor: float) -> None:
        """Zoom by `factor`; 0 fits the width again."""
        self._zoom = min(max(self._zoom * factor, 0.5), 4.0) if factor else 1.0
        self._draw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring(on=event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring(on=False)

    def _ring(self, *, on: bool) -> None:
        self.setProperty("ring", on)
        self.style().unpolish(self)
        self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        factors: dict[str, Any] = {"+": 1.25, "-": 0.8, "0": 0}
        if event.text() in factors:
            self.zoom(factors[event.text()])
        else:
            super().keyPressEvent(event)
