"""Who works here: the company, its people, and the one at this computer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.route import WorkingHours
from app.models.sync_state import SyncState
from app.models.team import Company, User


def my_id(session: Session) -> str:
    """Return the id of the user of this computer; `UserError` before it is enrolled."""
    user_id = session.scalar(select(SyncState.user_id).where(SyncState.id == 1))
    if not user_id:
        raise UserError(
            _("This computer is not connected to a company yet."),
            _("Connect it, or open the example company."),
        )
    return user_id


def me(session: Session) -> User:
    user = session.get(User, my_id(session))
    if user is None:
        raise UserError(
            _("Your user has not arrived on this computer yet."), _("Sync, and try again.")
        )
    return user


def company(session: Session) -> Company:
    """Return the company of this database; `UserError` before the first sync."""
    found = session.scalars(select(Company).where(Company.removed_at.is_(None)).limit(1)).first()
    if found is None:
        raise UserError(
            _("Your company's details have not arrived on this computer yet."),
            _("Sync, and try again."),
        )
    return found


def working_hours(session: Session) -> WorkingHours | None:
    """Return when and from where this computer's user works, or None when never set."""
    return session.scalars(
        select(WorkingHours)
        .where(WorkingHours.user_id == my_id(session), WorkingHours.removed_at.is_(None))
        .limit(1)
    ).first()
