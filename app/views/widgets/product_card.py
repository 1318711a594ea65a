"""A card with what one asks of an article at the counter: its price, its tax, its reference."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import i18n
from app.i18n import _
from app.services.palette import Card
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, line, row, text


class ProductCard:
    """Open over `window` until Esc; `layer.closed` says that it is gone."""

    def __init__(self, window: QWidget, card: Card) -> None:
        self.card = card
        self.copy = Button(_("Copy reference"), icon="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(card.reference))
        close = Button(_("Close"), kind="ghost", key="Esc")
        brand = " · ".join(part for part in (card.brand, card.format) if part)
        inside = column(
            text(card.name, "h2", wrap=True), text(brand, "subtle", wrap=True), line(),
            self._facts(), row(None, close, self.copy), gap=10, margins=(20, 18, 20, 16),
        )  # fmt: skip
        self.layer = Layer(window, inside, width=460, name=card.name)
        close.clicked.connect(self.layer.close_layer)
        self.copy.setFocus()

    def _facts(self) -> QVBoxLayout:
        """Return what is known, one below the other; what is not known is not there."""
        card = self.card
        rate = i18n.percent(card.tax_rate) if card.tax_rate is not None else ""
        price = i18n.money(card.price) if card.price is not None else ""
        if price and card.price_list:
            price = _("{price} in {list}").format(price=price, list=card.price_list)
        facts = (
            (_("Price"), price), (_("Tax"), rate), (_("Reference"), card.reference),
            (_("Barcode"), card.ean), (_("Description"), card.description),
        )  # fmt: skip
        return column(
            *(row((text(name, "subtle"), 1), (text(value, "strong", wrap=True), 2), gap=12)
              for name, value in facts if value),
            gap=8,
        )  # fmt: skip
