"""What the ERP says was sold and is owed: read-only here, the product never issues invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AUTHORITY, ID, OFFICE, Base, Money, Quantity, Root, Synced


class Invoice(Synced, Base):
    """An invoice or a credit note of the ERP."""

    __tablename__ = "invoice"
    __root__ = Root(account="account_id")
    __writers__ = OFFICE
    __table_args__ = (
        Index("ix_invoice_account_issued", "account_id", "issued_on", "base", "removed_at"),
    )

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("account.id"), info=AUTHORITY)
    number: Mapped[str] = mapped_column(info=AUTHORITY)
    issued_on: Mapped[date] = mapped_column(info=AUTHORITY)
    base: Mapped[Decimal] = mapped_column(Money, info=AUTHORITY)
    total: Mapped[Decimal] = mapped_column(Money, info=AUTHORITY)
    order_number: Mapped[str] = mapped_column(default="", info=AUTHORITY)


class InvoiceLine(Synced, Base):
    """What an invoice sold; `amount` is without tax."""

    __tablename__ = "invoice_line"
    __root__ = Root(parent=("invoice_id", "invoice"))
    __writers__ = OFFICE

    invoice_id: Mapped[str] = mapped_column(
        ID, ForeignKey("invoice.id"), index=True, info=AUTHORITY
    )
    product_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("product.id"), default=None, index=True, info=AUTHORITY
    )
    description: Mapped[str] = mapped_column(default="", info=AUTHORITY)
    quantity: Mapped[Decimal] = mapped_column(Quantity, info=AUTHORITY)
    amount: Mapped[Decimal] = mapped_column(Money, info=AUTHORITY)


class Receivable(Synced, Base):
    """An amount that a customer owes, with the day it was or is due."""

    __tablename__ = "receivable"
    __root__ = Root(account="account_id")
    __writers__ = OFFICE
    __table_args__ = (
        Index("ix_receivable_due", "due_on", "pending", "removed_at", "account_id"),
        Index("ix_receivable_account_due", "account_id", "due_on", "pending", "removed_at"),
    )

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("account.id"), info=AUTHORITY)
    invoice_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("invoice.id"), default=None, info=AUTHORITY
    )
    number: Mapped[str] = mapped_column(info=AUTHORITY)
    due_on: Mapped[date] = mapped_column(info=AUTHORITY)
    amount: Mapped[Decimal] = mapped_column(Money, info=AUTHORITY)
    pending: Mapped[Decimal] = mapped_column(Money, info=AUTHORITY)
