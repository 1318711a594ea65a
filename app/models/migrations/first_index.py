"""The full-text index as revision 0001 made it; today's is in app/models/search.py.

`search_text` folds case and accents and answers prefixes; `search_digits` finds any three or more
characters inside telephone numbers, tax ids, references and barcodes. Both are contentless: their
rowid is `search_entry.n`, which names the row. Triggers serve the user's writes (ORM) and the
server's (Core) alike.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLES = (
    "CREATE TABLE search_entry (n INTEGER PRIMARY KEY, entity TEXT NOT NULL, row_id TEXT NOT NULL,"
    " account_id TEXT, UNIQUE (row_id, entity))",
    "CREATE VIRTUAL TABLE search_text USING fts5 (title, body, content='', contentless_delete=1,"
    " tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "CREATE VIRTUAL TABLE search_digits USING fts5 (digits, content='', contentless_delete=1,"
    " tokenize='trigram')",
)


@dataclass(frozen=True)
class Indexed:
    """What of an entity is found: SQL expressions over the row `{row}`."""

    entity: str
    title: str
    body: str
    digits: str
    account: str


_PLACE = (
    "coalesce((SELECT group_concat(s.city || ' ' || s.postcode || ' ' || s.street, ' ')"
    " FROM site s WHERE s.account_id = {row}.id AND s.removed_at IS NULL), '')"
)
INDEXED = (
    Indexed(
        "account",
        "{row}.name",
        "{row}.legal_name || ' ' || {row}.code || ' ' || {row}.email || ' ' || {row}.tags || ' '"
        " || " + _PLACE,
        "{row}.phone || ' ' || {row}.tax_id || ' ' || {row}.code",
        "{row}.id",
    ),
    Indexed(
        "contact",
        "{row}.name",
        "{row}.job || ' ' || {row}.email",
        "{row}.phone || ' ' || {row}.mobile",
        "{row}.account_id",
    ),
    Indexed(
        "product",
        "{row}.name",
        "{row}.reference || ' ' || {row}.brand || ' ' || {row}.format",
        "{row}.reference || ' ' || {row}.ean",
        "NULL",
    ),
    Indexed(
        "quote",
        "{row}.number",
        "{row}.customer_reference",
        "{row}.number || ' ' || {row}.customer_reference",
        "{row}.account_id",
    ),
    Indexed("document", "{row}.name", "{row}.kind", "{row}.name", "{row}.account_id"),
)


def _plain(expression: str) -> str:
    for mark in " .-()+/":
        expression = f"replace({expression}, '{mark}', '')"
    return expression


def _digits(expression: str) -> str:
    # a separator that the trigram index keeps apart stands between two numbers
    parts = expression.split(" || ' ' || ")
    return " || '|' || ".join(_plain(part) for part in parts)


def _index(kind: Indexed, row: str) -> str:
    """Return the statements that put the row into the index anew."""
    number = f"(SELECT n FROM search_entry WHERE row_id = {row}.id AND entity = '{kind.entity}')"
    title, body, digits, account = (
        part.format(row=row) for part in (kind.title, kind.body, _digits(kind.digits), kind.account)
    )
    return (
        f"INSERT INTO search_entry (entity, row_id, account_id)"
        f" VALUES ('{kind.entity}', {row}.id, {account})"
        f" ON CONFLICT (row_id, entity) DO UPDATE SET account_id = excluded.account_id;"
        f" DELETE FROM search_text WHERE rowid = {number};"
        f" DELETE FROM search_digits WHERE rowid = {number};"
        f" INSERT INTO search_text (rowid, title, body) SELECT {number}, {title}, {body}"
        f" WHERE {row}.removed_at IS NULL;"
        f" INSERT INTO search_digits (rowid, digits) SELECT {number}, {digits}"
        f" WHERE {row}.removed_at IS NULL;"
    )


def _unindex(entity: str, row: str) -> str:
    number = f"(SELECT n FROM search_entry WHERE row_id = {row}.id AND entity = '{entity}')"
    return (
        f"DELETE FROM search_text WHERE rowid = {number};"
        f" DELETE FROM search_digits WHERE rowid = {number};"
        f" DELETE FROM search_entry WHERE row_id = {row}.id AND entity = '{entity}';"
    )


def triggers() -> list[str]:
    """Return the statements that create every trigger of the index."""
    made = []
    for kind in INDEXED:
        name = kind.entity
        made += [
            f"CREATE TRIGGER search_{name}_added AFTER INSERT ON {name} BEGIN"
            f" {_index(kind, 'new')} END",
            f"CREATE TRIGGER search_{name}_altered AFTER UPDATE ON {name} BEGIN"
            f" {_index(kind, 'new')} END",
            f"CREATE TRIGGER search_{name}_gone AFTER DELETE ON {name} BEGIN"
            f" {_unindex(name, 'old')} END",
        ]
    account = next(kind for kind in INDEXED if kind.entity == "account")
    # an account is found by its towns: a changed site changes its account's entry
    body = account.body.format(row="a")
    number = "(SELECT n FROM search_entry WHERE row_id = a.id AND entity = 'account')"
    for when, what in (
        ("added", "INSERT"),
        ("altered", "UPDATE OF street, postcode, city, removed_at"),
    ):
        made.append(
            f"CREATE TRIGGER search_site_{when} AFTER {what} ON site BEGIN"
            " DELETE FROM search_text WHERE rowid = (SELECT n FROM search_entry"
            " WHERE row_id = new.account_id AND entity = 'account');"
            f" INSERT INTO search_text (rowid, title, body) SELECT {number}, a.name, {body}"
            " FROM account a WHERE a.id = new.account_id AND a.removed_at IS NULL"
            f" AND {number} IS NOT NULL; END"
        )
    return made


DDL: tuple[str, ...] = (*TABLES, *triggers())
