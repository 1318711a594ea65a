"""Find anything by a few letters or digits: customers, contacts, products, quotes, documents.

What matches stands in lanes, best first: the name begins with the words, the name has them, they
are mentioned, the digits are inside a number. A lane is read only as far as it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.search import name_key

# what a person means by a name first: a customer, then their people, then goods and papers
KINDS = ("account", "contact", "product", "quote", "document")
_NAME = {"quote": "number"}  # the column by which a kind is called
_SOME = 300  # matches are put in order by name; of more, nobody reads the last


class Hit(NamedTuple):
    """Something found; `account_id` is the customer it belongs to, if any."""

    entity: str
    row_id: str
    title: str
    subtitle: str
    account_id: str | None
    facts: tuple[str, ...] = ()  # an account's kind and grade, a quote's state and total in cents


class Lane(NamedTuple):
    """The rowids of one kind that match in one way: what follows `SELECT rowid FROM`."""

    table: str
    match: str
    begins: str = ""  # how the names of the lane begin, where they all do

    @property
    def rowids(self) -> str:
        """Return the SQL of the rowids that match `:match`."""
        return f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH :match"

    def some(self, session: Session, most: int) -> list[int]:
        """Return the rowids of what matches, in no order that means anything, up to `most`."""
        limited = text(f"{self.rowids} LIMIT :most")
        return list(session.scalars(limited, {"match": self.match, "most": most}))


def lanes(words: str, kind: str) -> list[Lane]:
    """Return the ways in which rows of `kind` match `words`, best first; [] for nothing typed.

    Accents and case do not matter, each word may be a beginning, and three or more digits are
    found anywhere inside telephones, tax ids, references, barcodes and numbers of documents.
    """
    made = []
    typed = re.findall(r"[^\W_]+", words)
    tokens = [f'"{token}" *' for token in typed]
    if tokens:
        every = " AND ".join(tokens)
        table = f"search_{kind}"
        made = [
            Lane(table, f"name : (^ {every})", typed[0]),
            Lane(table, f"name : ({every})"),
            Lane(table, every),
        ]
    digits = re.sub(r"[\s.\-()+/]", "", words)
    if len(digits) >= 3 and re.search(r"\d", digits) and digits.isalnum():
        made.append(Lane(f"search_{kind}_digits", f'"{digits}"'))
    return made


def ids(session: Session, words: str, kind: str, *, limit: int = 100_000) -> list[str]:
    """Return the ids of one kind that match, best first and then by name; [] for nothing typed."""
    found: dict[str, None] = {}
    for lane in lanes(words, kind):
        found |= dict.fromkeys(_of_lane(session, lane, kind, limit=limit))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def among(session: Session, words: str, kind: str, row_ids: Collection[str]) -> list[str]:
    """Return those of `row_ids` that match, in their order."""
    found: set[str] = set()
    for lane in lanes(words, kind)[2:] if row_ids else []:  # the widest of words, and digits
        statement = text(
            f"SELECT id FROM {kind} WHERE id IN (SELECT value FROM json_each(:ids))"
            f" AND rowid IN ({lane.rowids})"
        )
        given = {"ids": json.dumps(list(row_ids)), "match": lane.match}
        found |= set(session.scalars(statement, given))
    return [id_ for id_ in row_ids if id_ in found]


def _of_lane(session: Session, lane: Lane, kind: str, *, limit: int) -> Iterator[str]:
    """Yield ids of a lane by name; of very many only some are looked at where few are wanted."""
    found = lane.some(session, max(_SOME, limit))
    statement = text(
        f"SELECT id FROM {kind} WHERE rowid IN (SELECT value FROM json_each(:rowids))"
        f" ORDER BY {name_key(_NAME.get(kind, 'name'))}, id LIMIT :limit"
    )
    if found:
        yield from session.scalars(statement, {"rowids": json.dumps(found), "limit": limit})


def find(
    session: Session, words: str, *, kinds: Collection[str] = KINDS, limit: int = 12
) -> list[Hit]:
    """Return what matches `words`: kind by kind, and of each the best first."""
    found: list[Hit] = []
    for kind in KINDS:
        if kind in kinds and len(found) < limit:
            found += hits(session, kind, ids(session, words, kind, limit=limit))
    return found[:limit]


_TITLES = {
    "account": "SELECT a.id, a.name, coalesce((SELECT s.city FROM site s WHERE s.account_id = a.id"
    " AND s.removed_at IS NULL ORDER BY s.id LIMIT 1), ''), a.id, a.kind, a.grade FROM account a"
    " WHERE a.removed_at IS NULL AND a.id IN",
    "contact": "SELECT c.id, c.name, a.name, a.id FROM contact c"
    " JOIN account a ON a.id = c.account_id WHERE a.removed_at IS NULL AND c.id IN",
    "product": "SELECT p.id, p.name, p.reference || ' ' || p.format, NULL FROM product p"
    " WHERE p.removed_at IS NULL AND p.id IN",
    "quote": "SELECT q.id, q.number, a.name, a.id, q.state, q.total FROM quote q"
    " JOIN account a ON a.id = q.account_id WHERE q.removed_at IS NULL AND q.id IN",
    "document": "SELECT d.id, d.name, coalesce(a.name, ''), d.account_id FROM document d"
    " LEFT JOIN account a ON a.id = d.account_id WHERE d.removed_at IS NULL AND d.id IN",
}


def hits(session: Session, kind: str, row_ids: Iterable[str]) -> list[Hit]:
    """Return how rows of one kind are called, in the order given; what has no name is left out."""
    wanted = list(row_ids)
    names = {f"id{n}": id_ for n, id_ in enumerate(wanted)}
    marks = ", ".join(f":{name}" for name in names)
    rows = {row[0]: row for row in session.execute(text(f"{_TITLES[kind]} ({marks})"), names)}
    return [
        Hit(
            kind, id_, str(row[1]), str(row[2]).strip(), row[3],
            tuple("" if fact is None else str(fact) for fact in row[4:]),
        )
        for id_ in wanted
        if (row := rows.get(id_)) is not None and row[1]
    ]  # fmt: skip
