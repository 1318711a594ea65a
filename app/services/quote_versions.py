"""Versions of one quote: the last one that was issued is in force, the ones before are replaced."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.models.quote import Quote

REPLACED = "replaced"  # shown in the place of the state of a version that is no longer in force


def replaced() -> ColumnElement[bool]:
    """Return the condition that a later version of the quote of the query has been issued."""
    later = aliased(Quote)
    return exists().where(
        later.account_id == Quote.account_id,  # the index that there is
        later.series == Quote.series, later.year == Quote.year, later.counter == Quote.counter,
        later.revision > Quote.revision, later.issued_at.is_not(None), later.removed_at.is_(None),
    )  # fmt: skip
