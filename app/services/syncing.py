"""What the user is told of the office: what waits here, what went and came, what is to review.

All of it is counted in the journal and the queue of files, never guessed from «the last sync went
well».
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.models.base import Base
from app.models.journal import Operation
from app.models.sync_state import (
    InboxEntry,
    RootState,
    RowMeta,
    SyncState,
)

if TYPE_CHECKING:
    from app.sync.protocol import EnrolAnswer

UNSENT = ("pending", "in_flight")


def enrolled(session: Session, answer: EnrolAnswer, url: str) -> None:
    """Keep who the server at `url` says that this computer is.

    What was journaled before and not sent gets new numbers from 1, as the server expects them of
    a new device; what an earlier device had sent is forgotten, the rows stay.
    """
    state = session.get(SyncState, 1)
    if state is None:
        state = SyncState()
        session.add(state)
    same_company = state.tenant_id == answer.tenant
    state.server_url, state.tenant_id, state.device_id = url, answer.tenant, answer.device
    state.user_id, state.series, state.epoch = answer.user, answer.series, answer.epoch
    state.refresh_token, state.access_token = answer.refresh, answer.access
    state.cursor_seq = state.page_token = state.last_acked_op_no = state.backup_op_no = 0
    state.counter_year = state.counter_n = 0  # a new series counts from its own beginning
    session.flush()
    session.execute(delete(InboxEntry))
    session.execute(delete(RootState))
    if same_company:
        session.execute(update(RowMeta).values(version=0, hash=0))
    else:
        session.execute(delete(RowMeta))
    state.last_op_no = _number_again(session)


def _number_again(session: Session) -> int:
    """Number what was not sent from 1, in its order; return the last number."""
    session.execute(delete(Operation).where(Operation.state.not_in(UNSENT)))
    numbers = session.scalars(select(Operation.number).order_by(Operation.number)).all()
    table = Base.metadata.tables[Operation.__tablename__]
    for fresh, number in enumerate(numbers, 1):
        session.connection().execute(
            update(table)
            .where(table.c.number == number)
            .values(number=fresh, state="pending", push_id="")
        )
    return len(numbers)
