"""The month's expenses: one line to add, a photo to drop, kilometres by themselves, one claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QStackedWidget, QWidget

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _, ngettext
from app.models.document import Document
from app.models.expense import Expense, ExpenseReport, ReportState, TravelRate
from app.models.route import RoutePlan, RouteStop
from app.services import expense_reports, expense_travel, expense_view
from app.services.expense_view import ClaimView, MonthView
from app.views.expenses import receipt_files as files
from app.views.expenses import wording
from app.views.expenses.claim import ClaimPaper, SubmitLayer
from app.views.expenses.panel import WIDTH, ExpensePanel
from app.views.expenses.parts import ClaimBanner, FigureRow, MonthHead
from app.views.expenses.quick import QuickLine
from app.views.expenses.table import columns
from app.views.messages import MessageBar
from app.views.paged_table import PagedTable
from app.views.tasks import Task
from app.views.widgets import photo_strip
from app.views.widgets.columns import Columns
from app.views.widgets.layout import box, column, line
from app.views.widgets.notices import Banners, EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.record_history import HistoryLayer
from app.views.widgets.skeleton import Skeleton
from app.views.widgets.table_view import ListFoot, TableView

if TYPE_CHECKING:
    from app.models.database import Changes

_SHOWS = (Expense, ExpenseReport, Document)
_EARNS = (RoutePlan, RouteStop, TravelRate)


class ExpensesPage(Page):
    """A month of expenses and its claim; `attach` takes photos from wherever they come."""

    places = ("expenses", "list")
    split: Columns

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.month = expense_reports.first_of(self.today)
        self.shown: MonthView | None = None
        self.layer: SubmitLayer | None = None
        self._account = self._wanted = ""  # customer of the next expense; row to choose
        self._loading: Task | None = None
        self.bar, self.head, self.figures = MessageBar(), MonthHead(), FigureRow()
        self.add_button, self.pdf_button = self.head.add, self.head.pdf
        self.submit_button, self.steps = self.head.submit, self.head.steps
        self.banner, self.notices = ClaimBanner(), Banners()
        self.notices.hold(self.bar, self.banner)
        self.quick_line = QuickLine(desk)
        self.quick, self.photo_button = self.quick_line.line, self.quick_line.photo
        self.view = TableView(_("Expenses"), 48)
        self.model = PagedTable(desk.tasks, columns(), expense_view.rows, self)
        self.view.set_table(self.model)
        self.foot = ListFoot(("G", _("new")), ("↵", _("edit")), (_("Del"), _("remove")))
        self.panel = ExpensePanel(desk)
        self.receipt = self.panel.receipt
        self.paper, self.photos = ClaimPaper(self, desk), files.Photos(desk, self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._is_new = False
        self.body = QStackedWidget()
        self.body.addWidget(self.view)
        self.body.addWidget(
            EmptyState(
                "receipt", _("No expenses in this month"),
                _("Kilometres and days away come by themselves from your routes. Write the rest "
                  "in the line above, or drop the photo of a receipt here."),
            )
        )  # fmt: skip
        parts = column(self.quick_line, line(), (self.body, 1), line(), self.foot, gap=0)
        parts.setContentsMargins(1, 1, 1, 1)
        listed = box(parts, card="true")
        left = box(column(self.notices, self.banner, (listed, 1), gap=10))
        self.split = Columns(left, self.panel, title=_("Expense"), width=WIDTH)
        inside = column(self.bar, self.head, self.figures, (self.split, 1), gap=10)
        inside.setContentsMargins(20, 12, 20, 14)
        self.setLayout(inside)
        self.waiting = Skeleton(self.body, row_height=48)

    def _connect(self) -> None:
        self.head.month_chosen.connect(self.show_month)
        self.add_button.clicked.connect(self.quick_line.begin)
        self.pdf_button.clicked.connect(self.export_pdf)
        self.submit_button.clicked.connect(self.submit)
        self.banner.complete.clicked.connect(self._complete)
        self.quick_line.written.connect(self.add)
        self.photo_button.clicked.connect(self._photograph)
        self.view.current_id_changed.connect(self.panel.open_expense)
        self.view.opened.connect(lambda _id: self._edit())
        self.view.removal_asked.connect(self._remove)
        self.panel.history_asked.connect(self._show_history)
        self.panel.removal_asked.connect(lambda id_: self._remove([id_]))
        self.panel.failed.connect(self._refused)
        self.receipt.added.connect(self.attach)
        self.receipt.pasted.connect(
            lambda image: self.photos.take_image(image, self._target, day=self._day)
        )
        self.photos.attached.connect(self._attached)
        self.photos.failed.connect(self._refused)
        self.receipt.turn_asked.connect(self._turn)

    # loading

    @property
    def today(self) -> date:
        return i18n.local(self.desk.now()).date()

    def show_ref(self, ref: Ref) -> None:
        """Show a month (`id` is a day in it), or begin an expense (option `new`)."""
        self.bar.clear()
        self.crumbs_changed.emit([_("Expenses")])
        new = bool(ref.options.pop("new", False))
        self._account = ref.options.pop("account", "") or ""
        self._is_new = new
        if ref.id:
            day = date.fromisoformat(ref.id)
            self.desk.tasks.read(self, expense_reports.month_of, self.show_month, day)
        else:
            self.show_month(expense_reports.first_of(self.today) if new else self.month)
        if new:
            self.quick_line.begin()

    def show_month(self, month: date) -> None:
        """Show a month; what its routes earn is written first where it is not yet."""
        if month != self.month:
            self.panel.close_expense()
            self.shown = None
        self.month = month
        self.head.show_month(month)
        self._load()
        self._bring()

    def _bring(self) -> None:
        self.desk.tasks.write(
            self, expense_travel.automatic, self._brought, self.month, today=self.today
        )

    def _brought(self, why: str) -> None:
        if why:
            self.bar.show_message("info", why)

    def retire(self) -> None:
        self.panel.leave()
        self.quick_line.keep()

    def state(self) -> dict[str, Any]:
        self.retire()
        return {"month": self.month.isoformat(), "id": self.view.current_id}

    def restore(self, state: dict[str, Any]) -> None:
        self.show_month(date.fromisoformat(state["month"]))
        self._want(state["id"])

    def refresh(self, changes: Changes) -> None:
        if not self.isVisible():
            return
        if changes.touched(*_EARNS):
            self._bring()
        if changes.touched(*_SHOWS, *_EARNS):
            self.panel.live.heard(by_sync=changes.by_sync)
            self._load()

    def _load(self) -> None:
        if self.shown is None:
            self.waiting.begin()
        task = self.desk.tasks.read(self, expense_view.month_view, self._show, self.month)
        self._loading = self.desk.tasks.instead(self._loading, task)

    def _show(self, shown: MonthView) -> None:
        first = self.shown is None
        self.shown = shown
        self.waiting.end()
        self.head.show_view(shown)
        self.figures.show_view(shown)
        self.banner.show_view(shown)
        if first:
            self.quick_line.recover(shown.quick)
        if shown.ids != self.model.ids:
            self.model.show_ids(shown.ids)
        else:
            self.model.refresh_all()
        self.body.setCurrentIndex(0 if shown.ids else 1)
        count = ngettext("{n} expense", "{n} expenses", len(shown.ids))
        self.foot.show_count(count.format(n=len(shown.ids)))
        self._choose(shown, first=first)

    def _choose(self, shown: MonthView, *, first: bool) -> None:
        """Keep a row chosen: what was being written, what is to be completed, else the newest."""
        if self._wanted in shown.ids:
            self.view.choose(self._wanted)
            self._wanted = ""
        elif first and shown.typing:
            self.view.choose(shown.typing[0])
        elif shown.ids and self.view.current_id not in shown.ids:
            self.view.choose(next(iter([*shown.to_complete, *shown.ids])))
        if not shown.ids:
            self.panel.close_expense()
        else:
            self.panel.open_expense(self.view.current_id)

    def _want(self, expense_id: str) -> None:
        """Choose a row now, or when it comes: the list may be read before we hear of the row."""
        self._wanted = expense_id
        if expense_id in self.model.ids:
            self.view.choose(expense_id)
            self._wanted = ""

    # adding

    @property
    def _day(self) -> date:
        """The day of a new expense: today, or the last one of an earlier month that is open."""
        following = expense_reports.following(self.month)
        locked = self.shown is not None and self.shown.state != ReportState.DRAFT
        if locked or self.month <= self.today < following:
            return self.today
        return self.month if self.today < self.month else following - expense_reports.ONE_DAY

    def add(self, words: str) -> None:
        """Add what a quick line says."""
        task = self.desk.tasks.write(
            self, files.add_line, self._added, words, day=self._day,
            account_id=self._account or None,
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._not_added)

    def _not_added(self, error: Exception) -> None:
        if isinstance(error, ValidationError):
            self.quick_line.say(error.message)
        else:
            self._refused(error)

    def _added(self, added: files.Added) -> None:
        self._account = ""
        self.quick_line.done()
        self._say_added(added)

    def _say_added(self, added: files.Added) -> None:
        name = wording.kind(added.kind)
        words = _("{kind} added").format(kind=name)
        if added.month != self.month:
            words = _("{kind} added to {month}").format(kind=name, month=i18n.month(added.month))
            self.show_month(added.month)
        self._want(added.expense_id)
        self.toast_requested.emit(words, True)

    # photos

    def attach(self, paths: Sequence[Path]) -> None:
        """Make the first photo the receipt of the chosen expense; the rest begin new ones.

        Where the chosen one takes no receipt, all of them do.
        """
        target = self._target
        for n, path in enumerate(paths):
            self.photos.take_file(path, "" if n else target, day=self._day)

    @property
    def _target(self) -> str:
        shown = self.panel.shown
        takes = shown is not None and shown.is_open and self.receipt.isVisibleTo(self.panel)
        return self.panel.expense_id if takes else ""

    def _photograph(self) -> None:
        for path in photo_strip.choose_pictures(self):
            self.photos.take_file(path, "", day=self._day)

    def _turn(self) -> None:
        document = self.panel.shown.document if self.panel.shown else None
        if document is not None:
            self.photos.turn(document, self._target, day=self._day)

    def _attached(self, attached: files.Attached) -> None:
        if attached.added is not None:
            self._say_added(attached.added)
            return
        self.toast_requested.emit(_("Receipt attached"), True)

    # changing

    def _refused(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _remove(self, ids: list[str]) -> None:
        if ids:  # none is chosen for a moment, while the list is read anew
            words = ngettext("{n} expense removed", "{n} expenses removed", len(ids))
            said = partial(self.toast_requested.emit, words.format(n=len(ids)), True)
            task = self.desk.tasks.write(self, files.remove, lambda _none: said(), ids)
            self.desk.tasks.or_else(task, self._refused)

    def _show_history(self, expense_id: str) -> None:
        self.history = HistoryLayer(self, self.desk, "expense", expense_id)

    def _edit(self) -> None:
        if (shown := self.panel.shown) is not None:
            self.split.open_drawer()
            fields, driven = self.panel.fields, shown.expense.kind == "mileage"
            (fields.kilometres if driven else fields.amount).setFocus()

    def _complete(self) -> None:
        if self.shown is not None and self.shown.to_complete:
            at = self.shown.to_complete
            here = at.index(self.view.current_id) + 1 if self.view.current_id in at else 0
            self.view.choose(at[here % len(at)])
            self._edit()

    # the claim

    def export_pdf(self) -> None:
        """Write the PDF of the month's claim into the folder of documents, and open it."""
        self.panel.leave()
        self.desk.tasks.or_else(self.paper.open_pdf(self.month), self._refused)

    def submit(self) -> None:
        """Open the layer that asks whether the claim may go out."""
        self.panel.leave()
        if self.shown is not None and self.shown.state == ReportState.DRAFT:
            self.desk.tasks.read(self, expense_view.claim, self._ask, self.month)

    def _ask(self, claim: ClaimView) -> None:
        self.layer = SubmitLayer(self, claim, self._submit)

    def _submit(self) -> None:
        month = self.month

        def done(_report: ExpenseReport) -> None:
            words = _("Claim submitted: it is sent with the next sync")
            self.toast_requested.emit(words, None)
            self.paper.keep(month)

        task = self.desk.tasks.write(self, expense_reports.submit, done, month, now=self.desk.now())
        self.desk.tasks.or_else(task, self._refused)

    def primary(self) -> None:
        self.submit()

    # the page itself

    def escape(self) -> bool:
        return self.quick_line.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.matches(QKeySequence.StandardKey.Paste) and self.receipt.paste()):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the list, or to the line above it where there is none."""
        empty = self.body.currentWidget() is not self.view
        (self.quick if self._is_new or empty else self.view).setFocus(event.reason())

    def act(self, name: str) -> bool:
        """Make the PDF of the claim, or go to the line in which an expense is written."""
        deeds = {"claim_pdf": self.export_pdf, "expense": self.quick_line.begin}
        if name in deeds:
            deeds[name]()
        return name in deeds

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.receipt.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.receipt.dropEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.receipt.fit(self.height())
