"""The head of a quote (who, until when, on which terms) and its foot (what it amounts to)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QWidget

from app import i18n
from app.i18n import _
from app.services import quote_documents
from app.services.quote_rows import Editor
from app.views import theme
from app.views.widgets import wording
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.date_edit import DateEdit
from app.views.widgets.edits import PercentEdit
from app.views.widgets.field import Field
from app.views.widgets.layout import box, column, line, row, text


class QuoteHead(QWidget):
    """State, actions, and the fields above the lines."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self.state, self.saved = Chip(""), Chip("", "success", "check")
        self.history = IconButton("history", _("History"))
        self.new_version = Button(_("New version"), icon="copy", kind="ghost")
        self.issue = Button(_("Issue"), icon="file-check", kind="primary", key="Ctrl ↵")
        self.sign = Button(_("Sign"), icon="signature", kind="primary", key="F")
        self.customer, self.payment = QLineEdit(), QLineEdit()
        for given in (self.customer, self.payment):
            given.setReadOnly(True)
        self.payment.setToolTip(_("Set by the office"))
        self.price_list, self.fixed_list = QComboBox(), QLineEdit()
        self.fixed_list.setReadOnly(True)
        for list_ in (self.price_list, self.fixed_list):
            list_.setAccessibleName(_("Price list"))
        prices = box(column(self.price_list, self.fixed_list, gap=0))
        self.valid_until = DateEdit(_("Valid until"), today)
        actions = row(
            self.state, self.saved, None, self.history, self.new_version, self.issue, self.sign
        )
        fields = row(
            (Field(_("Customer"), self.customer), 5), (Field(_("Price list"), prices), 3),
            (Field(_("Valid until"), self.valid_until), 3), (Field(_("Payment"), self.payment), 4),
            gap=10,
        )  # fmt: skip
        self.setLayout(column(actions, fields, gap=8))

    def show_quote(self, shown: Editor) -> None:
        quote, frozen = shown.quote, shown.quote.state != "draft"
        self.state.show_status(*wording.quote_state(shown.shown_state))
        if shown.is_local:
            self.saved.show_status(_("Saved on this computer"), "success", "check")
        else:
            self.saved.show_status(_("At the office"), "success", "cloud-check")
        self.customer.setText(shown.account_name)
        self.customer.setCursorPosition(0)
        self.payment.setText(quote.payment_terms or "–")
        self.payment.setCursorPosition(0)
        self.price_list.clear()
        for id_, name in shown.price_lists:
            self.price_list.addItem(name, id_)
        self.price_list.setCurrentText(shown.price_list)
        self.price_list.setVisible(not frozen)
        self.fixed_list.setText(shown.price_list or "–")
        self.fixed_list.setVisible(frozen)
        self.valid_until.setReadOnly(frozen)
        if not self.valid_until.hasFocus():
            self.valid_until.show_day(quote.valid_until)
        self.issue.setVisible(not frozen)
        self.sign.setVisible(shown.shown_state in {"issued", "sent"})
        self.new_version.setVisible(frozen)


class QuoteFoot(QFrame):
    """Sum, general discount, base, tax, margin and total."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.general = PercentEdit(_("General discount"))
        self.general.setObjectName("Open")
        self.general.setFixedWidth(theme.px(78))
        self.sum, self.base = text("", "strong"), text("", "strong")
        self.tax, self.margin = text("", "strong"), text("", "strong")
        for figure in (self.sum, self.base, self.tax, self.margin):
            figure.setFixedHeight(theme.px(32))  # on one line with the field beside them
        self.total = text("", "h1")
        self.tax_words = text("", "muted")
        self.margin_box = box(column(text(_("Margin"), "muted"), self.margin, gap=2))
        self.setLayout(
            row(
                box(column(text(_("Sum"), "muted"), self.sum, gap=2)),
                box(column(text(_("General disc."), "muted"), self.general, gap=2)),
                box(column(text(_("Base"), "muted"), self.base, gap=2)),
                box(column(self.tax_words, self.tax, gap=2)), self.margin_box, None, line("v"),
                box(column(text(_("Total"), "muted"), self.total, gap=0)),
                gap=12, margins=(16, 8, 16, 8),
            )
        )  # fmt: skip

    def show_quote(self, shown: Editor) -> None:
        quote, currency = shown.quote, shown.quote.currency
        self.sum.setText(i18n.money(quote.lines_sum, currency))
        self.base.setText(i18n.money(quote.base, currency))
        self.tax.setText(i18n.money(quote.tax + quote.surcharge, currency))
        rates = [*map(i18n.number, shown.rates[:-1]), *map(i18n.percent, shown.rates[-1:])]
        name = quote_documents.tax_name(quote.tax_regime)
        words = f"{name} {'·'.join(rates)}".strip()
        if quote.surcharge:
            words = _("{tax} and surcharge").format(tax=words)
        self.tax_words.setText(words)
        self.margin.setText("–" if shown.margin is None else i18n.percent(shown.margin))
        self.margin.setProperty("tone", "success" if (shown.margin or 0) > 0 else "danger")
        self.margin.style().unpolish(self.margin)
        self.margin.style().polish(self.margin)
        self.total.setText(i18n.money(quote.total, currency))
        self.general.setReadOnly(quote.state != "draft")
        if not self.general.hasFocus():
            self.general.show_discount(quote.general_discount)
