"""The route of a day: stops at the left, the map, and the day as a strip."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.route import RoutePlan, RouteStop
from app.routing import explain
from app.routing.problem import Plan
from app.services import accounts, route_problem, route_view, routes
from app.services.route_problem import Question
from app.services.route_view import Extra, RouteView
from app.views import theme
from app.views.messages import MessageBar
from app.views.routes.planning import before_and_after, load_ground, plan_route
from app.views.routes.stops import ExtraList, StopList
from app.views.widgets.button import Button, IconButton
from app.views.widgets.layer import Layer
from app.views.widgets.layout import box, column, line, row, scroll, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.notices import Banner, EmptyState
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.picker import Choice, Picker
from app.views.widgets.timeline import Block, Timeline

if TYPE_CHECKING:
    from app.models.database import Changes


class RoutesPage(Page):
    """Plan the day, see why what is left out is left out, and change it by hand."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.day = i18n.local(desk.now()).date()
        self.shown: RouteView | None = None
        self.left_out: list[tuple[str, str]] = []
        self.title, self.bar = text("", "h2"), MessageBar()
        self.figures = [(text("", "strong"), text("", "muted")) for _n in range(4)]
        self.stops, self.extras = StopList(), ExtraList()
        self.map, self.strip = MapCanvas(), Timeline()
        self.advice = Banner("info")
        self.optimise_button = Button(
            _("Optimise"), icon="wand-sparkles", kind="primary", key="Ctrl ↵"
        )
        self.add_button = Button(_("Add stop"), icon="plus", key="A")
        self.why_button = Button("", icon="info", kind="ghost", size="sm")
        self.layer: Layer | None = None
        self._lay_out()
        self._connect()
        desk.tasks.run(self, load_ground, lambda ground: self.map.set_outlines(*ground))

    def _lay_out(self) -> None:
        before = IconButton("chevron-left", _("Day before"), kind="secondary")
        after = IconButton("chevron-right", _("Day after"), kind="secondary")
        before.clicked.connect(lambda: self._go(self.day - timedelta(days=1)))
        after.clicked.connect(lambda: self._go(self.day + timedelta(days=1)))
        head = column(
            row(before, self.title, after, None, gap=8),
            row(*[(column(a, b, gap=0), 1) for a, b in self.figures], gap=8),
            gap=10, margins=(16, 12, 16, 10),
        )  # fmt: skip
        left = QFrame()
        left.setProperty("card", "true")
        self.body = QStackedWidget()
        self.body.addWidget(scroll(self.stops))
        self.body.addWidget(self._nothing())
        left.setLayout(
            column(
                head, line(), (self.body, 1), self.why_button, line(), self.extras, gap=0,
                margins=(1, 1, 1, 1),
            )
        )  # fmt: skip
        left.setFixedWidth(theme.px(330))
        ground = QFrame()
        ground.setProperty("card", "true")
        ground.setLayout(column(self.map, margins=(1, 1, 1, 1)))
        buttons = row(self.optimise_button, self.add_button, None, *self._zoom())
        strip = box(
            column(text(_("The day"), "strong"), self.strip, gap=2, margins=(14, 8, 14, 4)),
            card="true",
        )
        right = column(self.bar, buttons, (ground, 1), self.advice, strip, gap=10)
        self.setLayout(row(left, (right, 1), gap=14, margins=(20, 14, 20, 16)))

    def _zoom(self) -> list[QWidget]:
        near = IconButton("zoom-in", _("Zoom in"), key="+")
        far = IconButton("zoom-out", _("Zoom out"), key="-")
        all_ = IconButton("maximize", _("Show all"), key="0")
        near.clicked.connect(lambda: self.map.zoom(0.75))
        far.clicked.connect(lambda: self.map.zoom(1.33))
        all_.clicked.connect(self.map.fit)
        return [near, far, all_]

    def _nothing(self) -> QWidget:
        propose = Button(_("Propose a route"), icon="wand-sparkles", kind="primary")
        propose.clicked.connect(self.optimise)
        return EmptyState(
            "route", _("No route yet"),
            _("I look at who is due, near, and open, and say why somebody does not fit."), propose,
        )  # fmt: skip

    def _connect(self) -> None:
        self.optimise_button.clicked.connect(self.optimise)
        self.add_button.clicked.connect(self.add_stop)
        self.stops.asked.connect(self._asked)
        self.stops.chosen.connect(self._choose)
        self.extras.added.connect(self._add_extra)
        self.map.pin_clicked.connect(self._choose)
        self.why_button.clicked.connect(self._say_why)

    # loading

    def show_ref(self, ref: Ref) -> None:
        today = i18n.local(self.desk.now()).date()
        self._go(date.fromisoformat(ref.id) if ref.id else today)
        if ref.options.pop("tomorrow", False):
            self._go(today + timedelta(days=1))

    def _go(self, day: date) -> None:
        self.day, self.left_out = day, []
        self.title.setText(i18n.day_short(day))
        self.crumbs_changed.emit([_("Routes"), i18n.day_long(day)])
        self.bar.clear()
        self._load()

    def state(self) -> dict[str, Any]:
        return {"day": self.day.isoformat()}

    def restore(self, state: dict[str, Any]) -> None:
        self._go(date.fromisoformat(state["day"]))

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(RoutePlan, RouteStop, Activity, Site, Account):
            self._load()

    def _load(self) -> None:
        self.desk.tasks.read(self, route_view.view, self._show, self.day, self.desk.now())

    def _show(self, shown: RouteView) -> None:
        if shown.day != self.day:
            return
        self.shown = shown
        self.body.setCurrentIndex(0 if shown.stops else 1)
        self.stops.show_route(shown)
        self.extras.show_extras(shown.extras)
        self._show_figures(shown)
        self._show_map(shown)
        self._show_strip(shown)
        self.advice.setVisible(bool(shown.advice))
        broken = any(stop.problem for stop in shown.stops)
        self.advice.show_message("danger" if broken else "info", shown.advice)
        n = len(self.left_out)
        words = ngettext("{n} left out: why?", "{n} left out: why?", n)
        self.why_button.setText(words.format(n=n))
        self.why_button.setVisible(bool(n))

    def _show_figures(self, shown: RouteView) -> None:
        route, n = shown.route, len(shown.stops)
        values = ("–", "–", "–", "–")
        cost = i18n.money(shown.cost) if shown.cost is not None else ""
        if route is not None:
            about = "≈ " if route.travel_quality == "straight-line" else ""
            values = (
                str(n), f"{about}{i18n.kilometres(route.drive_m)}", i18n.duration(route.drive_s),
                i18n.clock_of_seconds(route.end_s),
            )  # fmt: skip
        names = (ngettext("stop", "stops", n), cost or _("distance"), _("driving"), _("back"))
        for (value, name), a, b in zip(self.figures, values, names, strict=True):
            value.setText(a)
            name.setText(b)

    def _show_map(self, shown: RouteView) -> None:
        route = shown.route
        if route is None:
            self.map.set_pins([], fit=False)
            self.map.set_route([])
            return
        home = (route.start_lat_e6, route.start_lon_e6)
        pins, points, done = [Pin("home", *home, kind="home")], [home], 0
        for stop in shown.stops:
            if stop.lat_e6 is None or stop.lon_e6 is None:
                continue
            place = (stop.lat_e6, stop.lon_e6)
            done += stop.state == "done"
            label = stop.city or stop.name
            pins.append(Pin(stop.activity_id, *place, label, stop.state, stop.number))
            points.append(place)
        points.append((route.end_lat_e6, route.end_lon_e6))
        pins += [
            Pin(extra.account_id, extra.lat_e6, extra.lon_e6, extra.city, "suggestion")
            for extra in shown.extras
        ]
        self.map.set_pins(pins)
        self.map.set_route(points, done=done)

    def _show_strip(self, shown: RouteView) -> None:
        route = shown.route
        if route is None:
            self.strip.set_day((), leave_s=9 * 3600, back_s=9 * 3600)
            return
        blocks = [
            Block(s.start_s, s.leave_s, f"{s.number} {s.name}", s.state, s.windows)
            for s in shown.stops
        ]
        if route.lunch_at_s is not None and route.lunch_length_s:
            end = route.lunch_at_s + route.lunch_length_s
            blocks.append(Block(route.lunch_at_s, end, _("Lunch"), "lunch"))
        leave = _("Leave {time} · {place}").format(
            time=i18n.clock_of_seconds(route.leave_s), place=route.start_label or _("Start")
        )
        back = _("Back {time}").format(time=i18n.clock_of_seconds(route.end_s))
        self.strip.set_day(
            blocks, leave_s=route.leave_s, back_s=route.end_s, start=leave, end=back,
            now_s=shown.now_s,
        )  # fmt: skip

    # acting

    def primary(self) -> None:
        self.optimise()

    def optimise(self) -> None:
        """Ask the planner for the best day and offer what it found."""
        self.optimise_button.setEnabled(False)
        self.optimise_button.setText(_("Planning…"))
        task = self.desk.tasks.read(self, route_problem.question, self._plan, self.day)
        self.desk.tasks.or_else(task, self._refused)

    def _plan(self, asked: Question) -> None:
        task = self.desk.tasks.run(self, plan_route, lambda plan: self._planned(asked, plan), asked)
        self.desk.tasks.or_else(task, self._refused)

    def _ready(self) -> None:
        self.optimise_button.setEnabled(True)
        self.optimise_button.setText(_("Optimise"))

    def _refused(self, error: Exception) -> None:
        self._ready()
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _planned(self, asked: Question, plan: Plan) -> None:
        self._ready()
        names = {id_: c.name for id_, c in asked.candidates.items()}
        self.left_out = [(names[out.stop_id], explain.sentence(out)) for out in plan.left_out] + [
            (c.name, _("No position: place it on the map.")) for c in asked.unplaced
        ]
        if not plan.days[0].stops:
            self.bar.show_message("info", _("Nobody is due, near and open on this day."))
            self._load()
        elif self.shown is not None and self.shown.stops:
            self._offer(asked, plan)
        else:
            self._accept(asked, plan)

    def _offer(self, asked: Question, plan: Plan) -> None:
        """Show before and after; nothing changes until it is accepted."""
        assert self.shown is not None  # noqa: S101 - asked before
        assert self.shown.route is not None  # noqa: S101
        accept, inside, discard = before_and_after(self.shown.route, len(self.shown.stops), plan)
        self.layer = Layer(self, inside, width=440, name=_("Before and after"))
        discard.clicked.connect(self.layer.close_layer)
        accept.clicked.connect(lambda: self._take(asked, plan))

    def _take(self, asked: Question, plan: Plan) -> None:
        if self.layer is not None:
            self.layer.close_layer()
            self.layer = None
        self._accept(asked, plan)

    def _accept(self, asked: Question, plan: Plan) -> None:
        def done(_route: RoutePlan) -> None:
            n = len(plan.days[0].stops)
            words = ngettext("Route with {n} visit", "Route with {n} visits", n).format(n=n)
            self.toast_requested.emit(words, None)

        self.desk.tasks.write(self, routes.accept, done, asked, plan)

    def _asked(self, activity_id: str, what: str, amount: int) -> None:
        stop = next(s for s in self.shown.stops if s.activity_id == activity_id)  # type: ignore[union-attr]
        write = self.desk.tasks.write
        if what == "move":
            self._move(activity_id, amount)
        elif what == "remove":
            write(
                self, routes.remove_stop, lambda _plan: self._removed(activity_id, stop.number),
                self.day, activity_id,
            )  # fmt: skip
        elif what == "lock":
            write(
                self, routes.lock, lambda _none: None, self.day, activity_id,
                is_fixed=not stop.is_fixed,
            )  # fmt: skip
        else:
            minutes = stop.minutes + amount
            write(self, routes.set_minutes, lambda _plan: None, self.day, activity_id, minutes)

    def _move(self, activity_id: str, by: int) -> None:
        assert self.shown is not None  # noqa: S101
        order = [stop.activity_id for stop in self.shown.stops]
        at = order.index(activity_id)
        if 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
            self.desk.tasks.write(self, routes.reorder, lambda _plan: None, self.day, order)

    def _removed(self, activity_id: str, number: int) -> None:
        def undo() -> None:
            self.desk.tasks.write(
                self, routes.restore_stop, lambda _plan: None, self.day, activity_id, number - 1
            )

        self.toast_requested.emit(_("Stop taken off the route"), undo)

    def _add_extra(self, extra: Extra) -> None:
        self._add(extra.account_id, extra.after)

    def _add(self, account_id: str, after: int | None = None) -> None:
        task = self.desk.tasks.write(
            self, routes.add_stop, lambda _plan: None, self.day, account_id, after=after
        )
        self.desk.tasks.or_else(task, self._refused)

    def add_stop(self) -> None:
        """Find a customer and put them on the route."""

        def find(words: str, done: Any) -> None:
            def found(rows: list[tuple[str, str, str]]) -> None:
                done([Choice(id_, name, city, "store") for id_, name, city in rows])

            self.desk.tasks.read(self, accounts.choices, found, words)

        field = Picker(_("Customer or prospect"), find)
        inside = column(text(_("Add stop"), "h2"), field, gap=10, margins=(22, 18, 22, 20))
        layer = Layer(self, inside, width=460, top=160, name=_("Add stop"))

        def take(choice: Choice) -> None:
            layer.close_layer()
            self._add(choice.id)

        field.chosen.connect(take)
        field.setFocus()

    def _choose(self, activity_id: str) -> None:
        self.stops.choose(activity_id)

    def _say_why(self) -> None:
        rows = [
            column(text(name, "strong"), text(why, "muted", wrap=True), gap=0)
            for name, why in self.left_out
        ]
        inside = QWidget()
        inside.setLayout(column(*rows, None, gap=10))
        Layer(
            self, column(text(_("Not on the route"), "h2"), scroll(inside), gap=10,
                         margins=(22, 18, 22, 18)),
            width=520, name=_("Not on the route"),
        )  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().lower() == "a" and not event.modifiers():
            self.add_stop()
        else:
            super().keyPressEvent(event)
