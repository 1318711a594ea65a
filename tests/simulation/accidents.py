"""What goes wrong beside the network: batteries, disks, clocks, thieves, and the server itself."""

from __future__ import annotations

from random import Random

import sqlcipher3
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.errors import UserError
from app.models.account import Account
from app.models.database import Database
from tests.simulation.laptop import KEY, SimLaptop
from tests.simulation.world import World

_DAY_MS = 86_400_000
_MOST_LAPTOPS = 8


def die(world: World, chance: Random) -> None:
    """Kill the program at a step of a sync, before or after it (F8)."""
    laptop = world.somebody(chance)
    world.network.badness = chance.choice((0.0, 0.0, 0.2))
    laptop.sync_and_die(chance)
    world.network.badness = 0.0


def deliver_late(world: World, _chance: Random) -> None:
    """A request that was delivered before comes a second time (F3, F25)."""
    world.network.deliver_late()


def set_clock(world: World, chance: Random) -> None:
    """A clock that is an hour, a day or a year wrong, or right again (F10, F11)."""
    laptop = world.somebody(chance)
    days = chance.choice((0, 0, 0.04, -0.04, 1, -1, 365, -365))
    laptop.offset_ms = int(days * _DAY_MS)


def suspend(world: World, chance: Random) -> None:
    """The office suspends a computer, orders it wiped, or lets it be again (F17)."""
    status = chance.choice(("suspended", "wiped", "active", "active", "active"))
    world.set_status(world.somebody(chance), status)


def revoke(world: World, chance: Random) -> None:
    """The tokens of a computer end; a new code has to be given (F17)."""
    world.revoke_tokens(world.somebody(chance))


def second_process(world: World, chance: Random, laptop: SimLaptop) -> None:
    """The program is started a second time on the same data, while a sync is under way (F12)."""
    second = Database(laptop.database.path, KEY)
    first, laptop.database = laptop.database, second
    try:
        if chance.random() < 0.5:
            report = laptop.sync()
            if report.error is None:
                world.faults.append(f"{laptop.name}: two syncs of one profile at a time")
        row_id = world.pick(chance, "account")
        with world.deed(laptop) as (session, note):
            row = session.get(Account, row_id)
            if row is not None and row.removed_at is None:
                token = world.token()
                row.phone = token
                note("account", row_id, "phone", token)
    finally:
        laptop.database = first
        second.engine.dispose()


def full_disk(world: World, chance: Random) -> None:
    """The disk is full, or another program holds the file, at some step of a sync (F9)."""
    laptop = world.somebody(chance)
    name, said = chance.choice(
        (("commit", "database or disk is full"), ("begin", "database is locked"))
    )
    left = chance.randint(0, 25)

    def fails(_connection: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            event.remove(laptop.database.engine, name, fails)
            raise OperationalError("", None, sqlcipher3.dbapi2.OperationalError(said))

    event.listen(laptop.database.engine, name, fails, insert=True)  # before it begins
    try:
        world.sync(laptop)
    except UserError:
        world.count("full disk said so")  # even the line of history could not be written
    if left >= 0:
        event.remove(laptop.database.engine, name, fails)


# disks


def copy_disk(world: World, chance: Random) -> None:
    laptop = world.somebody(chance)
    laptop.copy_disk(laptop.folder / "copy")
    laptop.copied_at = world.oracle.count


def put_back_disk(world: World, chance: Random) -> None:
    """Put yesterday's disk back: only what was never sent is gone with it (F14)."""
    laptop = world.somebody(chance)
    if laptop.copied_at < 0:
        return
    world.drop_unsent(laptop)
    laptop.put_back(laptop.folder / "copy")


def copy_profile(world: World, chance: Random) -> None:
    """Copy a profile to another computer; both go on working (F13)."""
    if len(world.laptops) < _MOST_LAPTOPS:
        world.copy_profile(world.somebody(chance))


# the server


def kill_server(world: World, chance: Random) -> None:
    """Kill the server just before a commit, while it serves a sync (F8)."""
    world.network.kill_before_commit = chance.randint(1, 6)
    world.sync(world.somebody(chance))
    world.network.kill_before_commit = 0


def copy_server(world: World, _chance: Random) -> None:
    world.copy_server()


def restore_server(world: World, _chance: Random) -> None:
    """Put a backup in the place of the server's database (F15)."""
    if world.server_copy_at >= 0:
        world.restore_server()


def fail_over(world: World, chance: Random) -> None:
    """The server dies, and its replica does not have the last transactions (F16).

    Nobody may have thought of giving it another epoch.
    """
    world.copy_server()
    for _n in range(chance.randint(1, 2)):
        world.sync(world.somebody(chance))
    world.restore_server(same_epoch=chance.random() < 0.5)


def rot_file(world: World, chance: Random) -> None:
    """A disk of the server gives back other bytes than it was given, until it is mended (F22)."""
    stored = world.stored_files()
    if not stored:
        return
    path = chance.choice(stored)
    world.rotten.append((path, path.read_bytes()))
    path.write_bytes(b"rotten" + path.read_bytes()[6:])
