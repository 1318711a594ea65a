"""Today: where to go and what matters there; one key logs the visit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.models.account import Account, Contact
from app.models.activity import Activity, VisitReport
from app.models.expense import Expense, ExpenseReport
from app.models.history import Invoice, Receivable
from app.models.quote import Quote
from app.models.route import RoutePlan, RouteStop
from app.services import agenda, day_end, door, routes, visits
from app.services.account_figures import Fact
from app.services.agenda import DayPlan
from app.services.day_view import DayView, load_day
from app.services.door import Door
from app.services.route_view import Extra
from app.views import keymap, theme
from app.views.today import look
from app.views.today.block import Block
from app.views.today.closing import ClosingLayer
from app.views.today.day_map import DayMap
from app.views.today.hero import HeroCard, Shown
from app.views.today.lateness import LateLayer, arrival
from app.views.today.lists import DayList
from app.views.today.outcomes import Outcomes
from app.views.today.pending_card import PendingCard
from app.views.today.wide import Wide
from app.views.widgets import map_canvas, wording
from app.views.widgets.button import Button
from app.views.widgets.columns import Columns, side_button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, row, scroll, text
from app.views.widgets.paced import Paced
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.printing import print_route

if TYPE_CHECKING:
    from app.models.database import Changes

_SHOWS = (
    Activity, VisitReport, RoutePlan, RouteStop, Account, Contact, Quote, Expense, ExpenseReport,
    Invoice, Receivable,
)  # fmt: skip
_MINUTE_MS, _FOLLOW_MS = 60_000, 300
_GROUND_MS = 80  # after the day is shown
_WIDE = 1680  # effective width from which news and «on the way» have room


def open_file(path: Path) -> None:
    """Open a document with the desktop's own program; tests replace this."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class TodayPage(Page):
    """The first screen of the day."""

    places = ("today", "list")
    customer_safe = True  # it hides what is not the customer's
    split: Columns

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: DayView | None = None
        self._door: Door | None = None
        self._day: date | None = None
        self.layer: Layer | None = None
        self._news = Paced(self, self._load)
        self._follows = False  # the list scrolls to the visit of the card
        self.title, self.summary = text("", "h1"), text("", "muted")
        self.sheet_button = Button(_("Route sheet"), icon="printer", kind="ghost")
        self.route_button = Button(
            _("See route"), icon="route", key=keymap.printed(desk.settings, "see_route")
        )
        self.hero, self.list = HeroCard(), DayList(desk.settings)
        self.outcomes = Outcomes(self, self._load)
        self.pending_card = PendingCard(self)
        self.map, self.wide = DayMap(), Wide(desk)
        self._lay_out()
        self._connect()
        self._clock = QTimer(self, interval=_MINUTE_MS)
        self._clock.timeout.connect(self._load)

    def _lay_out(self) -> None:
        pending = side_button(_("Pending"))
        titles = (column(self.title, self.summary, gap=0), 1)
        head = row(titles, pending, self.sheet_button, self.route_button)
        self._scroller = scroll(self.list)
        self.day_card = box(column(self._scroller, margins=(1, 6, 1, 6)), card="true")
        self._below = QWidget()
        day = QWidget()
        day.setLayout(
            column(self.hero, (self.day_card, 3), (self.wide, 2), (self._below, 1), gap=10)
        )
        self.day_card.setMinimumHeight(theme.px(150))
        self.day_block = Block(self.desk.tasks, scroll(day))
        left = box(column(head, 4, (self.day_block, 1), gap=8))
        self.ground = QFrame()
        self.ground.setProperty("card", "true")
        self.ground.setLayout(column(self.map, margins=(1, 1, 1, 1)))
        self.ground.setMinimumHeight(theme.px(96))
        side = box(column(self.pending_card, (self.ground, 1), gap=12))
        self.split = Columns(left, side, title=_("Pending"), button=pending)
        self.setLayout(column(self.split, margins=(20, 14, 20, 16)))

    def _connect(self) -> None:
        self.hero.logged.connect(self.log)
        self.hero.asked.connect(self._asked)
        self.hero.fact_opened.connect(self._open_fact)
        self.route_button.clicked.connect(lambda _checked: self._open_route())
        self.map.pin_clicked.connect(lambda _id: self._open_route())
        self.sheet_button.clicked.connect(lambda: print_route(self, self.day, open_file))
        self._scroller.verticalScrollBar().rangeChanged.connect(
            lambda _least, _most: self._scroll_to_now()
        )
        self.list.opened.connect(lambda id_: self.open_requested.emit(Ref("visit", id_)))
        self.list.removed.connect(self._remove)
        self.list.moved.connect(self._move)
        self.list.peeked.connect(self._peek)
        self.wide.news.opened.connect(self.open_requested)
        self.wide.way.opened.connect(self._peek)
        self.wide.way.added.connect(self._add)
        self.desk.customer_mode.changed.connect(self._hide_or_show)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Today")])
        self._day = date.fromisoformat(ref.id) if ref.id else None
        self.outcomes.forget()
        self._load()
        self._clock.start()
        if ref.options.pop("new", "") == "task":
            self.pending_card.add_task(ref.options.pop("account", "") or None)

    @property
    def day(self) -> date:
        return self._day or i18n.local(self.desk.now()).date()

    def _load(self) -> None:
        self.day_block.read(load_day, self._show, self.day, self.desk.now())
        self.pending_card.load()

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(*_SHOWS):
            self._news.ask() if changes.by_sync else self._load()

    def _show(self, found: DayView) -> None:
        plan = found.plan
        before = self._shown.plan.hero.row if self._shown else None
        if plan.hero.row is None or before is None or before.account_id != plan.hero.row.account_id:
            self._door = None
        if before is not None and plan.hero.row is not None and before.id != plan.hero.row.id:
            self.outcomes.forget()
        self._shown = found
        self.title.setText(i18n.day_long(plan.day))
        self.summary.setText(self._summary(plan))
        self._show_hero()
        self.list.show_day(plan)
        if before is None or plan.hero.row is None or before.id != plan.hero.row.id:
            self._follows = True
            QTimer.singleShot(_FOLLOW_MS, self, self._stay)
        if before is None:  # the day is painted first: the land under its pins can wait
            QTimer.singleShot(_GROUND_MS, self, self._load_ground)
        self.map.show_plan(plan)
        self._fit()
        if plan.hero.row is not None:
            who = plan.hero.row.account_id
            self._read_door(who)

    def _load_ground(self) -> None:
        self.desk.tasks.run(self, map_canvas.load, self.map.set_outlines)

    def _read_door(self, account_id: str) -> None:
        """Read what is worth knowing at the next door; without it the card stands all the same."""
        task = self.desk.tasks.read(self, door.at, self._show_door, account_id, self.day)
        self.desk.tasks.or_else(task, lambda _error: self._show_hero(has_failed=True))

    def _show_door(self, found: Door) -> None:
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is not None and stop.account_id == found.account_id:
            self._door = found
            self._show_hero()

    def _show_hero(self, *, has_failed: bool = False) -> None:
        assert self._shown is not None  # noqa: S101 - called once it is
        found, looks = self._shown, self.desk.customer_mode.on
        focused = self.hero.isAncestorOf(QApplication.focusWidget())  # type: ignore[arg-type]
        now, first_use = self.desk.now(), found.is_first_use
        late = day_end.is_over(found.plan, now)
        shown = Shown(now, self._door, first_use, found.due, looks, late, has_failed)
        self.hero.show_hero(found.plan, shown)
        if focused:
            self.setFocus()

    def _stay(self) -> None:
        self._follows = False

    def _scroll_to_now(self) -> None:
        """Bring the visit of the card into view, while its list is being laid out."""
        if not self._follows:
            return
        here = next((row_ for row_ in self.list.rows if row_.visit.state in {"now", "next"}), None)
        if here is not None:
            self._scroller.ensureWidgetVisible(here, 0, here.height())

    def _summary(self, plan: DayPlan) -> str:
        n = len(plan.rows)
        parts = [ngettext("{n} visit", "{n} visits", n).format(n=n)] if n else []
        if plan.metres:
            parts.append(i18n.kilometres(plan.metres))
        if plan.end_at is not None and n:
            parts.append(_("back at {time}").format(time=i18n.clock(plan.end_at)))
        return " · ".join(parts)

    def _fit(self) -> None:
        """Show what there is room for, and what the customer may see."""
        found, looks = self._shown, self.desk.customer_mode.on
        rows = bool(found and found.plan.rows)
        self.day_card.setVisible(rows and not looks)
        self._below.setVisible(not rows or looks)
        self.sheet_button.setVisible(bool(found and found.plan.has_route) and not looks)
        self.route_button.setVisible(not looks)
        self.split.set_side_wanted(wanted=not looks)
        wide = self.window().width() / theme.scale() >= _WIDE and not looks
        self.wide.load(found.plan if found else None, wanted=wide)

    def _hide_or_show(self) -> None:
        if self._shown is not None:
            self._show_hero()
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None and event.oldSize().width() != event.size().width():
            self._fit()

    # acting

    @property
    def account(self) -> str:
        row_ = self.list.focused
        stop = (
            row_.visit if row_ is not None else self._shown.plan.hero.row if self._shown else None
        )
        return stop.account_id if stop is not None else ""

    def act(self, name: str) -> bool:
        if name.startswith("outcome_"):
            outcome = list(wording.OUTCOMES)[int(name[-1]) - 1]
            self.log(outcome)
        elif name == "see_route":
            self._open_route()
        elif name == "open":
            self._enter()
        elif name == "visit":
            return self._log_focused()
        elif name == "task":
            self.pending_card.add_task()
        else:
            return False
        return True

    def _enter(self) -> None:
        """Press the button that has the focus, else the card's main one."""
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.hasFocus():
            focused.click()
        elif self.hero.main:
            self._asked(self.hero.main)

    def primary(self) -> None:
        if self.hero.main:
            self._asked(self.hero.main)

    def _log_focused(self) -> bool:
        """Ask how the visit of the row went, or that of the card."""
        row_ = self.list.focused
        visit = row_.visit if row_ is not None else None
        if visit is None and self.hero.can_log and self._shown is not None:
            visit = self._shown.plan.hero.row
        if visit is None:
            return False
        self.outcomes.forget()
        self.outcomes.choose(visit.id, visit.name)
        return True

    def log(self, outcome: str) -> None:
        """Log the visit of the card with this outcome; the next visit takes its place."""
        stop = self._shown.plan.hero.row if self._shown else None
        if stop is not None and self.hero.can_log:
            self.outcomes.log(stop.id, outcome)

    def _asked(self, what: str) -> None:
        """Do what a button of the card asks for."""
        stop = self._shown.plan.hero.row if self._shown else None
        go = self.open_requested.emit
        match what:
            case "propose" | "route" | "choose":
                self._open_route(propose=what == "propose")
            case "tomorrow":
                go(Ref("routes", options={"tomorrow": True}))
            case "close":
                self.close_day()
            case "import":
                go(Ref("import"))
            case "add":
                go(Ref("portfolio", options={"new": True}))
            case "begin":
                self._write(routes.begin, self.day, now=self.desk.now())
            case _ if stop is not None:
                self._asked_of_visit(what, stop)

    def _asked_of_visit(self, what: str, stop: agenda.DayRow) -> None:
        match what:
            case "start":
                self._write(visits.start, stop.id, now=self.desk.now())
            case "retry":
                self._read_door(stop.account_id)
            case "record":
                self.open_requested.emit(Ref("customer", stop.account_id))
            case "report":
                self.open_requested.emit(Ref("visit", stop.id))
            case "skip":
                self._remove(stop.id)
            case "call" if self._door is not None:
                QDesktopServices.openUrl(QUrl(f"tel:{self._door.phone}"))
            case "notify" if self._door is not None:
                self.setFocus()
                self.layer = LateLayer(self, self._door, arrival(stop, self.desk.now()))

    def _write(self, work: Any, *args: Any, words: str = "", **kwargs: Any) -> None:
        """Write, and say `words` with the way back when it is done."""

        def done(_outcome: Any) -> None:
            if words:
                self.toast_requested.emit(words, True)

        self.desk.tasks.write(self, work, done, *args, **kwargs)

    def _open_fact(self, fact: Fact) -> None:
        self.open_requested.emit(Ref(fact.screen, fact.ref_id, fact.tab))

    def _remove(self, activity_id: str) -> None:
        self._write(agenda.take_off, self.day, activity_id, words=_("Visit taken off the day"))

    def _move(self, activity_id: str, by: int) -> None:
        if self._shown is None:
            return
        order = [visit.id for visit in self._shown.plan.rows]
        at = order.index(activity_id)
        if 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
            self._write(routes.reorder, self.day, order)

    def _peek(self, account_id: str) -> None:
        self.desk.tasks.read(self, look.load, self._show_look, account_id, self.day)

    def _show_look(self, found: look.Look) -> None:
        if self.isVisible():
            layer = look.LookLayer(self, found, self.day)
            layer.open_requested.connect(self.open_requested)
            self.layer = layer

    def _add(self, extra: Extra) -> None:
        words = _("{name} is on the route").format(name=extra.name)
        self._write(routes.add_stop, self.day, extra.account_id, after=extra.after, words=words)

    def _open_route(self, *, propose: bool = False) -> None:
        options = {"propose": True} if propose else {}
        self.open_requested.emit(Ref("routes", self.day.isoformat(), options=options))

    def close_day(self) -> None:
        """Show what is left of the day; it can be closed with items open."""
        self.desk.tasks.read(self, day_end.checklist, self._show_closing, self.day, self.desk.now())

    def _show_closing(self, found: day_end.Checklist) -> None:
        self.setFocus()
        layer = ClosingLayer(self, found)
        layer.open_requested.connect(self.open_requested)
        layer.closing.connect(self._close)
        self.layer = layer

    def _close(self) -> None:
        self._write(day_end.close, self.day, now=self.desk.now(), words=_("The day is closed"))

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._clock.stop()
