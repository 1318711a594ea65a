"""The company, its people and its teams."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AUTHORITY, ID, LATEST, OFFICE, Base, Percent, Synced


class Role(StrEnum):
    """What a user may do; the server checks it, the screens follow it."""

    REP = "rep"
    MANAGER = "manager"
    OFFICE = "office"
    ADMIN = "admin"


class Company(Synced, Base):
    """The one company of this database: what its documents say of it, and its house rules."""

    __tablename__ = "company"
    __writers__ = OFFICE

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    legal_name: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    tax_id: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    tagline: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    address: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    postcode: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    city: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    province: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    country: Mapped[str] = mapped_column(default="ES", info=AUTHORITY)
    phone: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    email: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    registry_line: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    colour: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    logo_document_id: Mapped[str | None] = mapped_column(ID, default=None, info=AUTHORITY)
    currency: Mapped[str] = mapped_column(default="EUR", info=AUTHORITY)
    rounding: Mapped[str] = mapped_column(default="per_rate", info=AUTHORITY)
    quote_pattern: Mapped[str] = mapped_column(
        default="P{year:02d}-{series}-{counter:05d}", info=AUTHORITY
    )
    quote_valid_days: Mapped[int] = mapped_column(default=30, info=AUTHORITY)
    follow_up_days: Mapped[int] = mapped_column(default=5, info=AUTHORITY)
    declaration: Mapped[str] = mapped_column(default="", info=AUTHORITY)


class Team(Synced, Base):
    """Reps who answer to one manager."""

    __tablename__ = "team"
    __writers__ = OFFICE

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    zone: Mapped[str] = mapped_column(default="", info=AUTHORITY)


class User(Synced, Base):
    """A person who works with Viajante."""

    __tablename__ = "user"
    __writers__ = OFFICE

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    email: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    role: Mapped[str] = mapped_column(default=Role.REP, info=AUTHORITY)
    team_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("team.id"), default=None, info=AUTHORITY
    )
    zone: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    phone: Mapped[str] = mapped_column(default="", info=LATEST)
    tax_id: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    discount_limit: Mapped[Decimal | None] = mapped_column(Percent, default=None, info=AUTHORITY)
    is_active: Mapped[bool] = mapped_column(default=True, info=AUTHORITY)
