"""The journal: what the user changes is queued in the same transaction, with its base values."""

import time
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from app.models.account import Account, Contact, Site
from app.models.base import id_moment, new_id, now
from app.models.database import Database
from app.models.journal import Operation
from app.models.quote import Quote, QuoteLine
from app.models.sync_state import RowMeta, SyncState
from tests.company import seed


def operations(database: Database) -> list[Operation]:
    with database.read() as session:
        return list(session.scalars(select(Operation).order_by(Operation.number)))


def test_an_insert_carries_every_field_and_its_root(database):
    made = seed(database)
    with database.write() as session:
        session.add(Account(name="Bar Nou", owner_id=made.user))
    (op,) = operations(database)
    assert (op.number, op.kind, op.entity, op.state) == (1, "I", "account", "pending")
    assert op.root == op.row_id
    assert op.fields["name"] == "Bar Nou"
    assert op.fields["owner_id"] == made.user
    assert op.fields["credit_limit"] is None


def test_an_update_carries_base_and_value_of_what_changed_only(database):
    made = seed(database)
    with database.write() as session:
        account = session.get(Account, made.account)
        account.phone = "+34962270002"
        account.name = "Restaurante El Socarrat"  # the same: no change
    (op,) = operations(database)
    assert op.fields == {"phone": {"b": "+34962270001", "v": "+34962270002"}}


def test_updates_of_one_row_fold_with_the_first_base_and_the_last_value(database):
    made = seed(database)
    for phone in ("1", "2", "3"):
        with database.write() as session:
            session.get(Account, made.account).phone = phone
    (op,) = operations(database)
    assert op.fields == {"phone": {"b": "+34962270001", "v": "3"}}


def test_an_operation_in_flight_is_never_folded_into(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
    with database.write() as session:
        session.execute(update(Operation).values(state="in_flight"))
    with database.write() as session:
        session.get(Account, made.account).phone = "2"
    first, second = operations(database)
    assert first.fields["phone"]["v"] == "1"
    assert second.fields["phone"] == {"b": "1", "v": "2"}


def test_a_fold_never_points_to_a_row_that_is_journaled_later(database):
    made = seed(database)
    with database.write() as session:
        quote = Quote(account_id=made.account, owner_id=made.user)
        session.add(quote)
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
        session.flush()
        session.get(Quote, quote.id).contact_id = contact.id
    kinds = [(op.kind, op.entity) for op in operations(database)]
    assert kinds == [("I", "quote"), ("I", "contact"), ("U", "quote")]


def test_sets_travel_as_what_was_added_and_what_was_taken_away(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).tags = frozenset({"terraza", "vip"})
    with database.write() as session:
        session.get(Account, made.account).tags = frozenset({"vip", "nuevo"})
    (op,) = operations(database)
    assert op.fields == {"tags": {"add": ["nuevo", "vip"], "del": []}}, "terraza never left"


def in_flight(database: Database) -> None:
    with database.write() as session:
        session.execute(update(Operation).values(state="in_flight"))


def test_removal_is_journaled_as_removal_and_restoring_as_update(database):
    made = seed(database)
    with database.write() as session:
        session.get(Contact, made.contact).removed_at = now()
    in_flight(database)
    with database.write() as session:
        session.get(Contact, made.contact).removed_at = None
    assert [op.kind for op in operations(database)] == ["D", "U"]


def test_what_is_as_it_was_before_it_was_sent_leaves_nothing_to_send(database):
    made = seed(database)
    with database.write() as session:
        session.get(Contact, made.contact).job = "Gerencia"
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
    with database.write() as session:
        session.get(Contact, made.contact).job = "Compras"
    (op,) = operations(database)
    assert (op.number, op.entity) == (1, "account"), "the operation behind moved up"
    with database.write() as session:
        session.get(Contact, made.contact).removed_at = now()
    with database.write() as session:
        session.get(Contact, made.contact).removed_at = None
        session.get(Account, made.account).phone = "+34962270001"
    assert operations(database) == []
    with database.write() as session:
        session.add(Account(name="Bar Nou", owner_id=made.user))
    assert [op.number for op in operations(database)] == [1]


def test_a_value_that_somebody_else_changed_meanwhile_is_asked_of_the_server(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
    with database.write() as session:
        session.add(RowMeta(entity="account", row_id=made.account, version=3))
    with database.write() as session:
        session.get(Account, made.account).phone = "+34962270001"
    (op,) = operations(database)
    assert op.fields["phone"] == {"b": "+34962270001", "v": "+34962270001"}


def test_a_row_that_was_never_sent_goes_and_comes_back_whole(database):
    made = seed(database)
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
    with database.write() as session:
        session.get(Contact, contact.id).removed_at = now()
    assert operations(database) == []
    with database.write() as session:
        found = session.get(Contact, contact.id)
        found.removed_at, found.job = None, "Cuina"
    (op,) = operations(database)
    assert (op.number, op.kind, op.fields["name"], op.fields["job"]) == (1, "I", "Empar", "Cuina")


def test_a_row_that_others_name_is_sent_and_removed(database):
    made = seed(database)
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
    with database.write() as session:
        session.add(Quote(account_id=made.account, owner_id=made.user, contact_id=contact.id))
    with database.write() as session:
        session.get(Contact, contact.id).removed_at = now()
    assert [op.kind for op in operations(database)] == ["I", "I", "D"]


def test_a_customer_taken_back_with_all_of_it_is_not_sent(database):
    made = seed(database)
    with database.write() as session:
        account = Account(name="Bar Nou", owner_id=made.user)
        session.add(account)
        session.flush()
        site = Site(account_id=account.id, city="Gandia")
        session.add(site)
    with database.write() as session:
        found = session.get(Account, account.id), session.get(Site, site.id)
        for row in found:
            row.removed_at = now()
    assert operations(database) == []


def test_what_named_a_row_and_names_it_no_more_does_not_hold_it(database):
    made = seed(database)
    with database.write() as session:
        quote = Quote(account_id=made.account, owner_id=made.user)
        session.add(quote)
        session.flush()
        session.execute(update(Operation).values(state="acked"))
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
        session.flush()
        session.get(Quote, quote.id).contact_id = contact.id
    with database.write() as session:
        found = session.get(Quote, quote.id), session.get(Contact, contact.id)
        found[0].contact_id, found[1].removed_at = None, now()
    assert [(op.number, op.state) for op in operations(database)] == [(1, "acked")]


def test_many_rows_taken_back_at_once_are_quick(database):
    made = seed(database)
    with database.write() as session:
        session.add_all(Account(name=f"Bar {n}", owner_id=made.user) for n in range(500))
    started = time.perf_counter()
    with database.write() as session:
        for account in session.scalars(select(Account).where(Account.id != made.account)).all():
            account.removed_at = now()
    assert operations(database) == []
    assert time.perf_counter() - started < 5


def test_nothing_on_its_way_is_withdrawn(database):
    made = seed(database)
    with database.write() as session:
        contact = Contact(account_id=made.account, name="Empar")
        session.add(contact)
    in_flight(database)
    with database.write() as session:
        session.get(Contact, contact.id).removed_at = now()
    assert [(op.number, op.kind) for op in operations(database)] == [(1, "I"), (2, "D")]


def test_children_take_the_root_of_their_customer(database):
    made = seed(database)
    with database.write() as session:
        quote = Quote(account_id=made.account, owner_id=made.user)
        session.add(quote)
        session.add(QuoteLine(quote_id=quote.id, unit_price=Decimal("1.2345")))
    assert {op.root for op in operations(database)} == {made.account}


def test_one_transaction_is_one_group_and_numbers_have_no_gap(database):
    made = seed(database)
    with database.write() as session:
        session.add(Account(name="Uno", owner_id=made.user))
        session.flush()
        session.add(Account(name="Dos", owner_id=made.user))
    with pytest.raises(RuntimeError), database.write() as session:
        session.add(Account(name="Nunca"))
        session.flush()
        raise RuntimeError
    with database.write() as session:
        session.add(Account(name="Tres"))
    found = operations(database)
    assert [op.number for op in found] == [1, 2, 3]
    assert found[0].group_id == found[1].group_id != found[2].group_id
    with database.read() as session:
        assert session.scalar(select(SyncState.last_op_no)) == 3


def test_an_update_names_the_server_version_it_was_made_on(database):
    made = seed(database)
    with database.write() as session:
        session.add(RowMeta(entity="account", row_id=made.account, version=7))
    with database.write() as session:
        session.get(Account, made.account).phone = "1"
    assert operations(database)[0].base_version == 7


def test_bulk_statements_on_synchronised_rows_are_refused(database):
    made = seed(database)
    for statement in (
        update(Account).values(phone=""),
        delete(Site),
        update(Account.__table__).values(phone=""),
    ):
        with pytest.raises(RuntimeError, match="escape the journal"), database.write() as session:
            session.execute(statement)
    with database.read() as session:
        assert session.get(Account, made.account).phone == "+34962270001"


def test_a_synchronised_row_cannot_be_deleted(database):
    made = seed(database)
    with pytest.raises(RuntimeError, match="removed_at"), database.write() as session:
        session.delete(session.get(Account, made.account))


def test_ids_are_uuid7_and_sort_in_the_order_made():
    before = now()
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert all(len(id_) == 32 and id_[12] == "7" and id_[16] in "89ab" for id_ in made[:1])
    assert abs((id_moment(made[0]) - before).total_seconds()) < 5


def test_a_default_is_the_base_of_a_change_in_the_same_session(database):
    made = seed(database)
    with database.write() as session:
        quote = Quote(account_id=made.account, owner_id=made.user)
        session.add(quote)
        session.flush()
        session.execute(update(Operation).values(state="in_flight"))
        quote.year = 2026
    _insert, change = operations(database)
    assert change.fields == {"year": {"b": None, "v": 2026}}


def test_a_change_and_a_removal_in_one_flush_are_both_journaled(database):
    made = seed(database)
    with database.write() as session:
        contact = session.get(Contact, made.contact)
        contact.job, contact.removed_at = "Gerencia", now()
    assert [op.kind for op in operations(database)] == ["U", "D"]
