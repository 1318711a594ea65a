"""Deeds on many customers: all of them in one transaction, and back in one step."""

import pytest
from sqlalchemy import select

from app.errors import UserError, ValidationError
from app.models.account import Account, Contact, Site
from app.models.base import now
from app.services import account_bulk, new_accounts, routes, undo
from tests.company import seed
from tests.services.records import TODAY


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def ids(database, made):
    with database.write() as session:
        accounts = [Account(name=f"Bar {n}", owner_id=made.user) for n in range(3)]
        session.add_all(accounts)
        session.flush()
        return [account.id for account in accounts]


def read(database, ids):
    with database.read() as session:
        return [session.get(Account, id_) for id_ in ids]


@pytest.mark.parametrize(
    ("deed", "shows"),
    [
        (lambda s, ids: account_bulk.star(s, ids, starred=True), lambda a: a.starred),
        (lambda s, ids: account_bulk.set_frequency(s, ids, 14), lambda a: a.visit_every_days == 14),
        (lambda s, ids: account_bulk.add_tag(s, ids, " feria "), lambda a: a.tags == {"feria"}),
        (account_bulk.remove, lambda a: a.removed_at is not None),
    ],
)  # fmt: skip
def test_a_deed_is_done_to_all_and_undone_at_once(database, ids, deed, shows):
    with database.write() as session:
        assert deed(session, ids) == 3
    assert all(shows(account) for account in read(database, ids))
    with database.write() as session:
        undo.take_back(session, now=now())
    assert not any(shows(account) for account in read(database, ids))


def test_a_segment_is_set(database, made, ids):
    with database.write() as session:
        account_bulk.set_segment(session, ids, made.segment)
    assert {account.segment_id for account in read(database, ids)} == {made.segment}


def test_nothing_is_done_where_the_value_cannot_be_used(database, ids):
    with database.write() as session:
        with pytest.raises(ValidationError):
            account_bulk.set_frequency(session, ids, 0)
        with pytest.raises(ValidationError):
            account_bulk.add_tag(session, ids, "  ")


def test_removed_ones_come_back(database, ids):
    with database.write() as session:
        account_bulk.remove(session, ids[:2])
    with database.write() as session:
        assert account_bulk.restore(session, ids[:2]) == 2
    assert all(account.removed_at is None for account in read(database, ids))


def test_customers_join_the_route_once(database, made):
    with database.write() as session:
        assert account_bulk.add_to_route(session, TODAY, [made.account]) == (1, 0)
    with database.write() as session:
        assert account_bulk.add_to_route(session, TODAY, [made.account]) == (0, 1)
        route = routes.current(session, TODAY)
        assert [stop.account_id for stop in routes.stops(session, route.id)] == [made.account]


def test_a_day_has_an_end(database, made):
    with database.write() as session, pytest.raises(UserError, match="too many for one day"):
        account_bulk.add_to_route(session, TODAY, ["x"] * 31)


def test_a_new_customer_comes_with_address_contact_and_place(database, made):
    values = {
        "name": "Bar Central", "kind": "customer", "legal_name": "Bar Central, S.L.",
        "source": "fair", "segment_id": made.segment, "frequency": "14", "notes": "Terraza",
        "street": "C/ Mayor, 1", "postcode": "46701", "city": "Gandia", "province": "València",
        "contact": "Rosa Peiró", "job": "Cocina", "contact_phone": "600 000 331",
        "hours": "9-14, sun closed",
    }  # fmt: skip
    with database.write() as session:
        id_ = new_accounts.create(session, values, (38_967_000, -181_000)).id
    with database.read() as session:
        account = session.get(Account, id_)
        site = session.scalars(select(Site).where(Site.account_id == id_)).one()
        person = session.scalars(select(Contact).where(Contact.account_id == id_)).one()
    assert (account.source, account.visit_every_days, account.kind) == ("fair", 14, "customer")
    assert (account.legal_name, account.segment_id) == ("Bar Central, S.L.", made.segment)
    assert (site.lat_e6, site.lon_e6, site.position_quality) == (38_967_000, -181_000, "exact")
    assert (site.city, site.province) == ("Gandia", "València")
    assert (person.name, person.job, person.is_main) == ("Rosa Peiró", "Cocina", True)


def test_a_frequency_that_is_none_is_refused(database, made):
    with database.write() as session, pytest.raises(ValidationError) as said:
        new_accounts.create(session, {"name": "Bar", "kind": "prospect", "frequency": "mensual"})
    assert said.value.field == "frequency"


def test_a_postcode_says_province_and_place():
    where = new_accounts.whereabouts("46800", "")
    assert "Val" in where.province
    assert where.lat_e6 is not None
    assert abs(where.lat_e6 - 38_990_000) < 100_000
    assert new_accounts.whereabouts("", "").lat_e6 is None
