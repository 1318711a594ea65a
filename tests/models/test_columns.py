"""Columns keep values exactly: no float, no naive time, no rounding behind anybody's back."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from app.models import base
from app.models.account import Account, Contact
from app.models.activity import Activity
from app.models.quote import QuoteLine
from tests.company import seed

DIALECT = sqlite.dialect()
CASES = [
    (base.Money(), st.decimals(-(10**9), 10**9, places=2)),
    (base.Price(), st.decimals(-(10**6), 10**6, places=4)),
    (base.Quantity(), st.decimals(-(10**6), 10**6, places=3)),
    (base.Percent(), st.decimals(0, 100, places=2)),
    (base.Discount(), st.lists(st.decimals(0, 100, places=2), max_size=4).map(tuple)),
    (base.Day(), st.dates()),
    (base.TextSet(), st.frozensets(st.text(max_size=8), max_size=5)),
    (base.Json(), st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner,
                                                                   max_size=3),
    )),
]  # fmt: skip


def through(kind, value):
    return kind.process_result_value(kind.process_bind_param(value, DIALECT), DIALECT)


@pytest.mark.parametrize(("kind", "values"), CASES, ids=lambda case: type(case).__name__)
def test_what_is_kept_is_what_was_given(kind, values):
    @given(values)
    def same(value):
        assert through(kind, value) == value

    same()
    assert through(kind, None) is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 14))
def test_an_instant_is_the_same_in_every_zone(moment, hours):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    there = moment.astimezone(timezone(timedelta(hours=hours)))
    assert through(base.UtcDateTime(), there) == moment
    assert through(base.UtcDateTime(), there).tzinfo is UTC
    assert through(base.UtcDateTime(), None) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (base.Money(), Decimal("0.001")), (base.Price(), Decimal("0.00001")),
        (base.Quantity(), Decimal("0.0005")), (base.Percent(), Decimal("5.255")),
    ],
)  # fmt: skip
def test_what_would_have_to_be_rounded_is_refused(kind, value):
    with pytest.raises(ValueError, match="decimals"):
        kind.process_bind_param(value, DIALECT)


def test_a_time_without_zone_is_refused_and_changes_nothing(database):
    made = seed(database)
    naive = datetime(2026, 11, 19, 10)
    with pytest.raises(Exception, match="no time zone"), database.write() as session:
        session.add(Activity(kind="visit", owner_id=made.user, planned_at=naive))
    with database.read() as session:
        assert session.query(Activity).count() == 0


def test_chained_percentages_are_written_as_people_do():
    kind = base.Discount()
    assert kind.process_bind_param((Decimal("8.00"), Decimal("2.50")), DIALECT) == "8+2.5"
    assert kind.process_bind_param((Decimal(100),), DIALECT) == "100"
    assert kind.process_bind_param((), DIALECT) == ""


def test_a_part_of_something_that_is_not_here_is_not_kept(database):
    seed(database)
    with pytest.raises(ValueError, match="to take the root from"), database.write() as session:
        session.add(QuoteLine(quote_id="f" * 32, description="Aceite"))


def test_a_contact_may_be_made_before_its_customer_in_one_change(database):
    made = seed(database)

    with database.write() as session:
        account = Account(name="Bar")
        session.add_all([Contact(account_id=account.id, name="Empar"), account])
    with database.read() as session:
        (contact,) = session.query(Contact).filter_by(name="Empar")
    assert contact.root == account.id != made.account


def test_an_id_tells_when_it_was_made():
    before = datetime.now(UTC)
    made = base.id_moment(base.new_id())
    assert before - timedelta(seconds=1) <= made <= datetime.now(UTC) + timedelta(seconds=1)
    assert base.now().microsecond % 1000 == 0
