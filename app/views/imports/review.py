"""The rows that need a look: left out, with the reason, or taken with something to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from app import i18n
from app.i18n import _
from app.services.imports.plan import ImportPlan
from app.views.paged_table import Column, PagedTable
from app.views.tasks import Tasks
from app.views.widgets.cells import ChipCell, Number
from app.views.widgets.layout import box, column, line, row
from app.views.widgets.table_view import TableView
from app.views.widgets.tabs import Tabs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Problem:
    """A line of the file that a person should look at."""

    id: str
    line: int
    title: str
    reason: str
    left_out: bool


def problems(plan: ImportPlan) -> list[Problem]:
    """Return what is left out and what is to be checked, in the order of the file."""
    found = [(r.line, r.title, r.reason, True) for r in plan.refused]
    found += [(row.line, row.title, " · ".join(row.notices), False)
              for row in plan.rows if row.notices]  # fmt: skip
    return [Problem(str(n), *values) for n, values in enumerate(sorted(found))]


class ReviewCard(QFrame):
    """Tabs over the table of problems."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self._problems: dict[str, Problem] = {}
        self.tabs = Tabs()
        self.view = TableView(_("Rows to look at"), row_height=40)
        self.model = PagedTable(
            tasks,
            [
                Column("line", _("Line"), _line, width=72, right=True, sortable=False),
                Column("state", _("What happens"), _state, width=150, sortable=False),
                Column("title", _("Name"), lambda p: p.title or "–", width=210, sortable=False),
                Column("reason", _("Why"), lambda p: p.reason, sortable=False),
            ],
            self._fetch,
            self,
        )
        self.view.set_table(self.model)
        self.tabs.chosen.connect(lambda _key: self._filter())
        head = box(row(self.tabs, None, gap=0, margins=(14, 6, 14, 0)))
        self.setLayout(column(head, line(), (self.view, 1), gap=0, margins=(1, 1, 1, 1)))

    def show_plan(self, plan: ImportPlan) -> None:
        self._problems = {problem.id: problem for problem in problems(plan)}
        out = sum(problem.left_out for problem in self._problems.values())
        self.tabs.set_tabs(
            [
                ("all", _("To look at"), len(self._problems)),
                ("out", _("Left out"), out),
                ("notices", _("With notices"), len(self._problems) - out),
            ]
        )
        self._filter()

    def _filter(self) -> None:
        key = self.tabs.key
        self.model.show_ids(
            [p.id for p in self._problems.values() if key == "all" or (key == "out") == p.left_out]
        )

    def _fetch(self, _session: Session, ids: Sequence[str]) -> list[Problem]:
        known = self._problems  # replaced as a whole, so a reader thread may look into it
        return [known[id_] for id_ in ids if id_ in known]


def _line(problem: Problem) -> Number:
    return Number(i18n.number(problem.line))


def _state(problem: Problem) -> ChipCell:
    if problem.left_out:
        return ChipCell(_("Left out"), "danger", "circle-x")
    return ChipCell(_("To check"), "warning", "triangle-alert")
