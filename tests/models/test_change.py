"""The history of changes: every flush is remembered, typing is one command, old ones go."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.models import change
from app.models.account import Account, Contact
from app.models.base import now
from app.models.change import Change, Command
from app.models.database import Changes, Database
from app.models.sync_state import Draft
from app.models.team import User
from app.services import visits
from tests.company import Seeded, seed


@pytest.fixture
def made(database: Database) -> Seeded:
    return seed(database)


def commands(database: Database) -> list[Command]:
    with database.read() as session:
        return list(session.scalars(select(Command).order_by(Command.n)))


def changes(database: Database) -> list[Change]:
    with database.read() as session:
        return list(session.scalars(select(Change).order_by(Change.n)))


def published(database: Database) -> list[Changes]:
    found: list[Changes] = []
    database.subscribers.append(found.append)
    return found


def later(database: Database, seconds: float) -> None:
    """Make what was done look as if it had been done some seconds earlier."""
    with database.apply(Changes()) as connection:
        for one in connection.execute(select(change.COMMAND)).all():
            at = one.at - timedelta(seconds=seconds)
            connection.execute(
                update(change.COMMAND).where(change.COMMAND.c.n == one.n).values(at=at)
            )


def test_each_change_is_remembered_with_before_and_after_and_who_made_it(database, made):
    told = published(database)
    before = now()
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
        session.add(Contact(account_id=made.account, name="Empar"))
    (command,) = commands(database)
    assert (command.source, command.user_id, command.device_id) == ("here", made.user, "d" * 32)
    assert before <= command.at <= now()
    assert [(c.kind, c.entity, c.fields) for c in changes(database)] == [
        ("I", "contact", {}), ("U", "account", {"phone": ["+34962270001", "1"]}),
    ]  # fmt: skip
    assert [one.command for one in told] == [command.id]


def test_removing_and_bringing_back_are_kinds_of_their_own(database, made):
    with database.write() as session:
        session.get(Contact, made.contact).removed_at = now()
    with database.write() as session:
        row = session.get(Contact, made.contact)
        row.removed_at, row.job = None, "Cuina"
    assert [(c.kind, c.fields) for c in changes(database)] == [
        ("D", {}), ("R", {"job": ["Compras", "Cuina"]}),
    ]  # fmt: skip


def test_what_is_removed_already_is_not_removed_again(database, made):
    for _twice in range(2):
        with database.write() as session:
            session.get(Contact, made.contact).removed_at = now()
    assert [c.kind for c in changes(database)] == ["D"]


def test_the_first_letters_of_a_report_belong_to_its_making(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=now())
    for words in ("H", "Hola"):
        with database.write() as session:
            visits.write_report(session, visit.id, notes=words)
    assert len(commands(database)) == 2


def test_what_is_added_is_not_joined_by_what_is_typed_next(database, made):
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
    with database.write() as session:
        session.get(Contact, contact.id).job = "Cuina"
    assert len(commands(database)) == 2


def test_what_is_not_the_users_is_no_command(database, made):
    told = published(database)
    with database.write() as session:
        session.add(Draft(form="visit_report", fields={}, at=now()))
    with database.write() as session:
        change.by_itself(session)
        session.get(Account, made.account).phone = "1"
    with database.write() as session:
        change.begin(session, change.UNDO)
        session.get(Account, made.account).phone = "2"
    assert [one.command for one in told] == ["", "", ""]
    assert [(c.source, c.standing) for c in commands(database)] == [("here", ""), ("undo", "")]


def test_saves_while_typing_are_one_command(database, made):
    told = published(database)
    for words in ("c", "ce", "cerrado"):
        with database.write() as session:
            session.get(Account, made.account).notes = words
    (one,) = changes(database)
    assert one.fields == {"notes": ["", "cerrado"]}
    assert len({each.command for each in told}) == 1


def test_a_save_after_a_pause_is_a_command_of_its_own(database, made):
    for words in ("c", "cerrado"):
        with database.write() as session:
            session.get(Account, made.account).notes = words
        later(database, 6)
    assert len(commands(database)) == 2


def test_two_choices_are_two_commands_however_fast(database, made):
    for starred in (True, False):
        with database.write() as session:
            session.get(Account, made.account).starred = starred
    assert len(commands(database)) == 2


def test_typed_and_taken_out_again_is_nothing(database, made):
    told = published(database)
    for words in ("c", ""):
        with database.write() as session:
            session.get(Account, made.account).notes = words
    assert commands(database) == []
    assert changes(database) == []
    assert told[-1].command == ""


def test_an_exception_leaves_no_history(database, made):
    with pytest.raises(RuntimeError), database.write() as session:
        session.get(Account, made.account).phone = "1"
        session.flush()
        raise RuntimeError
    assert commands(database) == []


def test_old_history_is_forgotten_and_the_rest_stays(database, made):
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
    later(database, change.KEPT.total_seconds() + 60)
    with database.write() as session:
        session.get(User, made.user).name = "Marta"
    with database.apply(Changes()) as connection:
        assert change.prune(connection, at=now()) == 1
    assert [c.entity for c in changes(database)] == ["user"]
    assert len(commands(database)) == 1
