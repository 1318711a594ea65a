"""Who is here, and how much needs them where: the window around the screens."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from app.errors import UserError
from app.models.base import now
from app.models.expense import Expense
from app.models.route import WorkingHours
from app.models.sync_state import Conflict, SyncState
from app.models.team import Company, User
from app.services import follow_ups, quote_lines, quotes, shell, team
from tests.company import seed
from tests.services.records import NOW, TODAY


@pytest.fixture
def made(database):
    return seed(database)


def state(database, **values):
    with database.write() as session:
        session.execute(update(SyncState).values(**values))


def test_the_person_at_this_computer(database, made):
    with database.read() as session:
        assert shell.person(session) == shell.Person(
            "Marta Ferrer", "Zona Levante Sur", "Alacena Levante", is_demo=False
        )
        assert (team.my_id(session), team.me(session).name) == (made.user, "Marta Ferrer")
        assert team.company(session).id == made.company
    state(database, is_demo=True)
    with database.read() as session:
        assert shell.person(session).is_demo


def test_a_computer_belongs_to_a_company_once_it_has_heard_from_it(database, made):
    with database.read() as session:
        assert not shell.is_enrolled(session), "connected, but nothing has come yet"
    state(database, last_ok_at=NOW)
    with database.read() as session:
        assert shell.is_enrolled(session)
    state(database, user_id="")
    with database.read() as session:
        assert not shell.is_enrolled(session)


def test_a_first_download_that_broke_off_knows_its_server(database, made):
    with database.read() as session:
        assert shell.known_server(session) == ""
    state(database, server_url="https://oficina.example", device_id="d" * 32)
    with database.read() as session:
        assert shell.known_server(session) == "https://oficina.example"
    state(database, last_ok_at=NOW)
    with database.read() as session:
        assert shell.known_server(session) == ""


def test_a_new_file_belongs_to_nobody(database):
    with database.read() as session:
        assert not shell.is_enrolled(session)
        for ask in (team.my_id, team.me, team.working_hours, shell.person):
            with pytest.raises(UserError, match="not connected to a company"):
                ask(session)
        with pytest.raises(UserError, match="company's details have not arrived"):
            team.company(session)


def test_half_a_first_sync_is_said_calmly(database, made):
    state(database, user_id="f" * 32)
    with database.read() as session, pytest.raises(UserError, match="has not arrived") as caught:
        team.me(session)
    assert "Sync" in caught.value.hint
    with database.write() as session:
        session.get(Company, made.company).removed_at = now()
    with database.read() as session, pytest.raises(UserError, match="have not arrived"):
        team.company(session)


def test_working_hours_are_ones_own(database, made):
    with database.write() as session:
        session.add(WorkingHours(user_id=made.colleague, start_label="Gandia"))
    with database.write() as session:
        mine = team.working_hours(session)
        assert mine.start_label == "Torrent"
        mine.removed_at = now()
    with database.read() as session:
        assert team.working_hours(session) is None


def test_a_quiet_company_has_no_badges(database, made):
    with database.read() as session:
        assert {screen: n for screen, (n, _tone) in shell.badges(session, NOW).items()} == {
            "today": 0, "quotes": 0, "expenses": 0, "sync": 0,
        }  # fmt: skip


def test_badges_count_what_needs_the_user(database, made):
    with database.write() as session:
        follow_ups.add_task(session, "Llamar", due_on=TODAY)
        for days in (-1, 0, 9):
            quote = quotes.draft(session, made.account, today=TODAY)
            quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
            quotes.update(session, quote.id, valid_until=TODAY + timedelta(days=days))
            quotes.issue(session, quote.id, now=NOW - timedelta(days=5))
        session.add(Expense(user_id=made.user, kind="parking", spent_on=TODAY))
        session.add(Expense(user_id=made.user, kind="parking", spent_on=TODAY, amount=3))
        session.add(Expense(user_id=made.colleague, kind="parking", spent_on=TODAY))
        session.add(
            Conflict(entity="account", row_id=made.account, field="phone", base="", winner="1",
                     winner_by="", winner_at=NOW, loser="2", loser_by="", policy="latest",
                     root=made.account)
        )  # fmt: skip
    with database.read() as session:
        found = shell.badges(session, NOW)
        assert found["today"] == (len(follow_ups.pending(session, NOW)), "neutral")
        assert found["quotes"] == (1, "warning")
        assert found["expenses"] == (1, "warning")
        assert found["sync"] == (1, "danger")
        later = shell.badges(session, NOW + timedelta(days=1))
    assert later["quotes"] == (2, "warning"), "the one of today ended at midnight"


def test_another_persons_quotes_and_removed_things_are_no_badge(database, made):
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
        quote.owner_id = made.colleague
        quotes.issue(session, quote.id, now=NOW)
        expense = Expense(user_id=made.user, kind="parking", spent_on=TODAY)
        expense.removed_at = now()
        session.add(expense)
    with database.read() as session:
        found = shell.badges(session, NOW + timedelta(days=60))
    assert found["quotes"][0] == found["expenses"][0] == 0


def test_there_is_no_person_without_state(database, made):
    with database.write() as session:
        session.execute(delete(SyncState))
    with database.read() as session:
        assert not shell.is_enrolled(session)
        assert session.get(User, made.user).name == "Marta Ferrer"
