"""Find anything by a few letters or digits: customers, contacts, products, quotes, documents."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

KINDS = ("account", "contact", "product", "quote", "document")
# what a person means by a name first: a customer, then their people, then goods and papers
_ORDER = {kind: n for n, kind in enumerate(KINDS)}


class Hit(NamedTuple):
    """Something found; `account_id` is the customer it belongs to, if any."""

    entity: str
    row_id: str
    title: str
    subtitle: str
    account_id: str | None


def ids(session: Session, words: str, kind: str, *, limit: int = 100_000) -> list[str]:
    """Return the ids of one kind that match, best first; [] for nothing typed."""
    return [row_id for _entity, row_id in _matches(session, words, (kind,), limit)]


def find(
    session: Session, words: str, *, kinds: Collection[str] = KINDS, limit: int = 12
) -> list[Hit]:
    """Return what matches `words`, best first.

    Accents and case do not matter, each word may be a beginning, and three or more digits are
    found anywhere inside telephones, tax ids, references, barcodes and numbers of documents.
    """
    found = _matches(session, words, tuple(kinds), limit)
    return [hit for entity, row_id in found if (hit := _hit(session, entity, row_id)) is not None]


def _matches(
    session: Session, words: str, kinds: tuple[str, ...], limit: int
) -> list[tuple[str, str]]:
    query, digits = _text_query(words), _digits_query(words)
    if not query and not digits:
        return []
    parts = []
    if query:
        parts.append(
            "SELECT e.entity, e.row_id, bm25(search_text, 8.0, 1.0) AS rank, 0 AS lane"
            " FROM search_text JOIN search_entry e ON e.n = search_text.rowid"
            " WHERE search_text MATCH :words"
        )
    if digits:
        parts.append(
            "SELECT e.entity, e.row_id, 0.0 AS rank, 1 AS lane"
            " FROM search_digits JOIN search_entry e ON e.n = search_digits.rowid"
            " WHERE search_digits MATCH :digits"
        )
    listed = ", ".join(f"'{kind}'" for kind in kinds if kind in _ORDER)
    by_kind = " ".join(f"WHEN '{kind}' THEN {n}" for kind, n in _ORDER.items())
    # materialised: moved into the grouping, bm25 would stand where SQLite cannot compute it
    statement = (
        f"WITH hit AS MATERIALIZED ({' UNION ALL '.join(parts)})"
        " SELECT entity, row_id, min(lane), min(rank) FROM hit"
        f" WHERE entity IN ({listed}) GROUP BY entity, row_id"
        # before the limit: forty products named after wine must not hide the wine merchant
        f" ORDER BY min(lane), CASE entity {by_kind} END, min(rank), row_id LIMIT :limit"
    )
    rows = session.execute(
        text(statement), {"words": query, "digits": digits, "limit": limit}
    ).all()
    return [(str(row[0]), str(row[1])) for row in rows]


def _text_query(words: str) -> str:
    """Return an FTS5 query in which every word is a quoted beginning: nothing typed is syntax."""
    tokens = re.findall(r"\w+", words)
    return " ".join(f'"{token}"*' for token in tokens)


def _digits_query(words: str) -> str:
    digits = re.sub(r"[\s.\-()+/]", "", words)
    if len(digits) < 3 or not re.search(r"\d", digits) or not digits.isalnum():
        return ""
    return f'"{digits}"'


_TITLES = {
    "account": "SELECT a.name, coalesce((SELECT s.city FROM site s WHERE s.account_id = a.id"
    " AND s.removed_at IS NULL ORDER BY s.id LIMIT 1), ''), a.id FROM account a WHERE a.id = :id",
    "contact": "SELECT c.name, a.name, a.id FROM contact c JOIN account a ON a.id = c.account_id"
    " WHERE c.id = :id AND a.removed_at IS NULL",
    "product": "SELECT p.name, p.reference || ' ' || p.format, NULL FROM product p"
    " WHERE p.id = :id",
    "quote": "SELECT q.number, a.name, a.id FROM quote q JOIN account a ON a.id = q.account_id"
    " WHERE q.id = :id",
    "document": "SELECT d.name, coalesce(a.name, ''), d.account_id FROM document d"
    " LEFT JOIN account a ON a.id = d.account_id WHERE d.id = :id",
}


def _hit(session: Session, entity: str, row_id: str) -> Hit | None:
    row = session.execute(text(_TITLES[entity]), {"id": row_id}).one_or_none()
    if row is None or not row[0]:
        return None
    return Hit(entity, row_id, str(row[0]), str(row[1]).strip(), row[2])
