"""The small map of the day: where it has been and where it goes; a click opens Routes."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.i18n import _
from app.services.agenda import DayPlan
from app.views.widgets.map_canvas import MapCanvas, Pin


class DayMap(MapCanvas):
    """Pins are in the list beside it too."""

    def __init__(self) -> None:
        super().__init__(interactive=False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(_("See route"))

    def show_plan(self, plan: DayPlan) -> None:
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
        self.set_pins(pins)
        self.set_route(points if plan.rows else [], done=done)
