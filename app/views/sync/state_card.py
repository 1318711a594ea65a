"""How it stands with the office: in one line, with how much went and came, and the button."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from app import i18n
from app.errors import Offline
from app.i18n import _, ngettext
from app.views import theme
from app.views.sync.entries import Disc
from app.views.widgets.bar import Bar
from app.views.widgets.button import Button
from app.views.widgets.layout import Icon, column, row, text
from app.views.widgets.progress import of_bytes

if TYPE_CHECKING:
    from app.models.sync_state import SyncRun
    from app.services.syncing import Pending, Status
    from app.views.synchroniser import Synchroniser

CLOCK_MS = 5 * 60_000  # a clock that is further off is worth a word


class _Amount:
    """A line with icon, name, amount, and a bar below."""

    def __init__(self, icon: str, name: str) -> None:
        self.words = text("", "muted")
        self.bar = Bar()
        self.layout = column(
            row(Icon(icon), text(name, "h3"), None, self.words, gap=8), self.bar, gap=2
        )

    def show_amount(self, words: str, fraction: float) -> None:
        self.words.setText(words)
        self.bar.token = "success" if fraction >= 1 else "info"
        self.bar.show_fraction(fraction)


class StateCard(QFrame):
    """The card at the top left of the sync centre."""

    def __init__(self, synchroniser: Synchroniser) -> None:
        super().__init__()
        self._synchroniser = synchroniser
        self.setProperty("card", "true")
        self._disc = Disc()
        self.title: QLabel = text("", "h2", wrap=True)
        self.when: QLabel = text("", "muted", wrap=True)
        self.button = Button(_("Sync now"), icon="refresh-cw", tip="F5")
        self.stop = Button(_("Stop"), icon="pause")
        self.clock: QLabel = text("", "muted", tone="warning", wrap=True)
        self._sent = _Amount("arrow-up", _("Sent"))
        self._received = _Amount("arrow-down", _("Received"))
        self._files = _Amount("image", _("Photos and documents"))
        self.button.clicked.connect(synchroniser.sync_now)
        self.stop.clicked.connect(synchroniser.cancel)
        head = QGridLayout()  # a long reason goes on below the buttons
        head.setHorizontalSpacing(theme.px(10))
        head.setVerticalSpacing(0)
        head.addWidget(self._disc, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 0, 1)
        head.addLayout(row(self.stop, self.button), 0, 2)
        head.addWidget(self.when, 1, 1, 1, 2)
        head.setColumnStretch(1, 1)
        parts = (head, self.clock, self._sent.layout, self._received.layout, self._files.layout)
        self.setLayout(column(*parts, gap=8, margins=(16, 12, 12, 12)))

    def show_status(
        self, status: Status, pending: Pending, last: SyncRun | None, today: date
    ) -> None:
        """Show what is counted, and how far a run is when one is under way."""
        pill = self._synchroniser.pill
        self._disc.show_state(pill.icon, pill.tone)
        self.stop.setVisible(self._synchroniser.running)
        self.button.setVisible(not self._synchroniser.running and not status.is_alone)
        self.title.setText(self._headline(status))
        self.when.setText(self._when(status, today))
        self.clock.setText(clock_words(status.clock_offset_ms))
        self.clock.setVisible(bool(self.clock.text()))
        self._show_amounts(status, pending, last)

    def _headline(self, status: Status) -> str:
        pill = self._synchroniser.pill
        if pill.key == "sending" or status.is_alone:
            return pill.words
        report = self._synchroniser.report
        if pill.key == "offline":
            if not status.is_connected:
                return _("Not connected to the office")
            is_offline = report is None or isinstance(report.error, Offline)
            return _("Offline") if is_offline else _("Sync stopped")
        if status.to_review:
            return _("Almost up to date")
        waiting = status.operations + status.files
        if waiting:
            return ngettext("{n} change to send", "{n} changes to send", waiting).format(n=waiting)
        return _("Up to date") if status.last_ok_at else _("Not synced yet")

    def _when(self, status: Status, today: date) -> str:
        report = self._synchroniser.report
        if self._synchroniser.running:
            return _("You can go on working.")
        if not status.is_connected:
            return _("Everything is saved on this computer.")
        if report is not None and report.error is not None:
            return str(report.error)
        return day_and_time(status.last_ok_at, today) if status.last_ok_at else ""

    def _show_amounts(self, status: Status, pending: Pending, last: SyncRun | None) -> None:
        now = self._synchroniser.progress if self._synchroniser.running else None
        sent = last.sent if last else 0
        total = sent + status.operations
        if now is not None and now.phase == "push":
            sent, total = now.done, now.of
        words = ngettext("{n} of {total} change", "{n} of {total} changes", total)
        words = words.format(n=i18n.number(sent), total=i18n.number(total))
        self._sent.show_amount(words, sent / total if total else 1)
        received = last.received if last else 0
        if now is not None and now.phase in {"pull", "apply"}:
            received = max(now.done, now.of)
        receiving = now is not None and now.phase in {"hello", "push", "pull"}
        self._received.show_amount(
            ngettext("{n} record", "{n} records", received).format(n=i18n.number(received)),
            0.5 if receiving else 1,
        )
        self._show_files(pending, last)

    def _show_files(self, pending: Pending, last: SyncRun | None) -> None:
        now = self._synchroniser.progress if self._synchroniser.running else None
        if now is not None and now.phase == "files" and now.of:
            self._files.show_amount(of_bytes(now.done, now.of), now.done / now.of)
            return
        done = last.files_sent if last else 0
        total = done + len(pending.files)
        words = _("{n} of {total}").format(n=done, total=total)
        if pending.bytes:
            words = _("{words} · {size} to send").format(words=words, size=i18n.size(pending.bytes))
        self._files.show_amount(words, done / total if total else 1)


def day_and_time(instant: datetime, today: date) -> str:
    """Write «Today, 18:42», «Yesterday, 18:51», «Mon 16 Nov, 18:30»."""
    day = i18n.local(instant).date()
    time = i18n.clock(instant)
    if day == today:
        return _("Today, {time}").format(time=time)
    if day == today - timedelta(days=1):
        return _("Yesterday, {time}").format(time=time)
    return i18n.moment(instant)


def clock_words(offset_ms: int) -> str:
    """Say how wrong this computer's clock is; `offset_ms` is the office's minus ours."""
    if abs(offset_ms) < CLOCK_MS:
        return ""
    days = abs(offset_ms) // 86_400_000
    amount = i18n.duration(abs(offset_ms) // 1000)
    if days:
        amount = ngettext("{n} day", "{n} days", days).format(n=days)
    if offset_ms < 0:
        return _("This computer's clock is {time} ahead: the office's time counts.").format(
            time=amount
        )
    return _("This computer's clock is {time} behind: the office's time counts.").format(
        time=amount
    )
