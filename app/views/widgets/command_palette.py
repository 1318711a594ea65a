"""One field to go anywhere, do anything and find anything: Ctrl+K, a few letters, Enter.

What there is to find and what is done with it is a `Source`'s; here is how it looks and moves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from app.i18n import _
from app.views import theme
from app.views.paged_table import Index
from app.views.widgets.avatar import paint_avatar
from app.views.widgets.button import paint_key
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Elided, column, line, row
from app.views.widgets.page import Ref
from app.views.widgets.search_box import SearchBox

_FOUND, _MATCH = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROW, _HEADING, _MOST = 44, 28, 9
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Found:
    """Somewhere to go or something to do; those of one `group` stand under its name.

    `key` is printed at the end. `deed` is what the source does in place of opening `ref`; `row` is
    (entity, id) of what has actions of its own.
    """

    title: str
    subtitle: str = ""
    ref: Ref | None = None
    icon: str = ""
    group: str = ""
    key: str = ""
    avatar: bool = False  # of the title, in the place of the icon
    deed: str = ""
    row: tuple[str, str] = ("", "")


Done = Callable[[list[Found]], None]


class Source(Protocol):
    """What can be found and done; `done` may be called at once or later, on this thread."""

    def begin(self, done: Done) -> None:
        """Offer what is near at hand, before anything is typed."""

    def find(self, words: str, done: Done) -> None:
        """Find what matches `words`, prefix and all."""

    def more(self, found: Found, done: Done) -> None:
        """Offer what can be done with one result; nothing where there is nothing."""

    def take(self, found: Found, *, in_window: bool) -> None:
        """Do it, the palette being closed."""


PREFIXES = ">@#$?"


def words_of(typed: str) -> str:
    """Return what was typed without the prefix that says where to look."""
    return typed.strip().lstrip(PREFIXES).strip()


def folded(words: str) -> str:
    """Return words without accents and case, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in words).lower()


class _Delegate(QStyledItemDelegate):
    """Paints a heading, or a place to go with the letters that were typed in colour."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_place = isinstance(index.data(_FOUND), Found)
        return QSize(theme.px(100), theme.px(_ROW if is_place else _HEADING))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, found = QRectF(option.rect), index.data(_FOUND)
        if not isinstance(found, Found):
            p.setFont(theme.font("xs", "semibold"))
            p.setPen(theme.colour("text_muted"))
            p.drawText(box.adjusted(theme.px(12), 0, 0, 0), _MIDDLE, index.data())
            return
        if option.state & QStyle.StateFlag.State_Selected:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("selected"))
            p.drawRoundedRect(box.adjusted(0, 1, 0, -1), 7, 7)
        x, middle = box.x() + theme.px(12), box.center().y()
        if found.avatar:
            paint_avatar(p, x, middle - theme.px(13), theme.px(26), found.title)
        else:
            theme.draw_icon(p, found.icon, x + theme.px(4), middle - theme.px(9), 18)
        right = box.right() - theme.px(12)
        if found.key:
            p.setFont(theme.font("xs", "medium"))
            right -= p.fontMetrics().horizontalAdvance(found.key) + theme.px(10)
            paint_key(p, right, middle, found.key, "text_muted")
        self._words(p, x + theme.px(38), right - theme.px(10), box, found, index.data(_MATCH))

    def _words(
        self, p: QPainter, x: float, right: float, box: QRectF, found: Found, match: str
    ) -> None:
        p.setFont(theme.font("base", "medium"))
        title = p.fontMetrics().elidedText(
            found.title, Qt.TextElideMode.ElideRight, int(right - x)
        )  # fmt: skip
        at = folded(title).find(match) if match else -1
        cuts = (0, at, at + len(match), len(title)) if at >= 0 else (0, len(title))
        for n, (first, last) in enumerate(pairwise(cuts)):
            p.setFont(theme.font("base", "bold" if n == 1 else "medium"))
            p.setPen(theme.colour("primary_text" if n == 1 else "text"))
            part = title[first:last]
            p.drawText(QRectF(x, box.y(), right - x + 4, box.height()), _MIDDLE, part)
            x += p.fontMetrics().horizontalAdvance(part)
        p.setFont(theme.font("sm"))
        p.setPen(theme.colour("text_subtle"))
        x += theme.px(10)
        words = p.fontMetrics().elidedText(
            found.subtitle, Qt.TextElideMode.ElideRight, max(0, int(right - x))
        )
        p.drawText(QRectF(x, box.y(), max(0, right - x), box.height()), _MIDDLE, words)


class FoundList(QListWidget):
    """Places to go under the names of their groups; the current one is what Enter takes."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(theme.px(_ROW * _MOST))
        self.setAccessibleName(_("Results"))
        # or else everything below the palette would be painted anew at each key
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self.viewport()).fillRect(event.rect(), theme.colour("overlay"))
        super().paintEvent(event)

    def show_found(self, rows: Sequence[Found], words: str) -> None:
        self.clear()
        for group, members in groupby(rows, key=lambda row: row.group):
            if group:
                self._heading(group)
            for found in members:
                item = QListWidgetItem(", ".join(p for p in (found.title, found.subtitle) if p))
                item.setData(_FOUND, found)
                item.setData(_MATCH, folded(words_of(words)))
                self.addItem(item)
        if not rows:
            self._heading(_("Nothing found for “{words}”").format(words=words.strip()))
        self._choose(range(self.count()))

    def _heading(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.addItem(item)

    def _choose(self, rows: Sequence[int]) -> None:
        for at in rows:
            if isinstance(self.item(at).data(_FOUND), Found):
                self.setCurrentRow(at)
                if at == 1:
                    self.scrollToTop()  # with the name of the first group
                return

    def current(self) -> Found | None:
        item = self.currentItem()
        found = item.data(_FOUND) if item is not None else None
        return found if isinstance(found, Found) else None

    def shown(self) -> list[Found]:
        """Return the places in the order shown."""
        every = (self.item(at).data(_FOUND) for at in range(self.count()))
        return [found for found in every if isinstance(found, Found)]

    def move_by(self, step: int) -> None:
        count, here = self.count(), self.currentRow()
        self._choose([(here + step * n) % count for n in range(1, count + 1)] if count else [])


class _Field(SearchBox):
    """The palette's field: arrows move in the list, Enter goes, → asks for more."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__(_("Search or go to…"))
        self.setObjectName("PaletteInput")
        self._palette = palette

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, palette = event.key(), self._palette
        at_end = self.cursorPosition() == len(self.text()) and not self.hasSelectedText()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            palette.list.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            palette.enter(in_window=held)
        elif palette.turned(key, at_end=at_end):
            return
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class CommandPalette:
    """The palette, open over a window until something is chosen or Esc is pressed."""

    def __init__(self, window: QWidget, source: Source) -> None:
        self._source = source
        self._asked = ""
        self._in_haste: bool | None = None  # Enter came first; True: in a window of its own
        self._results: list[Found] | None = None  # those behind the actions of one of them
        self.list = FoundList()
        self.list.itemClicked.connect(lambda _item: self._take(in_window=False))
        self.field = _Field(self)
        self.field.searched.connect(self._search)
        inside = column(
            self.field, self.list, line(), self._foot(), gap=8, margins=(12, 12, 12, 10)
        )
        self.layer = Layer(window, inside, width=720, top=70, name=_("Search or go to…"))
        self.field.setFocus()
        self.show_beginning()

    def _foot(self) -> QHBoxLayout:
        keys = _("↑ ↓ move · ↵ open · → actions")
        places = _("> actions · @ customers · # documents · $ products · ? help")
        return row((Elided(keys, "subtle"), 2), (Elided(places, "subtle"), 3), gap=12)

    def show_beginning(self) -> None:
        """Show what is near at hand, if nothing has been typed meanwhile."""
        self._source.begin(lambda found: self._found("", found))

    def _search(self, words: str) -> None:
        self._asked, self._results = words, None
        if words.strip():
            self._source.find(words, lambda found: self._found(words, found))
        else:
            self.show_beginning()

    def _found(self, words: str, found: list[Found]) -> None:
        if words != self._asked or not isValid(self.list):  # it may be closed meanwhile
            return
        self.list.show_found(found, words)
        if self._in_haste is not None:
            in_window, self._in_haste = self._in_haste, None
            self._take(in_window=in_window)

    def turned(self, key: int, *, at_end: bool) -> bool:
        """Turn to the actions of a result with →, and back from them with ← and Esc."""
        if key == Qt.Key.Key_Right:
            return at_end and self.show_more()
        return key in {Qt.Key.Key_Left, Qt.Key.Key_Escape} and self.show_less()

    def show_more(self) -> bool:
        """Show what can be done with the current result; False when that is nothing."""
        found = self.list.current()
        if found is None or not found.row[0] or self._results is not None:
            return False
        self._results = self.list.shown()
        self._source.more(found, lambda rows: self._show_more(found, rows))
        return True

    def _show_more(self, found: Found, rows: list[Found]) -> None:
        if self._results is None or not isValid(self.list):
            return
        self.list.show_found([replace(each, group=found.title) for each in rows], "")

    def show_less(self) -> bool:
        """Go back from the actions of a result to the results; False when they are shown."""
        if self._results is None:
            return False
        before, self._results = self._results, None
        self.list.show_found(before, self._asked)
        return True

    def enter(self, *, in_window: bool) -> None:
        """Go to the current place, or to the first of what is typed now as soon as it is found."""
        if self._asked != self.field.text():
            self._in_haste = in_window
            self._search(self.field.text())
        else:
            self._take(in_window=in_window)

    def _take(self, *, in_window: bool) -> None:
        found = self.list.current()
        if found is None:
            return
        deed, _colon, words = found.deed.partition(":")
        if deed == "type":  # a way to go on typing
            self.field.setText(words)
            return
        self.layer.close_layer()
        self._source.take(found, in_window=in_window)
