"""The views of a list as tabs: built-in ones and the user's own, each with its columns, kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from app.errors import UserError
from app.i18n import _
from app.services import list_views
from app.services.list_views import View
from app.views.paged_table import PagedTable
from app.views.tasks import Tasks
from app.views.widgets import arrangement
from app.views.widgets.ask_layer import AskLayer
from app.views.widgets.button import IconButton
from app.views.widgets.column_chooser import ColumnChooser, show_column_menu
from app.views.widgets.field import Field
from app.views.widgets.table_view import TableView
from app.views.widgets.tabs import Tabs

_LAST = "last"  # under this key: what was shown last
_WRITE_MS = 400  # after the last pixel that a column was dragged


class ListViews(QObject):
    """Keeps the views of the list `name`; the page says what a view holds and takes it up.

    `content` returns the filters and the order that are set now; `applied` carries those of the
    view that the user went to, {} for a built-in one.
    """

    applied = Signal(object)
    columns_changed = Signal()
    said = Signal(str, object)  # for the page's toast

    def __init__(
        self, over: QWidget, tasks: Tasks, name: str, tabs: Tabs, view: TableView,
        table: PagedTable, content: Callable[[], Mapping[str, Any]],
    ) -> None:  # fmt: skip
        super().__init__(over)
        self._over, self._tasks, self.name = over, tasks, name
        self.tabs, self._view, self._table, self._content = tabs, view, table, content
        self._known: dict[str, View] = {}
        self._built_in: list[tuple[str, str, int | None]] = []
        self._counts: dict[str, int] = {}
        self._before = ""
        self.extra: list[tuple[str, Callable[[], None]]] = []  # what else the menu offers
        self.is_ready = False
        self.takes_last = True  # False where the page was opened for something of its own
        self.layer: AskLayer | ColumnChooser | None = None
        self.more = IconButton("ellipsis", _("Views of this list"))
        self.more.clicked.connect(self._show_menu)
        self._write = QTimer(self, singleShot=True, interval=_WRITE_MS)
        self._write.timeout.connect(self.keep_columns)
        self._remember = QTimer(self, singleShot=True, interval=_WRITE_MS)
        self._remember.timeout.connect(self._keep_last)
        tabs.chosen.connect(self._go)
        view.arranged.connect(self._arranged)
        view.menu_asked.connect(lambda key, at: show_column_menu(view, table, key, at))

    # which there are

    def load(self, done: Callable[[], None] = lambda: None) -> None:
        """Fetch what is kept, then call `done`."""

        def taken(views: list[View]) -> None:
            self._known = {view.key: view for view in views}
            last = self._known.pop(_LAST, None)
            first, self.is_ready = not self.is_ready, True
            self._show_tabs()
            self.take_columns()
            if first and last is not None and self.takes_last:
                self.tabs.choose(str(last.content.get("tab", "")))
                self.take_columns()  # a tab that is not there yet says nothing
                self.applied.emit(dict(last.content))
            done()

        self._tasks.read(self, list_views.views, taken, self.name)

    def set_built_in(self, tabs: list[tuple[str, str, int | None]]) -> None:
        """Show these as the first tabs: key, words, count."""
        self._built_in = tabs
        self._show_tabs()

    def set_count(self, key: str, count: int) -> None:
        """Say how many rows an own view has."""
        self._counts[key] = count
        self._show_tabs()

    def _show_tabs(self) -> None:
        if self._built_in and self.is_ready:
            own = [
                (view.key, view.title, self._counts.get(view.key)) for view in self.own
            ]  # fmt: skip
            self.tabs.setUsesScrollButtons(bool(own))  # there may be many
            self.tabs.set_tabs([*self._built_in, *own])

    @property
    def own(self) -> list[View]:
        """The views that the user made."""
        return [view for view in self._known.values() if view.title]

    @property
    def current(self) -> View | None:
        """The own view that is shown, None on a built-in one."""
        view = self._known.get(self.tabs.key)
        return view if view is not None and view.title else None

    @property
    def base(self) -> str:
        """The built-in view that is shown, or that the own one narrows."""
        if self.current is not None:
            return str(self.current.content.get("base", ""))
        return self.tabs.key

    def _go(self, key: str) -> None:
        self.keep_columns(self._before)
        was_own = bool(self._known.get(self._before, View("", "")).title)
        self._before = key
        self.take_columns()
        if self.current is not None:
            self.applied.emit(dict(self.current.content))
        elif was_own:
            self.applied.emit({})
        else:
            self.applied.emit(None)

    def remember(self) -> None:
        """Keep what is shown now, a moment later: the list opens with it the next time."""
        if self.is_ready:
            self._remember.start()

    def _keep_last(self) -> None:
        content = {**self._content(), "tab": self.tabs.key}
        self._tasks.write(self, list_views.update, lambda _none: None, self.name, _LAST, content)

    # its columns

    def take_columns(self) -> None:
        """Show the columns that the current view keeps."""
        self._before = self.tabs.key
        kept = self._known.get(self.tabs.key)
        found = arrangement.read(kept.content.get("columns") if kept else None)
        if found != self._view.arrangement:
            self._view.arrange(found)
            self.columns_changed.emit()

    def _arranged(self) -> None:
        self.columns_changed.emit()
        self._write.start()

    def keep_columns(self, key: str = "") -> None:
        """Write down the columns as they are, of the view `key` or the current one."""
        if not self._write.isActive() and key:
            return
        self._write.stop()
        wanted = key or self.tabs.key
        before = self._known.get(wanted, View(wanted, ""))
        content = {**before.content, "columns": self._view.arrangement.kept()}
        self._keep(View(wanted, before.title, content))

    def _keep(self, view: View) -> None:
        self._known[view.key] = view
        self._tasks.write(
            self, list_views.update, lambda _none: None, self.name, view.key, view.content
        )

    def choose_columns(self) -> None:
        """Open the layer in which columns are shown, hidden and moved."""
        self.layer = ColumnChooser(self._over, self._view, self._table)

    # its menu

    def menu(self) -> QMenu:
        """Return what can be done with the views."""
        menu = QMenu(self.more)
        menu.addAction(_("Save as a view…"), self.ask_new)
        if self.current is not None:
            menu.addAction(_("Keep the filters in this view"), self.keep_filters)
            menu.addAction(_("Rename the view…"), self.ask_name)
            menu.addAction(_("Remove the view"), self.remove)
        if self.extra:
            menu.addSeparator()
        for words, do in self.extra:
            menu.addAction(words, do)
        return menu

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])

    def _ask(self, title: str, value: str, answered: Callable[[str], None]) -> None:
        field = Field(_("Name"), QLineEdit(value), required=True)
        self.layer = AskLayer(self._over, title, field)
        self.layer.answered.connect(answered)

    def ask_new(self) -> None:
        """Ask for the name under which the filters, order and columns of now are kept."""
        self._ask(_("Save as a view"), "", self._add)

    def _whole(self) -> dict[str, Any]:
        return {**self._content(), "columns": self._view.arrangement.kept()}

    def _add(self, title: str) -> None:
        self._tasks.or_else(
            self._tasks.write(self, list_views.add, self._added, self.name, title, self._whole()),
            self._refused,
        )

    def _added(self, view: View) -> None:
        self._close()
        self._known[view.key] = view
        self._show_tabs()
        self.tabs.choose(view.key)
        self.said.emit(_("View “{name}” saved").format(name=view.title), None)

    def keep_filters(self) -> None:
        """Let the current view hold what is set now."""
        if self.current is not None:
            self._keep(View(self.current.key, self.current.title, self._whole()))
            self.said.emit(_("View “{name}” saved").format(name=self.current.title), None)

    def ask_name(self) -> None:
        if self.current is not None:
            rename = partial(self._rename, self.current)
            self._ask(_("Rename the view"), self.current.title, rename)

    def _rename(self, view: View, title: str) -> None:
        def done(_none: None) -> None:
            self._close()
            self._known[view.key] = View(view.key, title.strip(), view.content)
            self._show_tabs()

        task = self._tasks.write(self, list_views.rename, done, self.name, view.key, title)
        self._tasks.or_else(task, self._refused)

    def remove(self) -> None:
        """Remove the current view; the toast brings it back."""
        view = self.current
        if view is None:
            return

        def undo() -> None:
            self._tasks.write(self, list_views.restore, lambda _none: self.load(), self.name, view)

        def done(_view: View | None) -> None:
            del self._known[view.key]
            self.tabs.choose(self._built_in[0][0])
            self._show_tabs()
            self.said.emit(_("View “{name}” removed").format(name=view.title), undo)

        self._tasks.write(self, list_views.remove, done, self.name, view.key)

    def _close(self) -> None:
        if self.layer is not None:
            self.layer.close_layer()
            self.layer = None

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError) and isinstance(self.layer, AskLayer):
            self.layer.refuse(error.message)
        else:
            self._tasks.failed.emit(self, error)
