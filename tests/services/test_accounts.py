"""Customers: added once, found again, changed field by field, removed and back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.errors import UserError, ValidationError
from app.models.account import Account, AccountKind, Contact
from app.models.base import now
from app.models.journal import Operation
from app.models.sync_state import SyncState
from app.services import accounts, search, undo, visits
from tests.company import seed
from tests.services.records import NOW, TODAY, customer, debt, invoice


@pytest.fixture
def made(database):
    return seed(database)


def names(session, ids):
    return [session.get(Account, id_).name for id_ in ids]


def test_a_new_prospect_is_mine_tidy_and_journaled_whole(database, made):
    with database.write() as session:
        account = accounts.add(
            session, name="  Bar Núñez ", tax_id=" b-97.123.459 ", phone="962 27 00 15",
            tags=frozenset({"terraza"}),
        )  # fmt: skip
    with database.read() as session:
        kept = accounts.get(session, account.id)
        (sent,) = session.scalars(select(Operation)).all()
    assert (kept.name, kept.tax_id, kept.phone) == ("Bar Núñez", "B97123459", "+34962270015")
    assert (kept.kind, kept.status, kept.owner_id) == ("prospect", "active", made.user)
    assert kept.tags == {"terraza"}
    assert (sent.kind, sent.root, sent.fields["name"]) == ("I", account.id, "Bar Núñez")


def test_a_telephone_that_nobody_can_read_is_kept_as_typed(database, made):
    with database.write() as session:
        account = accounts.add(session, name="Bar", phone="preguntar a Paco")
    assert account.phone == "preguntar a Paco"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": ""}, "name", "needs a name"),
        ({"name": "   "}, "name", "needs a name"),
        ({"name": "Bar", "tax_id": "B9712345"}, "tax_id", "1 character short"),
        ({"name": "Bar", "tax_id": "B97"}, "tax_id", "6 characters short"),
        ({"name": "Bar", "tax_id": "B971234597"}, "tax_id", "1 character too many"),
        ({"name": "Bar", "tax_id": "B97123450"}, "tax_id", "check digit"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_is_kept(
    database, made, values, field, words
):
    with pytest.raises(ValidationError, match=words) as caught, database.write() as session:
        accounts.add(session, **values)
    assert caught.value.field == field
    with database.read() as session:
        assert len(session.scalars(select(Account)).all()) == 1


def test_nobody_adds_a_customer_before_the_computer_is_connected(database, made):
    with database.write() as session:
        session.get(SyncState, 1).user_id = ""
    with pytest.raises(UserError, match="not connected"), database.write() as session:
        accounts.add(session, name="Bar")


def test_a_change_touches_its_fields_alone(database, made):
    with database.write() as session:
        accounts.update(session, made.account, notes="Cierra en agosto", tax_id="b-97123459")
    with database.read() as session:
        (sent,) = session.scalars(select(Operation)).all()
        assert accounts.get(session, made.account).phone == "+34962270001"
    assert sent.fields == {
        "notes": {"b": "", "v": "Cierra en agosto"}, "tax_id": {"b": "", "v": "B97123459"},
    }  # fmt: skip


@pytest.mark.parametrize("values", [{"name": " "}, {"tax_id": "B971234"}])
def test_a_bad_change_changes_nothing(database, made, values):
    with pytest.raises(ValidationError), database.write() as session:
        accounts.update(session, made.account, notes="x", **values)
    with database.read() as session:
        kept = accounts.get(session, made.account)
    assert (kept.name, kept.notes) == ("Restaurante El Socarrat", "")


def test_a_tax_id_is_checked_by_the_rules_of_the_customers_country(database, made):
    with database.write() as session:
        shop = accounts.add(session, name="Botiga")
        accounts.add_site(session, shop.id, city="Andorra la Vella", country="AD")
        accounts.update(session, shop.id, tax_id="L-709604-E")
        with pytest.raises(ValidationError, match="check digit"):
            accounts.update(session, shop.id, tax_id="B97123459")
    assert shop.tax_id == "L709604E"


def test_a_prospect_becomes_a_customer_and_changes_its_list(database, made):
    with database.write() as session:
        account = accounts.add(session, name="Bar Núñez")
        assert accounts.search(session, view="prospects") == [account.id]
        accounts.update(session, account.id, kind=AccountKind.CUSTOMER)
        assert accounts.search(session, view="prospects") == []
        assert set(accounts.search(session)) == {account.id, made.account}


def test_a_removed_customer_vanishes_everywhere_and_comes_back_whole(database, made):
    with database.write() as session:
        accounts.star(session, made.account, starred=True)
        accounts.remove(session, made.account)
    with database.read() as session:
        assert accounts.search(session) == []
        assert accounts.search(session, "socarrat") == []
        assert search.find(session, "socarrat") == []
        assert accounts.choices(session, "soca") == []
        assert accounts.duplicates(session, "Restaurante El Socarrat") == []
        assert set(accounts.counts(session, TODAY).values()) == {0}
        with pytest.raises(UserError, match="no longer here"):
            accounts.get(session, made.account)
    for change in (
        lambda s: accounts.update(s, made.account, notes="x"),
        lambda s: accounts.star(s, made.account, starred=False),
        lambda s: accounts.remove(s, made.account),
    ):
        with pytest.raises(UserError, match="no longer here"), database.write() as session:
            change(session)
    with database.write() as session:
        accounts.restore(session, made.account)
        accounts.restore(session, "f" * 32)  # gone from this computer meanwhile: nothing to do
    with database.read() as session:
        assert accounts.search(session, "socarrat", view="starred") == [made.account]
        assert [c.name for c in accounts.get(session, made.account).contacts] == ["Vicent Sanchis"]


@pytest.mark.parametrize(
    ("name", "tax_id", "phone"),
    [
        ("cafetería ágora", "", ""), ("CAFETERIA  AGORA", "", ""), ("Cafetería Ágora.", "", ""),
        ("Otra", "b-97.123.459", ""), ("Otra", "", "962 27 00 15"),
        ("Otra", "", "600 111 222 / 962270015"),
    ],
)  # fmt: skip
def test_the_twin_of_a_business_is_found(database, made, name, tax_id, phone):
    with database.write() as session:
        twin = accounts.add(
            session, name="Cafetería Ágora", tax_id="B97123459", phone="+34 962 270 015"
        )
    with database.read() as session:
        assert [row.id for row in accounts.duplicates(session, name, tax_id, phone)] == [twin.id]


def test_who_only_resembles_it_is_no_twin(database, made):
    with database.write() as session:
        accounts.add(session, name="Cafetería Ágora Norte")
    with database.read() as session:
        assert accounts.duplicates(session, "Cafetería Ágora") == []
        assert accounts.duplicates(session, "", "", "") == []


def test_views_and_classes_choose_and_are_counted(database, made):
    with database.write() as session:
        due_twice = customer(session, made, "Bar Alba", grade="B", visit_every_days=90)
        seen = customer(session, made, "Bar Brisa", grade="A", starred=True)
        closed = customer(session, made, "Bar Cerrado", status="inactive")
        customer(session, made, "Mayorista", kind="supplier")
        accounts.add(session, name="Bar Duda")
        for account_id, days in ((due_twice, 60), (seen, 28)):
            visit = visits.plan(session, account_id, at=None)
            visits.log(session, visit.id, outcome="order", now=NOW - timedelta(days=days))
        debt(session, seen, TODAY - timedelta(days=1), "120.50")
        debt(session, due_twice, TODAY, "99.00")
    with database.read() as session:
        found = {v: names(session, accounts.search(session, view=v, today=TODAY))
                 for v in accounts.VIEWS}  # fmt: skip
        counted = accounts.counts(session, TODAY)
        first_class = accounts.search(session, grades=frozenset("A"), today=TODAY)
        assert names(session, accounts.search(session, "bar", view="debt", today=TODAY)) == [
            "Bar Brisa"
        ]
    assert found == {
        "all": ["Bar Alba", "Bar Brisa", "Bar Cerrado", "Bar Duda", "Restaurante El Socarrat"],
        "due": ["Bar Brisa", "Restaurante El Socarrat"],
        "debt": ["Bar Brisa"], "prospects": ["Bar Duda"], "starred": ["Bar Brisa"],
    }  # fmt: skip
    assert counted == {view: len(ids) for view, ids in found.items()}
    assert set(first_class) == {seen, made.account}
    assert closed not in first_class


def test_sorting_by_each_column_up_and_down(database, made):
    with database.write() as session:
        alba = customer(session, made, "Bar Alba", status="inactive")
        brisa = customer(session, made, "bar Brisa")
        visit = visits.plan(session, brisa, at=None)
        visits.log(session, visit.id, outcome="order", now=NOW)
        invoice(session, alba, date(2026, 10, 1), "500")
        invoice(session, brisa, date(2025, 10, 1), "900")  # more than a year ago
        debt(session, brisa, date(2026, 10, 1), "10")
    with database.read() as session:
        order = {
            sort: accounts.search(session, sort=sort, today=TODAY)
            for sort in ("name", "-name", "-visit", "-sales", "-overdue", "state", "-state")
        }
        assert accounts.search(session, "bar", sort="-name", today=TODAY) == [brisa, alba]
    assert order["name"] == [alba, brisa, made.account] == order["-name"][::-1]
    assert order["-visit"][0] == order["-overdue"][0] == brisa
    assert order["-sales"][0] == alba
    assert order["state"][-1] == alba == order["-state"][0]


def test_names_with_accents_stand_where_people_look_for_them(database, made):
    with database.write() as session:
        for name in ("Zumos", "Águilas", "ágora", "Bar"):
            accounts.add(session, name=name)
    with database.read() as session:
        by_name = names(session, accounts.search(session))
        assert by_name == ["ágora", "Águilas", "Bar", "Restaurante El Socarrat", "Zumos"]
        assert names(session, accounts.search(session, sort="name")) == by_name
        assert names(session, accounts.search(session, sort="-name")) == by_name[::-1]


def test_an_address_is_placed_by_its_town_and_stays_where_it_was_put(database, made):
    with database.write() as session:
        site = accounts.add_site(session, made.account, postcode="46702", city="Gandia")
        assert site.position_quality in {"postal", "city"}
        assert abs(site.lat_e6 - 38_967_000) < 60_000
        accounts.update_site(session, site.id, lat_e6=38_990_000, lon_e6=-160_000)
        assert site.position_quality == "exact"
        accounts.update_site(session, site.id, city="Grau de Gandia")
        assert (site.lat_e6, site.lon_e6) == (38_990_000, -160_000), "put there by hand"
        accounts.update_site(session, site.id, lat_e6=None, lon_e6=None)
        assert site.position_quality == "none"
    with pytest.raises(UserError, match="address is no longer"), database.write() as session:
        accounts.update_site(session, "f" * 32, city="Gandia")


def test_contacts_come_go_and_come_back(database, made):
    with database.write() as session:
        contact = accounts.add_contact(session, made.account, " Empar Ripoll ", job="Sala")
        accounts.update_contact(session, contact.id, mobile="+34600111222")
        assert [c.name for c in visits.contacts(session, made.account)] == [
            "Vicent Sanchis", "Empar Ripoll",
        ]  # fmt: skip
    with database.write() as session:
        accounts.remove_contact(session, contact.id)
        assert [c.name for c in visits.contacts(session, made.account)] == ["Vicent Sanchis"]
    with database.write() as session:
        undo.take_back(session)
        assert session.get(Contact, contact.id).removed_at is None
    for change in (
        lambda s: accounts.add_contact(s, made.account, "  "),
        lambda s: accounts.update_contact(s, contact.id, name=""),
    ):
        with pytest.raises(ValidationError, match="needs a name"), database.write() as session:
            change(session)
    with pytest.raises(UserError, match="no longer here"), database.write() as session:
        accounts.update_contact(session, "f" * 32, job="x")


def test_the_first_of_several_is_the_main_one_that_is_left():
    plain, main, gone = (
        Contact(account_id="a", name=name, is_main=name != "plain")
        for name in ("plain", "main", "x")
    )
    gone.removed_at = now()
    assert accounts.first_of([gone, plain, main]) is main
    assert accounts.first_of([gone, plain]) is plain
    assert accounts.first_of([gone]) is None
