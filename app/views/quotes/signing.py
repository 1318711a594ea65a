"""The layer in which the customer signs: who, with which id, and the strokes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget
from shiboken6 import isValid

from app import i18n
from app.i18n import _
from app.services import quote_documents
from app.services.quote_rows import Editor
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, Icon, box, column, line, row, text
from app.views.widgets.signature_pad import SignaturePad

_LINES = 9
Sign = Callable[[str, str, Any], None]  # signer, tax id, strokes


class SigningLayer:
    """Open over the quote until it is signed or Esc is pressed."""

    def __init__(self, over: QWidget, shown: Editor, sign: Sign) -> None:
        self._sign = sign
        self.form = Form()
        self.name, self.tax_id = QLineEdit(shown.contact_name), QLineEdit()
        self.pad = SignaturePad()
        self.accept = QCheckBox(_("I have read the quote and accept it"))
        self.button = Button(_("Sign"), icon="signature", kind="primary", key="Ctrl ↵")
        name = self.form.add("signer", Field(_("Name"), self.name, required=True))
        number = self.form.add("tax_id", Field(_("ID number"), self.tax_id, required=True))
        pad = self.form.add(
            "strokes",
            Field(
                _("Signature"), self.pad,
                hint=_("Draw with finger, pen or mouse; on a trackpad hold Space while you draw."),
            ),
        )  # fmt: skip
        clear = Button(_("Clear"), icon="rotate-ccw", kind="ghost", key=_("Del"))
        clear.clicked.connect(self.pad.clear)
        cancel = Button(_("Cancel"), kind="ghost", key="Esc")
        private = text(
            _("Turn the screen to the customer: no margins and no notes are shown here."), "muted",
            wrap=True,
        )  # fmt: skip
        left = column(
            text(_("Signature of the customer"), "h2"), private,
            row((name, 3), (number, 2), gap=12), pad, self.accept, 2,
            row(clear, None, cancel, self.button), gap=10,
        )  # fmt: skip
        inside = row((left, 3), (self._summary(shown), 2), gap=20, margins=(22, 18, 22, 18))
        self.layer = Layer(over, inside, width=900, name=_("Signature of the customer"))
        cancel.clicked.connect(self.layer.close_layer)
        self.button.clicked.connect(self.sign)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.layer)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.sign)
        self.name.setFocus()

    def _summary(self, shown: Editor) -> QWidget:
        """Return what is signed: lines, discount, base, tax, total; nothing of the seller alone."""
        currency = shown.quote.currency
        sold = [e.line for e in shown.lines if e.line.kind == "product"]
        lines = [
            row(
                (text(f"{i18n.number(each.quantity)} × {each.description}", "muted", wrap=True), 1),
                text(i18n.money(each.amount, currency)), gap=12,
            )
            for each in sold[:_LINES]
        ]  # fmt: skip
        more = len(sold) - len(lines)
        rest = [text(_("and {n} more").format(n=more), "muted")] if more > 0 else []
        totals = [
            row(text(words, "muted"), None, text(i18n.money(amount, currency)))
            for words, amount in self._sums(shown)
        ]
        total = row(
            text(_("Total"), "h2"), None, text(i18n.money(shown.quote.total, currency), "h1")
        )
        saved = text(_("It is saved on this computer as soon as you sign."), "subtle", wrap=True)
        inside = column(
            Elided(shown.account_name, "strong"), text(shown.quote.number, "muted"), *lines, *rest,
            line(), *totals, total, None, row(Icon("hard-drive"), (saved, 1)), gap=7,
            margins=(18, 14, 18, 14),
        )  # fmt: skip
        return box(inside, well="true")

    def _sums(self, shown: Editor) -> list[tuple[str, Decimal]]:
        quote = shown.quote
        sums = [
            (_("Taxable base"), quote.base),
            (quote_documents.tax_name(quote.tax_regime), quote.tax),
        ]
        if quote.general_discount:
            words = _("General discount {percent}").format(
                percent=quote_documents.discount_words(quote.general_discount)
            )
            sums.insert(0, (words, quote.base - quote.lines_sum))
        if quote.surcharge:
            sums.append((_("Equivalence surcharge"), quote.surcharge))
        return sums

    def sign(self) -> None:
        """Hand over what was written and drawn, or say what is missing."""
        if not self.accept.isChecked():
            self.form.fields["strokes"].set_warning(_("The customer ticks the box to accept."))
            self.accept.setFocus()
            return
        self._sign(self.form.text("signer"), self.form.text("tax_id"), self.pad.strokes())

    def refused(self, error: Exception) -> bool:
        """Say what is wrong beside its field; False when it is nothing of this form."""
        return isValid(self.layer) and self.form.show_error(error)
