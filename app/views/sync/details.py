"""What the right side shows besides conflicts: a rejection, a run's receipt, what is here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services import field_labels
from app.services.syncing import Contents, Rejected
from app.views import theme
from app.views.sync.state_card import clock_words, day_and_time
from app.views.widgets.button import Button
from app.views.widgets.layout import Elided, Icon, box, column, line, row, scroll, text
from app.views.widgets.notices import Banner
from app.views.widgets.page import Ref

if TYPE_CHECKING:
    from app.models.sync_state import SyncRun


def reason_words(reason: str) -> tuple[str, str]:
    """Return why the office could not apply a change, and what can be done."""
    return {
        "schema": (
            _("The office's program is older than yours and does not know this yet."),
            _("It is kept there. Ask the office to update its program."),
        ),
        "fk": (
            _("It belongs to something that the office no longer has."),
            _("Open the record and check what it belongs to."),
        ),
        "scope": (
            _("This customer is no longer in your portfolio."),
            _("The office has your change and can apply it."),
        ),
        "role": (
            _("Your user may not change this."),
            _("Ask the office: it has your change and can apply it."),
        ),
        "validation": (
            _("A value is not valid for the office's program."),
            _("Open the record, correct it, and it will be sent again."),
        ),
        "collision": (
            _("Another quote has this number already."),
            _("Ask the office: both keep their printed number."),
        ),
        "frozen": (
            _("This document was issued, so it can no longer change."),
            _("Make a new revision of it."),
        ),
    }.get(
        reason,
        (
            _("The office's program failed with this change."),
            _("It is kept there. Tell the office."),
        ),
    )


def _table(lines: Sequence[tuple[str, ...]], *, heads: Sequence[str] = ()) -> QGridLayout:
    """Lay out words in columns; all but the first are right-aligned when there are heads."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.px(24))
    grid.setVerticalSpacing(theme.px(8))
    start = 0
    if heads:
        for n, words in enumerate(heads):
            label = text(words, "label")
            if n:
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label, 0, n)
        grid.addWidget(line(), 1, 0, 1, len(heads))
        start = 2
    for m, cells in enumerate(lines):
        for n, words in enumerate(cells):
            label = text(words, "body" if heads or n else "muted", wrap=not heads and bool(n))
            if heads and n:
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label, start + m, n)
    grid.setColumnStretch(0 if heads else 1, 1)
    return grid


class RejectedView(QWidget):
    """A change that the office took and could not apply."""

    open_asked = Signal(object)  # Ref

    def __init__(self, rejected: Rejected) -> None:
        super().__init__()
        title = rejected.title
        names = column(Elided(title.words, "h2"), Elided(title.kind, "muted"), gap=0)
        head = [Icon("package-x", "warning_text", 24), (names, 1)]
        if title.screen:
            button = Button(_("Open record"), icon="external-link", kind="ghost")
            ref = Ref(title.screen, title.screen_id)
            button.clicked.connect(lambda: self.open_asked.emit(ref))
            head.append(button)
        why, what_now = reason_words(rejected.reason)
        parts = [
            box(row(*head, gap=12)),  # type: ignore[arg-type]  # widgets and a pair
            Banner("warning", why, what_now),
            text(_("Nothing was erased: your change is here and at the office."), "muted"),
        ]
        if rejected.values:
            parts += [text(_("What you wrote"), "h3"), box(_table(rejected.values))]
        self.setLayout(column(*parts, None, gap=12))


class ReceiptView(QWidget):
    """What one run sent and received."""

    def __init__(self, run: SyncRun, today: date) -> None:
        super().__init__()
        names = column(
            text(_("Receipt of a sync"), "h2"),
            text(day_and_time(run.started_at, today), "muted"), gap=0,
        )  # fmt: skip
        parts: list[QWidget] = [
            box(row(Icon("clipboard-check", "primary_text", 24), (names, 1), gap=12))
        ]
        if run.error:
            parts.append(Banner("warning", _("It was cut."), run.error))
        lines = [
            (
                field_labels.entity_name(entity),
                *(str(counts.get(name) or "–") for name in ("sent", "received", "removed")),
            )
            for entity, counts in sorted((run.receipt or {}).items())
        ]
        if lines:
            heads = (_("Record"), _("Sent"), _("Received"), _("Removed"))
            parts.append(box(_table(lines, heads=heads)))
        else:
            parts.append(text(_("There was nothing new on either side."), "muted"))
        parts += [line(), box(_table(_facts(run)))]
        inside = QWidget()
        inside.setLayout(column(*parts, None, gap=12))
        self.setLayout(column(scroll(inside)))


def _facts(run: SyncRun) -> list[tuple[str, ...]]:
    facts: list[tuple[str, ...]] = []
    if run.ended_at is not None:
        seconds = (run.ended_at - run.started_at).total_seconds()
        words = _("{n} seconds").format(n=i18n.number(max(1, round(seconds))))
        facts.append((_("Took"), words))
    facts.append((_("Data sent"), i18n.size(run.bytes_sent)))
    facts.append((_("Data received"), i18n.size(run.bytes_received)))
    if run.files_sent:
        facts.append((_("Photos and documents sent"), str(run.files_sent)))
    if run.conflicts:
        facts.append((_("Values changed in two places"), str(run.conflicts)))
    if run.parked:
        facts.append((_("Changes that the office did not accept"), str(run.parked)))
    if run.digest_ok is not None:
        same = _("Everything is the same here and at the office")
        other = _("Some records differ: the next sync fetches them again")
        facts.append((_("Check"), same if run.digest_ok else other))
    return facts


class ContentsView(QWidget):
    """What is on this computer, while nothing is chosen."""

    def __init__(self, contents: Contents, files: tuple[int, int], today: date) -> None:
        super().__init__()
        names = column(
            text(_("What is on this computer"), "h2"),
            text(_("All of it works without coverage, and is encrypted."), "muted"), gap=0,
        )  # fmt: skip
        head = row(Icon("hard-drive", "primary_text", 24), (names, 1), gap=12)
        counted = [
            (_plural(entity), i18n.number(count)) for entity, count in contents.tables if count
        ]
        half = (len(counted) + 1) // 2
        tables = row(
            (box(_figures(counted[:half])), 1), 24, (box(_figures(counted[half:])), 1)
        )  # fmt: skip
        n, size = files
        words = ngettext("{n} file, {size}", "{n} files, {size}", n)
        facts: list[tuple[str, ...]] = [
            (_("Photos and documents"), words.format(n=i18n.number(n), size=i18n.size(size)))
        ]
        if contents.last_ok_at is not None:
            facts.append((_("Last complete sync"), day_and_time(contents.last_ok_at, today)))
        if contents.server_url:
            facts.append((_("Server"), contents.server_url))
        if contents.series:
            facts.append((_("Series of this computer's quotes"), contents.series))
        if clock := clock_words(contents.clock_offset_ms):
            facts.append((_("Clock"), clock))
        self.setLayout(column(head, line(), tables, line(), _table(facts), None, gap=14))


def _figures(lines: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(theme.px(8))
    for m, (name, count) in enumerate(lines):
        grid.addWidget(text(name, "muted"), m, 0)
        grid.addWidget(text(count, "strong"), m, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    grid.setRowStretch(len(lines), 1)
    return grid


def _plural(entity: str) -> str:
    return {
        "account": _("Customers and leads"),
        "contact": _("Contacts"),
        "site": _("Addresses"),
        "activity": _("Visits and tasks"),
        "visit_report": _("Visit reports"),
        "quote": _("Quotes"),
        "product": _("Products"),
        "price_list_line": _("Prices"),
        "invoice": _("Invoices"),
        "expense": _("Expenses"),
        "route_plan": _("Routes"),
        "document": _("Documents"),
    }.get(entity, field_labels.entity_name(entity))
