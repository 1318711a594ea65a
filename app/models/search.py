"""The full-text index over accounts, contacts, products, quotes and documents, kept by triggers.

Each kind has two tables. `search_<kind>` folds case and accents and answers beginnings of words,
the name apart from the rest; `search_<kind>_digits` finds any three or more characters inside
telephone numbers, tax ids, references and barcodes. Both are contentless, and their rowid is the
rowid of the row itself, so that a match costs no look-up. Nothing may therefore give rows new
rowids but a migration, after which `rebuild` is called (migrations/env.py does): no VACUUM.
Triggers serve the user's writes (ORM) and the server's (Core) alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Indexed:
    """What of an entity is found: SQL expressions over the row `{row}`, joined by spaces."""

    entity: str
    name: str
    rest: tuple[str, ...]
    digits: tuple[str, ...]

    def columns(self) -> list[str]:
        """Return the columns whose change alters the entry."""
        every = " ".join((self.name, *self.rest, *self.digits))
        return [*dict.fromkeys(re.findall(r"\{row\}\.(?!id\b)(\w+)", every)), "removed_at"]


_PLACE = (
    "coalesce((SELECT group_concat(s.city || ' ' || s.postcode || ' ' || s.street, ' ')"
    " FROM site s WHERE s.account_id = {row}.id AND s.removed_at IS NULL), '')"
)
INDEXED = (
    Indexed(
        "account",
        "{row}.name",
        ("{row}.legal_name", "{row}.code", "{row}.email", "{row}.tags", _PLACE),
        ("{row}.phone", "{row}.tax_id", "{row}.code"),
    ),
    Indexed("contact", "{row}.name", ("{row}.job", "{row}.email"), ("{row}.phone", "{row}.mobile")),
    Indexed(
        "product",
        "{row}.name",
        ("{row}.reference", "{row}.brand", "{row}.format"),
        ("{row}.reference", "{row}.ean"),
    ),
    Indexed(
        "quote",
        "{row}.number",
        ("{row}.customer_reference",),
        ("{row}.number", "{row}.customer_reference"),
    ),
    Indexed("document", "{row}.name", ("{row}.kind",), ("{row}.name",)),
)

_PLAIN = {"àáâãäåÀÁÂÃÄÅ": "a", "èéêëÈÉÊË": "e", "ìíîïÌÍÎÏ": "i", "òóôõöÒÓÔÕÖ": "o",
          "ùúûüÙÚÛÜ": "u", "çÇ": "c", "ñÑ": "n", "ýÝ": "y", '·«»"': ""}  # fmt: skip


def name_key(column: str) -> str:
    """Return the SQL by which people look for a name: «Ágora» stands before «Bar», not behind «Zu».

    An index on the same words serves the order, so a change of them is a migration.
    """
    plain = accented = f"lower({column})"
    for letters, letter in _PLAIN.items():
        for other in letters:
            accented = f"replace({accented}, '{other}', '{letter}')"
    folded = f"CASE WHEN {column} GLOB '*[^ -~]*' THEN {accented} ELSE {plain} END"
    return f"ltrim({folded}, ' \"''([{{*.,-_¡!¿#@')"


# every customer and prospect in the order of the list, with all that its views ask
SORTED = "ix_account_sorted"
INDEX = (
    f"CREATE INDEX {SORTED} ON account ({name_key('name')}, id, kind, grade, starred, status,"
    " segment_id, owner_id, visit_every_days, removed_at)"
    " WHERE removed_at IS NULL AND kind <> 'supplier'"
)


def tables() -> list[str]:
    """Return the statements that create the tables of the index."""
    made = []
    for kind in INDEXED:
        made += [
            f"CREATE VIRTUAL TABLE search_{kind.entity} USING fts5 (name, rest, content='',"
            " contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')",
            f"CREATE VIRTUAL TABLE search_{kind.entity}_digits USING fts5 (digits, content='',"
            " contentless_delete=1, tokenize='trigram')",
        ]
    return made


def _plain(expression: str) -> str:
    for mark in " .-()+/":
        expression = f"replace({expression}, '{mark}', '')"
    return expression


def _entry(kind: Indexed, row: str) -> tuple[str, str, str]:
    """Return name, rest and digits of the row, in SQL."""
    # a separator that the trigram index keeps apart stands between two numbers
    parts = (
        kind.name,
        " || ' ' || ".join(kind.rest),
        " || '|' || ".join(_plain(part) for part in kind.digits),
    )
    name, rest, digits = (part.format(row=row) for part in parts)
    return name, rest, digits


def _index(kind: Indexed, row: str) -> str:
    """Return the statements that put the row, which is not in the index, into it."""
    name, rest, digits = _entry(kind, row)
    return (
        f"INSERT INTO search_{kind.entity} (rowid, name, rest)"
        f" SELECT {row}.rowid, {name}, {rest} WHERE {row}.removed_at IS NULL;"
        f" INSERT INTO search_{kind.entity}_digits (rowid, digits)"
        f" SELECT {row}.rowid, {digits} WHERE {row}.removed_at IS NULL;"
    )


def _unindex(kind: Indexed, row: str) -> str:
    return (
        f"DELETE FROM search_{kind.entity} WHERE rowid = {row}.rowid;"
        f" DELETE FROM search_{kind.entity}_digits WHERE rowid = {row}.rowid;"
    )


def triggers() -> list[str]:
    """Return the statements that create every trigger of the index."""
    made = []
    for kind in INDEXED:
        name = kind.entity
        differs = " OR ".join(f"new.{c} IS NOT old.{c}" for c in kind.columns())
        made += [
            f"CREATE TRIGGER search_{name}_added AFTER INSERT ON {name} BEGIN"
            f" {_index(kind, 'new')} END",
            f"CREATE TRIGGER search_{name}_altered AFTER UPDATE ON {name} WHEN {differs} BEGIN"
            f" {_unindex(kind, 'old')} {_index(kind, 'new')} END",
            f"CREATE TRIGGER search_{name}_gone AFTER DELETE ON {name} BEGIN"
            f" {_unindex(kind, 'old')} END",
        ]
    return [*made, *_of_sites()]


def _of_sites() -> list[str]:
    """Return the triggers by which a changed site changes its account's entry: it has its towns."""
    account = next(kind for kind in INDEXED if kind.entity == "account")
    name, rest, _digits = _entry(account, "a")
    parts = ("street", "postcode", "city", "removed_at")
    differs = " OR ".join(f"new.{part} IS NOT old.{part}" for part in parts)
    entry = "(SELECT rowid FROM account WHERE id = new.account_id)"
    return [
        f"CREATE TRIGGER search_site_{when} AFTER {what} BEGIN"
        f" DELETE FROM search_account WHERE rowid = {entry};"
        f" INSERT INTO search_account (rowid, name, rest) SELECT a.rowid, {name}, {rest}"
        " FROM account a WHERE a.id = new.account_id AND a.removed_at IS NULL; END"
        for when, what in (
            ("added", "INSERT ON site"),
            ("altered", f"UPDATE ON site WHEN {differs}"),
        )
    ]


DDL: tuple[str, ...] = (*tables(), *triggers(), INDEX)


def rebuild(execute: Callable[[str], object]) -> None:
    """Fill the index anew from the rows, by the driver's `execute`, in its transaction."""
    for kind in INDEXED:
        table, (name, rest, digits) = f"search_{kind.entity}", _entry(kind, "r")
        there = f"FROM {kind.entity} r WHERE r.removed_at IS NULL ORDER BY r.rowid"
        for index, columns, values in (
            (table, "name, rest", f"{name}, {rest}"),
            (f"{table}_digits", "digits", digits),
        ):
            execute(f"INSERT INTO {index} ({index}) VALUES ('delete-all')")
            execute(f"INSERT INTO {index} (rowid, {columns}) SELECT r.rowid, {values} {there}")
            execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
