"""A card of a board: what it says, how it is painted, and the list of one stage's cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import i18n
from app.views import theme
from app.views.widgets.avatar import paint_avatar
from app.views.widgets.chip import chip_width, paint_chip

MIME = "application/x-viajante-card"
CARD = Qt.ItemDataRole.UserRole
ICONS = {
    "danger": "triangle-alert", "warning": "clock", "info": "calendar-check",
    "neutral": "arrow-right", "success": "package-check", "accent": "signature",
}  # fmt: skip
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Card:
    """What a card shows; `tone` is the next step's: red is late or none, amber today."""

    id: str
    title: str
    subtitle: str
    amount: Decimal
    step: str
    tone: str = "neutral"
    reference: str = ""
    mark: str = ""  # an icon, such as where it came from
    mark_words: str = ""  # what the icon says
    is_fixed: bool = False  # somebody else's: it can be read and not moved

    @property
    def money(self) -> str:
        return i18n.money(self.amount, decimals=0 if self.amount == round(self.amount) else 2)

    @property
    def sentence(self) -> str:
        """What a screen reader says of the card."""
        parts = (
            self.title, self.subtitle, i18n.money(self.amount), self.step, self.reference,
            self.mark_words,
        )  # fmt: skip
        return ", ".join(part for part in parts if part)


class CardModel(QAbstractListModel):
    """The cards of one stage."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[Card] = []

    def set_cards(self, cards: Sequence[Card]) -> None:
        self.beginResetModel()
        self.cards = list(cards)
        self.endResetModel()

    def row_of(self, card_id: str) -> int:
        """Return the row of a card; -1 when it is not here."""
        return next((n for n, card in enumerate(self.cards) if card.id == card_id), -1)

    def take(self, row: int) -> Card:
        self.beginRemoveRows(QModelIndex(), row, row)
        card = self.cards.pop(row)
        self.endRemoveRows()
        return card

    def put(self, row: int, card: Card) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self.cards.insert(row, card)
        self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        card = self.cards[index.row()]
        if role == CARD:
            return card
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return card.sentence
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{card.title}\n{card.subtitle}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        fixed = self.cards[index.row()].is_fixed
        return flags if fixed else flags | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        carried = QMimeData()
        ids = [self.cards[index.row()].id for index in indexes[:1]]
        carried.setData(MIME, "".join(ids).encode())
        return carried


class CardDelegate(QStyledItemDelegate):
    """Paints a card; its coloured part is the next step, never the stage."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(100), theme.px(124))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        outside = QRectF(option.rect).adjusted(1, 1, -1, -theme.px(8) - 1)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(theme.colour("primary" if chosen else "border"), 2 if chosen else 1))
        p.setBrush(theme.colour("hover" if over and not chosen else "surface"))
        p.drawRoundedRect(outside, 9, 9)
        inside = outside.adjusted(theme.px(12), theme.px(8), -theme.px(12), 0)
        line = theme.px(25)
        _words(p, inside, 0, card.title, theme.font("base", "semibold"), "text")
        paint_avatar(p, inside.x(), inside.y() + theme.px(23), theme.px(20), card.subtitle)
        beside = inside.adjusted(theme.px(27), 0, 0, 0)
        _words(p, beside, theme.px(23), card.subtitle, theme.font("sm"), "text_subtle")
        self._paint_money(p, inside, 2 * line - theme.px(1), card)
        room = int(inside.width())
        step = QFontMetrics(theme.font("xs", "medium")).elidedText(
            card.step, Qt.TextElideMode.ElideRight, room - chip_width("", "x")
        )
        icon = ICONS.get(card.tone, "arrow-right")
        paint_chip(p, inside.x() - 1, outside.bottom() - theme.px(19), step, card.tone, icon)
        p.restore()

    @staticmethod
    def _paint_money(p: QPainter, inside: QRectF, y: float, card: Card) -> None:
        bold = theme.font("base", "semibold")
        wide = QFontMetrics(bold).horizontalAdvance(card.money) + theme.px(8)
        _words(p, inside, y, card.money, bold, "text")
        right = inside.right()
        if card.mark:
            theme.draw_icon(p, card.mark, right - theme.px(15), inside.y() + y + theme.px(3), 15,
                            "violet_text")  # fmt: skip
            right -= theme.px(20)
        if card.reference and right - inside.x() > wide:
            rest = QRectF(inside.x() + wide, inside.y(), right - inside.x() - wide, 1)
            side = Qt.AlignmentFlag.AlignRight
            _words(p, rest, y, card.reference, theme.font("xs"), "text_subtle", side)


def _words(
    p: QPainter, box: QRectF, y: float, words: str, font: QFont, token: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:  # fmt: skip
    p.setFont(font)
    p.setPen(theme.colour(token))
    room = QRectF(box.x(), box.y() + y, box.width(), theme.px(20))
    fitting = QFontMetrics(font).elidedText(
        words, Qt.TextElideMode.ElideRight, int(box.width()) + 1
    )
    p.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, fitting)
