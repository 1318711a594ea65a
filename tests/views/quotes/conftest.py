"""A desk on the small company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.database import Database
from app.models.files import Files
from app.views.widgets.page import Desk
from tests.company import Seeded, seed
from tests.views.desks import desk_on


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def desk(
    qapp: object, company: Seeded, database: Database, files: Files, tmp_path: Path
) -> Iterator[Desk]:
    with desk_on(database, files, tmp_path) as made:
        yield made
