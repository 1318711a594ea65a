"""What an import would do, in figures, and what a person may decide about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import PositionQuality
from app.services.imports.decoding import ENCODINGS
from app.services.imports.plan import ImportPlan
from app.services.imports.reading import DELIMITERS, Source
from app.services.imports.rows import CREATE, MERGE, SKIP
from app.views.imports import wording
from app.views.widgets.button import Segmented
from app.views.widgets.field import Field
from app.views.widgets.layout import Icon, box, column, line, row, scroll, text

WIDTH = 330
TWINS = (MERGE, SKIP, CREATE)


class Figure(QFrame):
    """An icon, a number in bold, and what it counts; gone when it is nothing."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self.setProperty("bare", True)
        self._number, self._words = text("", "strong"), text("", "body", wrap=True)
        self.icon = Icon(icon, f"{tone}_text", 18)
        self.setLayout(row(self.icon, self._number, (self._words, 1), gap=8))

    def show_count(self, count: int, words: str) -> None:
        self._number.setText(i18n.number(count))
        self._words.setText(words)
        self.setVisible(bool(count))


class OutlookPanel(QFrame):
    """The panel at the right of the columns and of the review."""

    decided = Signal()  # what becomes of duplicates, how days are written
    read_anew = Signal()  # another encoding, delimiter, or first row

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.new, self.updated = Figure("user-plus", "success"), Figure("git-merge", "info")
        self.unchanged, self.noticed = Figure("equal", "info"), Figure("triangle-alert", "warning")
        self.refused = Figure("circle-x", "danger")
        self.waiting = text("", "muted", wrap=True)
        self.twins = Segmented([_("Merge"), _("Skip"), _("Create")], name=_("Duplicates"))
        self.days = Segmented([_("Day/month"), _("Month/day")], name=_("Dates"))
        self.encoding, self.delimiter = QComboBox(), QComboBox()
        self.titles = QCheckBox(_("The first row has the titles"))
        self._twins_words = text("", "muted", wrap=True)
        self._map_words = text("", "muted", wrap=True)
        self._lay_out()
        for control in (self.twins, self.days):
            control.clicked.connect(self.decided)
        for chooser in (self.encoding, self.delimiter):
            chooser.activated.connect(lambda _index: self.read_anew.emit())
        self.titles.clicked.connect(lambda _on: self.read_anew.emit())

    def _lay_out(self) -> None:
        figures = column(
            text(_("What will happen"), "h2"), self.waiting, self.new, self.updated,
            self.unchanged, self.noticed, self.refused, gap=9,
        )  # fmt: skip
        doubtful = text(_("Nothing in the list tells whether 03/04 is in April or in March."),
                        "muted", wrap=True)  # fmt: skip
        self._days_part = _part(_("Dates"), doubtful, row(self.days, None))
        self._twins_part = _part(_("Duplicates"), self._twins_words, row(self.twins, None))
        self._map_part = _part(_("Map"), self._map_words)
        self._text_part = box(
            row(
                (Field(_("Letters"), self.encoding), 8),
                (Field(_("Delimiter"), self.delimiter), 7),
                gap=6,
            )
        )
        self._file_part = _part(_("How it was read"), self._text_part, self.titles)
        undo = text(_("You can undo the whole import when it is done."), "muted", wrap=True)
        undo.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        inner = box(
            column(
                figures, self._days_part, self._twins_part, self._map_part, self._file_part,
                4, None,
                row(Icon("undo-2", "text_muted", 14), (undo, 1), gap=8), gap=10,
                margins=(17, 14, 17, 14),
            )
        )  # fmt: skip
        self.setLayout(column(scroll(inner), gap=0, margins=(1, 1, 1, 1)))

    def show_source(self, source: Source) -> None:
        """Show how the file was read."""
        is_text = source.encoding != "xlsx"
        self._text_part.setVisible(is_text)
        if is_text:
            _fill(self.encoding, source.encoding, ENCODINGS, wording.encoding)
            _fill(self.delimiter, source.delimiter, DELIMITERS, wording.delimiter)
        self.titles.setChecked(bool(source.header))

    def show_waiting(self, words: str) -> None:
        """Say why there are no figures."""
        self.waiting.setText(words)
        self.waiting.show()
        for figure in (self.new, self.updated, self.unchanged, self.noticed, self.refused):
            figure.hide()
        for part in (self._days_part, self._twins_part, self._map_part):
            part.hide()

    def show_plan(self, plan: ImportPlan) -> None:
        self.waiting.hide()
        self._show_counts(plan)
        accounts = plan.kind == "accounts"
        self._days_part.setVisible(plan.days is not None and not plan.days.is_sure)
        self._twins_words.setText(
            _("Recognised by id, tax ID or code; without them, by name and town.")
            if accounts
            else _("Recognised by reference or barcode; without them, by name.")
        )
        met = any(row_.target for row_ in plan.rows)
        self._twins_part.setVisible(met or self.twins.index != 0)
        self._map_part.setVisible(accounts)
        if accounts:
            self._map_words.setText(_map(plan))

    def _show_counts(self, plan: ImportPlan) -> None:
        added, updated = plan.count("add"), plan.count("update")
        unchanged, refused = plan.count("unchanged"), len(plan.refused)
        noticed = sum(bool(row_.notices) for row_ in plan.rows)
        new = "user-plus" if plan.kind == "accounts" else "package-plus"
        self.new.icon.show_icon(new, "success_text")
        self.new.show_count(
            added,
            ngettext("new prospect", "new prospects", added)
            if plan.kind == "accounts"
            else ngettext("new product", "new products", added),
        )
        self.updated.show_count(
            updated, ngettext("joins one that exists", "join one that exists", updated)
        )
        self.unchanged.show_count(
            unchanged, ngettext("already here, the same", "already here, the same", unchanged)
        )
        self.noticed.show_count(
            noticed, ngettext("with a notice, comes in", "with notices, come in", noticed)
        )
        self.refused.show_count(refused, ngettext("left out", "left out", refused))


def _part(title: str, *parts: object) -> QWidget:
    return box(column(line(), 2, text(title, "h3"), *parts, gap=7))  # type: ignore[arg-type]


def _fill(box_: QComboBox, current: str, keys: tuple[str, ...], words: object) -> None:
    """Offer the keys, and what the file was read with when it is none of them."""
    assert callable(words)  # noqa: S101 - one of wording's functions
    box_.clear()
    for key in keys if current in keys else (current, *keys):
        box_.addItem(words(key), key)
    box_.setCurrentIndex(box_.findData(current))


def _map(plan: ImportPlan) -> str:
    """Say how well the places are known."""
    work = [row_.values for row_ in plan.rows if row_.action == "add"]
    exact = sum(v.get("position_quality") == PositionQuality.EXACT for v in work)
    placed = sum("lat_e6" in v for v in work) - exact
    nowhere = len(work) - exact - placed
    words = [
        (exact, ngettext("{n} with its exact position.", "{n} with their exact position.", exact)),
        (placed, ngettext("{n} placed by postcode or town.", "{n} placed by postcode or town.",
                          placed)),
        (nowhere, ngettext("{n} without a place on the map.", "{n} without a place on the map.",
                           nowhere)),
    ]  # fmt: skip
    said = [w.format(n=i18n.number(n)) for n, w in words if n]
    return " ".join(said) or _("No new places.")
