"""What stands in the middle of the portfolio: list, map, or why there is nothing to list."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import account_empty, account_filters
from app.services.account_empty import Culprit
from app.services.account_filters import Narrow
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layout import row
from app.views.widgets.notices import EmptyState
from app.views.widgets.page import Desk

LIST, FIRST_USE, FILTERED, MAP = range(4)


class ListOrMap(QWidget):
    """Two buttons, one of which is pressed: the list, or the same customers on the map."""

    switched = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_map = False
        self.as_list = IconButton("list", _("As a list"))
        self.as_map = IconButton("map", _("On the map"))
        for button, is_map in ((self.as_list, False), (self.as_map, True)):
            button.setCheckable(True)
            button.clicked.connect(lambda _on, is_map=is_map: self._press(is_map=is_map))
        self.setLayout(row(self.as_list, self.as_map, gap=2))
        self.show_as(is_map=False)

    def show_as(self, *, is_map: bool) -> None:
        """Press one of the two without saying so."""
        self.is_map = is_map
        self.as_map.setChecked(is_map)
        self.as_list.setChecked(not is_map)

    def _press(self, *, is_map: bool) -> None:
        self.show_as(is_map=is_map)
        self.switched.emit()


class Body(QStackedWidget):
    """The list at LIST, the first use, what filters left nothing, and the map at MAP."""

    import_asked = Signal()
    new_asked = Signal()
    file_dropped = Signal(str)

    def __init__(self, desk: Desk, view: QWidget, map_: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self.setAcceptDrops(True)
        self.unfilter = Button(_("Remove the filters"), icon="x")
        self.empty = EmptyState(
            "list-filter", _("No customer with these filters"),
            _("The words, the filters or the view leave nobody."), self.unfilter,
        )  # fmt: skip
        for part in (view, self._first_use(), self.empty, map_):
            self.addWidget(part)

    def _first_use(self) -> QWidget:
        read = Button(_("Import a list"), icon="upload", kind="primary")
        read.clicked.connect(self.import_asked)
        new = Button(_("New customer"), icon="user-plus")
        new.clicked.connect(self.new_asked)
        return EmptyState(
            "users", _("Your portfolio is empty"),
            _("Bring your list from Excel or another program, or write the first customer."), read,
            new,
        )  # fmt: skip

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.file_dropped.emit(event.mimeData().urls()[0].toLocalFile())

    def ask_why(
        self, words: str, view: str, narrow: Narrow, today: date,
        choices: dict[str, list[tuple[str, str]]],
    ) -> None:  # fmt: skip
        """Find out which filter leaves nobody, and say it."""

        def say(culprit: Culprit | None) -> None:
            if culprit is None:
                self.empty.say_why(_("The words, the filters or the view leave nobody."))
                return
            name = f"“{words}”"
            if culprit.rule is not None:
                name = account_filters.rule_words(culprit.rule, choices)
            elif culprit.quick:
                name = account_filters.quick_words(culprit.quick)
            said = ngettext("Without {filter} there would be {n}.",
                            "Without {filter} there would be {n}.", culprit.left_over)  # fmt: skip
            self.empty.say_why(said.format(filter=name, n=i18n.number(culprit.left_over)))

        self._desk.tasks.read(
            self, account_empty.culprit, say, words, view=view, narrow=narrow, today=today
        )
