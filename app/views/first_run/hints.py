"""Three things worth knowing, once, at the foot of the first screen; not a tour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.i18n import _
from app.services import alone
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets.button import Button, IconButton, paint_key
from app.views.widgets.layout import Icon, column, row, text
from app.views.widgets.page import Desk, Ref

if TYPE_CHECKING:
    from app.views.main_window import MainWindow

_MARGIN = 18


def begin(window: MainWindow, screen: str) -> None:
    """Begin for the first time: Today, or `screen` after it, with the hints over it."""
    if screen:
        window.stack.shown.connect(
            lambda *_shown: QTimer.singleShot(0, partial(window.open, Ref(screen))),
            Qt.ConnectionType.SingleShotConnection,
        )
    window.start()
    offer(window, window.desk)


def offer(window: QWidget, desk: Desk) -> None:
    """Show the hints over `window` at a first start, unless somebody has sent them away."""

    def show(is_alone: bool) -> None:  # noqa: FBT001 - the outcome of a task
        made = Hints(window, desk.settings, has_office=not is_alone)
        made.done.connect(keep)

    def keep() -> None:
        desk.settings.hints_seen = True
        desk.tasks.run(window, desk.settings.save, _nothing)

    if not desk.settings.hints_seen:
        desk.tasks.read(window, alone.is_alone, show)


class _Key(QWidget):
    """A key as it looks on buttons."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.setFixedSize(theme.px(64), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_key(p, 0, self.height() / 2, self._key, "text")


def _office() -> tuple[QWidget, str]:
    cloud = QWidget()
    cloud.setFixedWidth(theme.px(64))
    cloud.setLayout(row(Icon("circle-check", "success_text", 18), None))
    return cloud, _("The sign at the top says what the office does not have yet.")


class Hints(QFrame):
    """Stands over the window's lower right corner until it is closed; `done` when for good."""

    done = Signal()

    def __init__(self, window: QWidget, settings: Settings, *, has_office: bool = True) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("overlay", "true")
        self.setAccessibleName(_("Three things to know"))
        self.close_button = IconButton("x", _("Close"), size="sm")
        self.never_button = Button(_("Don't show again"), kind="link", size="sm")
        outcomes = "{}–{}".format(
            keymap.printed(settings, "outcome_1"), keymap.printed(settings, "outcome_5")
        )
        lines = [
            (_Key(keymap.printed(settings, "palette")), _("Finds everything and does everything.")),
            (_Key(outcomes), _("Record how a visit went, on Today: one key and it is saved.")),
            _office() if has_office else (_Key(keymap.printed(settings, "help")),
                                          _("Shows the keys of each screen.")),
        ]  # fmt: skip
        self.setLayout(
            column(
                row(text(_("Three things to know"), "h3"), None, self.close_button),
                *(row(sign, (text(words, "body", wrap=True), 1), gap=10) for sign, words in lines),
                row(None, self.never_button), gap=8, margins=(16, 12, 12, 10),
            )
        )  # fmt: skip
        self.setFixedWidth(theme.px(380))
        self.close_button.clicked.connect(self._end)
        self.never_button.clicked.connect(self._never)
        window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        high = self.layout().heightForWidth(self.width())  # type: ignore[union-attr]
        self.resize(self.width(), max(high, self.sizeHint().height()))
        self.move(
            self._window.width() - self.width() - _MARGIN,
            self._window.height() - self.height() - _MARGIN,
        )

    def _end(self) -> None:
        self._window.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def _never(self) -> None:
        self._end()
        self.done.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False


def _nothing(_none: None) -> None:
    """Take an outcome that nobody waits for."""
