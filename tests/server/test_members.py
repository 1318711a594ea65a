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


def test_who_leaves_the_office_loses_also_what_was_changed_meanwhile(world: World):
    """Every row of the customer has a seq behind the cursor then; it was here all the same."""
    ana, berta = world.laptop("Ana", "office"), world.laptop("Berta")
    bar = world.add("account", name="Bar", owner_id=berta.me.user)
    kiosk = world.add("account", name="Kiosco", owner_id=berta.me.user)
    assert set(ana.pull().rows["account"]) == {bar, kiosk}
    world.edit("user", ana.me.user, role="rep")
    world.edit("account", bar, phone="600")
    later = world.add("account", name="Nuevo", owner_id=berta.me.user)
    pulled = ana.pull()
    assert {bar, kiosk} <= set(pulled.revokes)
    assert later not in pulled.revokes, "of what came later not even the id is told"
