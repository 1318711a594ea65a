"""A desk with a clock on the small company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.database import Database
from app.models.files import Files
from app.views.widgets.page import Desk
from tests.company import Seeded, seed
from tests.views.rounds import Clock, desk_at


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
