"""A later version that was issued replaces the ones before, wherever quotes are counted."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from app import i18n
from app.errors import UserError
from app.models.activity import Activity
from app.models.quote import Quote
from app.services import (
    account_figures,
    account_peek,
    alerts,
    follow_ups,
    quote_documents,
    quote_lines,
    quote_rows,
    quotes,
    shell,
)
from tests.company import seed
from tests.services.records import NOW, TODAY


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def first(database, made):
    """Return an issued quote of one line."""
    with database.write() as session:
        quote = quotes.draft(session, made.account, today=TODAY)
        quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
        quotes.issue(session, quote.id, now=NOW)
        return quote.id


def revised(database, first):
    """Issue another version and return it."""
    with database.write() as session:
        second = quotes.revise(session, first, today=TODAY)
        quotes.issue(session, second.id, now=NOW)
        return second


def moment(day):
    return datetime.combine(day, time(11), i18n.zone() or NOW.tzinfo)


def test_what_is_only_begun_replaces_nothing(database, first):
    with database.write() as session:
        quotes.revise(session, first, today=TODAY)
        assert quote_rows.rows(session, [first])[0].state == "issued"
        assert first in quote_rows.search(session, tab="open", today=TODAY)


def test_the_lists_say_so_and_offer_the_last_one(database, made, first):
    second = revised(database, first)
    with database.read() as session:
        assert quote_rows.rows(session, [first])[0].state == "replaced"
        assert quote_rows.rows(session, [second.id])[0].state == "issued"
        assert quote_rows.editor(session, first, TODAY).shown_state == "replaced"
        assert quote_rows.search(session, tab="open", today=TODAY) == [second.id]
        assert account_peek.look(session, made.account, TODAY).quote.id == second.id
        assert account_figures.figures(session, made.account, TODAY).quotes == 1


def test_only_the_one_in_force_expires_or_waits_for_an_answer(database, made, first):
    second = revised(database, first)
    last_day = second.valid_until
    assert last_day is not None
    with database.write() as session:  # nobody is going to ask again
        for task in session.scalars(select(Activity)):
            task.state = "cancelled"
    with database.read() as session:
        assert session.get(Quote, first).valid_until == last_day
        soon = last_day - timedelta(days=1)
        facts = account_figures.facts(session, made.account, soon)
        assert [fact.ref_id for fact in facts if fact.key == "expiring"] == [second.id]
        pending = follow_ups.pending(session, moment(soon))
        assert [item.ref_id for item in pending if item.rule == "expiring"] == [second.id]
        assert quote_rows.search(session, tab="expiring", today=soon) == [second.id]
        alerted = alerts.pending(session, NOW + timedelta(days=12))
        assert [i.ref_id for i in alerted if i.rule == "quote_silent"] == [second.id]
        badges = shell.badges(session, moment(last_day + timedelta(days=1)))
    assert badges["quotes"][0] == 1


def test_what_was_replaced_cannot_be_signed_any_more(database, first):
    revised(database, first)
    with database.write() as session, pytest.raises(UserError, match="later version"):
        quote_documents.sign(
            session, first, signer="Vicent", tax_id="12345678Z", strokes=[[[0, 0], [9, 9]]],
            pdf=b"%PDF", at=NOW,
        )  # fmt: skip
    with database.read() as session:
        assert session.get(Quote, first).state == "issued"
