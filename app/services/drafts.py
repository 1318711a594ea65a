"""Text that is being typed, kept every two seconds, so that a flat battery loses nothing.

A draft is local and never travels: what it holds becomes a change of its record when the user
leaves the field, or when the program opens again after it was killed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models.sync_state import Draft


def keep(
    session: Session, form: str, row_id: str, fields: Mapping[str, str], *, now: datetime
) -> None:
    """Keep what `form` holds of the record `row_id` at this moment: words by field."""
    draft = session.get(Draft, (form, row_id))
    if draft is None:
        session.add(Draft(form=form, row_id=row_id, fields=dict(fields), at=now))
    else:
        draft.fields, draft.at = dict(fields), now


def find(session: Session, form: str, row_id: str = "") -> dict[str, str] | None:
    """Return what was being typed, or None when all of it was saved."""
    draft = session.get(Draft, (form, row_id))
    return None if draft is None else dict(draft.fields)


def forget(session: Session, form: str, row_id: str = "") -> None:
    session.execute(delete(Draft).where(Draft.form == form, Draft.row_id == row_id))
