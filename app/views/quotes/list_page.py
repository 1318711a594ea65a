"""The list of quotes: open ones first, what expires soon, what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account
from app.models.quote import Quote
from app.services import quote_rows, quotes
from app.services.quote_rows import QuoteRow
from app.views import theme
from app.views.paged_table import Column, PagedTable
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.cells import ChipCell, IconCell, Number, TwoLine
from app.views.widgets.column_chooser import ColumnsButton
from app.views.widgets.export_strip import ExportStrip
from app.views.widgets.layout import column, line, row
from app.views.widgets.list_foot import ListFoot
from app.views.widgets.list_views import ListViews
from app.views.widgets.notices import EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox
from app.views.widgets.table_view import TableView
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes


class QuotesPage(Page):
    """All quotes of the portfolio, by tab and by words."""

    places = ("list",)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._found: Task | None = None
        self.tabs = Tabs()
        self.search = SearchBox(_("Filter this list"), name=_("Filter by customer or number"))
        self.new = Button(_("New quote"), icon="plus", key="P")
        self.view = TableView(_("Quotes"), 50, desk.settings)
        self.view.opens_windows = True
        self.foot = ListFoot(("↵", _("open")), (_("Del"), _("remove a draft")))
        self.model = PagedTable(desk.tasks, self._columns(), quote_rows.rows, self)
        self.view.set_table(self.model)
        self.views = ListViews(
            self, desk.tasks, "quotes", self.tabs, self.view, self.model, self._kept
        )
        self.strip = ExportStrip(desk.tasks)
        self.columns_button = ColumnsButton()
        self._lay_out()
        self._connect()
        self.views.load()

    def _lay_out(self) -> None:
        self.empty = QStackedWidget()
        card = QFrame()
        card.setProperty("card", "true")
        self.empty.addWidget(self.view)
        self.empty.addWidget(self._nothing())
        card.setLayout(column((self.empty, 1), line(), self.foot, gap=0, margins=(1, 1, 1, 1)))
        top = row((self.tabs, 1), self.views.more, self.columns_button, self.new)
        self.search.setFixedWidth(theme.px(240))
        self.setLayout(
            column(top, row(self.search, None), (card, 1), self.strip, gap=10,
                   margins=(20, 10, 20, 16))
        )  # fmt: skip

    def _connect(self) -> None:
        self.views.applied.connect(self._take_view)
        self.views.said.connect(self.toast_requested)
        self.views.extra = [(_("Export the list…"), self.export)]
        self.columns_button.clicked.connect(self.views.choose_columns)
        self.strip.finished.connect(self._exported)
        self.search.searched.connect(lambda _words: self._search())
        self.search.left_downwards.connect(self.view.setFocus)
        self.view.opened.connect(lambda id_: self.open_requested.emit(Ref("quote", id_)))
        self.view.window_asked.connect(lambda id_: self.window_requested.emit(Ref("quote", id_)))
        self.view.removal_asked.connect(self._remove)
        self.view.sort_asked.connect(lambda _sort: self._take_view(None))
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
                value=lambda q: q.number or _("Draft"),
            ),
            Column("issued", _("Date"), lambda q: day(q.issued_on), width=130,
                   value=lambda q: q.issued_on),
            Column("valid", _("Valid until"), lambda q: day(q.valid_until), width=130,
                   value=lambda q: q.valid_until),
            Column("state", _("State"), state, width=140),
            Column(
                "total", _("Amount"), lambda q: Number(i18n.money(q.total, q.currency)), width=130,
                right=True, value=lambda q: q.total,
            ),
            Column("mark", "", mark, width=44, sortable=False, name=_("Sync mark")),
            Column("customer", _("Customer"), lambda q: q.account_name, width=220, optional=True,
                   sortable=False),
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
            self.views.takes_last = False
            self.tabs.choose(ref.tab)
        self._search()

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(Quote, Account):
            self.model.refresh(changes.altered.get(Quote, set()))
            self._search()

    def _search(self) -> None:
        self.desk.tasks.read(self, quote_rows.counts, self._show_tabs, self.today)
        tab = self.views.base or "open"
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
        self.views.set_built_in([(key, words[key], counts[key]) for key in quote_rows.TABS])

    def _kept(self) -> dict[str, Any]:
        return {
            "base": self.views.base or "open", "sort": self.view.sorted_by,
            "words": self.search.text(),
        }  # fmt: skip

    def _take_view(self, content: dict[str, Any] | None) -> None:
        if content is not None:
            self.search.setText(str(content.get("words", "")))
            self.view.sort_by(str(content.get("sort", "")))
        self.views.remember()
        self._search()

    def export(self) -> None:
        """Write the quotes that are selected into a file, or all that are listed."""
        chosen = self.view.selected_ids()
        ids = chosen if len(chosen) > 1 else self.model.ids
        self.strip.begin(_("Quotes"), self.view, self.model, ids)

    def _exported(self, rows: int, path: Path) -> None:
        words = ngettext("{n} quote in {name}", "{n} quotes in {name}", rows)
        self.toast_requested.emit(words.format(n=i18n.number(rows), name=path.name), None)

    def _show(self, ids: list[str]) -> None:
        if ids != self.model.ids:
            self.model.show_ids(ids)
        self.empty.setCurrentIndex(0 if ids else 1)
        words = ngettext("{n} quote", "{n} quotes", len(ids))
        self.foot.show_count(words.format(n=i18n.number(len(ids))))

    def _begin(self) -> None:
        self.open_requested.emit(Ref("portfolio", options={"for": "quote"}))

    def _remove(self, ids: list[str]) -> None:
        def done(_none: None) -> None:
            words = ngettext("{n} draft removed", "{n} drafts removed", len(ids))
            self.toast_requested.emit(words.format(n=len(ids)), True)

        if ids:
            self.desk.tasks.write(self, _remove, done, ids)

    def state(self) -> dict[str, Any]:
        return {
            **self._kept(), "tab": self.tabs.key, "id": self.view.current_id,
            "top": self.view.top_id,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        self.views.takes_last = False
        self.tabs.choose(state.get("tab", ""))
        self.views.take_columns()
        self.search.setText(state.get("words", ""))
        self.view.sort_by(state.get("sort", ""))
        self.view.choose(state.get("id", ""))
        self.view.show_at_top(state.get("top", ""))

    def filter_list(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    def escape(self) -> bool:
        filtered = bool(self.search.text())
        self.search.clear()
        return filtered


def _remove(session: Session, ids: Sequence[str]) -> None:
    for id_ in ids:
        quotes.remove(session, id_)
