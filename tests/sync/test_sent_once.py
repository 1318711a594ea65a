"""What the server may have under an id already is never said otherwise under that id."""

from __future__ import annotations

import shutil

from app.errors import UserError
from app.models.account import Account
from app.models.database import Database
from tests.sync.laptops import World


def test_an_edit_after_a_new_code_does_not_join_what_was_sent_before(world: World):
    """The server would answer with the fate of the old text, and the edit would be nowhere."""
    laptop = world.laptop()
    bar = laptop.add(Account, name="Bar Sol", owner_id=laptop.user)
    laptop.synced()
    world.enrol(laptop)
    laptop.edit(Account, bar, phone="600111222")
    laptop.synced()
    sent = world.get("account", bar)
    assert sent is not None
    assert sent["phone"] == "600111222"


def test_an_edit_on_a_disk_that_was_put_back_is_another_operation(world: World, tmp_path):
    """The copy holds as waiting what was sent after it was made."""
    laptop = world.laptop()
    bar = laptop.add(Account, name="Bar Sol", owner_id=laptop.user)
    copy = tmp_path / "copy.sqlite"
    laptop.database.back_up(copy)
    laptop.synced()
    path, key = laptop.database.path, laptop.database._key
    laptop.database.close()
    for old in path.parent.glob("viajante.sqlite*"):
        old.unlink()
    shutil.copy(copy, path)
    laptop.database = Database(path, key)

    laptop.edit(Account, bar, phone="600111222")
    refused = laptop.sync()
    assert isinstance(refused.error, UserError), "the server sees that this is a copy"
    world.enrol(laptop)
    laptop.synced()
    sent = world.get("account", bar)
    assert sent is not None
    assert sent["phone"] == "600111222"
