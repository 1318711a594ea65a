"""A record in a window of its own, for large screens: what it shows and undoes is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import UserError
from app.settings import Settings
from app.views.key_binding import KeyBinding
from app.views.messages import MessageBar
from app.views.widgets.page import Page, Ref
from app.views.widgets.toast import Toast


def cover_others(windows: Iterable[RecordWindow], account: str, *, covered: bool) -> None:
    """Take windows of other customers than `account` off the screen, or bring them back."""
    for window in windows:
        may_stay = window.page.customer_safe and window.page.account == account
        window.setVisible(not covered or may_stay)


class RecordWindow(QWidget):
    """Shows one page; what it asks to open elsewhere opens in the main window."""

    closed = Signal(object)  # itself

    def __init__(
        self, page: Page, ref: Ref, settings: Settings, deeds: Mapping[str, Callable[[], Any]]
    ) -> None:
        super().__init__()
        self.page, self.ref = page, ref
        self.setWindowTitle("Viajante")
        self.setObjectName("Window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.bar, self.toast = MessageBar(), Toast(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addWidget(page, 1)
        self.keys = KeyBinding(self, settings, {**deeds, "primary": page.primary})
        page.crumbs_changed.connect(self._show_title)
        page.back_requested.connect(self.close)
        self.resize(1160, 720)

    def open(self) -> None:
        """Show the window with its record."""
        self.show()
        self.activateWindow()
        self.page.show_ref(self.ref)
        self.page.setFocus()

    def show_error(self, error: UserError) -> None:
        self.bar.show_error(error)

    def _show_title(self, parts: list[str]) -> None:
        self.setWindowTitle(" · ".join(["Viajante", *parts[-1:]]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.page.escape():
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.page.retire()
        self.closed.emit(self)
        event.accept()
