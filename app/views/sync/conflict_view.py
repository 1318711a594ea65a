"""A conflict: field by field my version beside the office's, and what will be left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLineEdit, QSizePolicy, QWidget

from app.i18n import _, ngettext
from app.services.conflicts import MINE, OFFICE, Choice, Details
from app.views import theme
from app.views.sync.state_card import day_and_time
from app.views.widgets.avatar import Avatar
from app.views.widgets.button import Button, paint_ring
from app.views.widgets.layout import Elided, Icon, box, column, line, row, scroll, text
from app.views.widgets.page import Ref

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class SideButton(QAbstractButton):
    """One of the two values of a field; exactly one of a pair is on."""

    def __init__(self, words: str, name: str, *, locked: bool = False) -> None:
        super().__init__()
        self.words, self.locked = words, locked
        self.setCheckable(True)
        self.setEnabled(not locked)
        self.setToolTip(words)
        self.setAccessibleName(f"{name}: {words}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not locked:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(42))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, frame = self.isChecked(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        token = "primary" if on else "border_strong"
        p.setPen(QPen(theme.colour(token), 2 if on else 1))
        p.setBrush(theme.colour("selected" if on else "sunken" if self.locked else "surface"))
        p.drawRoundedRect(frame, 6, 6)
        x, middle, radius = theme.px(20), self.height() / 2, theme.px(7)
        if self.locked:
            theme.draw_icon(p, "lock", x - theme.px(7), middle - theme.px(7), 14, "text_subtle")
        else:
            p.setPen(QPen(theme.colour("primary" if on else "text_subtle"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            circle = QRectF(x - radius, middle - radius, 2 * radius, 2 * radius)
            p.drawEllipse(circle)
            if on:
                p.setBrush(theme.colour("primary"))
                p.drawEllipse(circle.adjusted(4, 4, -4, -4))
        p.setFont(theme.font("base", "semibold" if on else "regular"))
        p.setPen(theme.colour("text_muted" if self.locked else "text"))
        room = frame.adjusted(theme.px(34), 0, -theme.px(10), 0)
        short = p.fontMetrics().elidedText(
            self.words.replace("\n", " "), Qt.TextElideMode.ElideRight, int(room.width())
        )
        p.drawText(room, _MIDDLE, short)
        if self.hasFocus():
            paint_ring(p, QRectF(self.rect()))


class _Field(QWidget):
    """The pair of values of one field; `typed` is a third one."""

    changed = Signal()

    def __init__(self, choice: Choice, other: str) -> None:
        super().__init__()
        self.choice = choice
        self.mine = SideButton(choice.mine, _("Your version"), locked=choice.locked)
        self.office = SideButton(choice.office, other)
        self.typed = QLineEdit()
        self.typed.setAccessibleName(choice.label)
        self.typed.hide()
        self.typed.textEdited.connect(lambda _words: self.changed.emit())
        self.mine.clicked.connect(lambda: self.choose(MINE))
        self.office.clicked.connect(lambda: self.choose(OFFICE))
        self.choose(OFFICE if choice.applied == OFFICE else MINE)

    @property
    def side(self) -> str:
        return MINE if self.mine.isChecked() else OFFICE

    def choose(self, side: str) -> None:
        """Take one of the two values, unless the office decides this field."""
        mine = side == MINE and not self.choice.locked
        self.mine.setChecked(mine)
        self.office.setChecked(not mine)
        self.typed.hide()
        self.changed.emit()

    def edit(self) -> None:
        """Let a third value be typed, beginning from the one that is chosen."""
        held = self.choice.mine_value if self.side == MINE else self.choice.office_value
        self.typed.setText(str(held or ""))
        self.typed.setVisible(True)
        self.typed.setFocus()
        self.changed.emit()

    @property
    def words(self) -> str:
        if self.is_typed:
            return self.typed.text() or "–"
        return self.choice.mine if self.side == MINE else self.choice.office

    @property
    def is_typed(self) -> bool:
        return not self.typed.isHidden()


class ConflictView(QWidget):
    """Emits what the user decides; the page does it."""

    settled = Signal(dict, dict)  # side per conflict id, typed text per conflict id
    later = Signal()
    open_asked = Signal(object)  # Ref

    def __init__(self, details: Details, place: str, today: date) -> None:
        super().__init__()
        self.details = details
        self._other = details.other or _("The office")
        self.fields = [_Field(choice, self._other) for choice in details.choices]
        self._result = QGridLayout()
        self._result.setHorizontalSpacing(theme.px(28))
        self._result.setVerticalSpacing(2)
        well = box(column(text(_("It will be left like this"), "h3"), self._result, gap=6,
                          margins=(14, 10, 14, 10)), well="true")  # fmt: skip
        kept = row(
            Icon("history", "text_subtle", 14),
            (text(_("Both versions are kept in the office's history."), "muted"), 1), gap=7,
        )  # fmt: skip
        inside = QWidget()
        inside.setLayout(
            column(self._why(), 2, self._grid(today), *self._locked_note(), 2, well, kept, None,
                   gap=10)
        )  # fmt: skip
        head = self._head(place)
        self.setLayout(column(head, (scroll(inside), 1), line(), self._buttons(), gap=10))
        for field in self.fields:
            field.changed.connect(self._show_result)
        self._show_result()

    def _head(self, place: str) -> QWidget:
        title = self.details.case.title
        names = column(Elided(title.words, "h2"), Elided(title.kind, "muted"), gap=0)
        parts = [Avatar(title.words, 40), (names, 1), text(place, "muted")]
        if title.screen:
            button = Button(_("Open record"), icon="external-link", kind="ghost")
            ref = Ref(title.screen, title.screen_id)
            button.clicked.connect(lambda: self.open_asked.emit(ref))
            parts.append(button)
        return box(row(*parts, gap=10))  # type: ignore[arg-type]  # widgets and a pair

    def _why(self) -> QWidget:
        if self.details.case.is_removal:
            words = _(
                "This record was removed in one place and changed in another. It was kept: choose"
                " whether it stays."
            )
        elif self.details.other_is_me:
            words = _(
                "You changed the same fields on two computers. Choose field by field; no version"
                " is lost."
            )
        else:
            words = _(
                "You changed this record offline and the office changed the same fields. Choose;"
                " no version is lost."
            )
        return text(words, "muted", wrap=True)

    def _grid(self, today: date) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(8))
        details = self.details
        mine_at = day_and_time(details.mine_at, today) if details.mine_at else ""
        other_at = day_and_time(details.other_at, today) if details.other_at else ""
        heads = (
            (column(text(_("Field"), "h3"), text(_("previous value"), "muted"), gap=0), ""),
            (column(text(_("Your version"), "h3"), text(mine_at, "muted"), gap=0), "laptop"),
            (column(text(self._other, "h3"), text(other_at, "muted"), gap=0), "building-2"),
        )
        for n, (words, icon) in enumerate(heads):
            parts = (Icon(icon, "info_text", 16), words) if icon else (words,)
            grid.addLayout(row(*parts, None, gap=8), 0, n)
        grid.addWidget(line(), 1, 0, 1, 3)
        for n, field in enumerate(self.fields):
            grid.addLayout(self._label(field), 2 + 2 * n, 0)
            grid.addWidget(field.mine, 2 + 2 * n, 1)
            grid.addWidget(field.office, 2 + 2 * n, 2)
            grid.addWidget(field.typed, 3 + 2 * n, 1, 1, 2)
        for n, share in enumerate((6, 8, 8)):
            grid.setColumnStretch(n, share)
        return grid

    def _label(self, field: _Field) -> QGridLayout:
        choice = field.choice
        held = QGridLayout()
        held.setVerticalSpacing(0)
        held.setColumnStretch(0, 1)
        held.addWidget(Elided(choice.label, "h3"), 0, 0)
        if choice.before:
            before = Elided(_("before: {value}").format(value=choice.before), "muted")
            held.addWidget(before, 1, 0, 1, 2)
        if choice.is_text and not choice.locked:
            edit = Button("", icon="pencil", kind="ghost", size="sm", tip=_("Write another value"))
            edit.clicked.connect(field.edit)
            held.addWidget(edit, 0, 1)
        return held

    def _locked_note(self) -> list[QWidget]:
        locked = [choice.label for choice in self.details.choices if choice.locked]
        if not locked:
            return []
        words = ngettext(
            "{fields} is decided by the office: it has received your change as a proposal.",
            "{fields} are decided by the office: it has received your changes as proposals.",
            len(locked),
        ).format(fields=", ".join(locked))
        words_ = text(words, "muted", wrap=True)
        return [box(row(Icon("lock", "text_subtle", 14), (words_, 1)))]

    def _buttons(self) -> QWidget:
        self.all_mine = Button(_("All mine"))
        self.all_office = Button(_("All the office's"))
        self.decide_later = Button(_("Decide later"), kind="ghost")
        self.save = Button(_("Save result"), icon="check", kind="primary", key="Ctrl ↵")
        self.all_mine.clicked.connect(lambda: self._choose_all(MINE))
        self.all_office.clicked.connect(lambda: self._choose_all(OFFICE))
        self.decide_later.clicked.connect(self.later)
        self.save.clicked.connect(self.settle)
        return box(row(self.all_mine, self.all_office, None, self.decide_later, self.save))

    def _choose_all(self, side: str) -> None:
        for field in self.fields:
            field.choose(side)

    def settle(self) -> None:
        """Hand over what was chosen, field by field."""
        sides = {field.choice.conflict_id: field.side for field in self.fields}
        typed = {
            field.choice.conflict_id: field.typed.text().strip()
            for field in self.fields
            if field.is_typed
        }
        self.settled.emit(sides, typed)

    def _show_result(self) -> None:
        while (item := self._result.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.deleteLater()
        for n, field in enumerate(self.fields):
            at, below = n % 3, n // 3 * 2
            self._result.addWidget(text(field.choice.label, "muted"), below, at)
            self._result.addWidget(Elided(field.words), below + 1, at)
            self._result.setColumnStretch(at, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._step(-1),
            Qt.Key.Key_Down: lambda: self._step(1),
            Qt.Key.Key_Left: lambda: self._side(MINE),
            Qt.Key.Key_Right: lambda: self._side(OFFICE),
        }
        if event.key() in keys:
            keys[event.key()]()
        else:
            super().keyPressEvent(event)

    def _here(self) -> int:
        for n, field in enumerate(self.fields):
            if field.mine.hasFocus() or field.office.hasFocus():
                return n
        return -1

    def _step(self, by: int) -> None:
        n = min(max(self._here() + by, 0), len(self.fields) - 1)
        self._focus(self.fields[n])

    def _side(self, side: str) -> None:
        here = self.fields[max(self._here(), 0)]
        here.choose(side)
        self._focus(here)

    def _focus(self, field: _Field) -> None:
        button = field.mine if field.side == MINE else field.office
        button.setFocus(Qt.FocusReason.TabFocusReason)
