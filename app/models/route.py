"""The rep's working day and the route planned through it.

Times of day are seconds since local midnight of the day: a route is planned on the wall clock.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AUTHORITY, ID, LATEST, TRANSITION, Base, Root, Synced


class RouteState(StrEnum):
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    DONE = "done"


class WorkingHours(Synced, Base):
    """When and from where a rep works; one row per rep."""

    __tablename__ = "working_hours"
    __root__ = Root(user="user_id")

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    weekdays: Mapped[str] = mapped_column(default="12345", info=LATEST)  # ISO days
    leave_s: Mapped[int] = mapped_column(default=8 * 3600 + 1800, info=LATEST)
    finish_s: Mapped[int] = mapped_column(default=18 * 3600, info=LATEST)
    lunch_from_s: Mapped[int] = mapped_column(default=13 * 3600 + 1800, info=LATEST)
    lunch_to_s: Mapped[int] = mapped_column(default=15 * 3600 + 1800, info=LATEST)
    lunch_length_s: Mapped[int] = mapped_column(default=3600, info=LATEST)
    start_label: Mapped[str] = mapped_column(default="", info=LATEST)
    start_lat_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    start_lon_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    end_label: Mapped[str] = mapped_column(default="", info=LATEST)
    end_lat_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    end_lon_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    records_position: Mapped[bool] = mapped_column(default=False, info=LATEST)


class RoutePlan(Synced, Base):
    """The ordered visits of one rep on one day."""

    __tablename__ = "route_plan"
    __root__ = Root(user="user_id")
    __table_args__ = (Index("ix_route_plan_user_day", "user_id", "day"),)

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    day: Mapped[date] = mapped_column(info=AUTHORITY)
    state: Mapped[str] = mapped_column(default=RouteState.ACCEPTED, info=TRANSITION)
    start_label: Mapped[str] = mapped_column(default="", info=LATEST)
    start_lat_e6: Mapped[int] = mapped_column(info=LATEST)
    start_lon_e6: Mapped[int] = mapped_column(info=LATEST)
    end_label: Mapped[str] = mapped_column(default="", info=LATEST)
    end_lat_e6: Mapped[int] = mapped_column(info=LATEST)
    end_lon_e6: Mapped[int] = mapped_column(info=LATEST)
    leave_s: Mapped[int] = mapped_column(info=LATEST)
    end_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    lunch_at_s: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lunch_length_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    drive_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    drive_m: Mapped[int] = mapped_column(default=0, info=LATEST)
    last_drive_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    last_drive_m: Mapped[int] = mapped_column(default=0, info=LATEST)
    travel_quality: Mapped[str] = mapped_column(default="straight-line", info=LATEST)
    started_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
    finished_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)

    stops: Mapped[list[RouteStop]] = relationship(
        lazy="raise",
        default_factory=list,
        init=False,
        repr=False,
        viewonly=True,
        order_by="(RouteStop.position, RouteStop.id)",
    )


class RouteStop(Synced, Base):
    """A visit on a route: when to arrive, when to leave, and the drive before it."""

    __tablename__ = "route_stop"
    __root__ = Root(parent=("route_plan_id", "route_plan"))

    route_plan_id: Mapped[str] = mapped_column(
        ID, ForeignKey("route_plan.id"), index=True, info=AUTHORITY
    )
    # no foreign keys to rows of customers' roots: a customer may leave the portfolio
    activity_id: Mapped[str] = mapped_column(ID, index=True, info=AUTHORITY)
    account_id: Mapped[str] = mapped_column(ID, info=AUTHORITY)
    site_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)
    position: Mapped[int] = mapped_column(default=0, info=LATEST)
    arrive_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    start_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    leave_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    drive_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    drive_m: Mapped[int] = mapped_column(default=0, info=LATEST)
    wait_s: Mapped[int] = mapped_column(default=0, info=LATEST)
    is_fixed: Mapped[bool] = mapped_column(default=False, info=LATEST)
