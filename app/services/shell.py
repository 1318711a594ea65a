"""What the window around the screens shows: who is here, and how much needs them where."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.i18n import local
from app.models.expense import Expense
from app.models.quote import Quote
from app.models.sync_state import SyncState
from app.services import alerts, alone, syncing, team
from app.services.alerts import Quiet
from app.services.quote_versions import ISSUED, in_force


class Person(NamedTuple):
    """The user of this computer, as the sidebar shows them."""

    name: str
    zone: str
    company: str
    is_demo: bool


def person(session: Session) -> Person:
    me, company = team.me(session), team.company(session)
    is_demo = session.scalar(select(SyncState.is_demo).where(SyncState.id == 1))
    return Person(me.name, me.zone, company.name, bool(is_demo))


def is_enrolled(session: Session) -> bool:
    """Tell whether this computer belongs to a company and has heard from it, or works alone."""
    state = session.get(SyncState, 1)
    return bool(state and state.user_id and state.last_ok_at) or alone.is_alone(session)


def is_demo(session: Session) -> bool:
    """Tell whether this is the example company."""
    return bool(session.scalar(select(SyncState.is_demo).where(SyncState.id == 1)))


def known_server(session: Session) -> str:
    """Return the server of a first download that did not reach its end, "" when there is none."""
    state = session.get(SyncState, 1)
    return state.server_url if state and state.device_id and not state.last_ok_at else ""


def badges(
    session: Session, now: datetime, quiet: Quiet = alerts.NOTHING
) -> dict[str, tuple[int, str]]:
    """Return per screen how many things need the user, and the tone of that number."""
    return {
        "today": (len(alerts.pending(session, now, quiet)), "neutral"),
        "quotes": (_expiring(session, now), "warning"),
        "expenses": (_incomplete(session), "warning"),
        "sync": (syncing.to_review(session), "danger"),
    }


def _expiring(session: Session, now: datetime) -> int:
    today = local(now).date()
    return int(
        session.scalar(
            select(func.count())
            .select_from(Quote)
            .where(
                Quote.owner_id == team.my_id(session),
                in_force(*ISSUED),
                Quote.valid_until < today,
            )
        )
        or 0
    )


def _incomplete(session: Session) -> int:
    return int(
        session.scalar(
            select(func.count())
            .select_from(Expense)
            .where(
                Expense.user_id == team.my_id(session),
                Expense.amount.is_(None),
                Expense.removed_at.is_(None),
            )
        )
        or 0
    )
