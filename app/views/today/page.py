"""Today: where to go and what matters there; one key logs the visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account
from app.models.activity import Activity, VisitReport
from app.models.expense import Expense
from app.models.quote import Quote
from app.models.route import RoutePlan, RouteStop
from app.routing import outlines
from app.services import account_figures, agenda, follow_ups, routes, visits
from app.services.account_rows import last_visits
from app.services.agenda import DayPlan
from app.services.follow_ups import Pending
from app.views import theme
from app.views.today.hero import HeroCard
from app.views.today.lists import DayList, PendingList
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.chip import Chip
from app.views.widgets.layer import Layer
from app.views.widgets.layout import Item, box, card, column, row, scroll, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.printing import print_route

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes
    from app.views.tasks import Task

_SHOWS = (Activity, VisitReport, RoutePlan, RouteStop, Account, Quote, Expense)
_MINUTE_MS = 60_000
_CONTROL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _Today(NamedTuple):
    """All that the page shows, from one snapshot."""

    plan: DayPlan
    facts: list[account_figures.Fact]
    last_visit: date | None
    grade: str
    phone: str
    pending: list[Pending]


def _load(session: Session, day: date, now: datetime) -> _Today:
    plan = agenda.day(session, day, now)
    stop = plan.hero.row
    facts, last, grade, phone = [], None, "", ""
    if stop is not None:
        facts = account_figures.facts(session, stop.account_id, day)
        last = last_visits(session, [stop.account_id]).get(stop.account_id)
        account = session.get(Account, stop.account_id)
        grade, phone = (account.grade, account.phone) if account else ("", "")
    return _Today(plan, facts, last, grade, phone, follow_ups.pending(session, now))


def open_file(path: Path) -> None:
    """Open a document with the desktop's own program; tests replace this."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class TodayPage(Page):
    """The first screen of the day."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: _Today | None = None
        self._day: date | None = None
        self._logging = ""  # the visit that a key is being stored for
        self._loading: Task | None = None
        self.title, self.summary = text("", "h1"), text("", "muted")
        self.sheet_button = Button(_("Route sheet"), icon="printer", kind="ghost")
        self.route_button = Button(_("See route"), icon="route", key="R")
        self.hero, self.list = HeroCard(), DayList()
        self.pending = PendingList()
        self.count = Chip("0")
        self.map = MapCanvas(interactive=False)
        self.map.setCursor(Qt.CursorShape.PointingHandCursor)
        self.map.setToolTip(_("See route"))
        self._lay_out()
        self._connect()
        self._clock = QTimer(self, interval=_MINUTE_MS)
        self._clock.timeout.connect(self._load)
        desk.tasks.run(self, outlines.load, self.map.set_outlines)

    def _lay_out(self) -> None:
        head = row(
            (column(self.title, self.summary, gap=0), 1), self.sheet_button, self.route_button
        )
        self.day_card = box(column(scroll(self.list), margins=(1, 6, 1, 6)), card="true")
        self._below = QWidget()
        left = column(head, 4, self.hero, (self.day_card, 1), (self._below, 1), gap=10)
        self.all_button = Button(_("All"), kind="link", size="sm")
        pending = card(
            row(text(_("Pending"), "h2"), self.count, None, self.all_button), self.pending, gap=4
        )
        ground = QFrame()
        ground.setProperty("card", "true")
        ground.setLayout(column(self.map, margins=(1, 1, 1, 1)))
        ground.setMinimumHeight(theme.px(150))
        side = QWidget()
        side.setFixedWidth(theme.px(344))
        side.setLayout(column(pending, (ground, 1), gap=12))
        self.setLayout(row((left, 1), side, gap=16, margins=(20, 14, 20, 16)))

    def _connect(self) -> None:
        self.hero.logged.connect(self.log)
        self.hero.started.connect(self._start)
        self.hero.record_asked.connect(lambda: self._open_hero("customer"))
        self.hero.report_asked.connect(lambda: self._open_hero("visit"))
        self.hero.call_asked.connect(self._call)
        self.hero.skipped.connect(self._skip)
        self.hero.proposal_asked.connect(lambda: self._open_route(propose=True))
        self.hero.tomorrow_asked.connect(
            lambda: self.open_requested.emit(Ref("routes", options={"tomorrow": True}))
        )
        self.hero.close_asked.connect(self.close_day)
        self.route_button.clicked.connect(self._open_route)
        self.map.pin_clicked.connect(lambda _id: self._open_route())
        self.all_button.clicked.connect(self._show_pending)
        self.sheet_button.clicked.connect(self._print)
        self.list.opened.connect(lambda id_: self.open_requested.emit(Ref("visit", id_)))
        self.list.removed.connect(self._remove)
        self.list.moved.connect(self._move)
        self.pending.opened.connect(self._open_pending)
        self.pending.completed.connect(self._complete)
        self.pending.snoozed.connect(self._snooze)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Today")])
        self._day = date.fromisoformat(ref.id) if ref.id else None
        self._logging = ""
        self._load()
        self._clock.start()

    @property
    def day(self) -> date:
        return self._day or i18n.local(self.desk.now()).date()

    def _load(self) -> None:
        task = self.desk.tasks.read(self, _load, self._show, self.day, self.desk.now())
        self._loading = self.desk.tasks.instead(self._loading, task)

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self._load()

    def _show(self, found: _Today) -> None:
        self._shown = found
        plan, today = found.plan, i18n.local(self.desk.now()).date()
        self.title.setText(i18n.day_long(plan.day))
        self.summary.setText(self._summary(plan))
        self.hero.show_hero(
            plan, self.desk.now(), found.facts, found.last_visit, found.grade,
            can_call=bool(found.phone),
        )  # fmt: skip
        self.list.show_day(plan)
        self.day_card.setVisible(bool(plan.rows))
        self._below.setVisible(not plan.rows)
        self.sheet_button.setVisible(plan.has_route)
        self.all_button.setVisible(len(found.pending) > PendingList.MOST)
        self.pending.show_items(found.pending, today)
        self.count.show_status(str(len(found.pending)))
        self._show_map(plan)

    def _summary(self, plan: DayPlan) -> str:
        n = len(plan.rows)
        parts = [ngettext("{n} visit", "{n} visits", n).format(n=n)] if n else []
        if plan.metres:
            parts.append(i18n.kilometres(plan.metres))
        if plan.end_at is not None and n:
            parts.append(_("back at {time}").format(time=i18n.clock(plan.end_at)))
        return " · ".join(parts)

    def _show_map(self, plan: DayPlan) -> None:
        pins = [] if plan.start is None else [Pin("home", *plan.start, kind="home")]
        points = [] if plan.start is None else [plan.start]
        done = 0
        for visit in plan.rows:
            if visit.lat_e6 is None or visit.lon_e6 is None:
                continue
            finished = visit.state in {"done", "no_report"}
            kind = "done" if finished else "now" if visit.state == "now" else "planned"
            done += finished
            pins.append(Pin(visit.id, visit.lat_e6, visit.lon_e6, "", kind, visit.number))
            points.append((visit.lat_e6, visit.lon_e6))
        if plan.start is not None:
            points.append(plan.start)
        self.map.set_pins(pins)
        self.map.set_route(points if plan.rows else [], done=done)

    # acting

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = dict(zip("12345", wording.OUTCOMES, strict=True))
        if event.text() in keys and self.hero.tiles:
            self.log(keys[event.text()])
        elif event.text().lower() == "r" and not event.modifiers() & _CONTROL:
            self._open_route()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """Press the button that has the focus, else begin the visit of the card."""
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.hasFocus():
            focused.click()
        elif self.hero.tiles:
            self._start()

    def log(self, outcome: str) -> None:
        """Log the visit of the card with this outcome; the next visit takes its place."""
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is None or not self.hero.tiles or stop.id == self._logging:
            return  # a second press belongs to the next visit
        self._logging = stop.id
        task = self.desk.tasks.write(
            self, visits.log, lambda logged: self._logged(logged, stop.account_id), stop.id,
            outcome=outcome, now=self.desk.now(),
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._not_logged)

    def _not_logged(self, error: Exception) -> None:
        self._logging = ""
        self.desk.tasks.failed.emit(self, error)
        self._load()

    def _logged(self, logged: visits.Logged, account_id: str) -> None:
        def undo() -> None:
            self._logging = ""
            self.desk.tasks.write(self, visits.unlog, lambda _none: None, logged)

        words = _("Visit logged: {outcome}").format(outcome=wording.outcome(logged.outcome))
        self.toast_requested.emit(words, undo)
        if logged.outcome == "quote":
            options = {"new": True, "account": account_id, "activity": logged.activity_id}
            self.open_requested.emit(Ref("quote", options=options))

    def _start(self) -> None:
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is not None:
            self.desk.tasks.write(
                self, visits.start, lambda _none: None, stop.id, now=self.desk.now()
            )

    def _skip(self) -> None:
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is not None:
            self._remove(stop.id)

    def _remove(self, activity_id: str) -> None:
        def undo() -> None:
            self.desk.tasks.write(self, visits.reinstate, lambda _none: None, activity_id)

        def done(_none: None) -> None:
            self.toast_requested.emit(_("Visit taken off the day"), undo)

        self.desk.tasks.write(self, visits.cancel, done, activity_id)

    def _move(self, activity_id: str, by: int) -> None:
        if self._shown is None:
            return
        order = [visit.id for visit in self._shown.plan.rows]
        at = order.index(activity_id)
        if 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
            self.desk.tasks.write(self, routes.reorder, lambda _plan: None, self.day, order)

    def _open_hero(self, screen: str) -> None:
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is not None:
            id_ = stop.id if screen == "visit" else stop.account_id
            self.open_requested.emit(Ref(screen, id_))

    def _call(self) -> None:
        if self._shown is not None and self._shown.phone:
            QDesktopServices.openUrl(QUrl(f"tel:{self._shown.phone}"))

    def _open_route(self, *, propose: bool = False) -> None:
        options = {"propose": True} if propose else {}
        self.open_requested.emit(Ref("routes", self.day.isoformat(), options=options))

    def _open_pending(self, item: Pending) -> None:
        self.open_requested.emit(Ref(item.screen, item.ref_id))

    def _complete(self, item: Pending) -> None:
        def undo() -> None:
            self.desk.tasks.write(self, follow_ups.reopen, lambda _none: None, item.key)

        def done(_none: None) -> None:
            self.toast_requested.emit(_("Done: {what}").format(what=item.title), undo)

        now = self.desk.now()
        self.desk.tasks.write(self, follow_ups.complete, done, item.key, now=now)

    def _snooze(self, item: Pending) -> None:
        """Put a task off until tomorrow."""
        until = i18n.local(self.desk.now()).date() + timedelta(days=1)

        def done(before: date | None) -> None:
            def undo() -> None:
                if before is not None:
                    self.desk.tasks.write(
                        self, follow_ups.snooze, lambda _day: None, item.key, before
                    )

            self.toast_requested.emit(_("Put off until tomorrow: {what}").format(what=item.title),
                                      undo)  # fmt: skip

        self.desk.tasks.write(self, follow_ups.snooze, done, item.key, until)

    def _show_pending(self) -> None:
        inside = PendingList()
        self._over(
            inside, _("Pending"), text(_("Pending"), "h2"), scroll(inside),
        )  # fmt: skip

    def _over(self, items: PendingList, name: str, *parts: Item) -> Layer:
        """Show all that is pending in a layer that closes when one of it is chosen."""
        left = list(self._shown.pending) if self._shown else []
        items.show_items(left, i18n.local(self.desk.now()).date(), len(left))
        items.setMinimumHeight(items.sizeHint().height())
        layer = Layer(self, column(*parts, margins=(20, 16, 14, 16), gap=10), width=520, name=name)

        def go(item: Pending, act: Callable[[Pending], None]) -> None:
            layer.close_layer()
            act(item)

        items.opened.connect(lambda item: go(item, self._open_pending))
        items.completed.connect(lambda item: go(item, self._complete))
        items.snoozed.connect(lambda item: go(item, self._snooze))
        return layer

    def _print(self) -> None:
        print_route(self, self.day, open_file)

    def close_day(self) -> None:
        """Show what is left of the day; it can be closed with items open."""
        items = PendingList()
        plan = Button(_("Plan tomorrow"), icon="route")
        sync = Button(_("Sync now"), icon="refresh-cw", kind="primary")
        layer = self._over(
            items, _("Close the day"), text(_("Close the day"), "h2"),
            text(_("What is left can wait; nothing of it is lost."), "muted"),
            scroll(items), row(None, plan, sync),
        )  # fmt: skip

        def go(ref: Ref) -> None:
            layer.close_layer()
            self.open_requested.emit(ref)

        plan.clicked.connect(lambda: go(Ref("routes", options={"tomorrow": True})))
        sync.clicked.connect(lambda: go(Ref("sync", options={"preview": True})))

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._clock.stop()
