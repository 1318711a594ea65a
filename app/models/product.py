"""What we sell, at which price and with which tax."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    AUTHORITY,
    ID,
    OFFICE,
    REP,
    Base,
    Percent,
    Price,
    Quantity,
    Root,
    Synced,
)


class Family(Synced, Base):
    """A branch of the catalogue."""

    __tablename__ = "family"
    __writers__ = REP

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    code: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    parent_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("family.id"), default=None, info=AUTHORITY
    )
    is_service: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)


class TaxRate(Synced, Base):
    """The rate of one kind of goods under one regime, from a day to a day.

    `regime` is iva, igic, ipsi or igi; `kind` is general, reduced, super_reduced, zero or tobacco.
    """

    __tablename__ = "tax_rate"
    __writers__ = OFFICE

    regime: Mapped[str] = mapped_column(default="iva", info=AUTHORITY)
    kind: Mapped[str] = mapped_column(info=AUTHORITY)
    rate: Mapped[Decimal] = mapped_column(Percent, info=AUTHORITY)
    surcharge: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), info=AUTHORITY)
    valid_from: Mapped[date] = mapped_column(info=AUTHORITY)
    valid_to: Mapped[date | None] = mapped_column(default=None, info=AUTHORITY)
    source: Mapped[str] = mapped_column(default="", info=AUTHORITY)


class Product(Synced, Base):
    """An article of the catalogue."""

    __tablename__ = "product"
    __writers__ = REP
    __table_args__ = (
        Index("ix_product_name_id", "name", "id"),
        Index("ix_product_reference", "reference"),
        Index("ix_product_ean", "ean"),
    )

    reference: Mapped[str] = mapped_column(info=AUTHORITY)
    name: Mapped[str] = mapped_column(info=AUTHORITY)
    format: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    brand: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    description: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    ean: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    family_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("family.id"), default=None, info=AUTHORITY
    )
    tax_kind: Mapped[str] = mapped_column(default="general", info=AUTHORITY)
    unit: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    usual_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1), info=AUTHORITY)
    cost: Mapped[Decimal | None] = mapped_column(Price, default=None, info=AUTHORITY)
    photo_document_id: Mapped[str | None] = mapped_column(ID, default=None, info=AUTHORITY)
    is_active: Mapped[bool] = mapped_column(default=True, info=AUTHORITY)


class PriceList(Synced, Base):
    """Prices that apply to some customers."""

    __tablename__ = "price_list"
    __writers__ = OFFICE

    name: Mapped[str] = mapped_column(info=AUTHORITY)
    currency: Mapped[str] = mapped_column(default="EUR", info=AUTHORITY)
    is_default: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)
    valid_from: Mapped[date | None] = mapped_column(default=None, info=AUTHORITY)
    valid_to: Mapped[date | None] = mapped_column(default=None, info=AUTHORITY)


class PriceListLine(Synced, Base):
    """The price of a product in a list, from a quantity on."""

    __tablename__ = "price_list_line"
    __writers__ = REP
    __root__ = Root(parent=("price_list_id", "price_list"))
    __table_args__ = (Index("ix_price_list_line_list_product", "price_list_id", "product_id"),)

    price_list_id: Mapped[str] = mapped_column(ID, ForeignKey("price_list.id"), info=AUTHORITY)
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("product.id"), index=True, info=AUTHORITY
    )
    min_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0), info=AUTHORITY)
    price: Mapped[Decimal] = mapped_column(Price, info=AUTHORITY)
