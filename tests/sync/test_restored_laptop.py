"""A laptop that went back to a backup asks for a new code; nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import SessionExpired
from app.models.account import Account, Contact
from app.models.database import Database
from app.models.files import Files
from app.services import backups
from tests.serving import serving
from tests.sync import laptops
from tests.sync.laptops import Laptop, World

NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path / "server") as server, laptops.world(tmp_path, server) as made:
        yield made


def one_key(laptop: Laptop) -> None:
    """Give the photos the database's key, as a workspace has it."""
    laptop.files.close()
    laptop.files.path.unlink()
    laptop.files = Files(laptop.files.path, laptop.database._key)


def go_back(laptop: Laptop, name: str) -> None:
    backups.order(laptop.database, name)
    key, folder = laptop.database._key, laptop.database.path.parent
    laptop.files.close()
    laptop.database.close()
    assert backups.carry_out(folder, key)
    laptop.database = Database(folder / backups.DATABASE, key)
    laptop.files = Files(folder / backups.FILES, key)


def names(laptop: Laptop) -> dict[str, list[str]]:
    return {
        "account": sorted(row.name for row in laptop.rows(Account)),
        "contact": sorted(row.name for row in laptop.rows(Contact)),
    }


def test_what_was_sent_after_the_copy_comes_back_and_what_waited_goes(world):
    laptop = world.laptop()
    one_key(laptop)
    bar = laptop.add(Account, name="Bar Sol", owner_id=laptop.user)
    laptop.synced()
    laptop.add(Contact, name="Waiting in the copy", account_id=bar)
    made = backups.make(laptop.database, laptop.files, NOW)
    laptop.synced()
    laptop.add(Contact, name="Sent after the copy", account_id=bar)
    laptop.edit(Account, bar, name="Bar Sol Nou")
    laptop.synced()
    series = laptop.state().series

    go_back(laptop, made.name)
    assert names(laptop) == {"account": ["Bar Sol"], "contact": ["Waiting in the copy"]}
    refused = laptop.sync()
    assert isinstance(refused.error, SessionExpired)
    assert laptop.state().series == "", "no number is given out twice meanwhile"

    laptop.add(Contact, name="Made meanwhile", account_id=bar)
    world.enrol(laptop)
    laptop.synced()
    after = {
        "account": ["Bar Sol Nou"],
        "contact": ["Made meanwhile", "Sent after the copy", "Waiting in the copy"],
    }
    assert names(laptop) == after
    assert laptop.state().series not in {"", series}
    other = world.laptop(user=laptop.user)
    assert names(other) == after
