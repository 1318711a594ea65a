"""The route of a day: stops at the left, the map, and the day as a strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _, ngettext
from app.models.account import Account, Site
from app.models.activity import Activity
from app.models.route import RoutePlan, RouteStop
from app.routing.problem import Plan
from app.services import accounts, route_view, routes
from app.services.route_problem import Question
from app.services.route_view import Around, Extra, RouteView
from app.views.routes.looks import RouteLooks
from app.views.routes.planning import Why, left_out, load_ground, plan_route
from app.views.tasks import Task
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, text
from app.views.widgets.page import Desk, Ref
from app.views.widgets.picker import Choice, Picker
from app.views.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from app.models.database import Changes


class RoutesPage(RouteLooks):
    """Plan the day, see why what is left out is left out, and change it by hand.

    `proposal` is what the planner found until it is accepted or discarded; `layer` is what lies
    over the page, or None.
    """

    places = ("route", "map")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.day = i18n.local(desk.now()).date()
        self.shown: RouteView | None = None
        self.proposal: tuple[Question, Plan] | None = None
        self.left_out: list[tuple[str, str]] = []
        self.layer: Layer | None = None
        self._loading: Task | None = None
        self._asking: Task | None = None
        self._planning: Task | None = None
        self._waiting = Skeleton(self.body, row_height=64)
        self._connect()
        desk.tasks.run(self, load_ground, lambda ground: self.map.set_outlines(*ground))

    def _connect(self) -> None:
        self.before.clicked.connect(lambda: self._go(self.day - timedelta(days=1)))
        self.after.clicked.connect(lambda: self._go(self.day + timedelta(days=1)))
        self.optimise_button.clicked.connect(self.optimise)
        self.nothing.propose_button.clicked.connect(self.optimise)
        self.nothing.choose_button.clicked.connect(self.add_stop)
        self.bar_of_proposal.accepted.connect(self.accept)
        self.bar_of_proposal.discarded.connect(self.discard)
        self.add_button.clicked.connect(self.add_stop)
        self.stops.asked.connect(self._asked)
        self.stops.chosen.connect(self._choose)
        self.stops.opened.connect(self._open_visit)
        self.extras.added.connect(self._add_extra)
        self.off_route.added.connect(lambda visit: self._add(visit.account_id, visit.name))
        self.map.pin_clicked.connect(self._choose)
        self.why_button.clicked.connect(self.say_why)

    # loading

    def show_ref(self, ref: Ref) -> None:
        today = i18n.local(self.desk.now()).date()
        if ref.options.pop("tomorrow", False):
            self._go(today + timedelta(days=1))
        else:
            self._go(date.fromisoformat(ref.id) if ref.id else today)
        if ref.options.pop("propose", False):
            self.optimise()

    def _go(self, day: date) -> None:
        if day != self.day:
            self.shown = None
            if self._asking is not None:
                self._asking.cancel()
        self.day, self.left_out, self.proposal = day, [], None
        self.show_proposing(proposing=False)
        if self._planning is not None:
            self._planning.cancel()
            self._ready()
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
        if self.shown is None:
            self._waiting.begin()
        task = self.desk.tasks.read(self, route_view.view, self._show, self.day, self.desk.now())
        self._loading = self.desk.tasks.instead(self._loading, task)

    def _show(self, shown: RouteView) -> None:
        self._waiting.end()
        fit = self.shown is None or _places(self.shown) != _places(shown)
        # of this day, until it is read anew
        known = self.shown.around if self.shown is not None else None
        self.shown = replace(shown, around=known)
        if self.proposal is None:
            self.show_route(self.shown, self.left_out, fit=fit)
        task = self.desk.tasks.read(self, route_view.around, self._show_around, self.day)
        self._asking = self.desk.tasks.instead(self._asking, task)

    def _show_around(self, around: Around) -> None:
        if self.shown is None:
            return
        self.shown = replace(self.shown, around=around)
        if self.proposal is None:
            self.show_around(self.shown)

    # planning

    def primary(self) -> None:
        if self.proposal is not None:
            self.accept()
        else:
            self.optimise()

    def escape(self) -> bool:
        if self.proposal is None:
            return False
        self.discard()
        return True

    def optimise(self) -> None:
        """Ask the planner for the best day and offer what it found."""
        if self._planning is not None or self.proposal is not None:
            return
        self.bar.clear()
        self.show_planning(under_way=True)
        task = self.desk.tasks.read(self, routes.ask, self._plan, self.day, self.desk.now())
        self._planning = self.desk.tasks.or_else(task, self._refused)

    def _plan(self, asked: Question) -> None:
        task = self.desk.tasks.run(self, plan_route, lambda plan: self._planned(asked, plan), asked)
        self._planning = self.desk.tasks.or_else(task, self._refused)

    def _ready(self) -> None:
        self._planning = None
        self.show_planning(under_way=False)

    def _refused(self, error: Exception) -> None:
        self._ready()
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _planned(self, asked: Question, plan: Plan) -> None:
        out = left_out(asked, plan)
        if not plan.days[0].stops:
            self._ready()
            self.left_out = out
            self.bar.show_message("info", _("Nobody is due, near and open on this day."))
            self._load()
            return

        def show(proposed: RouteView) -> None:
            self._ready()
            self.proposal, self.left_out = (asked, plan), out
            self.show_route(proposed, out)
            self.bar_of_proposal.show_change(self.shown, proposed)
            self.show_proposing(proposing=True)

        task = self.desk.tasks.read(
            self, route_view.proposal, show, asked, plan, self.desk.now()
        )  # fmt: skip
        self._planning = self.desk.tasks.or_else(task, self._refused)

    def accept(self) -> None:
        """Make the proposal the route of the day."""
        if self.proposal is None:
            return
        asked, plan = self.proposal
        n = len(plan.days[0].stops)
        words = ngettext("Route with {n} visit", "Route with {n} visits", n).format(n=n)

        def done(_route: RoutePlan) -> None:
            self.toast_requested.emit(words, True)
            self._end_proposal()

        task = self.desk.tasks.write(self, routes.accept, done, asked, plan)
        self.desk.tasks.or_else(task, self._refused)

    def discard(self) -> None:
        """Leave the day as it was before the proposal."""
        self.left_out = []
        self._end_proposal()

    def _end_proposal(self) -> None:
        self.proposal = None
        self.setFocus()
        self.show_proposing(proposing=False)
        self._load()

    # changing by hand

    def _asked(self, activity_id: str, what: str, amount: int) -> None:
        if self.shown is None or self.proposal is not None:
            return
        stop = next((s for s in self.shown.stops if s.activity_id == activity_id), None)
        if stop is None:
            return
        if what == "move":
            self._move(activity_id, amount)
        elif what == "remove":
            self._write(
                routes.remove_stop, lambda _plan: self._removed(),
                activity_id,
            )  # fmt: skip
        elif what == "lock":
            self._write(routes.lock, _nothing, activity_id, is_fixed=not stop.is_fixed)
        else:
            self._write(routes.set_minutes, _nothing, activity_id, stop.minutes + amount)

    def _write(self, work: Any, done: Any, *args: Any, **more: Any) -> None:
        """Change the day; what is refused is said on this page."""
        task = self.desk.tasks.write(self, work, done, self.day, *args, **more)
        self.desk.tasks.or_else(task, self._refused)

    def _move(self, activity_id: str, by: int) -> None:
        assert self.shown is not None  # noqa: S101 - asked before
        order = [stop.activity_id for stop in self.shown.stops]
        begun = sum(stop.state != "planned" for stop in self.shown.stops)
        at = order.index(activity_id)
        if at < begun:
            return
        to = min(max(at + by, begun), len(order) - 1)
        if to != at:
            order.insert(to, order.pop(at))
            self._write(routes.reorder, _nothing, order)

    def _removed(self) -> None:
        self.toast_requested.emit(_("Stop taken off the route"), True)

    def _add_extra(self, extra: Extra) -> None:
        self._add(extra.account_id, extra.name, extra.after)

    def _add(self, account_id: str, name: str, after: int | None = None) -> None:
        def added(_plan: Plan) -> None:
            self.toast_requested.emit(_("{name} is on the route").format(name=name), True)

        self._write(routes.add_stop, added, account_id, after=after)

    def add_stop(self) -> None:
        """Find a customer and put them on the route."""

        def find(words: str, done: Any) -> None:
            def found(rows: list[tuple[str, str, str]]) -> None:
                done([Choice(id_, name, city, "store") for id_, name, city in rows])

            self.desk.tasks.read(self, accounts.choices, found, words)

        field = Picker(_("Customer or prospect"), find)
        inside = column(text(_("Add stop"), "h2"), field, gap=10, margins=(22, 18, 22, 20))
        self.layer = layer = Layer(self, inside, width=460, top=160, name=_("Add stop"))
        layer.closed.connect(self._layer_closed)

        def take(choice: Choice) -> None:
            layer.close_layer()
            self._add(choice.id, choice.title)

        field.chosen.connect(take)
        field.setFocus()

    def _layer_closed(self) -> None:
        self.layer = None

    def _choose(self, activity_id: str) -> None:
        self.stops.choose(activity_id)
        self.map.choose(activity_id)

    def _open_visit(self, activity_id: str) -> None:
        if self.proposal is None:
            self.open_requested.emit(Ref("visit", activity_id))

    def say_why(self) -> None:
        """Say for each customer that is left out what keeps them off the route."""
        self.layer = Why(self, self.left_out)
        self.layer.closed.connect(self._layer_closed)

    def act(self, name: str) -> bool:
        """Add a stop, or move the map: the keys of a route."""
        deeds: dict[str, Callable[[], object]] = {
            "add_stop": self.add_stop, "fit": self.map.fit,
            "zoom_in": lambda: self.map.zoom(0.75), "zoom_out": lambda: self.map.zoom(1.33),
        }  # fmt: skip
        if name not in deeds or (name == "add_stop" and self.proposal is not None):
            return False
        deeds[name]()
        return True


def _places(shown: RouteView) -> set[tuple[int | None, int | None]]:
    return {(stop.lat_e6, stop.lon_e6) for stop in shown.stops}


def _nothing(_outcome: object) -> None:
    """Nothing to do: the page hears of the change."""
