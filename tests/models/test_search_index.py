"""The full-text index follows every change of the rows that it covers."""

from sqlalchemy import text

from app.models.account import Account, Contact, Site
from app.models.base import now
from tests.company import seed

TEXT = text(
    "SELECT e.entity, e.row_id FROM search_text t JOIN search_entry e ON e.n = t.rowid"
    " WHERE search_text MATCH :words"
)
DIGITS = text(
    "SELECT e.entity, e.row_id FROM search_digits t JOIN search_entry e ON e.n = t.rowid"
    " WHERE search_digits MATCH :words"
)


def found(database, words, statement=TEXT):
    with database.read() as session:
        return {tuple(row) for row in session.execute(statement, {"words": words})}


def test_accents_and_case_do_not_matter_and_prefixes_do(database):
    made = seed(database)
    hit = ("account", made.account)
    for words in ("socarrat", "SOCARRAT", "soca*", "rest* xativa", "xàt*", "46800"):
        assert hit in found(database, words), words


def test_renaming_moves_and_removing_takes_out(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).name = "Bodega Nueva"
    assert found(database, "socarrat") == set()
    assert ("account", made.account) in found(database, "bodega")
    with database.write() as session:
        session.get(Account, made.account).removed_at = now()
    assert found(database, "bodega") == set()
    with database.write() as session:
        session.get(Account, made.account).removed_at = None
    assert ("account", made.account) in found(database, "bodega")


def test_a_moved_site_is_found_by_its_new_town(database):
    made = seed(database)
    with database.write() as session:
        session.get(Site, made.site).city = "Ontinyent"
    assert ("account", made.account) in found(database, "ontinyent")
    assert found(database, "xativa") == set()


def test_digits_are_found_inside_numbers(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).tax_id = "B-97.123.456"
        session.get(Contact, made.contact).mobile = "+34 600 123 789"
    assert ("account", made.account) in found(database, '"2270"', DIGITS)
    assert ("account", made.account) in found(database, '"97123"', DIGITS)
    assert ("contact", made.contact) in found(database, '"0123"', DIGITS)


def test_the_servers_writes_are_indexed_too(database):
    made = seed(database)
    from app.models.database import Changes

    with database.apply(Changes()) as connection:
        connection.execute(
            Account.__table__.update()
            .where(Account.id == made.account)
            .values(name="Desde oficina")
        )
    assert ("account", made.account) in found(database, "oficina")
