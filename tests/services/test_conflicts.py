"""Conflicts: both values, swapped by an ordinary change, never lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import UserError
from app.models.account import Account
from app.models.base import new_id
from app.models.database import Database
from app.models.journal import Operation
from app.models.sync_state import Conflict
from app.services import conflicts
from tests.company import Seeded, seed

NOW = datetime(2026, 3, 2, 18, 42, tzinfo=UTC)


@pytest.fixture
def company(database: Database) -> Seeded:
    return seed(database)


def conflict(company: Seeded, **more: Any) -> Conflict:
    """A change of mine that lost against a colleague's."""
    values = {
        "entity": "account", "row_id": company.account, "field": "phone", "base": "600 000 410",
        "winner": "600 000 418", "winner_by": company.colleague, "winner_at": NOW,
        "loser": "600 000 415", "loser_by": company.user, "policy": "latest",
        "root": company.account,
    }  # fmt: skip
    return Conflict(**{**values, **more})


def keep_them(database: Database, *rows: Conflict) -> list[str]:
    with database.write() as session:
        session.add_all(rows)
    with database.write() as session:
        for operation in session.scalars(select(Operation)):
            session.delete(operation)
    return [row.id for row in rows]


def sent(database: Database) -> list[tuple[str, Any]]:
    with database.read() as session:
        rows = session.scalars(select(Operation).order_by(Operation.number)).all()
        return [(row.entity, row.fields) for row in rows]


def test_conflicts_of_one_record_stand_together_with_both_values(
    database: Database, company: Seeded
):
    first, _second = keep_them(
        database,
        conflict(company),
        conflict(
            company, field="payment_terms", base="Contado", winner="60 días", loser="30 días",
            policy="authority",
        ),
    )  # fmt: skip
    with database.read() as session:
        [case] = conflicts.open_conflicts(session)
        details = conflicts.get(session, first)
    assert (case.title.words, case.fields) == ("Restaurante El Socarrat", 2)
    phone, terms = details.choices
    assert (phone.label, phone.before) == ("Phone", "600 000 410")
    assert (phone.mine, phone.office, phone.applied) == ("600 000 415", "600 000 418", "office")
    assert (terms.locked, phone.locked) == (True, False)
    assert details.other == "Luis Roca"


def test_the_winner_may_be_mine(database: Database, company: Seeded):
    [only] = keep_them(
        database,
        conflict(
            company, winner="1", loser="2", winner_by=company.user, loser_by=company.colleague
        ),
    )
    with database.read() as session:
        [choice] = conflicts.get(session, only).choices
    assert (choice.mine, choice.office, choice.applied) == ("1", "2", "mine")


def test_swapping_is_an_ordinary_change_based_on_what_is_there(database: Database, company: Seeded):
    with database.write() as session:
        session.get(Account, company.account).phone = "600 000 418"
    [only] = keep_them(database, conflict(company))
    with database.write() as session:
        conflicts.swap(session, only, now=NOW)
    with database.read() as session:
        assert session.get(Account, company.account).phone == "600 000 415"
        closed = session.get(Conflict, only)
        assert (closed.state, closed.closed_by) == ("swapped", company.user)
        assert conflicts.open_conflicts(session) == []
    assert ("account", {"phone": {"b": "600 000 418", "v": "600 000 415"}}) in sent(database)


def test_deciding_field_by_field_with_a_third_value(database: Database, company: Seeded):
    phone, email, notes = keep_them(
        database,
        conflict(company),
        conflict(company, field="email", base="", winner="o@example.org", loser="m@example.org"),
        conflict(company, field="notes", base="", winner="Cierra el martes", loser="Cierra lunes"),
    )
    with database.write() as session:
        count = conflicts.settle(
            session, {phone: "office", email: "mine", notes: "mine"}, now=NOW,
            typed={notes: "Cierra lunes y martes"},
        )  # fmt: skip
    assert count == 3
    with database.read() as session:
        account = session.get(Account, company.account)
        states = [session.get(Conflict, each).state for each in (phone, email, notes)]
    assert (account.email, account.notes) == ("m@example.org", "Cierra lunes y martes")
    assert account.phone == "+34962270001", "the office's value was there already"
    assert states == ["kept", "swapped", "merged"]


def test_a_removal_that_met_an_edit_is_a_question(database: Database, company: Seeded):
    [only] = keep_them(
        database,
        conflict(
            company, field="", base=None, winner={"removed": False}, loser={"removed": True},
            winner_by=company.user, loser_by=company.colleague, policy="removal",
        ),
    )  # fmt: skip
    with database.read() as session:
        [choice] = conflicts.get(session, only).choices
    assert (choice.mine, choice.office) == ("Kept, with the changes", "Removed")
    with database.write() as session:
        conflicts.settle(session, {only: "office"}, now=NOW, typed=None)
    with database.read() as session:
        assert session.get(Account, company.account).removed_at == NOW


def test_what_is_settled_or_gone_says_so(database: Database, company: Seeded):
    gone, settled = keep_them(
        database, conflict(company, row_id=new_id()), conflict(company, state="kept")
    )
    with database.write() as session:
        with pytest.raises(UserError, match="already settled"):
            conflicts.get(session, settled)
        with pytest.raises(UserError, match="already settled"):
            conflicts.keep(session, settled, now=NOW)
        with pytest.raises(UserError, match="no longer on this computer"):
            conflicts.swap(session, gone, now=NOW)
        assert conflicts.settle(session, {settled: "mine"}, now=NOW, typed=None) == 0
    with database.write() as session:
        session.get(Conflict, gone).field = "of_the_future"
        session.get(Conflict, gone).row_id = company.account
        with pytest.raises(UserError, match="does not know this field"):
            conflicts.merge(session, gone, "x", now=NOW)
        session.rollback()
