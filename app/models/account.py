"""Customers, prospects and suppliers: where they are, who is there, how often to visit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    AUTHORITY,
    ID,
    LATEST,
    OFFICE,
    SET,
    TEXT3,
    TRANSITION,
    Base,
    Root,
    Synced,
    TextSet,
)


class AccountKind(StrEnum):
    """A prospect becomes a customer by its first order."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"


class LeadState(StrEnum):
    """Where a prospect stands; a discarded one has a reason."""

    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    DISCARDED = "discarded"


class PositionQuality(StrEnum):
    """How well we know where a site is, best first."""

    EXACT = "exact"
    STREET = "street"
    POSTAL = "postal"
    CITY = "city"
    PROVINCE = "province"
    NONE = "none"


class Segment(Synced, Base):
    """A kind of customer, with how often and for how long it is visited."""

    __tablename__ = "segment"
    __writers__ = OFFICE

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    visit_every_days: Mapped[int | None] = mapped_column(default=None, info=AUTHORITY)
    visit_minutes: Mapped[int] = mapped_column(default=45, info=AUTHORITY)
    position: Mapped[int] = mapped_column(default=0, info=AUTHORITY)


class Account(Synced, Base):
    """A business that we sell to, hope to sell to, or buy from."""

    __tablename__ = "account"
    __root__ = Root(itself=True)
    __table_args__ = (
        Index("ix_account_name_id", "name", "id"),
        Index("ix_account_external", "external_source", "external_id"),
        Index("ix_account_tax_id", "tax_id"),
    )

    kind: Mapped[str] = mapped_column(default=AccountKind.PROSPECT, info=TRANSITION)
    name: Mapped[str] = mapped_column(info=LATEST)
    legal_name: Mapped[str] = mapped_column(default="", info=LATEST)
    tax_id: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    code: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    status: Mapped[str] = mapped_column(default="active", info=TRANSITION)
    grade: Mapped[str] = mapped_column(default="", info=AUTHORITY)  # A, B, C by sales
    segment_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("segment.id"), default=None, info=LATEST
    )
    owner_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("user.id"), default=None, index=True, info=AUTHORITY
    )
    sector: Mapped[str] = mapped_column(default="", info=LATEST)
    phone: Mapped[str] = mapped_column(default="", info=LATEST)
    email: Mapped[str] = mapped_column(default="", info=LATEST)
    website: Mapped[str] = mapped_column(default="", info=LATEST)
    since_on: Mapped[date | None] = mapped_column(default=None, info=LATEST)
    source: Mapped[str] = mapped_column(default="", info=LATEST)
    language: Mapped[str] = mapped_column(default="", info=LATEST)
    price_list_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("price_list.id"), default=None, info=AUTHORITY
    )
    payment_terms: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    credit_limit: Mapped[Decimal | None] = mapped_column(default=None, info=AUTHORITY)
    surcharged: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)
    tax_regime: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    visit_every_days: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    starred: Mapped[bool] = mapped_column(default=False, info=LATEST)
    tags: Mapped[frozenset[str]] = mapped_column(TextSet, default=frozenset(), info=SET)
    notes: Mapped[str] = mapped_column(default="", info=TEXT3)
    # how promising a prospect is, 0 to 3 each; all may be unknown
    lead_interest: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lead_fit: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lead_budget: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lead_timing: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lead_state: Mapped[str | None] = mapped_column(default=None, info=LATEST)
    lead_reason: Mapped[str | None] = mapped_column(default=None, info=LATEST)
    external_source: Mapped[str] = mapped_column(default="", info=LATEST)
    external_id: Mapped[str] = mapped_column(default="", info=LATEST)

    sites: Mapped[list[Site]] = relationship(
        lazy="raise", default_factory=list, init=False, repr=False, viewonly=True
    )
    contacts: Mapped[list[Contact]] = relationship(
        lazy="raise", default_factory=list, init=False, repr=False, viewonly=True
    )


class Site(Synced, Base):
    """An address of an account: where it is and when it is open."""

    __tablename__ = "site"
    __root__ = Root(account="account_id")
    __table_args__ = (
        Index("ix_site_first", "account_id", "removed_at", "id", "city", "lat_e6", "lon_e6"),
    )

    account_id: Mapped[str] = mapped_column(
        ID, ForeignKey("account.id"), index=True, info=AUTHORITY
    )
    name: Mapped[str] = mapped_column(default="", info=LATEST)
    street: Mapped[str] = mapped_column(default="", info=LATEST)
    postcode: Mapped[str] = mapped_column(default="", info=LATEST)
    city: Mapped[str] = mapped_column(default="", info=LATEST)
    province: Mapped[str] = mapped_column(default="", info=LATEST)
    country: Mapped[str] = mapped_column(default="ES", info=LATEST)
    # micro-degrees: exact on both sides of the wire
    lat_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    lon_e6: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    position_quality: Mapped[str] = mapped_column(default=PositionQuality.NONE, info=LATEST)
    opening_hours: Mapped[str] = mapped_column(default="", info=LATEST)  # OSM syntax
    is_delivery: Mapped[bool] = mapped_column(default=True, info=LATEST)
    is_billing: Mapped[bool] = mapped_column(default=True, info=LATEST)


class Contact(Synced, Base):
    """A person at an account."""

    __tablename__ = "contact"
    __root__ = Root(account="account_id")

    account_id: Mapped[str] = mapped_column(
        ID, ForeignKey("account.id"), index=True, info=AUTHORITY
    )
    name: Mapped[str] = mapped_column(info=LATEST)
    job: Mapped[str] = mapped_column(default="", info=LATEST)
    phone: Mapped[str] = mapped_column(default="", info=LATEST)
    mobile: Mapped[str] = mapped_column(default="", info=LATEST)
    email: Mapped[str] = mapped_column(default="", info=LATEST)
    language: Mapped[str] = mapped_column(default="", info=LATEST)
    is_main: Mapped[bool] = mapped_column(default=False, info=LATEST)
    mailing_consent: Mapped[bool] = mapped_column(default=False, info=LATEST)
    notes: Mapped[str] = mapped_column(default="", info=TEXT3)
