"""A customer that is handed over leaves, whenever that happens, and nothing is called lost."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models.account import Account
from app.models.sync_state import Recovery
from tests.sync.laptops import Laptop, World


def push_alone(laptop: Laptop) -> None:
    """Sync until all is sent, and no further."""
    report = laptop.sync(cancelled=lambda: not laptop.operations("pending", "in_flight"))
    assert report.cancelled


def test_what_was_made_here_and_handed_over_before_the_pull_leaves_as_such(world: World):
    one = world.laptop()
    other = world.server.user(world.tenant, "Nil")
    bar = one.add(Account, name="Bar Sol", owner_id=one.user)
    push_alone(one)
    world.edit("account", bar, owner_id=other)
    report = one.synced()
    assert (report.left, report.repaired) == (1, 0)
    assert one.rows(Account) == []
    with one.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Recovery)) == 0


def test_what_was_handed_over_and_given_back_before_the_pull_stays(world: World):
    one = world.laptop()
    other = world.server.user(world.tenant, "Nil")
    bar = one.add(Account, name="Bar Sol", owner_id=one.user)
    push_alone(one)
    world.edit("account", bar, owner_id=other)
    world.edit("account", bar, owner_id=one.user)
    report = one.synced()
    assert (report.left, report.repaired) == (0, 0)
    assert [row.name for row in one.rows(Account)] == ["Bar Sol"]
