"""What is pending: found by rules while its reason lasts, by hand until it is done; never twice."""

from datetime import date, timedelta

import pytest

from app import i18n
from app.models.activity import Activity, VisitReport
from app.models.base import now as saved_now
from app.models.expense import Expense
from app.services import accounts, follow_ups, quote_lines, quotes, undo, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, at, debt


@pytest.fixture
def made(database):
    return seed(database)


def pending(database, now=NOW):
    with database.read() as session:
        return follow_ups.pending(session, now)


def by_rule(database, now=NOW):
    found = {}
    for item in pending(database, now):
        found.setdefault(item.rule, []).append(item)
    return found


def issued(session, made, valid_until, *, now=NOW):
    quote = quotes.draft(session, made.account, today=TODAY)
    quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
    quotes.update(session, quote.id, valid_until=valid_until)
    return quotes.issue(session, quote.id, now=now)


def test_nothing_is_pending_in_a_quiet_company(database, made):
    assert pending(database) == []


def test_a_task_by_hand_shows_the_day_before_and_stays_until_it_is_done(database, made):
    with database.write() as session:
        due = TODAY + timedelta(days=1)
        task = follow_ups.add_task(session, "Pedir catálogo", due_on=due)
        follow_ups.add_task(session, "Para la semana que viene", due_on=TODAY + timedelta(days=2))
        with_customer = follow_ups.add_task(
            session, "Llamar", due_on=TODAY - timedelta(days=30), account_id=made.account
        )
    first, second = pending(database)
    assert (first.key, first.title, first.screen, first.ref_id) == (
        f"task:{with_customer}", "Restaurante El Socarrat", "customer", made.account,
    )  # fmt: skip
    assert first.params["title"] == "Llamar"
    assert (second.key, second.title, second.screen) == (f"task:{task}", "Pedir catálogo", "today")
    assert (second.rule, second.due_on) == ("task", due)
    assert [item.key for item in pending(database, NOW - timedelta(days=1))] == [first.key]


def test_the_evening_before_is_by_the_users_clock(database, made):
    with database.write() as session:
        follow_ups.add_task(session, "Llamar", due_on=date(2026, 11, 21))
    assert pending(database, at(23, 59)) == []
    assert len(pending(database, at(0, day=date(2026, 11, 20)))) == 1


def test_completing_reopening_and_putting_off(database, made):
    with database.write() as session:
        key = "task:" + follow_ups.add_task(session, "Llamar", due_on=TODAY)
    with database.write() as session:
        follow_ups.complete(session, key, now=NOW)
        task = session.get(Activity, key.removeprefix("task:"))
        assert (task.state, task.done_at) == ("done", NOW)
    assert pending(database) == []
    with database.write() as session:
        undo.take_back(session)
    assert [item.key for item in pending(database)] == [key]
    with database.write() as session:
        assert follow_ups.snooze(session, key, TODAY + timedelta(days=7)) == TODAY
    assert pending(database) == []
    with database.write() as session:
        follow_ups.snooze(session, key, TODAY)
    assert [item.due_on for item in pending(database)] == [TODAY]


def test_what_is_gone_is_not_completed_and_breaks_nothing(database, made):
    with database.write() as session:
        follow_ups.complete(session, "task:" + "f" * 32, now=NOW)
        assert follow_ups.snooze(session, "task:" + "f" * 32, TODAY) is None
    assert pending(database) == []


def test_what_a_rule_found_is_only_done_by_doing_it(database, made):
    with database.write() as session:
        owed = debt(session, made.account, TODAY - timedelta(days=10), "121.00")
    (item,) = pending(database)
    with database.write() as session:
        follow_ups.complete(session, item.key, now=NOW)
    assert [i.key for i in pending(database)] == [item.key]
    with database.write() as session:
        session.get(type(owed), owed.id).pending = 0
    assert pending(database) == []


def test_an_outcome_asks_for_its_follow_up_on_its_day(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=at(11))
        visits.log(session, visit.id, outcome="quote", now=NOW)
        visits.complete_report(session, visit.id, now=NOW)
    assert pending(database) == []
    (item,) = pending(database, NOW + timedelta(days=6))
    assert (item.rule, item.due_on, item.params["reason"]) == (
        "visit_follow_up", date(2026, 11, 26), "quote",
    )  # fmt: skip


def test_a_visit_without_report_is_asked_for_two_weeks(database, made):
    with database.write() as session:
        visit = visits.plan(session, made.account, at=at(11))
        visits.log(session, visit.id, outcome="order", now=NOW)
    (item,) = pending(database)
    assert (item.rule, item.title, item.screen, item.ref_id, item.due_on) == (
        "report", "Restaurante El Socarrat", "visit", visit.id, TODAY,
    )  # fmt: skip
    assert len(pending(database, NOW + timedelta(days=14))) == 1
    assert pending(database, NOW + timedelta(days=15)) == []
    with database.write() as session:
        visits.write_report(session, visit.id, notes="a medias")
        session.add(VisitReport(activity_id=visit.id, notes="del otro portátil"))
    assert len(pending(database)) == 1, "once, although two laptops began a report"
    with database.write() as session:
        visits.complete_report(session, visit.id, now=NOW)
    assert pending(database) == []
    with database.write() as session:
        for report in session.query(VisitReport):
            report.removed_at = saved_now()
    assert len(pending(database)) == 1


def test_a_quote_is_asked_about_and_its_end_is_announced(database, made):
    with database.write() as session:
        quote = issued(session, made, TODAY + timedelta(days=3))
    (expiring,) = pending(database)
    assert (expiring.rule, expiring.screen, expiring.ref_id) == ("expiring", "quote", quote.id)
    assert expiring.params == {"number": "P26-K7-00001", "day": "Sun 22 Nov"}
    found = by_rule(database, NOW + timedelta(days=3))
    assert set(found) == {"expiring"}
    found = by_rule(database, NOW + timedelta(days=5))
    (call,) = found.pop("quote_follow_up")
    assert found == {}, "an offer that has ended ends no more"
    assert (call.screen, call.ref_id, call.due_on) == ("quote", quote.id, date(2026, 11, 24))
    assert call.params["number"] == "P26-K7-00001"
    with database.write() as session:
        quotes.reject(session, quote.id)
    assert "expiring" not in by_rule(database)


@pytest.mark.parametrize(
    ("days", "due"),
    [(6, None), (7, 7), (14, 7), (15, 15), (29, 15), (30, 30), (59, 30), (60, None)],
)
def test_late_payments_climb_their_steps(database, made, days, due):
    with database.write() as session:
        owed = debt(session, made.account, TODAY - timedelta(days=days), "1121.50")
        debt(session, made.account, TODAY - timedelta(days=days), "0.00")
    found = pending(database)
    assert [item.key for item in found] == ([f"overdue:{owed.id}"] if due else [])
    if due:
        (item,) = found
        assert item.due_on == owed.due_on + timedelta(days=due)
        assert item.params == {"number": owed.number, "amount": "€1,121.50", "days": str(days)}


def test_amounts_and_days_follow_the_language(database, made):
    with database.write() as session:
        debt(session, made.account, TODAY - timedelta(days=10), "1121.50")
    with i18n.speaking("es"):
        (item,) = pending(database)
    assert item.params["amount"] == "1.121,50\u00a0€"


def test_an_expense_without_amount_waits(database, made):
    with database.write() as session:
        expense = Expense(user_id=made.user, kind="parking", spent_on=TODAY, place="Gandia")
        session.add_all([expense, Expense(user_id=made.colleague, kind="parking", spent_on=TODAY)])
    (item,) = pending(database)
    assert (item.rule, item.title, item.screen, item.ref_id) == (
        "expense", "Gandia", "expenses", "2026-11-19",
    )  # fmt: skip


def test_most_urgent_first_and_every_key_once(database, made):
    with database.write() as session:
        follow_ups.add_task(session, "Mañana", due_on=TODAY + timedelta(days=1))
        follow_ups.add_task(session, "Hace mucho", due_on=TODAY - timedelta(days=90))
        debt(session, made.account, TODAY - timedelta(days=10), "10")
        issued(session, made, TODAY)
        visit = visits.plan(session, made.account, at=at(11))
        visits.log(session, visit.id, outcome="not_in", now=NOW)
    found = pending(database)
    assert [item.due_on for item in found] == sorted(item.due_on for item in found)
    assert (found[0].title, found[-1].due_on) == ("Hace mucho", TODAY + timedelta(days=1))
    assert len({item.key for item in found}) == len(found) == 6


def test_a_colleagues_things_are_not_mine(database, made):
    with database.write() as session:
        accounts.get(session, made.account).owner_id = made.colleague
        debt(session, made.account, TODAY - timedelta(days=10), "10")
        for owner in (made.colleague,):
            session.add(Activity(kind="task", title="Suya", owner_id=owner, due_on=TODAY))
    assert pending(database) == []


def test_nothing_leads_to_a_customer_that_was_removed(database, made):
    with database.write() as session:
        follow_ups.add_task(session, "Llamar", due_on=TODAY, account_id=made.account)
        debt(session, made.account, TODAY - timedelta(days=10), "10")
        accounts.remove(session, made.account)
    assert [item for item in pending(database) if item.screen == "customer"] == []
    with database.write() as session:
        accounts.restore(session, made.account)
    assert len(pending(database)) == 2
