"""What happens in a step: a rep's deed, the office's, a sync, an accident."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from app.errors import UserError
from app.server import office
from tests.simulation import accidents, deeds, papers
from tests.simulation.laptop import SimLaptop
from tests.simulation.world import World

Action = Callable[[World, Random], None]


def step(world: World, chance: Random) -> None:
    """Do one thing, chosen by weight."""
    action = chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    world.clock.pass_by(chance.choice((50, 1_000, 60_000)))
    _do(world, chance, action)


def _do(world: World, chance: Random, action: Action) -> None:
    world.count(action.__name__.strip("_"))
    world.network.chance = chance
    action(world, chance)


# the office


def office_edit(world: World, chance: Random) -> None:
    entity = chance.choice(("account", "account", "contact"))
    known = world.known(entity)
    if not known:
        return
    row_id, token = chance.choice(known), world.token()
    name = chance.choice(deeds.WORDS if entity == "account" else deeds.PERSON)
    try:
        world.as_office(office.edit, entity, row_id, **{name: token})
    except UserError:
        return  # not there, or removed
    world.oracle.note("office", entity, row_id, name, token)


def office_remove(world: World, chance: Random) -> None:
    """Remove a customer or a person while reps work on them offline (F20)."""
    entity = chance.choice(("account", "contact", "contact"))
    known = world.known(entity)
    if not known:
        return
    try:
        world.as_office(office.remove, entity, chance.choice(known))
    except UserError:
        return


def reassign(world: World, chance: Random) -> None:
    """Give a customer to another rep, and perhaps back at once (F18)."""
    row_id = world.pick(chance, "account")
    for _n in range(chance.choice((1, 1, 2, 3))):
        try:
            world.as_office(office.edit, "account", row_id, owner_id=chance.choice(world.users))
        except UserError:
            return


def change_user(world: World, chance: Random) -> None:
    """Somebody changes teams, leads one, or sees all of the company for a while."""
    user = chance.choice(world.users)
    if chance.random() < 0.6:
        world.as_office(office.edit, "user", user, team_id=chance.choice(world.teams))
    else:
        role = chance.choice(("rep", "rep", "manager", "office"))
        world.as_office(office.edit, "user", user, role=role)


def bulk_load(world: World, chance: Random) -> None:
    """Load a list of customers at once (F21, in small)."""
    owner = chance.choice(world.users)
    for _n in range(chance.randint(5, 20)):
        token = world.token()
        row_id = world.as_office(office.add, "account", name=token, owner_id=owner)
        world.rows.append(("account", row_id))
        world.oracle.note("office", "account", row_id, "name", token)


# the way between them


def sync(world: World, chance: Random) -> None:
    laptop = world.somebody(chance)
    world.network.badness = chance.choice((0.0, 0.0, 0.1, 0.3))
    world.sync(laptop)
    world.network.badness = 0.0


def sync_amid(world: World, chance: Random) -> None:
    """Between two steps of a sync others act, and the same rep goes on working (F17, F18)."""
    laptop = world.somebody(chance)
    badness = chance.choice((0.0, 0.0, 0.1))
    left = {chance.randint(0, 14) for _n in range(chance.choice((1, 2, 3)))}
    asked = -1

    def between() -> None:
        nonlocal asked
        asked += 1
        if asked in left:
            world.network.badness = 0.0
            _do(world, chance, _amid(chance, laptop))
            world.network.badness = badness
            world.clock.go(laptop.name, laptop.offset_ms)

    world.network.badness = badness
    world.sync(laptop, between=between)
    world.network.badness = 0.0


def _amid(chance: Random, laptop: SimLaptop) -> Action:
    def on_it(world: World, chance: Random) -> None:
        deeds.edit(world, chance, laptop)

    def second_process(world: World, chance: Random) -> None:
        accidents.second_process(world, chance, laptop)

    def sync_of_another(world: World, chance: Random) -> None:
        other = chance.choice([one for one in world.laptops if one is not laptop])
        world.sync(other)

    return chance.choice(
        (on_it, on_it, second_process, sync_of_another, sync_of_another, office_edit, reassign,
         reassign, change_user, accidents.suspend, accidents.revoke, office_remove)
    )  # fmt: skip


ACTIONS: dict[Action, float] = {
    deeds.edit: 25, deeds.write_notes: 4, deeds.tag: 3, deeds.add_account: 3, deeds.add_child: 8,
    deeds.remove: 3, deeds.restore: 2, deeds.undo_last: 3, deeds.redo_last: 1, deeds.decide: 1.5,
    papers.draft: 2.5, papers.change_line: 3, papers.issue: 1.5, papers.remove_draft: 0.3,
    papers.add_document: 1.2,
    office_edit: 12, office_remove: 0.6, reassign: 2, change_user: 0.4, bulk_load: 0.15,
    sync: 11, sync_amid: 4, accidents.die: 3, accidents.deliver_late: 2, accidents.set_clock: 0.6,
    accidents.suspend: 0.5, accidents.revoke: 0.1, accidents.copy_disk: 0.3,
    accidents.put_back_disk: 0.2, accidents.copy_profile: 0.05, accidents.full_disk: 0.8,
    accidents.kill_server: 0.8, accidents.copy_server: 0.2, accidents.restore_server: 0.06,
    accidents.fail_over: 0.1, accidents.rot_file: 0.1,
}  # fmt: skip
