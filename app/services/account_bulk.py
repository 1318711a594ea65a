"""Deeds on many customers at once: each is one transaction, and is taken back as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.account import Account
from app.models.base import now
from app.services import routes

MOST_STOPS = 30  # a day has no more
_PORTION = 500


def _each(session: Session, ids: Sequence[str]) -> Iterator[Account]:
    for start in range(0, len(ids), _PORTION):
        wanted = list(ids[start : start + _PORTION])
        yield from session.scalars(
            select(Account).where(Account.id.in_(wanted), Account.removed_at.is_(None))
        )
        session.flush()


def _change(session: Session, ids: Sequence[str], change: Callable[[Account], None]) -> int:
    done = 0
    for account in _each(session, ids):
        change(account)
        done += 1
    return done


def star(session: Session, ids: Sequence[str], *, starred: bool) -> int:
    """Star them all, or none of them; return how many there were."""
    return _change(session, ids, lambda account: setattr(account, "starred", starred))


def set_frequency(session: Session, ids: Sequence[str], days: int | None) -> int:
    """Visit them every so many days; None follows their segment."""
    if days is not None and not 1 <= days <= 365:
        raise ValidationError("days", _("Between 1 and 365 days."))
    return _change(session, ids, lambda account: setattr(account, "visit_every_days", days))


def set_segment(session: Session, ids: Sequence[str], segment_id: str | None) -> int:
    return _change(session, ids, lambda account: setattr(account, "segment_id", segment_id))


def add_tag(session: Session, ids: Sequence[str], tag: str) -> int:
    """Add a tag to those that do not have it."""
    words = tag.strip()
    if not words:
        raise ValidationError("tag", _("Write the tag."))
    return _change(session, ids, lambda account: setattr(account, "tags", account.tags | {words}))


def remove(session: Session, ids: Sequence[str]) -> int:
    moment = now()
    return _change(session, ids, lambda account: setattr(account, "removed_at", moment))


def restore(session: Session, ids: Sequence[str]) -> int:
    """Take `remove` back."""
    back = 0
    for start in range(0, len(ids), _PORTION):
        wanted = list(ids[start : start + _PORTION])
        for account in session.scalars(select(Account).where(Account.id.in_(wanted))):
            account.removed_at = None
            back += 1
    return back


def add_to_route(session: Session, day: date, ids: Sequence[str]) -> tuple[int, int]:
    """Put customers at the end of a day's route; return how many are new on it, and how many not.

    Raises `UserError` when they are too many for a day, or one of them has no place on the map.
    """
    if len(ids) > MOST_STOPS:
        raise UserError(
            _("{n} customers are too many for one day.").format(n=len(ids)),
            _("Select at most {n}.").format(n=MOST_STOPS),
        )
    route = routes.current(session, day)
    here = routes.stops(session, route.id) if route else routes.unrouted(session, day)
    there = {stop.account_id for stop in here}
    new = [id_ for id_ in ids if id_ not in there]
    for id_ in new:
        routes.add_stop(session, day, id_)
    return len(new), len(ids) - len(new)
