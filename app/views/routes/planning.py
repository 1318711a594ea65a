"""What planning needs around the page: a worker's budget, the map's ground, before and after."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QVBoxLayout

from app import i18n
from app.i18n import _
from app.models.route import RoutePlan
from app.routing import outlines, solver
from app.routing.problem import Plan
from app.services.route_problem import Question
from app.views.widgets.button import Button
from app.views.widgets.layout import column, row, text

BUDGET_S = 1.5


def plan_route(question: Question) -> Plan:
    """Plan off the GUI thread, for a second and a half."""
    began = time.monotonic()
    return solver.plan(question.problem, stop=lambda: time.monotonic() - began > BUDGET_S)


def load_ground() -> tuple[outlines.Outlines, tuple[outlines.Shape, ...]]:
    """Load the map's ground, off the GUI thread."""
    return outlines.load(), outlines.municipalities()


def before_and_after(
    route: RoutePlan, stops: int, plan: Plan
) -> tuple[Button, QVBoxLayout, Button]:
    """Return the button that accepts, what to show of the change, and the button that does not."""
    day = plan.days[0]
    rows = [
        row((text(words, "muted"), 1), text(old), text("→", "subtle"), text(new, "strong"), gap=12)
        for words, old, new in (
            (_("Stops"), str(stops), str(len(day.stops))),
            (_("Distance"), i18n.kilometres(route.drive_m), i18n.kilometres(day.drive_m)),
            (_("Driving"), i18n.duration(route.drive_s), i18n.duration(day.drive_s)),
            (_("Back"), i18n.clock_of_seconds(route.end_s), i18n.clock_of_seconds(day.end_s)),
        )
    ]
    accept = Button(_("Accept"), icon="check", kind="primary")
    discard = Button(_("Keep as it is"), kind="ghost")
    inside = column(
        text(_("Before and after"), "h2"), *rows, 4, row(None, discard, accept), gap=10,
        margins=(22, 18, 22, 18),
    )  # fmt: skip
    return accept, inside, discard
