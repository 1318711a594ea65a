"""How the route of a day looks: the parts of the page, and how a `RouteView` fills them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedWidget, QWidget

from app import i18n
from app.i18n import _, ngettext
from app.services.route_view import RouteView
from app.views import theme
from app.views.messages import MessageBar
from app.views.routes.planning import ProposalBar
from app.views.routes.stops import ExtraList, NoStops, OffList, StopList
from app.views.widgets.button import Button, IconButton
from app.views.widgets.chip import Chip
from app.views.widgets.layout import box, column, line, row, scroll, text
from app.views.widgets.map_canvas import MapCanvas, Pin
from app.views.widgets.notices import Banner
from app.views.widgets.page import Desk, Page
from app.views.widgets.timeline import Block, Timeline

_EDGE = Qt.AlignmentFlag


def _state(key: str) -> tuple[str, str, str]:
    """Return words, tone and icon for the state of a day on the road."""
    return {
        "planned": (_("Not optimised"), "neutral", "calendar-days"),
        "proposed": (_("Proposal"), "info", "wand-sparkles"),
        "accepted": (_("Planned"), "primary", "calendar-check"),
        "under_way": (_("Under way"), "accent", "play"),
        "done": (_("Done"), "success", "check"),
    }[key]


class RouteLooks(Page):
    """The parts of the page; what they do is the subclass's."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.bar, self.state_chip = text("", "h2"), MessageBar(), Chip()
        self.before = IconButton("chevron-left", _("Day before"), kind="secondary")
        self.after = IconButton("chevron-right", _("Day after"), kind="secondary")
        self.figures = [(text("", "strong"), text("", "muted")) for _n in range(4)]
        self.stops, self.extras, self.nothing = StopList(desk.settings), ExtraList(), NoStops()
        self.off_route = OffList()
        self.map, self.strip = MapCanvas(), Timeline()
        self.advice, self.bar_of_proposal = Banner("info"), ProposalBar()
        self.optimise_button = Button(
            _("Optimise"), icon="wand-sparkles", kind="primary", key="Ctrl ↵"
        )
        self.add_button = Button(_("Add stop"), icon="plus", key="A")
        self.why_button = Button("", icon="info", kind="ghost", size="sm")
        self._lay_out()
        self._show_parts(empty=True)

    @property
    def accept_button(self) -> Button:
        return self.bar_of_proposal.accept_button

    @property
    def discard_button(self) -> Button:
        return self.bar_of_proposal.discard_button

    def _lay_out(self) -> None:
        figures = [(column(a, b, gap=0), 1) for a, b in self.figures]
        self.sums = QWidget()
        self.sums.setLayout(row(*figures, gap=8))
        head = column(
            row(self.before, self.title, self.after, None, self.state_chip, gap=8), self.sums,
            gap=10, margins=(16, 12, 14, 10),
        )  # fmt: skip
        self.below = QWidget()
        self.below.setLayout(column(line(), self.off_route, self.extras, gap=0))
        left = QFrame()
        left.setProperty("card", "true")
        self.body = QStackedWidget()
        self.body.addWidget(scroll(self.stops))
        self.body.addWidget(self.nothing)
        left.setLayout(
            column(
                head, line(), (self.body, 1), self.why_button, self.below, gap=0,
                margins=(1, 1, 1, 1),
            )
        )  # fmt: skip
        left.setFixedWidth(theme.px(336))
        self.day_card = box(
            column(text(_("The day"), "strong"), self.strip, gap=2, margins=(14, 8, 14, 4)),
            card="true",
        )
        right = column(
            self.bar, self.bar_of_proposal, (self._ground(), 1), self.advice, self.day_card, gap=10
        )
        self.setLayout(row(left, (right, 1), gap=14, margins=(20, 14, 20, 16)))

    def _ground(self) -> QWidget:
        """Return the map with its buttons over it."""
        near = IconButton("zoom-in", _("Zoom in"), key="+", kind="secondary")
        far = IconButton("zoom-out", _("Zoom out"), key="-", kind="secondary")
        all_ = IconButton("maximize", _("Show all"), key="0", kind="secondary")
        near.clicked.connect(lambda: self.map.zoom(0.75))
        far.clicked.connect(lambda: self.map.zoom(1.33))
        all_.clicked.connect(self.map.fit)
        grid = QGridLayout()
        grid.setContentsMargins(1, 1, 1, 1)
        grid.addWidget(self.map, 0, 0)
        grid.addLayout(
            column(near, far, all_, gap=6, margins=(0, 12, 12, 0)), 0, 0,
            _EDGE.AlignTop | _EDGE.AlignRight,
        )  # fmt: skip
        grid.addLayout(
            row(self.optimise_button, self.add_button, margins=(12, 0, 0, 12)), 0, 0,
            _EDGE.AlignBottom | _EDGE.AlignLeft,
        )  # fmt: skip
        self.map.covered = theme.px(46)
        ground = QFrame()
        ground.setProperty("card", "true")
        ground.setLayout(grid)
        return ground

    # showing

    def show_planning(self, *, under_way: bool) -> None:
        words = _("Planning…") if under_way else ""
        for button, name in (
            (self.optimise_button, _("Optimise")),
            (self.nothing.propose_button, _("See the proposal")),
        ):
            button.setText(words or name)
            button.setEnabled(not under_way)

    def show_proposing(self, *, proposing: bool) -> None:
        """Show the two answers in the place of the actions, or the other way round."""
        self.bar_of_proposal.setVisible(proposing)
        for button in (self.optimise_button, self.add_button):
            button.setVisible(not proposing)
        if proposing:
            self.state_chip.show_status(*_state("proposed"))
            self.state_chip.show()
            self.accept_button.setFocus()

    def show_route(self, shown: RouteView, out: list[tuple[str, str]], *, fit: bool = True) -> None:
        """Show a day as it stands or as it is proposed."""
        empty = shown.state == "empty"
        self._show_parts(empty=empty)
        if not empty:
            self.state_chip.show_status(*_state(shown.state))
        self.stops.show_route(shown)
        self.off_route.show_visits(shown.off_route)
        self.show_around(shown, fit=fit)
        self._show_sums(shown)
        self._show_strip(shown)
        self.advice.setVisible(bool(shown.advice))
        broken = any(stop.problem for stop in shown.stops)
        self.advice.show_message("danger" if broken else "info", shown.advice)
        n = len(out)
        words = ngettext("{n} does not fit: why?", "{n} do not fit: why?", n)
        self.why_button.setText(words.format(n=n))
        self.why_button.setVisible(bool(n))

    def show_around(self, shown: RouteView, *, fit: bool = False) -> None:
        """Show whom the day could take in as well; the stops, and the focus in them, stay."""
        empty = shown.state == "empty"
        self.nothing.show_day(shown)
        self.extras.show_extras(shown.extras)
        self.below.setVisible(not empty and bool(shown.extras or shown.off_route))
        self._show_map(shown, fit=fit)

    def _show_parts(self, *, empty: bool) -> None:
        self.body.setCurrentIndex(1 if empty else 0)
        for part in (self.state_chip, self.sums, self.day_card, self.optimise_button):
            part.setVisible(not empty)
        self.add_button.setVisible(not empty)
        if empty:
            self.advice.hide()
            self.why_button.hide()

    def _show_sums(self, shown: RouteView) -> None:
        figures, n = shown.figures, len(shown.stops)
        cost = i18n.money(shown.cost) if shown.cost is not None else _("distance")
        values = [str(n), "", "", ""]
        if figures is not None:
            about = "≈ " if figures.is_estimate else ""
            values[1:] = (
                f"{about}{i18n.kilometres(figures.drive_m)}", i18n.duration(figures.drive_s),
                i18n.clock_of_seconds(figures.end_s),
            )  # fmt: skip
        names = (ngettext("stop", "stops", n), cost, _("driving"), _("back"))
        for (value, name), a, b in zip(self.figures, values, names, strict=True):
            value.setText(a)
            name.setText(b if a else "")

    def _show_map(self, shown: RouteView, *, fit: bool) -> None:
        figures = shown.figures
        pins, points, done = [], [], 0
        if figures is not None:
            pins, points = [Pin("home", *figures.start, kind="home")], [figures.start]
        for stop in shown.stops:
            if stop.lat_e6 is None or stop.lon_e6 is None:
                continue
            place = (stop.lat_e6, stop.lon_e6)
            done += stop.state == "done"
            label = stop.city or stop.name
            pins.append(Pin(stop.activity_id, *place, label, stop.state, stop.number))
            points.append(place)
        if figures is not None:
            points.append(figures.end)
        pins += [
            Pin(extra.account_id, extra.lat_e6, extra.lon_e6, extra.city, "suggestion")
            for extra in shown.extras
        ]
        self.map.set_pins(pins, fit=fit and bool(pins))
        self.map.set_route(points if shown.stops else [], done=done)

    def _show_strip(self, shown: RouteView) -> None:
        figures = shown.figures
        if figures is None:
            self.day_card.hide()
            return
        blocks = [
            Block(s.start_s, s.leave_s, f"{s.number} {s.name}", s.state, s.windows)
            for s in shown.stops
        ]
        if figures.lunch_at_s is not None and figures.lunch_length_s:
            end = figures.lunch_at_s + figures.lunch_length_s
            blocks.append(Block(figures.lunch_at_s, end, _("Lunch"), "lunch"))
        leave = _("Leave {time} · {place}").format(
            time=i18n.clock_of_seconds(figures.leave_s), place=figures.start_label or _("Start")
        )
        back = _("Back {time}").format(time=i18n.clock_of_seconds(figures.end_s))
        self.strip.set_day(
            blocks, leave_s=figures.leave_s, back_s=figures.end_s, start=leave, end=back,
            now_s=shown.now_s,
        )  # fmt: skip
