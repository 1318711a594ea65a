"""How promising a prospect is: marks, state and reason, shown, sorted, filtered and undone."""

import pytest

from app import i18n
from app.errors import ValidationError
from app.models.account import Account, LeadState
from app.models.base import now
from app.models.outbox import SCHEMA
from app.services import account_columns, account_list, leads, new_accounts, undo
from app.services.account_filters import Narrow
from app.services.list_rules import Rule
from tests.company import seed
from tests.services.records import TODAY

GOOD = {"lead_interest": "3", "lead_fit": "2", "lead_budget": "", "lead_timing": "0",
        "lead_state": "contacted", "lead_reason": ""}  # fmt: skip


@pytest.fixture
def lead(database):
    made = seed(database)
    with database.write() as session:
        account = Account(name="Taberna Nueva", owner_id=made.user)
        session.add(account)
        session.flush()
        return account.id


def read(database, id_):
    with database.read() as session:
        return session.get(Account, id_)


def test_the_score_is_the_sum_of_the_marks_that_were_given(database, lead):
    assert leads.score(read(database, lead)) is None
    with database.write() as session:
        leads.qualify(session, lead, GOOD)
    account = read(database, lead)
    assert (leads.score(account), account.lead_budget) == (5, None)
    assert account.lead_state == LeadState.CONTACTED
    with database.write() as session:
        undo.take_back(session, now=now())
    assert leads.score(read(database, lead)) is None


def test_a_discarded_one_needs_a_reason_and_loses_it_with_the_state(database, lead):
    with database.write() as session:
        with pytest.raises(ValidationError) as said:
            leads.qualify(session, lead, {"lead_state": "discarded", "lead_reason": " "})
        assert said.value.field == "lead_reason"
        leads.qualify(session, lead, {"lead_state": "discarded", "lead_reason": "Cierra"})
    assert read(database, lead).lead_reason == "Cierra"
    with database.write() as session:
        leads.qualify(session, lead, {"lead_state": "new", "lead_reason": "Cierra"})
    assert read(database, lead).lead_reason is None


@pytest.mark.parametrize("mark", ["4", "-1", "much"])
def test_a_mark_that_is_none_is_refused(database, lead, mark):
    with database.write() as session, pytest.raises(ValidationError) as said:
        leads.qualify(session, lead, {"lead_fit": mark})
    assert said.value.field == "lead_fit"


def test_the_list_shows_sorts_and_filters_by_it(database, lead):
    with database.write() as session:
        leads.qualify(session, lead, GOOD)
    wanted = frozenset({"lead", "lead_state"})
    with database.read() as session:
        [row] = account_columns.rows(session, [lead], today=TODAY, wanted=wanted)
        best = account_list.search(session, sort="-lead", today=TODAY)
        rules = (Rule("lead", "least", "5"), Rule("lead_state", "is", "contacted"))
        found = account_list.search(session, narrow=Narrow(frozenset(), rules), today=TODAY)
    assert (row.amount_of("lead"), row.words_of("lead_state")) == (5, "contacted")
    assert best[0] == lead
    assert list(found) == [lead]


def test_only_a_prospect_is_qualified_when_it_is_written(database, lead):
    values = {"name": "Bar Central", **GOOD}
    with database.write() as session:
        prospect = new_accounts.create(session, {**values, "kind": "prospect"}).id
        customer = new_accounts.create(session, {**values, "kind": "customer"}).id
    assert leads.score(read(database, prospect)) == 5
    assert leads.score(read(database, customer)) is None


def test_states_and_marks_have_words_in_both_languages():
    for language in ("en", "es"):
        with i18n.speaking(language):
            said = [leads.state_words(state) for state in LeadState]
            said += [leads.mark_words(mark) for mark in leads.MARKS]
        assert all(said)
        assert len(set(said)) == len(said)
    assert leads.state_words(None) == ""
    assert leads.state_words("of the future") == ""


def test_the_records_of_this_version_are_of_the_second_schema():
    assert SCHEMA == 2
