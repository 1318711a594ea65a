"""The settings on a real workspace: one key for database and photos, a desk with real tasks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

from app.models.database import Database
from app.models.files import Files
from app.views.preferences.choices import Choices
from app.views.preferences.page import PreferencesPage
from app.views.widgets.page import Desk, Ref
from tests.company import Seeded, seed
from tests.views.desks import desk_on, idle


class Sender(QObject):
    """Whoever synchronises, as far as the settings know it; a test says how a run ended."""

    finished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def sync_now(self) -> None:
        self.asked += 1


@pytest.fixture
def key() -> bytes:
    return secrets.token_bytes(32)


@pytest.fixture
def database(tmp_path: Path, key: bytes) -> Iterator[Database]:
    opened = Database(tmp_path / "viajante.sqlite", key)
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path: Path, key: bytes) -> Iterator[Files]:
    opened = Files(tmp_path / "files.sqlite", key)
    yield opened
    opened.close()


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def sender(qapp) -> Sender:
    return Sender()


@pytest.fixture
def desk(qapp, database: Database, files: Files, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database, files, tmp_path) as made:
        yield made


def refuse_enrolment(*_arguments: object) -> None:
    pytest.fail("nobody asked to connect again")


@pytest.fixture
def page(qtbot, company, desk, database, sender) -> Iterator[PreferencesPage]:
    made = PreferencesPage(desk, database, Choices(desk), refuse_enrolment, sender)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.show_ref(Ref("settings"))
    idle(qtbot, desk)
    yield made
    idle(qtbot, desk)
