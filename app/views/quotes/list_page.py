"""The list of quotes: open ones first, what expires soon, what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account
from app.models.quote import Quote
from app.services import quote_rows, quotes
from app.services.quote_rows import QuoteRow
from app.views.paged_table import Column, PagedTable
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.cells import ChipCell, IconCell, Number, TwoLine
from app.views.widgets.layout import column, line, row
from app.views.widgets.notices import EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox
from app.views.widgets.table_view import ListFoot, TableView
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from app.models.database import Changes


class QuotesPage(Page):
    """All quotes of the portfolio, by tab and by words."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._found: Task | None = None
        self.tabs = Tabs()
        self.search = SearchBox(_("Filter by customer or number"))
        self.new = Button(_("New quote"), icon="plus", key="P")
        self.view = TableView(_("Quotes"), 50)
        self.foot = ListFoot(("↵", _("open")), (_("Del"), _("remove a draft")))
        self.model = PagedTable(desk.tasks, self._columns(), quote_rows.rows, self)
        self.view.set_table(self.model)
        self.empty = QStackedWidget()
        card = QFrame()
        card.setProperty("card", "true")
        self.empty.addWidget(self.view)
        self.empty.addWidget(self._nothing())
        card.setLayout(column((self.empty, 1), line(), self.foot, gap=0, margins=(1, 1, 1, 1)))
        top = row((self.tabs, 1), self.search, self.new)
        self.search.setMinimumWidth(240)
        self.setLayout(column(top, (card, 1), gap=10, margins=(20, 12, 20, 16)))
        self.tabs.chosen.connect(lambda _key: self._search())
        self.search.searched.connect(lambda _words: self._search())
        self.search.left_downwards.connect(self.view.setFocus)
        self.view.opened.connect(lambda id_: self.open_requested.emit(Ref("quote", id_)))
        self.view.removal_asked.connect(self._remove)
        self.view.sort_asked.connect(lambda _sort: self._search())
        self.new.clicked.connect(self._begin)

    def _columns(self) -> list[Column]:
        def day(value: Any) -> str:
            return i18n.day_short(value) if value else "–"

        def state(quote: QuoteRow) -> ChipCell:
            return ChipCell(*wording.quote_state(quote.state))

        def mark(quote: QuoteRow) -> IconCell:
            if not quote.is_local:
                return IconCell("", "", "")
            return IconCell("cloud-off", "warning", _("Only on this computer"))

        return [
            Column(
                "number", _("Quote"),
                lambda q: TwoLine(q.number or _("Draft"), q.account_name, icon="file-text"),
            ),
            Column("issued", _("Date"), lambda q: day(q.issued_on), width=130),
            Column("valid", _("Valid until"), lambda q: day(q.valid_until), width=130),
            Column("state", _("State"), state, width=140),
            Column(
                "total", _("Amount"), lambda q: Number(i18n.money(q.total, q.currency)), width=130,
                right=True,
            ),
            Column("mark", "", mark, width=44, sortable=False),
        ]  # fmt: skip

    def _nothing(self) -> QWidget:
        begin = Button(_("New quote"), icon="plus", kind="primary")
        begin.clicked.connect(self._begin)
        return EmptyState(
            "file-text", _("No quotes here"),
            _("Begin one from a customer: it is saved even without signal."), begin,
        )  # fmt: skip

    @property
    def today(self) -> Any:
        return i18n.local(self.desk.now()).date()

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Quotes")])
        if ref.tab:
            self.tabs.choose(ref.tab)
        self._search()

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(Quote, Account):
            self.model.refresh(changes.altered.get(Quote, set()))
            self._search()

    def _search(self) -> None:
        self.desk.tasks.read(self, quote_rows.counts, self._show_tabs, self.today)
        tab = self.tabs.key or "open"
        task = self.desk.tasks.read(
            self, quote_rows.search, self._show, self.search.text(), tab=tab, today=self.today,
            sort=self.view.sorted_by,
        )  # fmt: skip
        self._found = self.desk.tasks.instead(self._found, task)

    def _show_tabs(self, counts: dict[str, int]) -> None:
        words = {
            "open": _("Open quotes"), "expiring": _("Expiring this week"),
            "signed": _("Signed quotes"), "all": _("All quotes"),
        }  # fmt: skip
        self.tabs.set_tabs([(key, words[key], counts[key]) for key in quote_rows.TABS])

    def _show(self, ids: list[str]) -> None:
        if ids != self.model.ids:
            self.model.show_ids(ids)
        self.empty.setCurrentIndex(0 if ids else 1)
        words = ngettext("{n} quote", "{n} quotes", len(ids))
        self.foot.show_count(words.format(n=i18n.number(len(ids))))

    def _begin(self) -> None:
        self.open_requested.emit(Ref("portfolio", options={"for": "quote"}))

    def _remove(self, ids: list[str]) -> None:
        for id_ in ids:

            def undo(id_: str = id_) -> None:
                self.desk.tasks.write(self, quotes.restore, lambda _none: None, id_)

            def done(_none: None, undo: Any = undo) -> None:
                self.toast_requested.emit(_("Draft removed"), undo)

            self.desk.tasks.write(self, quotes.remove, done, id_)

    def state(self) -> dict[str, Any]:
        return {
            "tab": self.tabs.key, "words": self.search.text(), "id": self.view.current_id,
            "sort": self.view.sorted_by, "scroll": self.view.verticalScrollBar().value(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        self.tabs.choose(state.get("tab", ""))
        self.search.setText(state.get("words", ""))
        self.view.sort_by(state.get("sort", ""))
        self.view.choose(state.get("id", ""))
        self.view.verticalScrollBar().setValue(state.get("scroll", 0))

    def filter_list(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    def escape(self) -> bool:
        filtered = bool(self.search.text())
        self.search.clear()
        return filtered
