"""Closing the day: what is left of it, each with its action; closing is allowed all the same."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.day_end import Checklist
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, Icon, Item, column, line, row, text
from app.views.widgets.page import Ref


class ClosingLayer(Layer):
    """Shows the checklist; says where to go, or that the day is closed."""

    open_requested = Signal(object)  # Ref
    closing = Signal()

    def __init__(self, over: QWidget, found: Checklist) -> None:
        self.buttons: dict[str, Button] = {}
        close = IconButton("x", _("Close"), key="Esc", size="sm")
        parts: list[Item] = [
            row((text(_("Close the day"), "h2"), 1), close),
            text(_("What is left can wait; nothing of it is lost."), "muted", wrap=True), 2,
        ]  # fmt: skip
        refs: dict[str, Ref] = {}
        for n, (key, left, words, action, ref) in enumerate(_rows(found)):
            if n:
                parts.append(line())
            refs[key] = ref
            parts.append(self._row(key, words, action, left=left))
        shut = Button(
            _("Close again") if found.is_closed else _("Close the day"), icon="check",
            kind="primary", key="Ctrl ↵",
        )  # fmt: skip
        parts += [6, row(None, shut)]
        super().__init__(over, column(*parts, gap=8, margins=(20, 16, 16, 18)), width=540,
                         name=_("Close the day"))  # fmt: skip
        for key, ref in refs.items():
            self.buttons[key].clicked.connect(lambda _checked=False, ref=ref: self._go(ref))
        close.clicked.connect(self.close_layer)
        shut.clicked.connect(self._shut)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._shut)
        shut.setFocus()

    def _row(self, key: str, words: str, action: str, *, left: bool) -> QWidget:
        holder = QWidget()
        icon = Icon(
            "circle-alert" if left else "circle-check", "warning" if left else "success", 18
        )
        button = Button(action, kind="soft" if left else "link", size="sm")
        button.setAccessibleName(f"{action}: {words}")
        self.buttons[key] = button
        holder.setLayout(row(icon, (Elided(words), 1), button, gap=10))
        return holder

    def _go(self, ref: Ref) -> None:
        self.close_layer()
        self.open_requested.emit(ref)

    def _shut(self) -> None:
        self.close_layer()
        self.closing.emit()


def _rows(found: Checklist) -> list[tuple[str, bool, str, str, Ref]]:
    """Return (key, is something left, words, action, where it is done) of each row."""
    reports = ngettext("{n} report to complete", "{n} reports to complete", found.reports)
    expenses = ngettext(
        "{n} expense without an amount", "{n} expenses without an amount", found.expenses
    )
    quotes = ngettext("{n} quote not issued yet", "{n} quotes not issued yet", found.quotes)
    sending = ngettext("{n} change to send", "{n} changes to send", found.to_send)
    day = i18n.day_short(found.tomorrow)
    planned = ngettext("{day}: {n} visit planned", "{day}: {n} visits planned", found.planned)
    plan = planned.format(day=day, n=found.planned)
    return [
        ("reports", found.reports > 0,
         reports.format(n=found.reports) if found.reports else _("All reports are complete"),
         _("Complete") if found.reports else _("See"),
         Ref("visit", found.first_report) if found.reports else Ref("today")),
        ("expenses", found.expenses > 0,
         expenses.format(n=found.expenses) if found.expenses else _("All expenses have an amount"),
         _("Add") if found.expenses else _("See"), Ref("expenses", found.first_expense)),
        ("quotes", found.quotes > 0,
         quotes.format(n=found.quotes) if found.quotes else _("No quote is left half-written"),
         _("Open") if found.quotes else _("See"),
         Ref("quote", found.first_quote) if found.quotes else Ref("quotes")),
        ("sync", found.to_send > 0,
         sending.format(n=found.to_send) if found.to_send else _("The office has everything"),
         _("Sync now") if found.to_send else _("See"),
         Ref("sync", options={"preview": True} if found.to_send else {})),
        ("tomorrow", not found.planned,
         plan if found.planned else _("{day}: nothing planned yet").format(day=day),
         _("See") if found.planned else _("Plan"), Ref("routes", found.tomorrow.isoformat())),
    ]  # fmt: skip
