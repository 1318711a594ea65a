"""What reps do to customers, people and visits on their laptops, and take back again."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from sqlalchemy import select

from app.errors import UserError
from app.models.account import Account, Contact
from app.models.activity import Activity
from app.models.base import now
from app.models.sync_state import Conflict
from app.services import conflicts, undo
from tests.simulation.laptop import SimLaptop
from tests.simulation.world import World

WORDS = ("phone", "email", "website", "legal_name", "name", "sector")
PERSON = ("name", "phone", "mobile", "email", "job")


def edit(world: World, chance: Random, laptop: SimLaptop | None = None) -> None:
    """Change one to three fields of one to three rows in one transaction."""
    with world.deed(laptop or world.somebody(chance)) as (session, note):
        for _n in range(chance.choice((1, 1, 1, 2, 3))):
            kind, names = chance.choice(((Account, WORDS), (Contact, PERSON)))
            known = world.known(kind.__tablename__)
            row = session.get(kind, chance.choice(known)) if known else None
            if row is None or row.removed_at is not None:
                continue
            for name in chance.sample(names, chance.choice((1, 1, 2, 3))):
                token = world.token()
                setattr(row, name, token)
                note(kind.__tablename__, row.id, name, token)


def write_notes(world: World, chance: Random) -> None:
    """Add a paragraph to the notes of a customer; old ones go in time."""
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        row = session.get(Account, world.pick(chance, "account"))
        if row is None or row.removed_at is not None:
            return
        token = world.token()
        paragraphs = row.notes.split("\n\n") if row.notes else []
        paragraphs.insert(chance.randint(0, len(paragraphs)), token)
        kept = paragraphs[-6:]
        row.notes = "\n\n".join(kept)
        note.gone(row.id, set(paragraphs) - set(kept))
        if token in kept:
            note("account", row.id, f"notes {token}", token)


def tag(world: World, chance: Random) -> None:
    with world.deed(world.somebody(chance)) as (session, note):
        row = session.get(Account, world.pick(chance, "account"))
        if row is not None and row.removed_at is None:
            token = world.token()
            kept = {*sorted(row.tags)[-3:], token}
            note.gone(row.id, set(row.tags) - kept)
            row.tags = frozenset(kept)
            note("account", row.id, f"tags {token}", token)


def add_account(world: World, chance: Random) -> None:
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        token = world.token()
        row = Account(name=token, owner_id=laptop.user)
        session.add(row)
        note.new("account", row.id, "name", token)


def add_child(world: World, chance: Random) -> None:
    """Add a person or a visit to a customer that is on this laptop."""
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        account = session.get(Account, world.pick(chance, "account"))
        if account is None or account.removed_at is not None:
            return
        token = world.token()
        row: Contact | Activity
        if chance.random() < 0.5:
            row, entity, name = Contact(account_id=account.id, name=token), "contact", "name"
        else:
            row = Activity(kind="visit", account_id=account.id, owner_id=laptop.user, title=token)
            entity, name = "activity", "title"
        session.add(row)
        note.new(entity, row.id, name, token)


def remove(world: World, chance: Random) -> None:
    known = world.known("contact", "activity")
    if not known:
        return
    row_id = chance.choice(known)
    with world.deed(world.somebody(chance)) as (session, _note):
        row = session.get(Contact, row_id) or session.get(Activity, row_id)
        if row is not None and row.removed_at is None:
            row.removed_at = now()  # the world notes what is gone


def restore(world: World, chance: Random) -> None:
    known = world.known("contact", "activity")
    if not known:
        return
    row_id = chance.choice(known)
    with world.deed(world.somebody(chance)) as (session, _note):
        row = session.get(Contact, row_id) or session.get(Activity, row_id)
        if row is not None and row.removed_at is not None:
            row.removed_at = None


def decide(world: World, chance: Random) -> None:
    """Decide a conflict: the value stays, the other one takes its place, or a third one does."""
    laptop = world.somebody(chance)
    with world.deed(laptop) as (session, note):
        query = select(Conflict).where(Conflict.state == "open", Conflict.removed_at.is_(None))
        found = session.scalars(query.order_by(Conflict.id)).all()
        if not found:
            return
        conflict = chance.choice(found)
        at = datetime.fromtimestamp(laptop.clock() / 1000, UTC)
        way = chance.choice(("keep", "swap", "merge"))
        if way == "merge" and conflict.field in {*WORDS, *PERSON}:
            token = world.token()
            conflicts.merge(session, conflict.id, token, now=at)
            note(conflict.entity, conflict.row_id, conflict.field, token)
        elif way == "swap":
            conflicts.swap(session, conflict.id, now=at)
            note.replaces(conflict.row_id, conflict.field)
        else:
            conflicts.keep(session, conflict.id, now=at)


def undo_last(world: World, chance: Random) -> None:
    """Take back the last command of a laptop, sent or not."""
    laptop = world.somebody(chance)
    try:
        with world.deed(laptop) as (session, note):
            taken = undo.take_back(session)
            if taken is not None:
                note.undone(taken.command_id)
    except undo.NotUndoneError as refused:
        _pass_over(world, laptop, refused)


def redo_last(world: World, chance: Random) -> None:
    laptop = world.somebody(chance)
    try:
        with world.deed(laptop) as (session, note):
            done = undo.redo(session)
            if done is not None:
                note.redone(done.command_id)
    except undo.NotUndoneError as refused:
        _pass_over(world, laptop, refused)


def _pass_over(world: World, laptop: SimLaptop, refused: undo.NotUndoneError) -> None:
    try:
        with world.deed(laptop) as (session, _note):
            undo.pass_over(session, refused.command_id)
    except UserError:
        return  # a full disk: it is refused once more next time
