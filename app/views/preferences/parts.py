"""The parts of the settings: a row that says what it does and holds its control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import Icon, card, column, line, row, text


class SettingRow(QWidget):
    """What is set, in words, and the control at its right; `locked` says who decides instead."""

    def __init__(self, title: str, words: str, control: QWidget, *, locked: bool = False) -> None:
        super().__init__()
        self.said = f"{title} {words}".casefold()
        self.control = control
        if not control.accessibleName():
            control.setAccessibleName(title)
        self.problem = text("", "error", wrap=True)
        self.problem.hide()
        lock = [Icon("lock", "text_subtle", 16)] if locked else []
        left = column(text(title, "strong"), text(words, "muted", wrap=True), self.problem, gap=2)
        middle = Qt.AlignmentFlag.AlignVCenter
        held = row((left, 1), *lock, control, gap=14, margins=(0, 8, 0, 8))
        held.setAlignment(control, middle)
        self.setLayout(held)

    def show_problem(self, words: str) -> None:
        """Say why what was typed will not do; "" takes it back."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


@dataclass
class Section:
    """A group of rows with its title; `frame` is what is shown."""

    key: str
    title: str
    icon: str
    rows: list[SettingRow]
    frame: QWidget


def section(key: str, title: str, icon: str, rows: list[SettingRow]) -> Section:
    parts: list[QWidget] = []
    for n, each in enumerate(rows):
        parts += [line(), each] if n else [each]
    return Section(key, title, icon, rows, card(text(title, "h2"), *parts, gap=4))


class SectionList(QWidget):
    """The sections at the left; choosing one calls `chosen(key)`."""

    def __init__(self, sections: list[Section], chosen: Callable[[str], None]) -> None:
        super().__init__()
        self.setAccessibleName(_("Sections"))
        self.buttons: dict[str, QAbstractButton] = {}
        self._group = QButtonGroup(self)
        for each in sections:
            button = Button(each.title, icon=each.icon, kind="ghost")
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, key=each.key: chosen(key))
            self._group.addButton(button)
            self.buttons[each.key] = button
        self.setFixedWidth(theme.px(220))
        lines = [row(button, None) for button in self.buttons.values()]
        self.setLayout(column(*lines, None, gap=2))
