"""What planning needs around the page: a worker's budget, the map's ground, before and after."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.i18n import _
from app.routing import explain, outlines, solver
from app.routing.problem import Plan
from app.services.route_problem import Question
from app.services.route_view import RouteView
from app.views import theme
from app.views.widgets import map_canvas
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, scroll, text

BUDGET_S = 1.5


def plan_route(question: Question) -> Plan:
    """Plan off the GUI thread, for a second and a half."""
    began = time.monotonic()
    return solver.plan(question.problem, stop=lambda: time.monotonic() - began > BUDGET_S)


def load_ground() -> tuple[outlines.Outlines, tuple[outlines.Shape, ...]]:
    """Load the map's ground, off the GUI thread."""
    return map_canvas.load(), outlines.municipalities()


def left_out(asked: Question, plan: Plan) -> list[tuple[str, str]]:
    """Return who is not in the plan and why, those who were planned for the day in front."""
    named = [
        (asked.candidates[out.stop_id].planned_id is None, asked.candidates[out.stop_id].name,
         explain.sentence(out))
        for out in plan.left_out
    ] + [
        (c.planned_id is None, c.name, _("No position: write the address on their record."))
        for c in asked.unplaced
    ]  # fmt: skip
    return [(name, why) for _due, name, why in sorted(named, key=lambda row: row[0])]


class Why(Layer):
    """Who is not on the route, each with the reason."""

    def __init__(self, over: QWidget, rows: Sequence[tuple[str, str]]) -> None:
        inside = QWidget()
        inside.setLayout(
            column(
                *[
                    column(text(name, "strong"), text(why, "muted", wrap=True), gap=0)
                    for name, why in rows
                ],
                None, gap=10, margins=(0, 0, 8, 0),
            )
        )  # fmt: skip
        body = scroll(inside)
        body.setMinimumHeight(min(theme.px(440), theme.px(52) * len(rows)))
        close = Button(_("Close"), key="Esc")
        close.clicked.connect(self.close_layer)
        super().__init__(
            over,
            column(text(_("Not on the route"), "h2"), (body, 1), row(None, close), gap=10,
                   margins=(22, 18, 22, 18)),
            width=520, name=_("Not on the route"),
        )  # fmt: skip


class ProposalBar(QFrame):
    """What a proposal would change, and the two answers to it."""

    accepted, discarded = Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.figures = [
            (text("", "muted"), text("", tone="subtle"), text("", "strong")) for _n in range(4)
        ]
        self.accept_button = Button(_("Accept"), icon="check", kind="primary", key="Ctrl ↵")
        self.discard_button = Button(_("Discard"), kind="ghost", key="Esc")
        self.accept_button.clicked.connect(self.accepted)
        self.discard_button.clicked.connect(self.discarded)
        parts = [column(name, row(old, new, gap=6), gap=0) for name, old, new in self.figures]
        self.setLayout(
            row(*parts, None, self.discard_button, self.accept_button, gap=16,
                margins=(16, 8, 12, 8))
        )  # fmt: skip
        self.hide()

    def show_change(self, before: RouteView | None, after: RouteView) -> None:
        """Show each figure before → after; a day without visits has no before."""
        old, new = before.figures if before else None, after.figures
        if new is None:
            return
        rows = (
            (_("Stops"), str(len(before.stops)) if before else "", str(len(after.stops))),
            (_("Distance"), i18n.kilometres(old.drive_m) if old else "",
             i18n.kilometres(new.drive_m)),
            (_("Driving"), i18n.duration(old.drive_s) if old else "", i18n.duration(new.drive_s)),
            (_("Back"), i18n.clock_of_seconds(old.end_s) if old else "",
             i18n.clock_of_seconds(new.end_s)),
        )  # fmt: skip
        for (name, was, is_), (words, a, b) in zip(self.figures, rows, strict=True):
            name.setText(words)
            was.setText(f"{a} →" if old and a != b else "")
            was.setVisible(bool(was.text()))
            is_.setText(b)
        self.show()
