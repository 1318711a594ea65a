"""The parts of the settings: a row that says what it does, the controls, and a section of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFrame, QLabel, QWidget

from app.errors import ValidationError
from app.i18n import _
from app.routing.place_names import fold
from app.views import theme
from app.views.preferences.choices import Choices
from app.views.widgets.button import Button, Segmented
from app.views.widgets.layout import Icon, clear, column, row, text
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from app.models.database import Changes

FACT_WIDTH = 340


class SettingRow(QWidget):
    """What is set, in words, and the control at its right; `locked` says who decides instead.

    `also` are words under which somebody may look for it, which are not shown.
    """

    def __init__(
        self,
        title: str,
        words: str,
        control: QWidget | None = None,
        *,
        locked: str = "",
        also: str = "",
    ) -> None:
        super().__init__()
        self.title = title
        self.said = fold(f"{title} {words} {locked} {also}")
        self.control = control
        if control is not None and not control.accessibleName():
            control.setAccessibleName(title)
        self.problem: QLabel | None = None
        self._is_ruled = False
        said: list[QWidget] = [text(title, "strong", wrap=True)]
        if words:
            said.append(text(words, "muted", wrap=True))
        if locked:
            said.append(_lock(locked))
        self._said = column(None, *said, None, gap=2)
        self._held = row((self._said, 1), gap=18, margins=(0, 8, 0, 8))
        if control is not None:
            self._held.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(self._held)

    def add_control(self, control: QWidget) -> None:
        """Put one more control before the one that is there."""
        self._held.insertWidget(1, control, 0, Qt.AlignmentFlag.AlignVCenter)

    def rule(self, *, on: bool) -> None:
        """Draw a line over the row, or not: a widget for each would be dressed with each theme."""
        if on != self._is_ruled:
            self._is_ruled = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_ruled:
            QPainter(self).fillRect(0, 0, self.width(), 1, theme.colour("border"))

    @property
    def said_problem(self) -> str:
        """Why what was typed will not do, as it is said now."""
        return self.problem.text() if self.problem is not None and self.problem.isVisible() else ""

    def show_problem(self, words: str) -> None:
        """Say why what was typed will not do; "" takes it back."""
        if self.problem is None:
            if not words:
                return
            self.problem = text("", "error", wrap=True)
            self._said.insertWidget(self._said.count() - 1, self.problem)
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


def _lock(reason: str) -> QWidget:
    held = QWidget()
    held.setLayout(row(Icon("lock", "text_subtle", 14), (text(reason, "subtle", wrap=True), 1),
                       gap=5))  # fmt: skip
    return held


class Fact(QLabel):
    """What is so, as text that can be selected and copied."""

    def __init__(self, words: str = "", *, is_long: bool = False) -> None:
        super().__init__(words)
        self.setProperty("t", "body")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFixedWidth(theme.px(FACT_WIDTH))
        side = Qt.AlignmentFlag.AlignLeft if is_long else Qt.AlignmentFlag.AlignRight
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def say(self, words: str) -> None:
        self.setText(words or "–")


class Switch(QCheckBox):
    """A setting that is on or off."""

    def __init__(self, choices: Choices, name: str) -> None:
        super().__init__()
        self._choices, self._name = choices, name
        self._show(name)
        self.clicked.connect(self._put)
        choices.changed.connect(self._show)

    def _put(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._choices.put(self._name, on)

    def _show(self, name: str) -> None:
        if name == self._name:
            self.setChecked(bool(self._choices.value(name)))


class OneOf(Segmented):
    """A setting with a few values; one that is not among them shows the nearest."""

    def __init__(
        self, choices: Choices, name: str, title: str, values: Sequence[tuple[Any, str]]
    ) -> None:
        super().__init__([words for _value, words in values], 0, name=title)
        self._choices, self._name_of = choices, name
        self.values = [value for value, _words in values]
        self._show(name)
        self.clicked.connect(self._put)
        choices.changed.connect(self._show)

    def _put(self) -> None:
        self._choices.put(self._name_of, self.values[self.index])

    def _show(self, name: str) -> None:
        if name == self._name_of:
            self.show_value(self._choices.value(name))

    def show_value(self, value: Any) -> None:
        show_nearest(self, self.values, value)


def show_nearest(control: Segmented, values: Sequence[Any], value: Any) -> None:
    """Let `control` show the value, or that which is nearest to it."""
    if value in values:
        at = list(values).index(value)
    elif isinstance(value, int):
        at = min(range(len(values)), key=lambda n: abs(values[n] - value))
    else:
        at = 0
    if at != control.index:
        control.blockSignals(True)
        control.choose(at)
        control.blockSignals(False)
        control.update()


class Section(QFrame):
    """A group of settings on a card. It loads what it shows when it is shown, and says what it did.

    `chosen` are the settings that its «Restore defaults» takes back.
    """

    said = Signal(str, object)  # words, and what undoes it: a callable, True, or None
    open_requested = Signal(object)  # Ref
    key, icon = "", ""
    chosen: tuple[str, ...] = ()

    def __init__(self, desk: Desk, choices: Choices, title: str) -> None:
        super().__init__()
        self.desk, self.choices, self.title = desk, choices, title
        self.rows: list[SettingRow] = []
        self._above: dict[SettingRow, QWidget] = {}  # heads
        self._absent: set[SettingRow] = set()
        self._wanted: list[str] = []
        self.setProperty("card", "true")
        self.restore = Button(_("Restore defaults"), icon="rotate-ccw", kind="link", size="sm")
        self.restore.clicked.connect(lambda: choices.restore(self.chosen))
        self.body = column(gap=2)
        head = row(text(title, "h2"), None, self.restore)
        self.setLayout(column(head, self.body, gap=4, margins=(16, 14, 16, 14)))
        choices.changed.connect(self._look)
        self._look()

    def _look(self, _name: str = "") -> None:
        self.restore.setVisible(bool(self.chosen) and self.choices.differ(self.chosen))

    def fill(self, rows: list[SettingRow], heads: dict[int, str] | None = None) -> None:
        """Show these rows in place of those that are there; `heads` stand over the nth row."""
        clear(self.body)
        self.rows, self._above = rows, {}
        for n, each in enumerate(rows):
            if heads and n in heads:
                self._above[each] = text(heads[n], "h3")
                self.body.addWidget(self._above[each])
            self.body.addWidget(each)
        self._arrange()

    def leave_out(self, *rows: SettingRow) -> None:
        """Show none of these rows from now on: they are nothing for this computer."""
        if self._absent != set(rows):
            self._absent = set(rows)
            self._arrange()

    def search(self, wanted: list[str]) -> bool:
        """Show only the rows that have these words; without words, all. Tell whether one is left.

        A section whose own title has them shows all of its rows.
        """
        self._wanted = wanted
        return self._arrange()

    def _arrange(self) -> bool:
        title = fold(self.title)
        everything = all(word in title for word in self._wanted)
        shown = 0
        for each in self.rows:
            words = f"{title} {each.said}"
            hit = each not in self._absent and (everything or all(w in words for w in self._wanted))
            each.setVisible(hit)
            head = self._above.get(each)
            if head is not None:
                head.setVisible(hit and everything)
            each.rule(on=shown > 0 and (head is None or not everything))
            shown += hit
        return shown > 0

    def load(self) -> None:
        """Fetch what is shown; called each time the section comes up."""

    def refresh(self, changes: Changes) -> None:
        """Take in a commit, while shown."""

    def refused(self, error: Exception, rows: dict[str, SettingRow] | None = None) -> None:
        """Say an expected failure beside the row that it is about, anything else to the window."""
        if isinstance(error, ValidationError) and rows and error.field in rows:
            rows[error.field].show_problem(error.message)
        else:
            self.desk.tasks.failed.emit(self, error)


class SectionList(QWidget):
    """The sections at the left; choosing one calls `chosen(key)`."""

    def __init__(
        self, sections: Sequence[tuple[str, str, str]], chosen: Callable[[str], None]
    ) -> None:
        """`sections` are key, title and icon."""
        super().__init__()
        self.setAccessibleName(_("Sections"))
        self.buttons: dict[str, QAbstractButton] = {}
        for key, title, icon in sections:
            button = Button(title, icon=icon, kind="ghost")
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, key=key: chosen(key))
            self.buttons[key] = button
        lines = [row(button, None) for button in self.buttons.values()]
        self.setLayout(column(*lines, None, gap=2))

    def mark(self, key: str) -> None:
        """Show which section is up; no group, in which Tab would reach the marked one only."""
        for each, button in self.buttons.items():
            button.setChecked(each == key)
