"""A layer over the window: a scrim, and a panel that keeps the focus until it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QLayout, QWidget

from app.views import theme


class Layer(QWidget):
    """Shows `layout` in a panel in the middle of the window; Esc or a click beside it closes.

    Focus goes in, cannot leave by Tab, and returns to where it was. Keys are the layer's alone: the
    window's shortcuts sleep, and those whose parent is the layer work.
    """

    closed = Signal()
    resized = Signal()  # with the window, before the panel finds its place anew

    def __init__(
        self, over: QWidget, layout: QLayout, *, width: int, top: int | None = None, name: str = ""
    ) -> None:
        window = over.window()
        super().__init__(window)
        self._window, self._layout = window, layout
        self._before = QApplication.focusWidget()
        self._width, self._top = width, top
        self.panel = QFrame(self)
        self.panel.setProperty("overlay", "true")
        self.panel.setLayout(layout)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self.panel.setFocus()
        self.focusNextChild()

    def close_layer(self) -> None:
        """Close, give the focus back, and say so."""
        self._window.removeEventFilter(self)
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()

    def fit(self) -> None:
        """Take the panel's size anew after its content has changed."""
        self._place()

    def _place(self) -> None:
        window = self._window
        self.setGeometry(window.rect())
        width = min(theme.px(self._width), window.width() - 40)
        self.panel.setFixedWidth(width)
        wanted = self._layout.heightForWidth(width)
        high = max(wanted, self._layout.totalSizeHint().height())
        height = min(high, window.height() - 40)
        middle = (window.height() - height) // 2
        top = (
            middle if self._top is None else min(theme.px(self._top), window.height() - height - 20)
        )
        self.panel.setGeometry((window.width() - width) // 2, top, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self.resized.emit()
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the window has the same keys: both at once, Qt would do neither
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_layer()
            return
        focused = QApplication.focusWidget()
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers()
        if enter and isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()  # outside of a dialog Qt leaves this to Space
            return
        pressed = _sequence(event)
        for shortcut in self.findChildren(QShortcut):
            if shortcut.isEnabled() and shortcut.key() == pressed:
                shortcut.activated.emit()
        event.accept()  # nothing typed here reaches the page below

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_layer()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's own signature
        inside = [
            part
            for part in self.panel.findChildren(QWidget)
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus
            and part.isVisible()
            and part.isEnabled()
        ]
        if not inside:
            return True
        now = QApplication.focusWidget()
        at = inside.index(now) if now in inside else (-1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason
        inside[(at + (1 if forward else -1)) % len(inside)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("scrim"))


def _sequence(event: QKeyEvent) -> QKeySequence:
    """Return the keys that are pressed; the Enter of the number pad is Enter."""
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(keys | key)
