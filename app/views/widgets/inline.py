"""A value on a page that is changed where it stands: a click or F2, saved on leaving it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QStackedLayout, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import paint_ring
from app.views.widgets.edits import ReadingEdit


class _Value(QAbstractButton):
    """The value as words, with a pencil while the mouse or the focus is on it."""

    def __init__(self, name: str, kind: str, weight: str) -> None:
        super().__init__()
        self._name, self._size, self._weight = name, kind, weight
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str) -> None:
        self.setText(words)
        self.setAccessibleName(f"{self._name}: {words or '–'}")
        self.setToolTip(_("{name} (F2 changes it)").format(name=self._name))
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font(self._size, self._weight))
        return QSize(metrics.horizontalAdvance(self.text() or "–") + theme.px(32), theme.px(34))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        near = self.underMouse() or self.hasFocus()
        if near:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("hover"))
            p.drawRoundedRect(box, 6, 6)
            theme.draw_icon(p, "pencil", box.right() - theme.px(22), box.center().y() - theme.px(7),
                            14)  # fmt: skip
        font = theme.font(self._size, self._weight)
        p.setFont(font)
        p.setPen(theme.colour("text" if self.text() else "text_subtle"))
        room = box.adjusted(theme.px(6), 0, -theme.px(26), 0)
        words = QFontMetrics(font).elidedText(
            self.text() or "–", Qt.TextElideMode.ElideRight, int(room.width())
        )
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus():
            paint_ring(p, box)


class InlineEdit(QWidget):
    """`saved` carries what was typed, once, when the field is left or Enter is pressed.

    Escape gives it up. What `check` refuses (with a sentence) keeps the editor open, in red.
    """

    saved = Signal(str)

    def __init__(
        self, name: str, editor: QLineEdit | None = None, *, size: str = "base",
        weight: str = "regular", check: Callable[[str], str] = lambda _words: "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.editor = editor or QLineEdit()
        self.editor.setAccessibleName(name)
        self.value = _Value(name, size, weight)
        self.value.clicked.connect(self.edit)
        self._check, self.is_open = check, False
        self._sides = QStackedLayout(self)
        self._sides.addWidget(self.value)
        self._sides.addWidget(self.editor)
        self.setFocusProxy(self.value)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for part in (self.value, self.editor):
            part.installEventFilter(self)
        self.show_value("")

    def show_value(self, words: str) -> None:
        """Show a value; one that is being typed over stays as it is."""
        self.value.show_words(words)
        if not self.is_open:
            self._put(words)

    def edit(self) -> None:
        self._put(self.value.text())
        self.is_open = True
        self._sides.setCurrentWidget(self.editor)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.selectAll()

    def _put(self, words: str) -> None:
        if isinstance(self.editor, ReadingEdit):
            self.editor.take(words)
        else:
            self.editor.setText(words)
            self._mark("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(watched, event)
        if watched is self.editor and isinstance(event, QFocusEvent) and event.lostFocus():
            passing = {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}
            if self.is_open and event.reason() not in passing:
                self._leave()
        return False

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        key = event.key()
        if watched is self.value and key in {Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.edit()
            return True
        if watched is not self.editor:
            return False
        if key == Qt.Key.Key_Escape:
            self._close()
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            if self._leave():
                self.value.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def _leave(self) -> bool:
        """Save what is typed; False when it cannot be used, and the editor stays open."""
        if isinstance(self.editor, ReadingEdit) and not self.editor.commit():
            return False
        words = self.editor.text().strip()
        if problem := self._check(words):
            self._mark(problem)
            return False
        changed = words != self.value.text()
        self.value.show_words(words)
        self.is_open = False
        self._sides.setCurrentWidget(self.value)
        if changed:
            self.saved.emit(words)
        return True

    def _close(self) -> None:
        self.is_open = False  # before the editor goes: that takes the focus from it
        self._sides.setCurrentWidget(self.value)
        self._put(self.value.text())
        self.value.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, problem: str) -> None:
        self.editor.setProperty("bad", bool(problem))
        self.editor.setAccessibleDescription(problem)
        self.editor.setToolTip(problem)
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)
