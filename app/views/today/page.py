"""Today: where to go and what matters there; one key logs the visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

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
from app.services.route_sheet import sheet
from app.views import theme
from app.views.today.hero import HeroCard
from app.views.today.lists import DayList, PendingList
from app.views.widgets import wording
from app.views.widgets.button import Button
from app.views.widgets.chip import Chip
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, card, column, row, scroll, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.page import Desk, Page, Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.models.database import Changes

_SHOWS = (Activity, VisitReport, RoutePlan, RouteStop, Account, Quote, Expense)
_MINUTE_MS = 60_000


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
        self.title, self.summary = text("", "h1"), text("", "muted")
        self.sheet_button = Button(_("Route sheet"), icon="printer", kind="ghost")
        self.route_button = Button(_("See route"), icon="route", key="R")
        self.hero, self.list = HeroCard(), DayList()
        self.pending = PendingList()
        self.count = Chip("0")
        self.map = MapCanvas(interactive=False)
        self._lay_out()
        self._connect()
        self._clock = QTimer(self, interval=_MINUTE_MS)
        self._clock.timeout.connect(self._load)
        desk.tasks.run(self, outlines.load, self.map.set_outlines)

    def _lay_out(self) -> None:
        head = row(
            (column(self.title, self.summary, gap=0), 1), self.sheet_button, self.route_button
        )
        day = box(column(scroll(self.list), margins=(1, 6, 1, 6)), card="true")
        left = column(head, 4, self.hero, (day, 1), gap=10)
        all_ = Button(_("All"), kind="link", size="sm")
        all_.clicked.connect(lambda: self._show_pending(99))
        pending = card(row(text(_("Pending"), "h2"), self.count, None, all_), self.pending, gap=4)
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
        self.hero.route_asked.connect(self._open_route)
        self.hero.close_asked.connect(self.close_day)
        self.route_button.clicked.connect(self._open_route)
        self.sheet_button.clicked.connect(self._print)
        self.list.opened.connect(lambda id_: self.open_requested.emit(Ref("visit", id_)))
        self.list.removed.connect(self._remove)
        self.list.moved.connect(self._move)
        self.pending.opened.connect(self._open_pending)
        self.pending.completed.connect(self._complete)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Today")])
        self._day = date.fromisoformat(ref.id) if ref.id else None
        self._load()
        self._clock.start()

    @property
    def day(self) -> date:
        return self._day or i18n.local(self.desk.now()).date()

    def _load(self) -> None:
        self.desk.tasks.read(self, _load, self._show, self.day, self.desk.now())

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self._load()

    def _show(self, found: _Today) -> None:
        self._shown = found
        plan, today = found.plan, i18n.local(self.desk.now()).date()
        self.title.setText(i18n.day_long(plan.day))
        self.summary.setText(self._summary(plan))
        self.hero.show_hero(plan, self.desk.now(), found.facts, found.last_visit, found.grade)
        self.list.show_day(plan)
        self.list.setVisible(bool(plan.rows))
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
        self.map.set_route(points, done=done)

    # acting

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = dict(zip("12345", wording.OUTCOMES, strict=True))
        if event.text() in keys and self.hero.tiles:
            self.log(keys[event.text()])
        elif event.text().lower() == "r":
            self._open_route()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.hero.tiles:
            self._start()
        else:
            super().keyPressEvent(event)

    def log(self, outcome: str) -> None:
        """Log the visit of the card with this outcome; the next visit takes its place."""
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is None or not self.hero.tiles:
            return
        self.hero.tiles.clear()  # a second press belongs to the next visit
        now = self.desk.now()
        self.desk.tasks.write(
            self, visits.log, lambda logged: self._logged(logged, stop.account_id), stop.id,
            outcome=outcome, now=now,
        )  # fmt: skip

    def _logged(self, logged: visits.Logged, account_id: str) -> None:
        def undo() -> None:
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

    def _open_route(self) -> None:
        self.open_requested.emit(Ref("routes", self.day.isoformat()))

    def _open_pending(self, item: Pending) -> None:
        self.open_requested.emit(Ref(item.screen, item.ref_id))

    def _complete(self, item: Pending) -> None:
        def undo() -> None:
            self.desk.tasks.write(self, follow_ups.reopen, lambda _none: None, item.key)

        def done(_none: None) -> None:
            self.toast_requested.emit(_("Done: {what}").format(what=item.title), undo)

        now = self.desk.now()
        self.desk.tasks.write(self, follow_ups.complete, done, item.key, now=now)

    def _show_pending(self, most: int) -> None:
        if self._shown is None:
            return
        inside = PendingList()
        inside.show_items(self._shown.pending, i18n.local(self.desk.now()).date(), most)
        layer = Layer(
            self, column(text(_("Pending"), "h2"), scroll(inside), margins=(20, 16, 20, 16)),
            width=520, name=_("Pending"),
        )  # fmt: skip

        def go(item: Pending, act: Callable[[Pending], None]) -> None:
            layer.close_layer()
            act(item)

        inside.opened.connect(lambda item: go(item, self._open_pending))
        inside.completed.connect(lambda item: go(item, self._complete))

    def _print(self) -> None:
        folder = self.desk.settings.path.parent / "documents"

        def written(path: Path | None) -> None:
            if path is not None:
                open_file(path)

        self.desk.tasks.read(
            self, sheet, lambda document: self._render(document, folder, written), self.day
        )

    def _render(self, document: Any, folder: Path, done: Callable[[Path | None], None]) -> None:
        from app.documents import route_pdf  # reportlab takes a moment, and not at every start

        def work() -> Path | None:
            if document is None:
                return None
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{_('route')}-{self.day.isoformat()}.pdf"
            path.write_bytes(route_pdf.render(document))
            return path

        self.desk.tasks.run(self, work, done)

    def close_day(self) -> None:
        """Show what is left of the day; it can be closed with items open."""
        today = i18n.local(self.desk.now()).date()
        left = list(self._shown.pending) if self._shown else []
        items = PendingList()
        items.show_items(left, today, 99)
        plan = Button(_("Plan tomorrow"), icon="route")
        sync = Button(_("Sync"), icon="refresh-cw", kind="primary")
        done = column(
            text(_("Close the day"), "h2"),
            text(_("What is left can wait; nothing of it is lost."), "muted"),
            scroll(items), row(None, plan, sync), margins=(20, 16, 20, 16), gap=10,
        )  # fmt: skip
        layer = Layer(self, done, width=520, name=_("Close the day"))

        def go(ref: Ref) -> None:
            layer.close_layer()
            self.open_requested.emit(ref)

        plan.clicked.connect(lambda: go(Ref("routes", options={"tomorrow": True})))
        sync.clicked.connect(lambda: go(Ref("sync", options={"preview": True})))
        items.opened.connect(lambda item: go(Ref(item.screen, item.ref_id)))

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._clock.stop()
