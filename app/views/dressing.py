"""How the program looks and speaks, changed while it runs: theme, size of the words, language."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app import i18n
from app.views import application, theme
from app.views.widgets.page import Desk


class Dressing(QObject):
    """Changes the look; `undress` is called before, and `rebuild` where screens are made anew."""

    def __init__(
        self, desk: Desk, undress: Callable[[], None], rebuild: Callable[[], None]
    ) -> None:
        super().__init__()
        self._desk, self._undress, self._rebuild = desk, undress, rebuild

    def next_theme(self) -> None:
        """Go on from light to dark to sun."""
        order = ("claro", "oscuro", "sol")
        self.set_theme(order[(order.index(theme.name()) + 1) % 3])

    def set_theme(self, name: str) -> None:
        """Dress the program in `name`; "" follows the system."""
        self._desk.settings.theme = name
        self._dress()

    def set_scale(self, percent: int) -> None:
        """Show all words at this size, 90 to 150 %; the screens are made anew in it."""
        self._desk.settings.text_scale = percent
        self._dress()
        self._rebuild()

    def set_language(self, language: str) -> None:
        """Speak `language` from now on; the screens are made anew in it."""
        i18n.use(language)
        application.speak(_program())
        self._rebuild()

    def _dress(self) -> None:
        settings = self._desk.settings
        self._undress()
        wanted = settings.theme or theme.system_theme()
        theme.apply(_program(), wanted, settings.text_scale / 100)
        self._desk.tasks.run(self, settings.save, lambda _none: None)


def _program() -> QApplication:
    program = QApplication.instance()
    assert isinstance(program, QApplication)  # noqa: S101 - there is a window
    return program
