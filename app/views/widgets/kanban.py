"""A board: one list of cards per stage, moved by dragging or with Ctrl and an arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QScrollArea, QWidget

from app import i18n
from app.i18n import _
from app.views import theme
from app.views.widgets.button import IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.kanban_card import CARD, MIME, Card, CardDelegate, CardModel
from app.views.widgets.layout import Elided, Icon, column, row, text

__all__ = ["Board", "Card", "DropStrip", "Stage"]
_LEAST = 190  # of a column's width
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True)
class Stage:
    """A column: its probability in percent, and what it means while nothing is in it."""

    key: str
    name: str
    probability: Decimal
    meaning: str = ""
    is_won: bool = False
    can_add: bool = True


def _card_of(event: QDropEvent) -> str:
    carried = event.mimeData()
    return bytes(carried.data(MIME).data()).decode() if carried.hasFormat(MIME) else ""


class CardList(QListView):
    """The cards of a stage. Left and right go to the next stage, with Ctrl the card goes."""

    dropped = Signal(str)  # card id
    carried = Signal(str, int)  # card id, to the stage before (-1) or after (1)
    stepped = Signal(int)  # the focus goes to the stage before or after
    opened = Signal(str)
    entered_list = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.cards = CardModel()
        self._meaning, self._aimed = stage.meaning, False
        self.setModel(self.cards)
        self.setItemDelegate(CardDelegate(self))
        self.setAccessibleName(stage.name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(CARD).id))

    def current(self) -> Card | None:
        card: Card | None = self.currentIndex().data(CARD)
        return card

    def choose(self, at: int) -> None:
        """Put the cursor on a card, or on the nearest one there is."""
        if self.cards.cards:
            index = self.cards.index(min(max(0, at), len(self.cards.cards) - 1), 0)
            self.setCurrentIndex(index)
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().select(index, flag)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.choose(max(0, self.currentIndex().row()))
        self.entered_list.emit()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, card = event.key(), self.current()
        step = _STEPS.get(Qt.Key(key))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if card is not None:
                self.carried.emit(card.id, step)
        elif step is not None:
            self.stepped.emit(step)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            if card is not None:
                self.opened.emit(card.id)
        else:
            super().keyPressEvent(event)

    def _aim(self, *, on: bool) -> None:
        self._aimed = on
        self.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)
        self._aim(on=event.isAccepted())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)  # the board itself takes it from where it was
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragLeaveEvent(self, event: object) -> None:
        self._aim(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._aim(on=False)
        if card_id := _card_of(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(card_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        p = QPainter(self.viewport())
        room = self.viewport().rect().adjusted(2, 2, -2, -2)
        if not self.cards.cards and self._meaning:
            p.setFont(theme.font("sm"))
            p.setPen(theme.colour("text_subtle"))
            p.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap,
                       self._meaning)  # fmt: skip
        empty_here = self.hasFocus() and not self.cards.cards
        if self._aimed or empty_here:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            style = Qt.PenStyle.SolidLine if empty_here else Qt.PenStyle.DashLine
            p.setPen(QPen(theme.colour("focus"), 2, style))
            p.drawRoundedRect(room, 9, 9)


class StageColumn(QFrame):
    """A stage: its name, how many, their sum, what that is worth, and its cards."""

    add_asked = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.setProperty("well", True)
        self.setMinimumWidth(theme.px(_LEAST))
        self.list = CardList(stage)
        self.count = Chip("0", "success" if stage.is_won else "neutral")
        self.total, self.weighted = text("", "strong"), Elided("", "subtle")
        self.name = Elided(stage.name, "h3")
        self.name.setMinimumHeight(theme.px(28))  # as the button's, which not all stages have
        head: list[QWidget] = []
        if stage.can_add:
            add = IconButton("plus", _("New in “{stage}”").format(stage=stage.name), size="sm")
            add.clicked.connect(self.add_asked)
            head.append(add)
        elif stage.is_won:
            head.append(Icon("trophy", "success", 16))
        self.setLayout(
            column(
                row((self.name, 1), self.count, *head, gap=6, margins=(2, 0, 0, 0)),
                row(self.total, (self.weighted, 1), gap=6, margins=(2, 0, 0, 0)),
                (self.list, 1), gap=6, margins=(10, 8, 10, 4),
            )
        )  # fmt: skip
        for signal in (self.list.cards.modelReset, self.list.cards.rowsInserted,
                       self.list.cards.rowsRemoved):  # fmt: skip
            signal.connect(self._sum)
        self._sum()

    def _sum(self) -> None:
        cards = self.list.cards.cards
        total = sum((card.amount for card in cards), Decimal(0))
        worth = total * self.stage.probability / 100
        said = _("weighted {amount}").format(amount=i18n.money(worth, decimals=0))
        self.count.show_status(str(len(cards)), self.count.tone)
        self.total.setText(i18n.money(total, decimals=0))
        self.weighted.setText("" if self.stage.is_won else said)
        summary = f"{self.stage.name}, {len(cards)}, {i18n.money(total)}"
        self.list.setAccessibleName(summary if self.stage.is_won else f"{summary}, {said}")


class Board(QScrollArea):
    """The stages side by side. A moved card stands in its new place at once; the page writes it."""

    moved = Signal(str, str, str)  # card id, from stage, to stage
    opened = Signal(str)
    add_asked = Signal(str)  # stage key

    def __init__(self, stages: Sequence[Stage]) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns = {stage.key: StageColumn(stage) for stage in stages}
        inside, across = QWidget(), QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(10)
        for key, part in self.columns.items():
            across.addWidget(part, 1)
            part.add_asked.connect(lambda key=key: self.add_asked.emit(key))
            part.list.opened.connect(self.opened)
            part.list.dropped.connect(lambda card_id, key=key: self.move_card(card_id, key))
            part.list.carried.connect(self._carry)
            part.list.stepped.connect(lambda step, key=key: self._step(key, step))
            part.list.entered_list.connect(lambda key=key: self._only(key))
        inside.setLayout(across)
        self.setWidget(inside)

    def show_cards(self, cards: Mapping[str, Sequence[Card]]) -> None:
        """Show the cards of each stage by its key; the cursor stays on its card."""
        held = self.current()
        for key, part in self.columns.items():
            part.list.cards.set_cards(cards.get(key, ()))
        if held is not None:
            self.choose(held.id)

    def current(self) -> Card | None:
        """Return the card that the cursor is on."""
        lists = [part.list for part in self.columns.values()]
        chosen = [each for each in lists if each.selectionModel().hasSelection()]
        return chosen[0].current() if chosen else None

    def stage_of(self, card_id: str) -> str:
        """Return the key of the stage that a card is in; "" when it is on no stage."""
        found = (k for k, part in self.columns.items() if part.list.cards.row_of(card_id) >= 0)
        return next(found, "")

    def choose(self, card_id: str) -> None:
        if key := self.stage_of(card_id):
            cards = self.columns[key].list
            cards.choose(cards.cards.row_of(card_id))
            self._only(key)

    def move_card(self, card_id: str, to: str) -> None:
        """Put a card at the top of a stage, with the cursor on it, and say so by `moved`."""
        key = self.stage_of(card_id)
        if not key or key == to:
            return
        there, model = self.columns[to], self.columns[key].list.cards
        at = model.row_of(card_id)
        if model.cards[at].is_fixed:
            return
        card = model.take(at)
        there.list.cards.put(0, card)
        there.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.choose(card_id)
        self.ensureWidgetVisible(there, 0, 0)
        said = _("“{card}” is now in {stage}").format(card=card.title, stage=there.stage.name)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self.moved.emit(card_id, key, to)

    def take_away(self, card_id: str) -> None:
        """Take a card off the board, as when it is lost."""
        if key := self.stage_of(card_id):
            model = self.columns[key].list.cards
            model.take(model.row_of(card_id))

    def _neighbour(self, key: str, step: int) -> str:
        keys = list(self.columns)
        at = keys.index(key) + step
        return keys[at] if 0 <= at < len(keys) else ""

    def _carry(self, card_id: str, step: int) -> None:
        if to := self._neighbour(self.stage_of(card_id), step):
            self.move_card(card_id, to)

    def _step(self, key: str, step: int) -> None:
        if to := self._neighbour(key, step):
            at = max(0, self.columns[key].list.currentIndex().row())
            there = self.columns[to]
            there.list.setFocus(Qt.FocusReason.OtherFocusReason)
            there.list.choose(at)
            self.ensureWidgetVisible(there, 0, 0)

    def _only(self, key: str) -> None:
        for other, part in self.columns.items():
            if other != key:
                part.list.clearSelection()


class DropStrip(QFrame):
    """A place below the board where a card can be dropped, such as for the lost ones."""

    dropped = Signal(str)  # card id

    def __init__(self, icon: str, words: str, hint: str = "") -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.setAcceptDrops(True)
        self.setAccessibleName(words)
        self.setLayout(
            row(
                Icon(icon, "text_subtle"), (text(words, "subtle", wrap=True), 1),
                text(hint, "subtle"), gap=8, margins=(14, 8, 14, 8),
            )
        )  # fmt: skip

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dropEvent(self, event: QDropEvent) -> None:
        if card_id := _card_of(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(card_id)
