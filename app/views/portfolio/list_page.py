"""The portfolio: who there is, who is due, who owes; a peek beside the list, a page behind it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account, Contact, Site
from app.models.activity import Activity
from app.models.history import Invoice, Receivable
from app.services import account_columns, account_list, accounts
from app.services.account_columns import OPTIONAL, Listed
from app.services.account_list import First
from app.views import keymap, theme
from app.views.paged_table import PagedTable
from app.views.portfolio import cells
from app.views.portfolio.body import FILTERED, FIRST_USE, LIST, MAP, Body, ListOrMap
from app.views.portfolio.bulk import Bulk, CellEdits
from app.views.portfolio.filters import Filters
from app.views.portfolio.map_view import PortfolioMap
from app.views.portfolio.new_account import NewAccountLayer
from app.views.portfolio.peek import Peek
from app.views.tasks import Task
from app.views.widgets.button import Button
from app.views.widgets.column_chooser import ColumnsButton
from app.views.widgets.columns import Columns
from app.views.widgets.layout import column, line, row
from app.views.widgets.list_foot import ListFoot
from app.views.widgets.list_views import ListViews
from app.views.widgets.notices import Banner
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox
from app.views.widgets.table_view import TableView
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.models.database import Changes

_SHOWS = (Account, Site, Contact, Activity, Invoice, Receivable)
_NEWS_MS = 300  # customers that come and go in a sync are shown so often at most


class PortfolioPage(Page):
    """Customers and prospects by view, filter and words, as a list or on the map."""

    places = ("portfolio", "list", "table")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._all, self._wanted = 0, frozenset[str]()
        self._found: Task | None = None
        self._whole: Task | None = None
        self._counted: Task | None = None
        self._has_news = self._is_counting = False
        self.purpose = ""  # visit or quote, when a customer is to be picked for it
        self.new_layer: NewAccountLayer | None = None
        self.tabs = Tabs()
        self.search = SearchBox(_("Filter this list"), name=_("Filter by name, town, phone…"))
        self.search.setFixedWidth(theme.px(190))
        self.new_button = Button(_("New customer"), icon="user-plus")
        self.columns_button = ColumnsButton()
        self.view = TableView(_("Portfolio"), 50, desk.settings)
        self.view.opens_windows = True
        self.foot = ListFoot(*cells.foot_keys(desk.settings))
        self.model = PagedTable(desk.tasks, cells.columns(lambda: self.today), self._fetch, self)
        self.view.set_table(self.model)
        self.peek, self.map, self.switch = Peek(desk), PortfolioMap(desk), ListOrMap()
        self.filters = Filters(self, desk, lambda: self.today)
        self.views = ListViews(
            self, desk.tasks, "portfolio", self.tabs, self.view, self.model, self._kept
        )
        self.bulk = Bulk(self, self.view, self.model, lambda: self.today)
        self.edits = CellEdits(self, self.model, self.view, self.foot)
        self.banner = Banner("info")
        self.banner.hide()
        self._news = QTimer(self, singleShot=True, interval=_NEWS_MS)
        self._lay_out()
        self._connect()
        self.views.load()

    def _fetch(self, session: Session, ids: Sequence[str]) -> list[Listed]:
        return account_columns.rows(session, ids, today=self.today, wanted=self._wanted)

    @property
    def today(self) -> date:
        return i18n.local(self.desk.now()).date()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("card", "true")
        self.body = Body(self.desk, self.view, self.map)
        card.setLayout(column((self.body, 1), line(), self.foot, gap=0, margins=(1, 1, 1, 1)))
        top = row((self.tabs, 1), self.views.more, self.switch, self.columns_button,
                  self.new_button)  # fmt: skip
        chips = row(self.search, (self.filters.row, 1), gap=8)
        left = QWidget()
        left.setLayout(column((card, 1), self.bulk.bar, self.bulk.strip, gap=8))
        self.split = self.columns = Columns(left, self.peek, title=_("Quick look"), width=300)
        self.columns.set_side_wanted(wanted=False)
        self.setLayout(
            column(self.banner, top, chips, (self.columns, 1), gap=10, margins=(20, 10, 20, 16))
        )

    def _connect(self) -> None:
        self.search.searched.connect(lambda _words: self._find())
        self.search.left_downwards.connect(self.view.setFocus)
        self.search.returnPressed.connect(self._open_first)
        self.filters.changed.connect(self._find)
        self.view.opened.connect(self._open)
        self.view.window_asked.connect(lambda id_: self.window_requested.emit(Ref("customer", id_)))
        self.view.peeked.connect(self._peek)
        self.view.current_id_changed.connect(self._follow)
        self.view.chosen_changed.connect(self.bulk.bar.show_count)
        self.view.removal_asked.connect(self.bulk.remove)
        self.view.sort_asked.connect(lambda _sort: self._find())
        self.bulk.bar.cleared.connect(self._choose_nothing)
        self.views.applied.connect(self._take_view)
        self.views.columns_changed.connect(self._columns_changed)
        self.views.said.connect(self.toast_requested)
        self.map.opened.connect(self._open)
        self.map.chosen.connect(self.view.select_ids)
        self.map.looked_at.connect(self.view.choose)
        self.switch.switched.connect(self._show_body)
        self.peek.open_requested.connect(self.open_requested)
        self.peek.route_asked.connect(self.bulk.add_to_route)
        self.peek.qualify_asked.connect(self.bulk.qualify)
        self.peek.closed.connect(self._close_peek)
        self.body.unfilter.clicked.connect(self._unfilter)
        self.body.import_asked.connect(self._import)
        self.body.new_asked.connect(self.add)
        self.body.file_dropped.connect(
            lambda path: self.open_requested.emit(Ref("import", options={"file": path}))
        )
        self.columns_button.clicked.connect(self.views.choose_columns)
        self.views.extra = [
            (_("Export the list…"), self.bulk.export_list), (_("Import a list…"), self._import),
        ]  # fmt: skip
        self.new_button.clicked.connect(self.add)
        self.desk.customer_mode.changed.connect(self._customer_mode)
        self._news.timeout.connect(self._take_news)
        self._news.timeout.connect(self.filters.load_later)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Portfolio")])
        self.purpose = ref.options.get("for", "")
        words = {
            "quote": _("Choose the customer for the quote and press Enter."),
            "visit": _("Choose the customer you are visiting and press Enter."),
        }.get(self.purpose, "")
        self.banner.setVisible(bool(words))
        self.banner.show_message("info", words)
        if ref.tab or self.purpose:
            self.views.takes_last = False
            self.tabs.choose(ref.tab)
        self._search()
        if ref.options.pop("new", False):
            self.add()
        else:
            self.search.setFocus() if self.purpose else self.view.setFocus()

    def refresh(self, changes: Changes) -> None:
        if not self.isVisible() or not changes.touched(*_SHOWS):
            return
        if changes.touched(*_SHOWS[1:]):
            self.model.refresh_all()
        else:
            self.model.refresh(changes.touched(Account))
        self._follow(self.peek.account_id)
        self._has_news = True
        if not self._news.isActive() and not self._is_counting:
            self._news.start()

    def _search(self) -> None:
        """Fetch the list and the counts of its views and filters."""
        self._take_news()
        self.filters.load()

    def _take_news(self) -> None:
        """Fetch the list and the counts anew; while they are counted, more news wait."""
        self._has_news, self._is_counting = False, True
        task = self.desk.tasks.read(self, accounts.counts, self._show_tabs, self.today)
        self._counted = self.desk.tasks.instead(self._counted, task)
        self._ask_whole() if self.model.ids else self._find()

    def _asked(self) -> dict[str, Any]:
        return {
            "view": self.views.base or "all", "today": self.today, "sort": self.view.sorted_by,
            "narrow": self.filters.narrow,
        }  # fmt: skip

    def _find(self) -> None:
        """Look for what is typed: what is seen first, then the rest of it."""
        self.views.remember()
        task = self.desk.tasks.read(
            self, account_list.first, self._show_first, self.search.text(),
            show=self._fetch, **self._asked(),
        )  # fmt: skip
        self._found = self.desk.tasks.instead(self._found, task)
        self._whole = self.desk.tasks.instead(self._whole, task)  # of another list by now

    def _show_first(self, first: First) -> None:
        self.model.take_rows(first.rows)
        self._show(first.ids)
        if not first.is_whole:
            self._ask_whole()

    def _ask_whole(self) -> None:
        task = self.desk.tasks.read(
            self, accounts.search, self._show, self.search.text(), **self._asked()
        )
        self._whole = self.desk.tasks.instead(self._whole, task)

    def _show_tabs(self, counts: dict[str, int]) -> None:
        words = {
            "all": _("Everyone"), "due": _("To visit"), "debt": _("With debt"),
            "prospects": _("Prospects"), "starred": _("Starred"),
        }  # fmt: skip
        self._all, self._is_counting = counts["all"], False
        if self._has_news:
            self._news.start()
        self.views.set_built_in([(key, words[key], counts[key]) for key in accounts.VIEWS])
        self._show_count()
        if not counts["all"]:
            self.body.setCurrentIndex(FIRST_USE)

    def _show(self, ids: Sequence[str]) -> None:
        if ids != self.model.ids:
            self.model.show_ids(ids)
        if self.views.current is not None and not self.search.text():
            self.views.set_count(self.tabs.key, len(ids))
        self._show_body()
        self._show_count()

    def _show_body(self) -> None:
        ids = self.model.ids
        if ids:
            self.body.setCurrentIndex(MAP if self.switch.is_map else LIST)
            if self.switch.is_map:
                self.map.show_accounts(ids, self.view.selected_ids())
        elif self.body.currentIndex() != FIRST_USE:
            self.body.setCurrentIndex(FILTERED)
            self._ask_why()

    def _show_count(self) -> None:
        words = ngettext("{n} of {all} customer", "{n} of {all} customers", self._all)
        self.foot.show_count(words.format(n=i18n.number(len(self.model.ids)),
                                          all=i18n.number(self._all)))  # fmt: skip

    def _ask_why(self) -> None:
        self.body.ask_why(
            self.search.text(), self.views.base or "all", self.filters.narrow, self.today,
            self.filters.choices,
        )  # fmt: skip

    def _unfilter(self) -> None:
        self.search.clear()
        self.filters.set((), ())
        self.tabs.choose("all")
        self._find()

    # views and columns

    def _kept(self) -> dict[str, Any]:
        kept = {"base": self.views.base or "all", "sort": self.view.sorted_by}
        return {**kept, "words": self.search.text(), **self.filters.kept()}

    def _take_view(self, content: dict[str, Any] | None) -> None:
        if content is not None:
            self.filters.take(content)
            self.search.setText(str(content.get("words", "")))
            self.view.sort_by(str(content.get("sort", "")))
        self._find()

    def _columns_changed(self) -> None:
        wanted = frozenset(self.view.shown_keys()) & frozenset(OPTIONAL)
        if not wanted <= self._wanted:
            self._wanted = wanted
            self.model.refresh_all()

    def _customer_mode(self) -> None:
        self.view.arrange(self.view.arrangement, customer_looks=self.desk.customer_mode.on)
        self.filters.show_chips()
        self._follow(self.peek.account_id)
        self._find()

    # acting

    def _peek(self, account_id: str) -> None:
        if self.peek.isVisible() and account_id == self.peek.account_id:
            self._close_peek()
            return
        self.columns.set_side_wanted(wanted=True)
        self.peek.look(account_id, self.today)
        self.columns.open_drawer()

    def _follow(self, account_id: str) -> None:
        if self.peek.isVisible() and account_id:
            self.peek.look(account_id, self.today)

    def _close_peek(self) -> bool:
        was_open = self.peek.isVisible()
        self.columns.close_drawer()
        self.columns.set_side_wanted(wanted=False)
        return was_open

    def _choose_nothing(self) -> None:
        self.view.choose_nothing()
        self.view.setFocus()

    def _import(self) -> None:
        self.open_requested.emit(Ref("import"))

    def _open(self, account_id: str) -> None:
        if self.purpose:
            options = {"new": True, "account": account_id}
            self.open_requested.emit(Ref(self.purpose, options=options))
        else:
            self.open_requested.emit(Ref("customer", account_id))

    def _open_first(self) -> None:
        if self.model.ids:
            self._open(self.view.current_id or self.model.ids[0])

    def add(self) -> None:
        """Open the layer in which a customer or prospect is written."""
        self.new_layer = NewAccountLayer(self, self.desk, self.search.text())
        self.new_layer.added.connect(self._added)
        self.new_layer.opened.connect(lambda id_: self.open_requested.emit(Ref("customer", id_)))

    def _added(self, account_id: str, name: str) -> None:
        self.toast_requested.emit(_("{name} added").format(name=name), True)
        self._open(account_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action, id_ = keymap.pressed(self.desk.settings, event, "portfolio"), self.view.current_id
        if action == "star" and id_:
            shown = self.model.known(id_)
            if shown is not None:
                starred = not shown.starred
                self.desk.tasks.write(self, accounts.star, lambda _none: None, id_, starred=starred)
        elif action == "add_to_route" and id_:
            self.bulk.add_to_route()
        else:
            super().keyPressEvent(event)

    @property
    def account(self) -> str:
        return self.view.current_id

    def filter_list(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    def escape(self) -> bool:
        if self._close_peek():
            return True
        if self.view.chosen_count() > 1:
            self._choose_nothing()
            return True
        if self.search.text():
            self.search.clear()
            return True
        return self.filters.clear()

    def retire(self) -> None:
        self.views.keep_columns(self.tabs.key)

    def state(self) -> dict[str, Any]:
        return {
            **self._kept(), "tab": self.tabs.key, "id": self.view.current_id,
            "top": self.view.top_id, "map": self.switch.is_map,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        self.views.takes_last = False
        self.tabs.choose(state.get("tab", ""))
        self.views.take_columns()
        self.search.setText(state.get("words", ""))
        self.filters.take(state)
        self.view.sort_by(state.get("sort", ""))
        self.view.choose(state.get("id", ""))
        self.view.show_at_top(state.get("top", ""))
        self.switch.show_as(is_map=bool(state.get("map")))
        self._find()
