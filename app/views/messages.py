"""What goes wrong, said to the user: the bar of a page, and one dialog per distinct bug."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QWidget

from app import log
from app.errors import UserError
from app.i18n import _
from app.views.widgets.button import Button, IconButton
from app.views.widgets.notices import Strip

logger = logging.getLogger(__name__)


class MessageBar(Strip):
    """A strip above the page: what happened, what is safe, what to do; hidden when all is well."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self._button, self._close = Button(size="sm"), IconButton("x", _("Close"), size="sm")
        self._do: Callable[[], None] = lambda: None
        self._button.clicked.connect(self._act)
        self._close.clicked.connect(self.clear)
        box = QHBoxLayout(self)
        box.setContentsMargins(20, 6, 12, 6)
        box.addWidget(self.words, 1)
        box.addWidget(self._button)
        box.addWidget(self._close)
        self.clear()

    def show_error(self, error: UserError) -> None:
        """Say an expected failure: its sentence, then what to do."""
        logger.info("Told the user: %s", type(error).__name__)
        self.show_message("danger", error.message, error.hint)

    def show_message(
        self,
        tone: str,
        words: str,
        hint: str = "",
        button: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        self.words.setText(f"{words} {hint}".strip())
        self._button.setVisible(button is not None)
        if button is not None:
            self._button.setText(button[0])
            self._do = button[1]
        self.show()
        self.take_tone(tone, self.words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.words.text()))

    def retranslate(self) -> None:
        self.clear()
        self._close.rename("x", _("Close"))

    def _act(self) -> None:
        self._do()

    def clear(self) -> None:
        self.words.clear()
        self.hide()
        self.tone = ""
        self.changed.emit()


def report_bug(window: QWidget, trace: str, seen: set[str]) -> None:
    """Log a bug and say it once per distinct trace; the program goes on."""
    logger.error("A bug reached the user:\n%s", trace)
    if trace in seen:
        return
    seen.add(trace)
    box = QMessageBox(
        QMessageBox.Icon.Warning, "Viajante", _("Something in Viajante went wrong."),
        parent=window,
    )  # fmt: skip
    box.setInformativeText(
        _("Your data is safe: what you saved is kept, and you can go on working.")
    )
    copy = box.addButton(_("Copy details"), QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Close)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(log.details(trace)))
    box.open()
