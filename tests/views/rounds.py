"""A rep's round, to test screens: customers in towns, a clock that is set, a page that lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.models.account import Account, Segment
from app.models.activity import Activity
from app.models.database import Database
from app.models.files import Files
from app.routing import solver
from app.services import routes
from app.settings import Settings
from app.views import application
from app.views.tasks import Tasks
from app.views.undo import UndoStack
from app.views.widgets.page import Desk, Page, Ref
from tests.company import Seeded, seed
from tests.services.records import NOW, TODAY, at, customer
from tests.views.desks import idle

HOURS = "Mo-Fr 09:00-14:00,17:00-20:00"
TOWNS = ("Canals", "Ontinyent", "Alzira", "Gandia")

P = TypeVar("P", bound=Page)


class Clock:
    """The clock on the wall, in Madrid; it stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def set(self, hour: int, minute: int = 0, *, day: date = TODAY) -> None:
        self.now = at(hour, minute, day=day)

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def desk_at(database: Database, files: Files, folder: Path, clock: Clock) -> Iterator[Desk]:
    """Yield a desk whose clock can be set, in the light theme."""
    settings = Settings(folder / "settings.json", theme="claro")
    application.create(settings)
    tasks = Tasks(database)
    yield Desk(tasks, settings, files, clock)
    tasks.close()


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(
    qapp: object, company: Seeded, database: Database, files: Files, tmp_path: Path, clock: Clock
) -> Iterator[Desk]:
    with desk_at(database, files, tmp_path, clock) as made:
        yield made


def towns(database: Database, made: Seeded, *names: str) -> dict[str, str]:
    """Add a bar to each town; a visit takes twenty minutes."""
    with database.write() as session:
        segment = session.get(Segment, made.segment)
        assert segment is not None
        segment.visit_minutes = 20
        return {
            name: customer(session, made, f"Bar de {name}", city=name, hours=HOURS, phone="")
            for name in names or TOWNS
        }


def accepted(database: Database, day: date = TODAY, *, now: datetime | None = None) -> list[str]:
    """Plan the day and return its visits in order."""
    with database.write() as session:
        asked = routes.ask(session, day, now or at(7, day=day))
        routes.accept(session, asked, solver.plan(asked.problem))
    return on_route(database, day)


def on_route(database: Database, day: date = TODAY) -> list[str]:
    with database.read() as session:
        route = routes.current(session, day)
        return [stop.activity_id for stop in routes.stops(session, route.id)] if route else []


def names(database: Database, ids: list[str]) -> list[str]:
    """Return whom these visits are to."""
    with database.read() as session:
        query = select(Activity.id, Account.name).join(Account, Account.id == Activity.account_id)
        known = {id_: name for id_, name in session.execute(query)}
    return [known[id_] for id_ in ids]


def one(database: Database, kind: type[Any], id_: str) -> Any:
    with database.read() as session:
        return session.get(kind, id_)


def alive(qtbot: Any, page: P, ref: Ref, *, size: tuple[int, int] = (1140, 716)) -> P:
    """Show a page as the window does: it hears of each commit, and has the keyboard."""
    qtbot.addWidget(page)
    page.resize(*size)
    page.desk.tasks.changed.connect(page.refresh)
    page.show()
    page.activateWindow()
    page.show_ref(ref)
    page.setFocus()
    idle(qtbot, page.desk)
    return page


def key(page: Page, name: Qt.Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page, name, modifiers)


class Heard(QObject):
    """What a page said to the window around it."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.opened: list[Ref] = []
        self.toasts: list[tuple[str, Any]] = []
        self.failed: list[Exception] = []
        self._stack = UndoStack(page.desk.tasks)
        self._ways_back: list[Any] = []
        page.open_requested.connect(self.opened.append)
        page.toast_requested.connect(self._hear)
        page.desk.tasks.failed.connect(lambda _owner, error: self.failed.append(error))

    def _hear(self, words: str, undo: Any) -> None:
        self.toasts.append((words, undo))
        self._ways_back.append(undo and self._stack.said(words, undo))

    def undo(self) -> None:
        """Take back what was said last."""
        self.toasts.pop()
        take_back = self._ways_back.pop()
        assert take_back is not None
        take_back()
