"""What a rep does with customers: visits, calls, e-mails, tasks and events."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    AUTHORITY,
    ID,
    LATEST,
    SET,
    TEXT3,
    TRANSITION,
    Base,
    Money,
    Root,
    Synced,
    TextSet,
)

# for queries in SQL: which activities are visits that were made, or are still to be made
VISITED = "kind = 'visit' AND state = 'done' AND removed_at IS NULL"
TO_VISIT = "kind = 'visit' AND state = 'planned' AND removed_at IS NULL"
# a visit for a day without a time counts from that day's noon, which is the same day in most zones
FIRST_TO_COME = (
    "min(coalesce(planned_at, (CAST(strftime('%s', due_on) AS INTEGER) + 43200) * 1000))"
)


class ActivityKind(StrEnum):
    VISIT = "visit"
    CALL = "call"
    EMAIL = "email"
    TASK = "task"
    EVENT = "event"


class ActivityState(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How a visit went; keys 1 to 5, in this order."""

    ORDER = "order"
    QUOTE = "quote"
    FOLLOW_UP = "follow_up"
    NOT_IN = "not_in"
    NO_INTEREST = "no_interest"


class Activity(Synced, Base):
    """Something planned or done, with a customer or alone."""

    __tablename__ = "activity"
    __root__ = Root(account="account_id", user="owner_id")
    __table_args__ = (
        Index("ix_activity_owner_planned", "owner_id", "planned_at"),
        Index("ix_activity_account_done", "account_id", "done_at"),
        # what a list asks of each customer, without the wide rows
        Index("ix_activity_owner_due", "owner_id", "due_on"),
        Index(
            "ix_activity_owner_done", "owner_id", "done_at", "kind", "state", "removed_at",
            "account_id",
        ),
        Index(
            "ix_activity_visits", "account_id", "kind", "state", "removed_at", "done_at",
            "planned_at",
        ),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(info=AUTHORITY)
    account_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("account.id"), default=None, info=AUTHORITY
    )
    site_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("site.id"), default=None, info=LATEST
    )
    contact_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("contact.id"), default=None, info=LATEST
    )
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    title: Mapped[str] = mapped_column(default="", info=LATEST)
    reason: Mapped[str] = mapped_column(default="", info=LATEST)  # why, or the rule that made it
    rule: Mapped[str] = mapped_column(default="", info=LATEST)  # "" when made by hand
    about_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)  # quote, invoice…
    state: Mapped[str] = mapped_column(default=ActivityState.PLANNED, info=TRANSITION)
    planned_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
    due_on: Mapped[date | None] = mapped_column(default=None, info=LATEST)  # a task's day
    planned_minutes: Mapped[int] = mapped_column(default=45, info=LATEST)
    is_fixed: Mapped[bool] = mapped_column(default=False, info=LATEST)
    started_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
    done_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
    outcome: Mapped[str] = mapped_column(default="", info=LATEST)
    motive: Mapped[str] = mapped_column(default="", info=LATEST)  # of "not in" and "no interest"
    follow_up_on: Mapped[date | None] = mapped_column(default=None, info=LATEST)
    cost: Mapped[Decimal | None] = mapped_column(Money, default=None, info=LATEST)
    lat_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lon_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)

    report: Mapped[VisitReport | None] = relationship(
        lazy="raise", default=None, init=False, repr=False, viewonly=True
    )


class VisitReport(Synced, Base):
    """What happened on a visit, and what comes next."""

    __tablename__ = "visit_report"
    __root__ = Root(parent=("activity_id", "activity"))

    activity_id: Mapped[str] = mapped_column(
        ID, ForeignKey("activity.id"), index=True, info=AUTHORITY
    )
    notes: Mapped[str] = mapped_column(default="", info=TEXT3)
    topics: Mapped[frozenset[str]] = mapped_column(TextSet, default=frozenset(), info=SET)
    contact_ids: Mapped[frozenset[str]] = mapped_column(TextSet, default=frozenset(), info=SET)
    competition: Mapped[str] = mapped_column(default="", info=TEXT3)
    next_step: Mapped[str] = mapped_column(default="", info=LATEST)
    next_on: Mapped[date | None] = mapped_column(default=None, info=LATEST)
    next_visit_on: Mapped[date | None] = mapped_column(default=None, info=LATEST)
    completed_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
