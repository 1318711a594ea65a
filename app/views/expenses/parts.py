"""The head of the month (which, how far, what it adds up to) and what is said above the list."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.expense import ReportState
from app.services import expense_documents, expense_reports
from app.services.expense_view import MonthView
from app.views.expenses import wording
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layout import Elided, Icon, Item, box, column, line, row, text
from app.views.widgets.notices import Banner
from app.views.widgets.stepper import Steps

STATES = (ReportState.DRAFT, ReportState.SUBMITTED, ReportState.APPROVED, ReportState.PAID)


class MonthHead(QWidget):
    """Month, state of its claim, and what can be done with it."""

    month_chosen = Signal(object)  # the first day of a month

    def __init__(self) -> None:
        super().__init__()
        self.month = date(2000, 1, 1)
        self.earlier = IconButton("chevron-left", _("Earlier month"), kind="secondary")
        self.later = IconButton("chevron-right", _("Later month"), kind="secondary")
        self.name = text("", "h2")
        self.steps = Steps([expense_documents.state_name(state) for state in STATES])
        self.pdf = IconButton("file-text", _("PDF of the claim"), key="Ctrl+P")
        self.add = Button(_("Add expense"), icon="plus", key="G")
        self.submit = Button(_("Submit claim"), icon="send", kind="primary")
        self.submit.setToolTip(_("Submit claim") + "  Ctrl+↵")
        self.earlier.clicked.connect(lambda: self._go(_before(self.month)))
        self.later.clicked.connect(lambda: self._go(expense_reports.following(self.month)))
        self.setLayout(
            row(
                self.earlier, self.name, self.later, 6, self.steps, None, self.pdf, self.add,
                self.submit,
            )
        )  # fmt: skip

    def _go(self, month: date) -> None:
        self.month_chosen.emit(month)

    def show_month(self, month: date) -> None:
        """Name the month at once, before what it holds has been read."""
        self.month = month
        self.name.setText(wording.month_name(month))

    def show_view(self, view: MonthView) -> None:
        self.show_month(view.month)
        self.steps.show_step(STATES.index(ReportState(view.state)))
        self.submit.setVisible(view.state == ReportState.DRAFT and view.figures.total > 0)
        self.pdf.setVisible(view.figures.total > 0)


def _before(month: date) -> date:
    return expense_reports.first_of(month - timedelta(days=1))


class FigureRow(QFrame):
    """Kilometres, days away, receipts, advance, and what is to be received."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.values = {key: text("–", "kpi") for key in self._titles()}
        self.notes = {key: Elided("", "muted") for key in self._titles()}
        cells: list[Item] = []
        for key, (icon, words) in self._titles().items():
            head = row(Icon(icon, "text_subtle", 14), text(words, "muted"), None, gap=6)
            cell = box(column(head, self.values[key], self.notes[key], gap=2))
            cells += [*([line("v")] if cells else []), (cell, 1)]
        self.setLayout(row(*cells, gap=14, margins=(16, 9, 16, 9)))

    def _titles(self) -> dict[str, tuple[str, str]]:
        return {
            "mileage": ("car", _("Mileage")),
            "per_diem": ("utensils", _("Per diems")),
            "receipts": ("receipt", _("Receipts")),
            "advance": ("hand-coins", _("Advance")),
            "to_receive": ("wallet", _("To receive")),
        }

    def show_view(self, view: MonthView) -> None:
        sums = view.figures
        amounts = {
            "mileage": sums.mileage, "per_diem": sums.per_diem, "receipts": sums.receipts,
            "advance": -sums.advance, "to_receive": sums.to_receive,
        }  # fmt: skip
        for key, amount in amounts.items():
            self.values[key].setText(i18n.money(amount) if amount else "–")
        notes = {
            "mileage": _driven(view), "per_diem": _away(view), "receipts": _paper(view),
            "advance": _("given by the office") if sums.advance else "",
            "to_receive": _("{amount} of it taxable").format(amount=i18n.money(sums.taxable))
            if sums.taxable
            else _("all of it exempt") if sums.total else "",
        }  # fmt: skip
        for key, words in notes.items():
            self.notes[key].setText(words)


def _driven(view: MonthView) -> str:
    if not view.metres:
        return _("none in your routes")
    if view.rate is None:
        return i18n.kilometres(view.metres)
    return expense_documents.mileage_words(view.metres, view.rate)


def _away(view: MonthView) -> str:
    days = ngettext("{n} day", "{n} days", view.days).format(n=view.days)
    if not view.nights:
        return days if view.days else _("none outside your town")
    nights = ngettext("{n} with a night", "{n} with a night", view.nights).format(n=view.nights)
    return _("{days} and {nights}").format(days=days, nights=nights) if view.days else nights


def _paper(view: MonthView) -> str:
    if not view.receipts:
        return ""
    words = ngettext("{n} expense", "{n} expenses", view.receipts).format(n=view.receipts)
    return _("{expenses}, {n} with photo").format(expenses=words, n=view.with_photo)


class ClaimBanner(Banner):
    """What should be completed before the claim goes out, or where it stands after that."""

    def __init__(self) -> None:
        complete = Button(_("Complete"), kind="warning_ghost", size="sm")
        super().__init__("warning", "", "", complete)
        self.complete = complete
        self.say_nothing()

    def show_view(self, view: MonthView) -> None:
        draft, open_ = view.state == ReportState.DRAFT, len(view.to_complete)
        self.complete.setVisible(draft)
        if draft and open_:
            words = ngettext("{n} expense to complete.", "{n} expenses to complete.", open_).format(
                n=open_
            )
            self.show_message("warning", words, self._after(view))
        elif not draft:
            self.show_message("info", *self._sent(view))
        else:
            self.say_nothing()

    def _after(self, view: MonthView) -> str:
        if not view.without_amount:
            return _("You can submit anyway.")
        month = i18n.month(expense_reports.following(view.month)).split(" ")[0]
        return _("Without an amount they go in {month}.").format(month=month)

    def _sent(self, view: MonthView) -> tuple[str, str]:
        day = i18n.day_short(i18n.local(view.submitted_at).date()) if view.submitted_at else ""
        words = {
            ReportState.APPROVED: _("The office has approved this claim."),
            ReportState.PAID: _("The office has paid this claim."),
        }.get(ReportState(view.state), _("Submitted on {day}.").format(day=day))
        return words, _("It can no longer change; the office can open it again.")
