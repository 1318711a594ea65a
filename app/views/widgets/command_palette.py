"""One field to go anywhere and find anything: Ctrl+K, a few letters, Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.i18n import _
from app.views import theme
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, text
from app.views.widgets.page import Ref
from app.views.widgets.picker import Choice, ChoiceList
from app.views.widgets.search_box import SearchBox

Find = Callable[[str, Callable[[list["Found"]], None]], None]


@dataclass(frozen=True)
class Found:
    """Somewhere to go."""

    title: str
    subtitle: str
    ref: Ref
    icon: str = ""


class _Field(SearchBox):
    """The palette's field: arrows move in the list, Enter goes."""

    def __init__(self, choices: ChoiceList, go: Callable[[], None]) -> None:
        super().__init__(_("Search or go to…"))
        self.setObjectName("PaletteInput")
        self._choices, self._go = choices, go

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._choices.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._go()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class CommandPalette:
    """The palette, open over a window until something is chosen or Esc is pressed."""

    def __init__(
        self, window: QWidget, find: Find, go: Callable[[Ref], None], actions: Sequence[Found]
    ) -> None:
        self._find, self._go, self._actions = find, go, list(actions)
        self._asked = ""
        self._rows: list[Found] = []
        self.list = ChoiceList()
        self.list.setAccessibleName(_("Results"))
        self.list.setMinimumHeight(theme.px(46 * 7))
        self.list.itemClicked.connect(lambda _item: self._take())
        self.field = _Field(self.list, self._take)
        self.field.searched.connect(self._search)
        hint = text(_("Enter opens · arrows move · Esc closes"), "subtle")
        inside = column(self.field, self.list, hint, gap=8, margins=(14, 14, 14, 12))
        self.layer = Layer(window, inside, width=620, top=70, name=_("Search or go to…"))
        self.field.setFocus()
        self._show(self._actions)

    @classmethod
    def open_over(
        cls, window: QWidget, find: Find, go: Callable[[Ref], None], actions: Sequence[Found]
    ) -> CommandPalette:
        return cls(window, find, go, actions)

    def _search(self, words: str) -> None:
        self._asked = words
        folded = words.strip().casefold()
        here = [action for action in self._actions if folded in action.title.casefold()]
        if len(folded) < 2:
            self._show(here)
            return
        self._find(words, lambda found: self._found(words, here, found))

    def _found(self, words: str, here: list[Found], found: list[Found]) -> None:
        if words == self._asked:
            self._show([*found, *here])

    def _show(self, rows: list[Found]) -> None:
        self._rows = rows
        self.list.show_choices(
            [Choice(str(n), row.title, row.subtitle, row.icon) for n, row in enumerate(rows)]
        )

    def _take(self) -> None:
        choice = self.list.current()
        if choice is None:
            return
        ref = self._rows[int(choice.id)].ref
        self.layer.close_layer()
        self._go(ref)
