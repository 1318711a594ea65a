"""Firm offers: their lines, their clauses, and the customer's signature."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    APPEND,
    AUTHORITY,
    ID,
    LATEST,
    TEXT3,
    TRANSITION,
    Base,
    Discount,
    Json,
    Money,
    Percent,
    Price,
    Quantity,
    Root,
    Synced,
)


class QuoteState(StrEnum):
    """A draft can change; from `issued` on the quote is frozen and a change is a new revision."""

    DRAFT = "draft"
    ISSUED = "issued"
    SENT = "sent"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Quote(Synced, Base):
    """What we offer a customer, at which price, until when."""

    __tablename__ = "quote"
    __root__ = Root(account="account_id")
    __table_args__ = (
        Index("ix_quote_account_issued", "account_id", "issued_at"),
        Index("ix_quote_owner_state", "owner_id", "state"),
        Index("ix_quote_number", "number"),
    )

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("account.id"), info=AUTHORITY)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    contact_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("contact.id"), default=None, info=LATEST
    )
    site_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("site.id"), default=None, info=LATEST
    )
    activity_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("activity.id"), default=None, info=LATEST
    )
    state: Mapped[str] = mapped_column(default=QuoteState.DRAFT, info=TRANSITION)
    # series, year and counter are the number; `number` is its printed text and never changes
    number: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    series: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    year: Mapped[int | None] = mapped_column(default=None, info=AUTHORITY)
    counter: Mapped[int | None] = mapped_column(default=None, info=AUTHORITY)
    revision: Mapped[int] = mapped_column(default=1, info=AUTHORITY)
    revises_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("quote.id"), default=None, info=AUTHORITY
    )
    issued_at: Mapped[datetime | None] = mapped_column(default=None, info=AUTHORITY)
    valid_until: Mapped[date | None] = mapped_column(default=None, info=LATEST)
    price_list_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("price_list.id"), default=None, info=AUTHORITY
    )
    payment_terms: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    delivery_terms: Mapped[str] = mapped_column(default="", info=LATEST)
    language: Mapped[str] = mapped_column(default="", info=LATEST)
    customer_reference: Mapped[str] = mapped_column(default="", info=LATEST)
    introduction: Mapped[str] = mapped_column(default="", info=TEXT3)
    internal_note: Mapped[str] = mapped_column(default="", info=TEXT3)
    currency: Mapped[str] = mapped_column(default="EUR", info=AUTHORITY)
    tax_regime: Mapped[str] = mapped_column(default="iva", info=AUTHORITY)
    surcharged: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)
    general_discount: Mapped[tuple[Decimal, ...]] = mapped_column(
        Discount, default=(), info=AUTHORITY
    )
    # totals follow from the lines by app.rules.tax, on the laptop and on the server
    lines_sum: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    base: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    surcharge: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    needs_approval: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)
    pdf_document_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)

    lines: Mapped[list[QuoteLine]] = relationship(
        lazy="raise",
        default_factory=list,
        init=False,
        repr=False,
        viewonly=True,
        order_by="(QuoteLine.position, QuoteLine.id)",
    )


class QuoteLine(Synced, Base):
    """A product on a quote, or a heading between products."""

    __tablename__ = "quote_line"
    __root__ = Root(parent=("quote_id", "quote"))

    quote_id: Mapped[str] = mapped_column(ID, ForeignKey("quote.id"), index=True, info=AUTHORITY)
    position: Mapped[int] = mapped_column(default=0, info=LATEST)
    kind: Mapped[str] = mapped_column(default="product", info=AUTHORITY)  # or "heading"
    product_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("product.id"), default=None, info=AUTHORITY
    )
    reference: Mapped[str] = mapped_column(default="", info=LATEST)
    description: Mapped[str] = mapped_column(default="", info=LATEST)
    format: Mapped[str] = mapped_column(default="", info=LATEST)
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1), info=AUTHORITY)
    unit_price: Mapped[Decimal] = mapped_column(Price, default=Decimal(0), info=AUTHORITY)
    list_price: Mapped[Decimal | None] = mapped_column(Price, default=None, info=AUTHORITY)
    price_source: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    discount: Mapped[tuple[Decimal, ...]] = mapped_column(Discount, default=(), info=AUTHORITY)
    tax_kind: Mapped[str] = mapped_column(default="general", info=AUTHORITY)
    tax_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), info=AUTHORITY)
    surcharge_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), info=AUTHORITY)
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    cost: Mapped[Decimal | None] = mapped_column(Price, default=None, info=AUTHORITY)
    is_sample: Mapped[bool] = mapped_column(default=False, info=LATEST)
    is_optional: Mapped[bool] = mapped_column(default=False, info=LATEST)
    note: Mapped[str] = mapped_column(default="", info=LATEST)


class Clause(Synced, Base):
    """A condition: a template of the company, or the copy that one quote shows."""

    __tablename__ = "clause"
    __root__ = Root(parent=("quote_id", "quote"))

    quote_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("quote.id"), default=None, index=True, info=AUTHORITY
    )
    language: Mapped[str] = mapped_column(default="es", info=AUTHORITY)
    text: Mapped[str] = mapped_column(info=LATEST)
    position: Mapped[int] = mapped_column(default=0, info=LATEST)
    by_default: Mapped[bool] = mapped_column(default=True, info=AUTHORITY)


class Signature(Synced, Base):
    """A hand-written signature drawn on the screen, with the evidence around it.

    `strokes` are lists of [x, y, milliseconds] in a box of 1000 by 400; no pressure, no speed.
    """

    __tablename__ = "signature"
    __root__ = Root(parent=("quote_id", "quote"))

    quote_id: Mapped[str] = mapped_column(ID, ForeignKey("quote.id"), index=True, info=APPEND)
    signer: Mapped[str] = mapped_column(info=APPEND)
    signer_tax_id: Mapped[str] = mapped_column(default="", info=APPEND)
    strokes: Mapped[Any] = mapped_column(Json, info=APPEND)
    pdf_sha256: Mapped[str] = mapped_column(info=APPEND)
    signed_at: Mapped[datetime] = mapped_column(info=APPEND)
    device_id: Mapped[str] = mapped_column(ID, default="", info=APPEND)
    place: Mapped[str] = mapped_column(default="", info=APPEND)
    clauses_shown: Mapped[str] = mapped_column(default="", info=APPEND)
