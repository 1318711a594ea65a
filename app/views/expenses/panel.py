"""The expense beside the list: its receipt, its fields, and why it may not change any more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.expense import ExpenseKind
from app.services import expense_documents, expense_view, expenses
from app.services.expense_view import FORM, Detail
from app.views.expenses import wording as words
from app.views.expenses.fields import ExpenseFields
from app.views.expenses.receipt import ReceiptBox
from app.views.tasks import Task
from app.views.widgets.button import IconButton
from app.views.widgets.layout import Elided, Icon, column, row, scroll, text
from app.views.widgets.live_form import LiveForm
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WIDTH = 390


class ExpensePanel(QFrame):
    """Saves each field as it is left; what is being typed is kept every two seconds."""

    removal_asked = Signal(str)
    history_asked = Signal(str)
    failed = Signal(object)  # what the page has to say

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.expense_id = ""
        self.shown: Detail | None = None
        self._loading: Task | None = None
        self._photo: Task | None = None
        self._sha256 = ""
        self.receipt = ReceiptBox()
        self.fields = ExpenseFields(lambda: i18n.local(desk.now()).date())
        self.title, self.typing = Elided("", "h2"), text("", "subtle")
        self.history = IconButton("history", _("History"), size="sm")
        self.trash = IconButton("trash-2", _("Remove"), key=_("Del"), size="sm")
        self.lock, self.explained, self.twin = _Said("lock"), _Said("info"), _Said("triangle-alert")
        self.customer = _Said("store")
        form = self.fields.form
        self.live = LiveForm(desk, self, form, FORM, write=_update, change=self.fields.change)
        self._lay_out()
        self._connect()
        self.close_expense()

    def _lay_out(self) -> None:
        self.setProperty("card", "true")
        head = row((self.title, 1), self.typing, self.history, self.trash)
        self.body = QWidget()
        self.body.setLayout(
            column(
                self.lock, self.receipt, self.twin, self.customer, self.explained, self.fields,
                None, gap=9,
                margins=(16, 2, 12, 12),
            )
        )  # fmt: skip
        top = column(head, self.fields.form.bar, gap=6, margins=(16, 10, 12, 0))
        self.setLayout(column(top, (scroll(self.body), 1), gap=6, margins=(1, 1, 1, 1)))

    def _connect(self) -> None:
        self.history.clicked.connect(lambda: self.history_asked.emit(self.expense_id))
        self.trash.clicked.connect(lambda: self.removal_asked.emit(self.expense_id))
        self.live.said.connect(self.typing.setText)
        self.live.settled.connect(self._settled)
        self.live.refused.connect(self._refused)

    # showing

    def open_expense(self, expense_id: str) -> None:
        """Show an expense; what was typed into the one before is saved first."""
        self._begin(expense_id)
        self.load()

    def _begin(self, expense_id: str) -> None:
        if expense_id != self.expense_id:
            self.leave()
            self.live.begin(expense_id)
            self.shown, self.expense_id = None, expense_id

    def close_expense(self) -> None:
        """Show none: only the place where a photo begins a new one."""
        self._begin("")
        self.shown, self._sha256 = None, ""
        self.title.setText(_("Photo of a receipt"))
        self.typing.clear()
        said = (self.lock, self.explained, self.twin, self.customer)
        for part in (self.history, self.trash, self.fields, self.fields.form.bar, *said):
            part.hide()
        self.receipt.set_fixed(fixed=False)
        self.receipt.show_thumbnail("")
        self.receipt.show()

    def load(self) -> None:
        if self.expense_id:
            show = partial(self._show, by_sync=self.live.by_sync)
            task = self._desk.tasks.read(self, expense_view.detail, show, self.expense_id)
            self._loading = self._desk.tasks.instead(self._loading, task)
            self._desk.tasks.or_else(task, self._gone)

    def _gone(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.close_expense()
        else:
            self._desk.tasks.failed.emit(self, error)

    def _show(self, shown: Detail, *, by_sync: bool) -> None:
        if self.live.is_older(shown.expense.id):
            return
        self.shown = shown
        expense = shown.expense
        computed = expenses.is_computed(expense.kind)
        self.title.setText(words.title(expense.kind, overnight=shown.is_overnight))
        self.fields.show()
        self.fields.show_for(expense.kind)
        self.fields.set_fixed(
            fixed=not shown.is_open, computed=computed, automatic=expense.is_automatic
        )
        self.trash.setVisible(shown.is_open)
        self.history.show()
        self.lock.say(_why_fixed(shown))
        self.explained.say(_explanation(shown))
        twin = _("There is another one with this day, amount and supplier.")
        self.twin.say(twin if "duplicate" in shown.problems else "", "warning")
        self.customer.say(shown.account)
        self.receipt.setVisible(not computed)
        self.receipt.set_fixed(fixed=not shown.is_open)
        self._show_receipt(shown)
        self.fields.show_choices(shown)
        values = self.fields.values(shown)
        self.live.show(values, shown.draft, fixed=not shown.is_open, by_sync=by_sync)
        self._warn(shown)

    def _show_receipt(self, shown: Detail) -> None:
        document = shown.document
        sha256 = document.sha256 if document is not None else ""
        if sha256 == self._sha256 and (sha256 or self.receipt.picture.isNull()):
            return
        self._sha256 = sha256
        self.receipt.show_thumbnail(document.thumbnail if document is not None else "")
        if sha256:
            task = self._desk.tasks.run(self, _read_image, self.receipt.show_image,
                                        self._desk.files.read, sha256)  # fmt: skip
            self._photo = self._desk.tasks.instead(self._photo, task)
            self._desk.tasks.or_else(task, self._no_photo)

    def _no_photo(self, error: Exception) -> None:
        """The thumbnail stays while the photo itself is not on this computer."""
        if not isinstance(error, UserError):
            self._desk.tasks.failed.emit(self, error)

    def _warn(self, shown: Detail) -> None:
        says = {
            "amount": _("Without an amount it goes into the next claim."),
            "tax_id": _("Without a tax ID the VAT is not deducted."),
            "place": _("The claim needs the place."),
            "reason": _("The claim needs the reason."),
        }
        for name, said in says.items():
            field = self.fields.form.fields[name]
            if not field.error:
                field.set_warning(said if name in shown.problems else "")

    # saving

    def leave(self) -> None:
        """Put what was typed into the expense, and keep what cannot be put there yet."""
        if self.shown is not None:
            self.live.leave()

    def _settled(self, expense_id: str) -> None:
        if expense_id == self.expense_id:
            self.load()

    def _refused(self, _expense_id: str, error: Exception) -> None:
        if isinstance(error, UserError):
            self.failed.emit(error)
        else:
            self._desk.tasks.failed.emit(self, error)

    def hideEvent(self, event: QHideEvent) -> None:
        self.leave()
        super().hideEvent(event)


class _Said(QFrame):
    """A sentence with an icon; hidden while there is nothing to say."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self.setProperty("well", "true")
        self._icon, self.words = Icon(icon), QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("t", "muted")
        self.setLayout(row(column(self._icon, None), (self.words, 1), margins=(10, 8, 10, 8)))
        self._name = icon

    def say(self, sentence: str, tone: str = "") -> None:
        self.words.setText(sentence)
        self.words.setProperty("tone", tone)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self._icon.show_icon(self._name, f"{tone}_text" if tone else "text_muted")
        self.setVisible(bool(sentence))


def _update(session: Session, expense_id: str, changes: dict[str, Any]) -> None:
    fields = dict(changes)
    overnight = fields.pop("overnight", None)
    if fields:
        expenses.update(session, expense_id, **fields)
    if overnight is not None:
        expenses.set_overnight(session, expense_id, overnight=overnight)


def _read_image(read: Any, sha256: str) -> QImage:
    """Read and decode a photo off the GUI thread."""
    return QImage.fromData(read(sha256))


def _why_fixed(shown: Detail) -> str:
    report = shown.report
    if shown.is_open or report is None:
        return ""
    day = i18n.day_short(i18n.local(report.submitted_at).date()) if report.submitted_at else ""
    return _("Submitted on {day}: it can no longer change. The office can open it again.").format(
        day=day
    )


def _explanation(shown: Detail) -> str:
    """Say how a computed amount comes about: distance or days, dated rate, exempt and taxable."""
    expense, rate = shown.expense, shown.rate
    if rate is None or expense.amount is None:
        return ""
    paid = i18n.money(expense.amount)
    if expense.kind == ExpenseKind.MILEAGE:
        sum_ = expense_documents.mileage_words(expense.metres or 0, expense.rate or rate.amount)
        first = f"{sum_} = {paid}."
    else:
        first = _("{amount} a day.").format(amount=paid)
    parts = _("{exempt} exempt, {taxable} taxable.").format(
        exempt=i18n.money(expense.exempt), taxable=i18n.money(expense.taxable)
    )
    since = _("Rate in force since {day}, exempt up to {limit}.").format(
        day=i18n.day_numeric(rate.valid_from), limit=i18n.money(rate.exempt)
    )
    own = _("Changed by you.") if expense.route_plan_id and not expense.is_automatic else ""
    return " ".join(part for part in (first, parts, since, own) if part)
