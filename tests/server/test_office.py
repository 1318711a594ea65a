"""The back office writes through the same door, and says in a sentence what it does not take."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.errors import UserError
from app.models.base import new_id
from app.server import accounts, office


def test_values_may_be_python_or_wire(world):
    account = world.add("account", name="Bar", tags={"vip"}, credit_limit=Decimal(100))
    other = world.add("account", name="Bar 2", tags=["vip"], credit_limit="100.00", starred=False)
    one, two = world.get("account", account), world.get("account", other)
    assert (one["tags"], one["credit_limit"]) == (two["tags"], two["credit_limit"])
    invoice = world.add(
        "invoice",
        account_id=account,
        number="F1",
        issued_on=date(2026, 3, 1),
        base=10,
        total="12.1",
    )
    assert world.get("invoice", invoice)["total"] == "12.10"
    visit = world.add(
        "activity", kind="visit", account_id=account, owner_id=world.user("Ana"),
        planned_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )  # fmt: skip
    assert world.get("activity", visit)["planned_at"] == 1772355600000


def test_a_new_row_has_the_defaults_of_its_entity(world):
    segment = world.add("segment", name="Bares")
    assert world.get("segment", segment)["visit_minutes"] == 45
    assert world.get("account", world.add("account", name="Bar"))["kind"] == "prospect"


def test_an_edit_reaches_the_laptop(world):
    laptop = world.laptop()
    account = laptop.add("account", name="Bar")
    laptop.pull()
    world.edit("account", account, by="Olga", payment_terms="30 días")
    assert laptop.pull()["account"][account]["payment_terms"] == "30 días"
    world.edit("account", account, by="Olga", payment_terms="30 días")
    assert laptop.pull().rows == {}  # the same again is no change


def test_removing_and_bringing_back(world):
    account = world.add("account", name="Bar")
    office.remove(world.store, world.tenant, None, "account", account)
    assert world.get("account", account) is None
    office.remove(world.store, world.tenant, None, "account", account)
    office.edit(world.store, world.tenant, None, "account", account, name="Bar")
    assert world.get("account", account)["name"] == "Bar"


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("account", {"name": None}),
        ("account", {}),
        ("account", {"name": "Bar", "credit_limit": "much"}),
        ("account", {"name": "Bar", "segment_id": new_id()}),
        ("account", {"name": "Bar", "segment_id": "nonsense"}),
        ("contact", {"name": "Luis", "account_id": new_id()}),
    ],
)
def test_what_is_not_valid_is_said(world, entity, fields):
    with pytest.raises(UserError, match=f"change of {entity} was refused"):
        world.add(entity, **fields)
    assert world.rows(entity) == []


def test_rows_that_are_not_there(world):
    with pytest.raises(UserError, match="no such record"):
        world.edit("account", new_id(), name="Bar")
    with pytest.raises(UserError, match="no such user"):
        office.add(world.store, world.tenant, new_id(), "account", name="Bar")


def test_a_load_can_be_run_again(world):
    ids = [new_id() for _n in range(1100)]
    rows = [("account", {"id": row_id, "name": f"Bar {n}"}) for n, row_id in enumerate(ids)]
    assert office.load(world.store, world.tenant, None, iter(rows)) == 1100
    laptop = world.laptop("Olga", "office")
    assert len(laptop.pull()["account"]) == 1100
    rows[7] = ("account", {"id": ids[7], "name": "Otro"})
    assert office.load(world.store, world.tenant, None, rows) == 1100
    assert {row["name"] for row in laptop.pull()["account"].values()} == {"Otro"}


def test_the_office_gives_no_number_twice(world):
    account = world.add("account", name="Bar")
    values = {
        "account_id": account, "owner_id": world.user("Ana"), "series": "A1", "year": 2026,
        "counter": 1, "number": "P26-A1-00001", "state": "issued",
    }  # fmt: skip
    quote = world.add("quote", **values)
    with pytest.raises(UserError, match="P26-A1-00001"):
        world.add("quote", **values)
    with pytest.raises(UserError, match="does not change"):
        world.edit("quote", quote, payment_terms="30 días")


def test_people_and_companies_are_found_by_name_mail_or_id(world):
    user = world.user("Ana", email="ana@example.com")
    for wanted in ("ana", "ANA@example.com", user):
        assert accounts.find_user(world.store, world.tenant, wanted) == user
    assert accounts.find_company(world.store, world.tenant) == world.tenant
    for wanted in ("Nadie", ""):
        with pytest.raises(UserError, match="more than one"):
            accounts.find_user(world.store, world.tenant, wanted)


def test_a_role_that_is_none(world):
    with pytest.raises(UserError, match="no role “boss”"):
        accounts.add_user(world.store, world.tenant, "Ana", role="boss")
