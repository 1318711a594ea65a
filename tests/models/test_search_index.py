"""The full-text index follows every change of the rows that it covers."""

from sqlalchemy import text

from app.models import search
from app.models.account import Account, Contact, Site
from app.models.base import now
from tests.company import seed


def found(database, words, entity="account", table=""):
    table = table or f"search_{entity}"
    statement = text(
        f"SELECT r.id FROM {table} t JOIN {entity} r ON r.rowid = t.rowid"
        f" WHERE {table} MATCH :words"
    )
    with database.read() as session:
        return set(session.scalars(statement, {"words": words}))


def digits(database, words, entity="account"):
    return found(database, f'"{words}"', entity, f"search_{entity}_digits")


def test_accents_and_case_do_not_matter_and_prefixes_do(database):
    made = seed(database)
    for words in ("socarrat", "SOCARRAT", "soca*", "rest* xativa", "xàt*", "46800"):
        assert found(database, words) == {made.account}, words


def test_renaming_moves_and_removing_takes_out(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).name = "Bodega Nueva"
    assert found(database, "socarrat") == set()
    assert made.account in found(database, "bodega")
    with database.write() as session:
        session.get(Account, made.account).removed_at = now()
    assert found(database, "bodega") == set()
    with database.write() as session:
        session.get(Account, made.account).removed_at = None
    assert made.account in found(database, "bodega")


def test_a_moved_site_is_found_by_its_new_town(database):
    made = seed(database)
    with database.write() as session:
        session.get(Site, made.site).city = "Ontinyent"
    assert made.account in found(database, "ontinyent")
    assert found(database, "xativa") == set()


def test_digits_are_found_inside_numbers(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).tax_id = "B-97.123.456"
        session.get(Contact, made.contact).mobile = "+34 600 123 789"
    assert digits(database, "2270") == digits(database, "97123") == {made.account}
    assert digits(database, "0123", "contact") == {made.contact}


def test_the_servers_writes_are_indexed_too(database):
    made = seed(database)
    from app.models.database import Changes

    with database.apply(Changes()) as connection:
        connection.execute(
            Account.__table__.update()
            .where(Account.id == made.account)
            .values(name="Desde oficina")
        )
    assert made.account in found(database, "oficina")


def test_what_is_not_said_about_leaves_the_index_alone(database):
    made = seed(database)
    with database.write() as session:
        session.get(Account, made.account).starred = True
        session.get(Site, made.site).opening_hours = "Mo-Fr 09:00-13:00"
    assert found(database, "socarrat") == found(database, "xativa") == {made.account}


def test_the_index_can_be_made_anew_from_the_rows(database):
    made = seed(database)
    with database.write() as session:
        session.add(gone := Account(name="Bar Quitado", removed_at=now()))
    connection = database.connect()
    for table in ("search_account", "search_account_digits", "search_product"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    connection.close()
    assert found(database, "socarrat") == set()
    connection = database.connect()
    connection.execute("BEGIN")
    search.rebuild(connection.execute)
    connection.execute("COMMIT")
    connection.close()
    assert found(database, "socarrat") == digits(database, "962270") == {made.account}
    assert found(database, "quitado") == set(), gone.id
    assert len(found(database, "anchoas", "product")) == 1


def test_names_are_in_the_order_in_which_people_look_for_them(database):
    seed(database)
    names = ["Zumos", "Ágora", "«Bar» Ñam", "bar nuevo", "Éxito", "Çelik", "agora 2", "Bodega"]
    with database.write() as session:
        session.add_all(Account(name=name) for name in names)
    key = search.name_key("name")
    with database.read() as session:
        found_names = session.scalars(text(f"SELECT name FROM account ORDER BY {key}, id")).all()
    listed = [name for name in found_names if name in names]
    assert listed == [
        "Ágora", "agora 2", "«Bar» Ñam", "bar nuevo", "Bodega", "Çelik", "Éxito", "Zumos",
    ]  # fmt: skip
