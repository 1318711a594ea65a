"""Who sees a customer follows from its owner, whatever the owner's role is."""

from __future__ import annotations

from sqlalchemy import select

from app.server import tables
from tests.server.conftest import World


def seers(world: World, account: str) -> set[str]:
    """Return the names of those who see an account."""
    member = tables.member.c
    with world.store.read() as connection:
        users = set(
            connection.scalars(
                select(member.user_id).where(member.root == account, member.until_seq.is_(None))
            )
        )
    return {name for name, user in world.users.items() if user in users}


def test_a_manager_who_changes_teams_is_seen_by_the_managers_of_the_new_one(world: World):
    north, south = world.add("team", name="Norte"), world.add("team", name="Sur")
    world.user("Jefa", "manager", team_id=north)
    world.user("Jefe", "manager", team_id=south)
    moving = world.user("Marta", "manager", team_id=north)
    account = world.add("account", name="Bar Sol", owner_id=moving)
    assert seers(world, account) == {"Marta", "Jefa"}
    world.edit("user", moving, team_id=south)
    assert seers(world, account) == {"Marta", "Jefe"}


def test_a_rep_who_becomes_a_manager_elsewhere_leaves_the_old_team(world: World):
    north, south = world.add("team", name="Norte"), world.add("team", name="Sur")
    world.user("Jefa", "manager", team_id=north)
    world.user("Jefe", "manager", team_id=south)
    moving = world.user("Marta", team_id=north)
    account = world.add("account", name="Bar Sol", owner_id=moving)
    world.edit("user", moving, team_id=south, role="manager")
    assert seers(world, account) == {"Marta", "Jefe"}
