"""The sync centre: how it stands, what to review, what waits, what went and came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.services import conflicts, syncing
from app.services.conflicts import Case, Details
from app.services.syncing import Contents, Pending, Rejected, Status
from app.views import theme
from app.views.sync.conflict_view import ConflictView
from app.views.sync.details import ContentsView, ReceiptView, RejectedView
from app.views.sync.entries import Entry, EntryList
from app.views.sync.state_card import StateCard, day_and_time
from app.views.tasks import Task
from app.views.widgets.layout import clear, column, row, scroll
from app.views.widgets.page import Desk, Page, Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes
    from app.models.sync_state import SyncRun
    from app.views.synchroniser import Synchroniser

_THROTTLE_MS = 300
_RUNS, _ALL_RUNS = 4, 50
_WAITING, _ALL_WAITING = 4, 200  # what waits, by name
_ICONS = {
    "account": "store", "activity": "map-pin", "visit_report": "notebook-pen",
    "quote": "file-text", "quote_line": "file-text", "signature": "signature",
    "expense": "receipt", "expense_report": "receipt", "contact": "user", "site": "map-pin",
    "route_plan": "route", "route_stop": "route", "document": "image",
}  # fmt: skip


class _Shown(NamedTuple):
    """All that the page shows but the details, from one snapshot."""

    status: Status
    pending: Pending
    cases: list[Case]
    rejected: list[Rejected]
    history: list[SyncRun]
    contents: Contents


def _load(session: Session) -> _Shown:
    return _Shown(
        syncing.status(session), syncing.pending(session, _ALL_WAITING),
        conflicts.open_conflicts(session), syncing.rejected(session),
        syncing.history(session, _ALL_RUNS), syncing.contents(session),
    )  # fmt: skip


class SyncPage(Page):
    """Left what there is, right the chosen entry; without one, what is on this computer.

    The id of its `Ref` is that of a conflict.
    """

    def __init__(
        self, desk: Desk, synchroniser: Synchroniser, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._synchroniser = synchroniser
        self._shown: _Shown | None = None
        self._selected = ""  # "conflict:<id>", "rejected:<id>", "run:<id>"
        self._files = (0, 0)
        self._all_runs = self._all_waiting = False
        self._task: Task | None = None
        self._loading: Task | None = None
        self.card = StateCard(synchroniser)
        self.review = EntryList(_("To review"), "danger")
        self.queue = EntryList(_("To be sent"))
        self.history = EntryList(_("History"), counted=False)
        self.detail: QWidget = QWidget()
        self._place = QVBoxLayout()
        self._place.setContentsMargins(20, 16, 20, 14)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(
            column(self.card, self.review, self.queue, self.history, None, gap=12,
                   margins=(0, 0, 4, 0))
        )  # fmt: skip
        left = scroll(inside)
        left.setFixedWidth(theme.px(404))
        right = QFrame()
        right.setProperty("card", "true")
        right.setLayout(self._place)
        self.setLayout(row(left, (right, 1), gap=12, margins=(20, 14, 20, 16)))

    def _connect(self) -> None:
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_THROTTLE_MS)
        self._soon.timeout.connect(self._fetch)
        self.review.chosen.connect(self.select)
        self.history.chosen.connect(self.select)
        self.queue.chosen.connect(self._open_waiting)
        self.history.more.clicked.connect(self._show_all_runs)
        self.queue.more.clicked.connect(self._show_all_waiting)
        self._synchroniser.state_changed.connect(self._show_card)
        self._synchroniser.progressed.connect(self._show_card)
        self._synchroniser.finished.connect(self._fetch)

    @property
    def _today(self) -> date:
        return i18n.local(self.desk.now()).date()

    def show_ref(self, ref: Ref) -> None:
        self._selected = f"conflict:{ref.id}" if ref.id else ""
        self.crumbs_changed.emit([_("Sync")])
        self.desk.tasks.run(self, self.desk.files.total, self._show_files)
        self._fetch()

    def hideEvent(self, event: QHideEvent) -> None:
        self._soon.stop()
        super().hideEvent(event)

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def state(self) -> dict[str, Any]:
        return {"selected": self._selected}

    def restore(self, state: dict[str, Any]) -> None:
        self.select(str(state.get("selected", "")))

    def primary(self) -> None:
        if isinstance(self.detail, ConflictView):
            self.detail.settle()

    def escape(self) -> bool:
        if not self._selected:
            return False
        self.select("")
        return True

    def select(self, key: str) -> None:
        """Show the entry `key` at the right, «» for none."""
        self._selected = key
        self._mark()
        self._show_detail()

    def _fetch(self, *_what: object) -> None:
        task = self.desk.tasks.read(self, _load, self._show)
        self._loading = self.desk.tasks.instead(self._loading, task)

    def _show_files(self, total: tuple[int, int]) -> None:
        self._files = total
        self._show_detail()

    def _show(self, shown: _Shown) -> None:
        self._shown = shown
        known = {entry.key for entry in self._review_entries(shown)}
        known |= {f"run:{run.id}" for run in shown.history}
        if self._selected not in known and not self._selected.startswith("conflict:"):
            self._selected = ""
        self._show_card()
        self.review.show_entries(self._review_entries(shown))
        self._show_queue(shown)
        self._show_history(shown)
        self._mark()
        self._show_detail()

    def _show_card(self, *_state: object) -> None:
        if self._shown is not None:
            last = self._shown.history[0] if self._shown.history else None
            self.card.show_status(self._shown.status, self._shown.pending, last, self._today)

    def _mark(self) -> None:
        for entries in (self.review, self.history):
            entries.select(self._selected)

    def _review_entries(self, shown: _Shown) -> list[Entry]:
        made = [
            Entry(
                f"conflict:{case.id}", _ICONS.get(case.entity, "file-text"), case.title.words,
                _("Removed in one place, changed in another")
                if case.is_removal
                else ngettext(
                    "{n} field changed in two places", "{n} fields changed in two places",
                    case.fields,
                ).format(n=case.fields),
                _("Conflict"), "danger",
            )
            for case in shown.cases
        ]  # fmt: skip
        for one in shown.rejected:
            key, kind = f"rejected:{one.id}", one.title.kind
            made.append(Entry(key, "package-x", one.title.words, kind, _("Rejected"), "warning"))
        return made

    def _queue_entries(self, pending: Pending) -> list[Entry]:
        made = [
            Entry(
                f"file:{n}", "image", file.title.words, i18n.size(file.size),
                chip=_("Not here") if file.state == "needs_user" else _("Waiting"),
                fraction=file.sent / file.size if file.sent and file.size else None,
            )
            for n, file in enumerate(pending.files)
        ]  # fmt: skip
        files = {file.title for file in pending.files}  # a photo and its row are one thing
        what = {"added": _("New"), "changed": _("Changed"), "removed": _("Removed")}
        made += [
            Entry(
                f"row:{n}", _ICONS.get(row_.entity, "file-text"), row_.title.words,
                _("{kind} · {when}").format(
                    kind=row_.title.kind, when=day_and_time(row_.at, self._today)
                ),
                what[row_.what],
            )
            for n, row_ in enumerate(pending.rows)
            if row_.title not in files
        ]  # fmt: skip
        return made

    def _show_queue(self, shown: _Shown) -> None:
        entries = self._queue_entries(shown.pending)
        few = entries if self._all_waiting else entries[:_WAITING]
        self.queue.more.setText(_("See all"))
        self.queue.more.setVisible(len(entries) > len(few))
        self.queue.show_entries(few)
        waiting = shown.pending.operations + len(shown.pending.files)
        self.queue.count.show_status(str(waiting), "neutral")

    def _show_history(self, shown: _Shown) -> None:
        runs = shown.history if self._all_runs else shown.history[:_RUNS]
        self.history.more.setText(_("See all"))
        self.history.more.setVisible(len(shown.history) > len(runs))
        self.history.show_entries([self._run_entry(run) for run in runs])

    def _run_entry(self, run: SyncRun) -> Entry:
        sent, received = i18n.number(run.sent), i18n.number(run.received)
        right = _("cut") if run.error else f"↑ {sent}   ↓ {received}"
        icon, tone = (
            ("circle-alert", "warning_text") if run.error else ("circle-check", "success_text")
        )
        when = day_and_time(run.started_at, self._today)
        return Entry(f"run:{run.id}", icon, when, right=right, icon_tone=tone)

    def _show_all_waiting(self) -> None:
        self._all_waiting = True
        if self._shown is not None:
            self._show_queue(self._shown)

    def _show_all_runs(self) -> None:
        self._all_runs = True
        if self._shown is not None:
            self._show_history(self._shown)
            self._mark()

    def _open_waiting(self, key: str) -> None:
        if self._shown is None:
            return
        kind, _colon, n = key.partition(":")
        waiting = self._shown.pending.files if kind == "file" else self._shown.pending.rows
        title = waiting[int(n)].title
        if title.screen:
            self.open_requested.emit(Ref(title.screen, title.screen_id))

    def _show_detail(self) -> None:
        shown = self._shown
        if shown is None:
            return
        if self._task is not None:
            self._task.cancel()  # what it would bring is not wanted any more
        kind, _colon, id_ = self._selected.partition(":")
        if kind == "conflict":
            self._task = self.desk.tasks.read(self, conflicts.get, self._show_conflict, id_)
            self.desk.tasks.or_else(self._task, self._leave_settled)
            return
        if kind == "rejected":
            one = next(one for one in shown.rejected if one.id == id_)
            view = RejectedView(one)
            view.open_asked.connect(self.open_requested)
            self._put(view)
        elif kind == "run":
            run = next(run for run in shown.history if run.id == id_)
            self._put(ReceiptView(run, self._today))
        else:
            self._put(ContentsView(shown.contents, self._files, self._today))

    def _leave_settled(self, error: Exception) -> None:
        """The conflict was settled elsewhere meanwhile; anything else is told as usual."""
        if not isinstance(error, UserError):
            self.desk.tasks.failed.emit(self, error)
        self.select("")

    def _show_conflict(self, details: Details) -> None:
        if isinstance(self.detail, ConflictView) and self.detail.details == details:
            return  # what was chosen and not saved yet stays
        cases = self._shown.cases if self._shown else []
        at = next((n for n, case in enumerate(cases, 1) if case.id == details.case.id), 1)
        place = _("Conflict {n} of {total}").format(n=at, total=max(1, len(cases)))
        view = ConflictView(details, place, self._today)
        view.settled.connect(self._settle)
        view.later.connect(lambda: self.select(""))
        view.open_asked.connect(self.open_requested)
        self._put(view)

    def _put(self, view: QWidget) -> None:
        clear(self._place)
        self.detail = view
        self._place.addWidget(view)

    def _settle(self, sides: dict[str, str], typed: dict[str, str]) -> None:
        self.desk.tasks.write(
            self, conflicts.settle, self._settled, sides, now=self.desk.now(), typed=typed
        )

    def _settled(self, _count: int) -> None:
        self._selected = ""
        self.toast_requested.emit(_("Result saved. It is sent with the next sync."), None)
        self._fetch()
