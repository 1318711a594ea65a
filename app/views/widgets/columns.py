"""A page of two columns, whose side becomes a drawer over the content where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button

FIXED_FROM = 1130  # effective width of the window: UI.md section 4
_GAP = 14


class _Drawer(QFrame):
    """The side over the content: a scrim, and the side at the right edge."""

    closed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setProperty("bare", True)
        self.panel = QFrame(self)
        self.panel.setProperty("overlay", "true")
        self.inside = QVBoxLayout(self.panel)
        self.inside.setContentsMargins(14, 12, 14, 12)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("scrim"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Columns(QWidget):
    """`content` beside `side`; in a narrow window a button opens the side as a drawer.

    `width` is the side's, in pixels at 100 %; a side that sets its own width keeps it. `left` puts
    the side before the content. The button stands in the content's foot, unless the page gives one
    that it has placed itself.
    """

    def __init__(
        self, content: QWidget, side: QWidget, *, title: str, width: int = 344, left: bool = False,
        button: Button | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.content, self.side = content, side
        self.is_drawer = False
        self._title, self._width, self._left = title, width, left
        self.button = button or side_button(title)
        self.button.hide()
        self.button.clicked.connect(self.toggle)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(_GAP)
        self._main = QVBoxLayout()
        self._main.setContentsMargins(0, 0, 0, 0)
        self._main.setSpacing(8)
        self._main.addWidget(content, 1)
        if button is None:
            self._main.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self._line.addLayout(self._main, 1)
        self._drawer = _Drawer(self)
        self._drawer.closed.connect(self.close_drawer)
        self._wanted = True
        self._put_beside()
        self._watched: QWidget | None = None

    def set_side_wanted(self, *, wanted: bool) -> None:
        """Say whether there is something to show at the side at all."""
        self._wanted = wanted
        self.button.setVisible(self.is_drawer and wanted)
        if not self.is_drawer:
            self.side.setVisible(wanted)
        elif not wanted:
            self.close_drawer()

    def set_width(self, width: int) -> None:
        """Give the side another width, in pixels at 100 %."""
        if width != self._width:
            self._width = width
            if not self.is_drawer:
                self.side.setFixedWidth(theme.px(width))

    def set_title(self, title: str) -> None:
        self._title = title
        self.button.setText(title)

    def _put_beside(self) -> None:
        self._line.insertWidget(0 if self._left else 1, self.side)
        self.side.setFixedWidth(theme.px(self._width))
        self.side.setVisible(self._wanted)

    def _fit(self) -> None:
        window = self.window()
        narrow = window.width() / theme.scale() < FIXED_FROM
        if narrow != self.is_drawer:
            self.is_drawer = narrow
            self.close_drawer()
            if narrow:
                self._line.removeWidget(self.side)
                self._drawer.inside.addWidget(self.side)
                self.side.show()
            else:
                self._drawer.inside.removeWidget(self.side)
                self._put_beside()
            self.button.setVisible(narrow and self._wanted)
        if not self._drawer.isHidden():
            self._place()

    def toggle(self) -> None:
        """Open the drawer, or close it; nothing where the side has its place."""
        if self.is_drawer and self._drawer.isHidden() and self._wanted:
            self.open_drawer()
        else:
            self.close_drawer()

    def open_drawer(self) -> bool:
        """Show the side over the content and give it the focus; False where it is no drawer."""
        if not self.is_drawer or not self._wanted:
            return False
        self._place()
        self._drawer.show()
        self._drawer.raise_()
        self.side.setFocus(Qt.FocusReason.OtherFocusReason)
        first = first_stop(self.side)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
        self.button.setText(_("Close"))
        return True

    def close_drawer(self) -> bool:
        """Close the drawer; False when it was not open."""
        if self._drawer.isHidden():
            return False
        had_focus = self._drawer.isAncestorOf(self.focusWidget() or self)
        self._drawer.hide()
        self.button.setText(self._title)
        if had_focus and self.button.isVisible():
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @property
    def drawer_open(self) -> bool:
        return not self._drawer.isHidden()

    def _place(self) -> None:
        """Let the drawer cover the page, from the top bar to the foot."""
        over = self._page()
        self._drawer.setParent(over)
        self._drawer.setGeometry(over.rect())
        width = min(theme.px(self._width) + 30, over.width() - 40)
        self.side.setFixedWidth(width - 30)
        at = QRect(QPoint(over.width() - width, 0), over.rect().bottomRight())
        self._drawer.panel.setGeometry(at)

    def _page(self) -> QWidget:
        """Return the outermost widget of the screen this is on, below the window itself."""
        found: QWidget = self
        above = self.parentWidget()
        while above is not None and not above.isWindow() and type(above).__name__ != _STACK:
            found, above = above, above.parentWidget()
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        window = self.window()
        if window is not self._watched:
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            window.installEventFilter(self)
            self._watched = window
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)


_STACK = "Screens"


def side_button(title: str) -> Button:
    """Return a button that a page may place to open its side."""
    return Button(title, icon="panel-right", kind="soft")


def first_stop(inside: QWidget) -> QWidget | None:
    """Return the first part of `inside` that Tab would stop at; None when there is none."""
    for part in inside.findChildren(QWidget):
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible() and part.isEnabled():
            return part
    return None
