"""A desk on a real laptop of a real server, and a synchroniser that belongs to a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.settings import Settings
from app.views.synchroniser import Synchroniser
from app.views.tasks import Tasks
from app.views.widgets.page import Desk
from tests.serving import serving
from tests.sync import laptops
from tests.sync.laptops import Laptop, World

NOW = datetime(2026, 11, 19, 17, 42, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path / "server") as server, laptops.world(tmp_path, server) as made:
        yield made


@pytest.fixture
def laptop(world: World) -> Laptop:
    return world.laptop("Marta Ferrer")


@pytest.fixture
def desk(qapp, laptop: Laptop, tmp_path: Path) -> Iterator[Desk]:
    tasks = Tasks(laptop.database)
    yield Desk(tasks, Settings(tmp_path / "settings.json"), laptop.files, lambda: NOW)
    tasks.close()


@pytest.fixture
def synchroniser(qtbot, desk: Desk, laptop: Laptop) -> Iterator[Synchroniser]:
    made = Synchroniser(desk, laptop.database)
    yield made
    made.stop()
