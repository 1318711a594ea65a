"""What is pending: rules over the data, and what the user wants to hear of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.models.expense import Expense, ExpenseReport
from app.services import alerts, follow_ups, quote_lines, quotes, shell
from app.services.alerts import Quiet
from app.settings import Settings
from tests.company import seed
from tests.services.records import NOW, TODAY, at, debt

WEEK = timedelta(days=7)


@pytest.fixture
def made(database):
    return seed(database)


def found(database, now=NOW, quiet=alerts.NOTHING):
    with database.read() as session:
        return alerts.pending(session, now, quiet)


def rules(database, now=NOW, quiet=alerts.NOTHING):
    return [item.rule for item in found(database, now, quiet)]


def issued(session, made, days_ago):
    when = NOW - timedelta(days=days_ago)
    quote = quotes.draft(session, made.account, today=TODAY)
    quote_lines.add_line(session, quote.id, made.products[0], today=TODAY)
    quotes.update(session, quote.id, valid_until=TODAY + timedelta(days=20))
    quotes.issue(session, quote.id, now=when)
    return quote


def test_a_quote_is_asked_about_again_after_ten_days(database, made):
    with database.write() as session:
        quote = issued(session, made, 11)
    first = [item for item in found(database) if item.account_id]
    assert [item.rule for item in first] == ["quote_follow_up"], "its call comes first"
    with database.write() as session:
        follow_ups.complete(session, first[0].key, now=NOW - timedelta(days=6))
    (again,) = found(database)
    assert (again.rule, again.screen, again.ref_id) == ("quote_silent", "quote", quote.id)
    assert again.params["days"] == "11"
    with database.write() as session:
        quotes.reject(session, quote.id)
    assert found(database) == []


def test_a_call_of_this_week_is_an_answer_of_sorts(database, made):
    with database.write() as session:
        issued(session, made, 11)
    (call,) = found(database)
    with database.write() as session:
        follow_ups.complete(session, call.key, now=NOW)
    assert found(database) == []


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 11, 19), []),
        (date(2026, 11, 28), ["2026-11-01"]),
        (date(2026, 12, 2), ["2026-11-01"]),
    ],
)
def test_the_claim_is_remembered_as_the_month_ends(database, made, day, months):
    with database.write() as session:
        session.add(
            Expense(user_id=made.user, kind="parking", spent_on=date(2026, 11, 5),
                    amount=Decimal("4.20"))
        )  # fmt: skip
    items = found(database, at(9, day=day))
    assert [item.ref_id for item in items] == months


def test_a_claim_that_was_submitted_is_done(database, made):
    with database.write() as session:
        report = ExpenseReport(user_id=made.user, month=date(2026, 10, 1))
        session.add(report)
        session.flush()
        session.add(
            Expense(user_id=made.user, kind="parking", spent_on=date(2026, 10, 5),
                    amount=Decimal("4.20"), report_id=report.id)
        )  # fmt: skip
    assert rules(database) == ["claim"]
    with database.write() as session:
        session.get(ExpenseReport, report.id).state = "submitted"
    assert found(database) == []


def test_a_rule_can_be_switched_off_and_a_thing_put_off(database, made):
    with database.write() as session:
        owed = debt(session, made.account, TODAY - timedelta(days=20), "10.00").id
        follow_ups.add_task(session, "Buy paper", due_on=TODAY)
    assert sorted(rules(database)) == ["overdue", "task"]
    assert rules(database, quiet=Quiet(frozenset({"overdue"}))) == ["task"]
    until = Quiet(until={f"overdue:{owed}": TODAY + WEEK})
    assert rules(database, quiet=until) == ["task"]
    assert "overdue" in rules(database, NOW + WEEK, until)
    with database.read() as session:
        assert shell.badges(session, NOW)["today"][0] == 2
        assert shell.badges(session, NOW, until)["today"][0] == 1


def test_what_is_quiet_is_kept_with_the_settings(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    settings.muted_rules.append("overdue")
    settings.put_off |= {"overdue:a": "2026-11-23", "overdue:b": "soon"}
    quiet = alerts.quiet_of(settings)
    assert quiet.rules == {"overdue"}
    assert quiet.until == {"overdue:a": date(2026, 11, 23)}, "a day nobody can read is none"


def test_every_rule_has_words(database, made):
    from app.views.widgets import wording

    assert all(wording.rule(rule) for rule in alerts.RULES)
    assert wording.rule("task") == ""
