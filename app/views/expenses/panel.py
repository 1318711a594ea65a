"""The expense beside the list: its receipt, its fields, and why it may not change any more."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.expense import ExpenseKind
from app.services import drafts, expense_documents, expense_view, expenses
from app.services.expense_view import FORM, Detail
from app.views import theme
from app.views.expenses import wording as words
from app.views.expenses.fields import ExpenseFields, kinds, payers, taxes
from app.views.expenses.receipt import ReceiptBox
from app.views.tasks import Task
from app.views.widgets.button import IconButton
from app.views.widgets.layout import Elided, Icon, column, row, scroll, text
from app.views.widgets.page import Desk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DRAFT_MS = 2000
WIDTH = 390


class ExpensePanel(QFrame):
    """Saves each field as it is left; what is being typed is kept every two seconds."""

    removal_asked = Signal(str)
    failed = Signal(object)  # what the page has to say

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.expense_id = ""
        self.shown: Detail | None = None
        self._filling = self._kept = False
        self._loading: Task | None = None
        self._photo: Task | None = None
        self._sha256 = ""
        self.receipt = ReceiptBox()
        self.fields = ExpenseFields(lambda: i18n.local(desk.now()).date())
        self.title, self.typing = Elided("", "h2"), text("", "subtle")
        self.trash = IconButton("trash-2", _("Remove"), key=_("Del"), size="sm")
        self.lock, self.explained, self.twin = _Said("lock"), _Said("info"), _Said("triangle-alert")
        self.customer = _Said("store")
        self._draft = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._draft.timeout.connect(self._keep_draft)
        self._lay_out()
        self._connect()
        self.close_expense()

    def _lay_out(self) -> None:
        self.setProperty("card", "true")
        self.setFixedWidth(theme.px(WIDTH))
        head = row((self.title, 1), self.typing, self.trash, margins=(16, 10, 12, 0))
        self.body = QWidget()
        self.body.setLayout(
            column(
                self.lock, self.receipt, self.twin, self.customer, self.explained, self.fields,
                None, gap=9,
                margins=(16, 2, 12, 12),
            )
        )  # fmt: skip
        self.setLayout(column(head, (scroll(self.body), 1), gap=6, margins=(1, 1, 1, 1)))

    def _connect(self) -> None:
        f = self.fields
        self.trash.clicked.connect(lambda: self.removal_asked.emit(self.expense_id))
        for line in f.lines.values():
            line.textEdited.connect(self._typed)
            line.editingFinished.connect(self.save)
        f.note.textChanged.connect(self._typed)
        f.note.left.connect(self.save)
        f.amount.textEdited.connect(self._typed)
        f.kind.chosen.connect(lambda kind: self._write(kind=kind))
        f.day.edited.connect(self._save_day)
        f.amount.edited.connect(lambda: self._write(amount=f.amount.amount))
        f.kilometres.edited.connect(
            lambda: self._write(metres=int(f.kilometres.number * 1000) or None)
        )
        f.tax.chosen.connect(lambda rate: self._write(tax_rate=rate))
        f.tax_amount.edited.connect(lambda: self._write(tax_amount=f.tax_amount.amount))
        f.paid.chosen.connect(lambda company: self._write(paid_by_company=company))
        f.overnight.clicked.connect(self._set_overnight)

    # showing

    def open_expense(self, expense_id: str) -> None:
        """Show an expense; what was typed into the one before is saved first."""
        if expense_id != self.expense_id:
            self.save()
            self._draft.stop()
            self.shown, self.expense_id, self._kept = None, expense_id, False
        self.load()

    def close_expense(self) -> None:
        """Show none: only the place where a photo begins a new one."""
        self.save()
        self.shown, self.expense_id, self._sha256 = None, "", ""
        self.title.setText(_("Photo of a receipt"))
        self.typing.clear()
        for part in (self.trash, self.fields, self.lock, self.explained, self.twin, self.customer):
            part.hide()
        self.receipt.set_fixed(fixed=False)
        self.receipt.show_thumbnail("")
        self.receipt.show()

    def load(self) -> None:
        if self.expense_id:
            task = self._desk.tasks.read(self, expense_view.detail, self._show, self.expense_id)
            self._loading = self._desk.tasks.instead(self._loading, task)
            self._desk.tasks.or_else(task, self._gone)

    def _gone(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.close_expense()
        else:
            self._desk.tasks.failed.emit(self, error)

    def _show(self, shown: Detail) -> None:
        if shown.expense.id != self.expense_id:
            return
        first, self.shown = self.shown is None, shown
        expense = shown.expense
        computed = expenses.is_computed(expense.kind)
        self.title.setText(words.title(expense.kind, overnight=shown.is_overnight))
        self.fields.show()
        self.fields.show_for(expense.kind)
        self.fields.set_fixed(
            fixed=not shown.is_open, computed=computed, automatic=expense.is_automatic
        )
        self.trash.setVisible(shown.is_open)
        self.lock.say(_why_fixed(shown))
        self.explained.say(_explanation(shown))
        twin = _("There is another one with this day, amount and supplier.")
        self.twin.say(twin if "duplicate" in shown.problems else "", "warning")
        self.customer.say(shown.account)
        self.receipt.setVisible(not computed)
        self.receipt.set_fixed(fixed=not shown.is_open)
        self._show_receipt(shown)
        self._fill(shown, first=first)
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

    def _fill(self, shown: Detail, *, first: bool) -> None:
        """Fill what is not being typed; after a kill, what was being typed comes back."""
        self._filling = True
        f, expense, draft = self.fields, shown.expense, shown.draft or {}
        recovered = draft if first and shown.is_open else {}
        for name, line in f.lines.items():
            if first or not (line.hasFocus() or line.property("bad")):
                line.setText(recovered.get(name, getattr(expense, name)))
                line.setCursorPosition(0)
        if first or not f.note.hasFocus():
            note = recovered.get("note", expense.note)
            if f.note.toPlainText() != note:
                f.note.setPlainText(note)
        f.kind.show_choices(kinds(), expense.kind)
        f.tax.show_choices(taxes(shown.tax_rates, expense.tax_rate), expense.tax_rate)
        f.paid.show_choices(payers(), expense.paid_by_company)
        f.overnight.setChecked(shown.is_overnight)
        for edit, show in (
            (f.day, partial(f.day.show_day, expense.spent_on)),
            (f.amount, partial(f.amount.show_amount, expense.amount)),
            (f.tax_amount, partial(f.tax_amount.show_amount, expense.tax_amount)),
            (f.kilometres, partial(f.kilometres.show_number, Decimal(expense.metres or 0) / 1000)),
        ):
            if first or not (edit.hasFocus() and edit.isModified()):
                show()
        self._filling = False
        if recovered:
            self._recover(recovered)

    def _recover(self, draft: dict[str, Any]) -> None:
        self._kept = True
        if "amount" in draft and not self.fields.amount.isReadOnly():
            self.fields.amount.setText(draft["amount"])
        self.save()
        self.typing.setText(_("Draft recovered"))

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

    def _typed(self) -> None:
        if not self._filling and self.shown is not None and self.shown.is_open:
            self.typing.setText(_("Typing…"))
            self._draft.start()

    def texts(self) -> dict[str, str]:
        """Return the words that are being typed."""
        typed = {name: line.text() for name, line in self.fields.lines.items()}
        return {
            **typed, "note": self.fields.note.toPlainText(), "amount": self.fields.amount.text()
        }  # fmt: skip

    def _keep_draft(self) -> None:
        """Keep what is typed, two seconds after the last key: a flat battery loses nothing."""
        if self.shown is None:
            return
        self._kept = True
        self._desk.tasks.write(
            self, drafts.keep, lambda _none: self.typing.setText(_("Saved on this computer")),
            FORM, self.expense_id, self.texts(), now=self._desk.now(),
        )  # fmt: skip

    def save(self) -> None:
        """Put what was typed into the expense, and forget the draft."""
        if self._filling or self.shown is None or not self.shown.is_open:
            return
        self._draft.stop()
        f, expense = self.fields, self.shown.expense
        typed = {name: line.text().strip() for name, line in f.lines.items()}
        typed["note"] = f.note.toPlainText().strip()
        changed = {name: said for name, said in typed.items() if said != getattr(expense, name)}
        number = changed.pop("supplier_tax_id", None)
        if not f.amount.isReadOnly():
            f.amount.commit()
        if changed:
            self._write(**changed)
        if number is not None:
            self._write(supplier_tax_id=number)
        elif f.form.fields["tax_id"].error:
            f.form.fields["tax_id"].set_error("")
        if self._kept and not changed and number is None:
            self._kept = False
            self._desk.tasks.write(self, drafts.forget, lambda _none: None, FORM, self.expense_id)

    def _save_day(self) -> None:
        if self.fields.day.day is not None:
            self._write(spent_on=self.fields.day.day)
        elif self.shown is not None:
            self.fields.day.show_day(self.shown.expense.spent_on)

    def _set_overnight(self, on: bool) -> None:  # noqa: FBT001 - Qt's own signature
        task = self._desk.tasks.write(
            self, expenses.set_overnight, self._saved, self.expense_id, overnight=on
        )
        self._desk.tasks.or_else(task, partial(self._refused, self.expense_id))

    def _write(self, **changes: Any) -> None:
        if self._filling or self.shown is None:
            return
        task = self._desk.tasks.write(self, _update, self._saved, self.expense_id, changes)
        self._desk.tasks.or_else(task, partial(self._refused, self.expense_id))

    def _saved(self, _expense: object) -> None:
        self._kept = False
        self.typing.setText(_("Saved on this computer"))

    def _refused(self, expense_id: str, error: Exception) -> None:
        form = self.fields.form
        own = isinstance(error, ValidationError) and error.field in form.fields
        if own and isinstance(error, ValidationError) and expense_id == self.expense_id:
            form.fields[error.field].set_error(error.message)
        elif isinstance(error, UserError):
            self.failed.emit(error)
            self.load()
        else:
            self._desk.tasks.failed.emit(self, error)

    def hideEvent(self, event: QHideEvent) -> None:
        self.save()
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
    """Change an expense and forget its draft in one transaction."""
    expenses.update(session, expense_id, **changes)
    drafts.forget(session, FORM, expense_id)


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
