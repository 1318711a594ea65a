"""The screen of expenses on the small company, with its rates and a route of today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.models.database import Database
from app.models.expense import TravelRate
from app.models.files import Files
from app.models.route import RoutePlan, RouteStop
from app.services import visits
from app.views.expenses import claim
from app.views.expenses.page import ExpensesPage
from app.views.undo import UndoStack
from app.views.widgets.page import Desk
from tests.company import Seeded, seed
from tests.documents.papers import picture
from tests.views.desks import NOW, TODAY, desk_on


@pytest.fixture
def company(database: Database) -> Seeded:
    made = seed(database)
    with database.write() as session:
        for kind, amount in (("mileage", "0.26"), ("per_diem", "26.67"),
                             ("per_diem_overnight", "53.34")):  # fmt: skip
            session.add(
                TravelRate(
                    kind=kind, amount=Decimal(amount), exempt=Decimal(amount),
                    valid_from=date(2023, 7, 17),
                )
            )  # fmt: skip
    return made


@pytest.fixture
def route(database: Database, company: Seeded) -> str:
    """A route of today: 221 km to Xàtiva and back."""
    with database.write() as session:
        made = RoutePlan(
            user_id=company.user, day=TODAY, start_lat_e6=39_437_000, start_lon_e6=-465_000,
            end_lat_e6=39_437_000, end_lon_e6=-465_000, leave_s=31_200, drive_m=221_000,
        )  # fmt: skip
        session.add(made)
        session.flush()
        visit = visits.plan(session, company.account, at=NOW)
        session.add(
            RouteStop(
                route_plan_id=made.id, activity_id=visit.id, account_id=company.account,
                site_id=company.site, position=1, start_s=33_000, leave_s=36_000,
            )
        )  # fmt: skip
        return made.id


@pytest.fixture
def desk(
    qapp: object, company: Seeded, database: Database, files: Files, tmp_path: Path
) -> Iterator[Desk]:
    with desk_on(database, files, tmp_path) as made:
        yield made


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "ticket.png"
    path.write_bytes(picture())
    return path


@pytest.fixture
def opened_files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the desktop's own programs were asked to open."""
    paths: list[Path] = []
    monkeypatch.setattr(claim, "open_file", paths.append)
    return paths


@pytest.fixture
def toasts() -> list[tuple[str, object]]:
    return []


def make_page(qtbot, desk: Desk, toasts: list[tuple[str, object]]) -> ExpensesPage:
    """Return the page as the window would show it, without the window."""
    shown = ExpensesPage(desk)
    qtbot.addWidget(shown)
    shown.resize(1158, 716)
    desk.tasks.changed.connect(shown.refresh)
    stack = UndoStack(desk.tasks)
    shown.toast_requested.connect(
        lambda words, undo: toasts.append((words, undo and stack.said(words, undo)))
    )
    shown.show()
    shown.activateWindow()
    return shown


@pytest.fixture
def page(qtbot, desk: Desk, toasts) -> ExpensesPage:
    return make_page(qtbot, desk, toasts)
