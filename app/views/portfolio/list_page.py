"""The portfolio: who there is, who is due, who owes; a peek beside the list, a page behind it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account, Contact, Site
from app.models.activity import Activity
from app.models.history import Invoice, Receivable
from app.services import account_rows, accounts
from app.services.account_rows import AccountRow
from app.views import theme
from app.views.paged_table import Column, PagedTable
from app.views.portfolio.new_account import NewAccountLayer
from app.views.portfolio.peek import Peek
from app.views.tasks import Task
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.cells import ChipCell, IconCell, Number, Spark, Stacked, TwoLine
from app.views.widgets.chip import FilterChip
from app.views.widgets.layout import column, line, row
from app.views.widgets.notices import Banner, EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox
from app.views.widgets.table_view import ListFoot, TableView
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.models.database import Changes

_SHOWS = (Account, Site, Contact, Activity, Invoice, Receivable)


class PortfolioPage(Page):
    """Customers and prospects by view, filter and words."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._all = 0
        self._found: Task | None = None
        self.purpose = ""  # visit or quote, when a customer is to be picked for it
        self.new_layer: NewAccountLayer | None = None
        self.tabs = Tabs()
        self.search = SearchBox(_("Filter by name, town, phone or tax ID"))
        self.search.setMinimumWidth(theme.px(340))
        self.grades = {g: FilterChip(_("Customer {grade}").format(grade=g)) for g in "ABC"}
        self.import_button = Button(_("Import"), icon="upload", kind="ghost")
        self.new_button = Button(_("New customer"), icon="user-plus")
        self.view = TableView(_("Portfolio"), 50)
        self.foot = ListFoot(
            (_("Space"), _("quick look")), ("↵", _("open")), ("V", _("visit")), ("P", _("quote")),
            ("*", _("star")),
        )  # fmt: skip
        self.model = PagedTable(desk.tasks, self._columns(), self._fetch, self)
        self.view.set_table(self.model)
        self.peek = Peek(desk)
        self.banner = Banner("info")
        self.banner.hide()
        self._lay_out()
        self._connect()

    def _columns(self) -> list[Column]:
        return [
            Column("name", _("Customer"), _name),
            Column("state", _("State"), _state, width=112),
            Column("visit", _("Last visit"), self._visit, width=150),
            Column("months", _("12 months"), _months, width=92, sortable=False),
            Column("sales", _("Sales"), _sales, width=94, right=True),
            Column("overdue", _("Overdue"), _overdue, width=104, right=True),
            Column("mark", "", _mark, width=34, sortable=False),
        ]

    def _fetch(self, session: Session, ids: Sequence[str]) -> list[AccountRow]:
        return account_rows.rows(session, ids, today=self.today)

    @property
    def today(self) -> Any:
        return i18n.local(self.desk.now()).date()

    def _visit(self, account: AccountRow) -> Stacked:
        upcoming = (
            _("Next: {day}").format(day=i18n.day_short(account.next_visit))
            if account.next_visit
            else ""
        )
        if account.last_visit is None:
            return Stacked("–", upcoming)
        days = (self.today - account.last_visit).days
        tone = ""
        if days > account.every_days:
            tone = "danger" if days > 1.5 * account.every_days else "warning"
        ago = i18n.days_ago(account.last_visit, self.today)
        return Stacked(ago[:1].upper() + ago[1:], upcoming, tone)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("card", "true")
        self.body = QStackedWidget()
        self.body.addWidget(self.view)
        self.body.addWidget(self._first_use())
        self.body.addWidget(self._filtered())
        card.setLayout(column((self.body, 1), line(), self.foot, gap=0, margins=(1, 1, 1, 1)))
        top = row((self.tabs, 1), self.import_button, self.new_button)
        chips = row(*self.grades.values(), None, self.search, gap=8)
        below = row((card, 1), self.peek, gap=14)
        self.setLayout(
            column(self.banner, top, chips, (below, 1), gap=10, margins=(20, 10, 20, 16))
        )

    def _first_use(self) -> QWidget:
        read = Button(_("Import a list"), icon="upload", kind="primary")
        read.clicked.connect(lambda: self.open_requested.emit(Ref("import")))
        new = Button(_("New customer"), icon="user-plus")
        new.clicked.connect(self.add)
        return EmptyState(
            "users", _("Your portfolio is empty"),
            _("Bring your list from Excel or another program, or write the first customer."), read,
            new,
        )  # fmt: skip

    def _filtered(self) -> QWidget:
        remove = Button(_("Remove the filter"), icon="x")
        remove.clicked.connect(self._unfilter)
        return EmptyState(
            "list-filter", _("No customer with these filters"),
            _("The words, the class or the view leave nobody."), remove,
        )  # fmt: skip

    def _connect(self) -> None:
        self.tabs.chosen.connect(lambda _key: self._search())
        self.search.searched.connect(lambda _words: self._find())
        self.search.left_downwards.connect(self.view.setFocus)
        self.search.returnPressed.connect(self._open_first)
        for chip in self.grades.values():
            chip.toggled.connect(lambda _on: self._search())
        self.view.opened.connect(self._open)
        self.view.peeked.connect(lambda id_: self.peek.toggle(id_, self.today))
        self.view.current_id_changed.connect(lambda id_: self.peek.follow(id_, self.today))
        self.view.removal_asked.connect(self._remove)
        self.view.sort_asked.connect(lambda _sort: self._search())
        self.peek.open_requested.connect(self.open_requested)
        self.import_button.clicked.connect(lambda: self.open_requested.emit(Ref("import")))
        self.new_button.clicked.connect(self.add)

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
        if ref.tab:
            self.tabs.choose(ref.tab)
        self._search()
        if ref.options.pop("new", False):
            self.add()
        else:
            self.search.setFocus() if self.purpose else self.view.setFocus()

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self.model.refresh_all()
            self.peek.follow(self.peek.account_id, self.today)
            self._search()

    def _search(self) -> None:
        self.desk.tasks.read(self, accounts.counts, self._show_tabs, self.today)
        self._find()

    def _find(self) -> None:
        """Look for what is typed; the counts of the views do not depend on it."""
        grades = frozenset(g for g, chip in self.grades.items() if chip.isChecked())
        task = self.desk.tasks.read(
            self, accounts.search, self._show, self.search.text(), view=self.tabs.key or "all",
            grades=grades, today=self.today, sort=self.view.sorted_by,
        )  # fmt: skip
        self._found = self.desk.tasks.instead(self._found, task)

    def _show_tabs(self, counts: dict[str, int]) -> None:
        words = {
            "all": _("Everyone"), "due": _("To visit"), "debt": _("With debt"),
            "prospects": _("Prospects"), "starred": _("Starred"),
        }  # fmt: skip
        self._all = counts["all"]
        self.tabs.set_tabs([(key, words[key], counts[key]) for key in accounts.VIEWS])
        self._show_count()
        if not counts["all"]:
            self.body.setCurrentIndex(1)

    def _show(self, ids: list[str]) -> None:
        if ids != self.model.ids:
            self.model.show_ids(ids)
        if ids:
            self.body.setCurrentIndex(0)
        elif self.body.currentIndex() != 1:
            self.body.setCurrentIndex(2)
        self._show_count()

    def _show_count(self) -> None:
        words = ngettext("{n} of {all} customer", "{n} of {all} customers", self._all)
        self.foot.show_count(words.format(n=i18n.number(len(self.model.ids)),
                                          all=i18n.number(self._all)))  # fmt: skip

    def _unfilter(self) -> None:
        self.search.clear()
        for chip in self.grades.values():
            chip.setChecked(False)
        self.tabs.choose("all")

    # acting

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
        def undo() -> None:
            self.desk.tasks.write(self, accounts.remove, lambda _none: None, account_id)

        self.toast_requested.emit(_("{name} added").format(name=name), undo)
        self._open(account_id)

    def _remove(self, ids: list[str]) -> None:
        for id_ in ids:
            self.desk.tasks.write(self, accounts.remove, partial(self._removed, id_), id_)

    def _removed(self, account_id: str, _none: None) -> None:
        def undo() -> None:
            self.desk.tasks.write(self, accounts.restore, lambda _none: None, account_id)

        self.toast_requested.emit(_("Customer removed"), undo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == "*" and self.view.current_id:
            self._star(self.view.current_id)
        else:
            super().keyPressEvent(event)

    def _star(self, account_id: str) -> None:
        at = self.model.row_of(account_id)
        shown = self.model.row(at) if at is not None else None
        if shown is not None:
            self.desk.tasks.write(
                self, accounts.star, lambda _none: None, account_id, starred=not shown.starred
            )

    @property
    def account(self) -> str:
        return self.view.current_id

    def filter_list(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    def escape(self) -> bool:
        if self.search.text():
            self.search.clear()
            return True
        return self.peek.close_peek()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = Path(event.mimeData().urls()[0].toLocalFile())
        self.open_requested.emit(Ref("import", options={"file": str(path)}))

    def state(self) -> dict[str, Any]:
        return {
            "tab": self.tabs.key, "words": self.search.text(), "id": self.view.current_id,
            "grades": [g for g, chip in self.grades.items() if chip.isChecked()],
            "sort": self.view.sorted_by, "scroll": self.view.verticalScrollBar().value(),
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        self.tabs.choose(state.get("tab", ""))
        self.search.setText(state.get("words", ""))
        for grade, chip in self.grades.items():
            chip.setChecked(grade in state.get("grades", []))
        self.view.sort_by(state.get("sort", ""))
        self.view.choose(state.get("id", ""))
        self.view.verticalScrollBar().setValue(state.get("scroll", 0))


def _name(account: AccountRow) -> TwoLine:
    below = " · ".join(part for part in (account.city, account.segment) if part)
    return TwoLine(account.name, below, account.name, star=account.starred)


def _state(account: AccountRow) -> ChipCell | str:
    words, tone, icon = wording.account_state(account.kind, account.status)
    return ChipCell(words, tone, icon) if tone else words


def _months(account: AccountRow) -> Spark | str:
    if not any(account.months):
        return ""
    falling = account.sales < account.sales_before * 85 / 100
    return Spark(account.months, "danger" if falling else "data1", _("Sales of 12 months"))


def _sales(account: AccountRow) -> Number:
    if not account.sales and not account.sales_before:
        return Number("–")
    delta = ""
    if account.sales_before:
        change = round((account.sales - account.sales_before) / account.sales_before * 100)
        delta = ("+" if change > 0 else "") + i18n.percent(change)
    tone = "danger" if account.sales < account.sales_before else "success"
    return Number(i18n.money(account.sales, decimals=0), delta, tone if delta else "")


def _overdue(account: AccountRow) -> Number:
    if account.overdue <= 0:
        return Number("–")
    return Number(i18n.money(account.overdue), tone="danger")


def _mark(account: AccountRow) -> IconCell:
    if account.mark == "conflict":
        return IconCell("git-compare", "danger", _("Two versions"))
    if account.mark == "local":
        return IconCell("cloud-off", "warning", _("Only on this computer"))
    return IconCell("", "", "")
