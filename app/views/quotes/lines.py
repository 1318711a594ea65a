"""The lines of a quote: each a row of cells that are edited where they stand."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app import i18n
from app.i18n import _
from app.models.quote import Quote
from app.services import quote_documents
from app.services.quote_rows import EditorLine
from app.settings import Settings
from app.views import keymap, theme
from app.views.widgets.button import IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.edits import NumberEdit, PercentEdit
from app.views.widgets.layout import Elided, column, row, text

QUANTITY, PRICE, DISCOUNT, AMOUNT, BIN = 56, 74, 76, 90, 28


_FOCUS, _NO_FOCUS = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.NoFocus


class _Picture(QWidget):
    """The small picture of a product."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(theme.px(38), theme.px(38))
        self._picture = QPixmap()

    def show_picture(self, content: str) -> None:
        self._picture = QPixmap()
        if content:
            self._picture.loadFromData(base64.b64decode(content))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            p.fillRect(self.rect(), theme.colour("sunken"))
            theme.draw_icon(p, "package", theme.px(10), theme.px(10), 18, "text_subtle")
        else:
            p.drawPixmap(QRectF(self.rect()), self._picture, QRectF(self._picture.rect()))


class LineRow(QFrame):
    """One line; `changed` carries the fields that the user changed."""

    changed = Signal(str, dict)
    removed = Signal(str)
    moved = Signal(str, int)
    duplicated = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.id, self._settings = "", settings
        self.setProperty("line_below", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._picture = _Picture()
        self.name, self._detail = Elided("", "strong"), Elided("", "muted")
        self._tag = Chip("", "violet")
        self.quantity = NumberEdit(_("Quantity"))
        self.price = NumberEdit(_("Price"), places=4, least=2)
        self.discount = PercentEdit(_("Discount"))
        self.amount = text("", "strong")
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove = IconButton("trash-2", _("Remove line"), key=_("Del"), size="sm")
        kept = self.remove.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # the columns stay where their titles are
        self.remove.setSizePolicy(kept)
        for edit, width in (
            (self.quantity, QUANTITY), (self.price, PRICE), (self.discount, DISCOUNT),
        ):  # fmt: skip
            edit.setObjectName("Quiet")
            edit.setFixedWidth(theme.px(width))
        self.amount.setFixedWidth(theme.px(AMOUNT))
        words = column(row((self.name, 1), self._tag, gap=6), self._detail, gap=0)
        self.setLayout(
            row(
                self._picture, (words, 1), self.quantity, self.price, self.discount, self.amount,
                self.remove, gap=8, margins=(12, 5, 6, 5),
            )
        )  # fmt: skip
        self.quantity.edited.connect(lambda: self._say(quantity=self.quantity.number))
        self.price.edited.connect(lambda: self._say(unit_price=self.price.number))
        self.discount.edited.connect(lambda: self._say(discount=self.discount.discount))
        self.remove.clicked.connect(lambda: self.removed.emit(self.id))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(500), theme.px(50))

    def show_line(self, shown: EditorLine, quote: Quote, *, frozen: bool) -> None:
        each, currency = shown.line, quote.currency
        self.id = each.id
        heading = each.kind == "heading"
        self._picture.show_picture(shown.thumbnail)
        self.name.setText(each.description)
        parts = (
            each.reference,
            each.format,
            f"{quote_documents.tax_name(quote.tax_regime)} {i18n.percent(each.tax_rate)}",
        )
        self._detail.setText("" if heading else " · ".join(part for part in parts if part))
        tag = _("Sample") if each.is_sample else _("Optional") if each.is_optional else ""
        self._tag.show_status(tag, "violet" if each.is_sample else "info")
        self._tag.setVisible(bool(tag))
        self._picture.setVisible(not heading)
        for edit in (self.quantity, self.price, self.discount):
            edit.setVisible(not heading)
            edit.setReadOnly(frozen)
            edit.setFocusPolicy(_NO_FOCUS if frozen else _FOCUS)
        if not self.quantity.hasFocus():
            self.quantity.show_number(each.quantity)
        if not self.price.hasFocus():
            self.price.show_number(each.unit_price)
        if not self.discount.hasFocus():
            self.discount.show_discount(each.discount)
        self.discount.setProperty("warn", shown.is_over_limit and not frozen)
        self.discount.style().unpolish(self.discount)
        self.discount.style().polish(self.discount)
        self.amount.setText("" if heading else i18n.money(each.amount, currency))
        self.remove.setVisible(not frozen)
        self.setAccessibleName(f"{each.description}, {self.amount.text()}")

    def _say(self, **fields: Any) -> None:
        self.changed.emit(self.id, fields)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = keymap.pressed(self._settings, event, "quote_lines")
        if name == "duplicate":
            self.duplicated.emit(self.id)
        elif name:
            self.moved.emit(self.id, -1 if name == "line_up" else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit(self.id)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)


class LineTable(QWidget):
    """The head of the table and its rows, which are kept while their lines stay."""

    changed = Signal(str, dict)
    removed = Signal(str)
    moved = Signal(str, int)
    duplicated = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.rows: list[LineRow] = []
        self._rows = column(gap=0)
        self._rows.addStretch(1)
        self.setLayout(self._rows)

    def show_lines(self, lines: Sequence[EditorLine], quote: Quote, *, frozen: bool) -> None:
        """Show `lines`: each keeps its row, and with it what is being typed there."""
        there = {shown.id: shown for shown in self.rows}
        before, self.rows = self.rows, []
        for each in lines:
            shown = there.pop(each.line.id, None) or self._made()
            self.rows.append(shown)
            shown.show_line(each, quote, frozen=frozen)
        for gone in there.values():
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        if self.rows != before:
            self._order()

    def _made(self) -> LineRow:
        made = LineRow(self._settings)
        for mine, theirs in (
            (made.changed, self.changed), (made.removed, self.removed),
            (made.moved, self.moved), (made.duplicated, self.duplicated),
        ):  # fmt: skip
            mine.connect(theirs)
        return made

    def _order(self) -> None:
        """Put the rows, and the way of Tab through them, in the order of the lines."""
        last: QWidget | None = None
        for n, shown in enumerate(self.rows):
            self._rows.insertWidget(n, shown)
            for part in (shown.quantity, shown.price, shown.discount, shown.remove):
                if last is not None:
                    QWidget.setTabOrder(last, part)
                last = part


def table_head() -> QWidget:
    """Return the line of column titles above the rows."""
    holder = QWidget()
    titles: list[QLabel] = []
    for words, width in (
        (_("Qty"), QUANTITY), (_("Price"), PRICE), (_("Disc."), DISCOUNT), (_("Amount"), AMOUNT),
        ("", BIN),
    ):  # fmt: skip
        label = text(words, "caps")
        label.setFixedWidth(theme.px(width))
        label.setAlignment(Qt.AlignmentFlag.AlignRight)
        titles.append(label)
    name = text(_("Product"), "caps")
    picture = QWidget()
    picture.setFixedWidth(theme.px(38))
    holder.setLayout(row(picture, (name, 1), *titles, gap=8, margins=(12, 9, 6, 7)))
    return holder
