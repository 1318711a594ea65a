"""Which column goes into which field: one line per column of the file, with its first value."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from app.i18n import _
from app.services.imports.cells import DayOrder
from app.services.imports.matching import FIELDS
from app.services.imports.reading import Source
from app.views import theme
from app.views.imports import wording
from app.views.widgets.chip import Chip
from app.views.widgets.layout import Elided, Icon, box, clear, column, line, row, scroll, text

_TITLE, _FIELD = 186, 190
_SHOWN = 120  # titles that are shown; further ones are shown when they have a field


class FieldBox(QComboBox):
    """The field of one column; the wheel scrolls the page, never the choice."""

    def __init__(self, title: str, kind: str) -> None:
        super().__init__()
        self.setAccessibleName(_("Field for {column}").format(column=title))
        self.setFixedWidth(theme.px(_FIELD))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.addItem(_("Do not import"), "")
        for key in FIELDS[kind]:
            self.addItem(wording.field(kind, key), key)

    def show_field(self, kind: str, key: str) -> None:
        """Show a field without saying that it was chosen."""
        blocked = self.blockSignals(True)
        if key and self.findData(key) < 0:  # one that only a guess can give
            self.addItem(wording.field(kind, key), key)
        self.setCurrentIndex(max(0, self.findData(key)))
        self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ColumnsCard(QFrame):
    """The columns of a file; `changed` carries the new field to column when a person chose."""

    changed = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.boxes: dict[int, FieldBox] = {}  # by column
        self._chips: dict[int, Chip] = {}
        self._empty: set[int] = set()
        self._columns: dict[str, int] = {}
        self._kind = "accounts"
        heads = [text(words, "label") for words in (
            _("Column of the file"), _("Field in Viajante"), _("First value"))]  # fmt: skip
        heads[0].setFixedWidth(theme.px(_TITLE + 28))
        heads[1].setFixedWidth(theme.px(_FIELD))
        head = box(row(*heads, None, gap=12, margins=(14, 9, 14, 9)))
        self._lines = column(gap=0)
        inner = box(column(self._lines, None, gap=0))
        self._scroll = scroll(inner)
        self.setLayout(column(head, line(), (self._scroll, 1), gap=0, margins=(1, 1, 1, 1)))

    def show_source(self, source: Source, kind: str, columns: Mapping[str, int]) -> None:
        """Show the columns of a file with the fields that were guessed for them."""
        clear(self._lines)
        self.boxes.clear()
        self._chips.clear()
        self._empty.clear()
        self._kind, self._columns = kind, dict(columns)
        used = set(columns.values())
        for at, title in enumerate(source.titles):
            if at < _SHOWN or at in used:
                self._lines.addWidget(self._line(source, at, title))
                self._lines.addWidget(line())
        self._mark()
        self._scroll.verticalScrollBar().setValue(0)

    def show_days(self, days: DayOrder | None, *, day_first: bool) -> None:
        """Say beside the column of days how they are read."""
        at = self._columns.get("since_on")
        if days is not None and at in self._chips:
            words = _("Day/month/year") if day_first else _("Month/day/year")
            tone = "info" if days.is_sure else "warning"
            self._chips[at].show_status(words, tone, "calendar-days")
            self._chips[at].show()

    def _line(self, source: Source, at: int, title: str) -> QWidget:
        shown = title or _("Column {n}").format(n=at + 1)
        name = Elided(shown, "strong")
        name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        name.setFixedWidth(theme.px(_TITLE))
        first = next((cells[at] for _line, cells in source.rows if cells[at]), "")
        if not first:
            self._empty.add(at)
        value = Elided(" ".join(first.split())[:200] or _("Empty"), "muted" if first else "subtle")
        field = self.boxes[at] = FieldBox(shown, self._kind)
        field.activated.connect(lambda _index, at=at: self._choose(at))
        chip = self._chips[at] = Chip(_("Not imported"), "warning", "triangle-alert")
        made = box(
            row(name, Icon("arrow-right"), field, (value, 1), chip, gap=12, margins=(14, 4, 14, 4))
        )
        made.setFixedHeight(theme.px(44))
        return made

    def _choose(self, at: int) -> None:
        """Take over a choice; a field that another column had moves here."""
        key = self.boxes[at].currentData()
        self._columns = {k: v for k, v in self._columns.items() if v != at and k != key}
        if key:
            self._columns[key] = at
        self._mark()
        self.changed.emit(dict(self._columns))

    def _mark(self) -> None:
        fields = {at: key for key, at in self._columns.items()}
        for at, field in self.boxes.items():
            field.show_field(self._kind, fields.get(at, ""))
            self._chips[at].show_status(_("Not imported"), "warning", "triangle-alert")
            self._chips[at].setVisible(at not in fields and at not in self._empty)
