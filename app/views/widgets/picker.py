"""A field that finds something as one types: two-line choices below it, «Create» last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import _
from app.views import theme
from app.views.paged_table import Index
from app.views.widgets.search_box import SearchBox
from app.views.widgets.table_view import paint_two_lines

CREATE = "\0create"


@dataclass(frozen=True)
class Choice:
    """Something that can be picked."""

    id: str
    title: str
    subtitle: str = ""
    icon: str = ""


Fetch = Callable[[str, Callable[[Sequence[Choice]], None]], None]
_CHOICE = Qt.ItemDataRole.UserRole
_CONTROL = Qt.KeyboardModifier.ControlModifier


class ChoiceDelegate(QStyledItemDelegate):
    """Paints a `Choice` in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(100), theme.px(46))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRectF(option.rect)
        chosen = option.state & QStyle.StateFlag.State_Selected
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            p.fillRect(box, theme.colour("selected" if chosen else "hover"))
        choice = index.data(_CHOICE)
        x = box.x() + theme.px(12)
        if choice.icon:
            theme.draw_icon(p, choice.icon, x, box.center().y() - theme.px(9), 18)
            x += theme.px(30)
        room = QRectF(x, box.y(), box.right() - x - theme.px(8), box.height())
        paint_two_lines(p, room, choice.title, choice.subtitle, "")


class ChoiceList(QListWidget):
    """The choices; the current one is what Enter takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        self.clear()
        for choice in choices:
            item = QListWidgetItem(f"{choice.title}, {choice.subtitle}".rstrip(", "))
            item.setData(_CHOICE, choice)
            self.addItem(item)
        self.setCurrentRow(0)

    def current(self) -> Choice | None:
        item = self.currentItem()
        choice: Choice | None = item.data(_CHOICE) if item is not None else None
        return choice

    def move_by(self, step: int) -> None:
        if self.count():
            self.setCurrentRow((self.currentRow() + step) % self.count())


class Picker(SearchBox):
    """`chosen` carries the choice; `created` the words typed, when «Create» was taken.

    `fetch(words, done)` finds choices off the GUI thread and calls `done` with them.
    """

    chosen = Signal(object)
    created = Signal(str)

    def __init__(self, hint: str, fetch: Fetch, *, name: str = "", create: bool = False) -> None:
        super().__init__(hint, name=name)
        self._fetch, self._create = fetch, create
        self._listed = ""
        self._in_haste = False
        self.list = ChoiceList()
        self.list.setWindowFlags(Qt.WindowType.ToolTip)
        self.list.setProperty("overlay", "true")
        self.list.itemClicked.connect(lambda _item: self._take())
        self.searched.connect(self._search)
        self.installEventFilter(self)
        self.destroyed.connect(self.list.deleteLater)

    def show_choice(self, choice: Choice | None) -> None:
        """Show what is picked without asking anybody."""
        self._said = choice.title if choice else ""  # and so it is not searched for
        self.setText(self._said)
        self.setCursorPosition(0)
        self._timer.stop()
        self._in_haste = False
        self.list.hide()

    def _search(self, words: str) -> None:
        if self.hasFocus():
            self._fetch(words, lambda choices: self._found(words, choices))

    def _found(self, words: str, choices: Sequence[Choice]) -> None:
        if words != self.text() or not self.hasFocus():
            return
        rows = list(choices)
        if self._create and words.strip():
            title = _("Create “{name}”").format(name=words.strip())
            rows.append(Choice(CREATE, title, "", "plus"))
        self._listed = words
        self.list.show_choices(rows)
        if not rows or self._in_haste:
            in_haste, self._in_haste = self._in_haste, False
            self.list.hide()
            if in_haste:
                self._take()
            return
        self.list.setFixedWidth(max(self.width(), theme.px(320)))
        self.list.setFixedHeight(min(len(rows), 7) * theme.px(46) + 4)
        self.list.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self.list.show()

    def _read_aloud(self) -> None:
        """Say the current choice: the focus stays in the field, where it is typed."""
        if (item := self.list.currentItem()) is not None:
            self.setAccessibleDescription(item.text())
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, item.text()))

    def _take(self) -> None:
        choice = self.list.current()
        self.list.hide()
        if choice is None:
            return
        if choice.id == CREATE:
            self.created.emit(self.text().strip())
        else:
            self.chosen.emit(choice)

    def _enter(self) -> None:
        """Take the current choice, or the first of what is typed now as soon as it is found."""
        if self.list.isVisible() and self._listed == self.text():
            self._take()
        elif self.text().strip():
            self._in_haste = True
            self._search(self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self and event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.list.hide()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        self._in_haste = False
        if self.list.isVisible() and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.list.move_by(1 if key == Qt.Key.Key_Down else -1)
            self._read_aloud()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & _CONTROL:
            self._enter()
        elif self.list.isVisible() and key == Qt.Key.Key_Escape:
            self.list.hide()
        elif key == Qt.Key.Key_Down:
            self._search(self.text())
        else:
            super().keyPressEvent(event)
