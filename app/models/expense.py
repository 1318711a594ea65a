"""What a rep spends, and the monthly report that claims it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    AUTHORITY,
    ID,
    LATEST,
    OFFICE,
    TRANSITION,
    Base,
    Money,
    Percent,
    Price,
    Root,
    Synced,
)


class ExpenseKind(StrEnum):
    MILEAGE = "mileage"
    PER_DIEM = "per_diem"
    CUSTOMER_MEAL = "customer_meal"
    PARKING = "parking"
    TOLL = "toll"
    TRANSPORT = "transport"
    HOTEL = "hotel"
    FUEL = "fuel"
    MATERIAL = "material"
    SHIPPING = "shipping"
    OTHER = "other"


class ReportState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"


class TravelRate(Synced, Base):
    """What a kilometre or a day away is paid, and how much of it is exempt, from a day to a day.

    `kind` is mileage, per_diem or per_diem_overnight.
    """

    __tablename__ = "travel_rate"
    __writers__ = OFFICE

    kind: Mapped[str] = mapped_column(info=AUTHORITY)
    abroad: Mapped[bool] = mapped_column(default=False, info=AUTHORITY)
    amount: Mapped[Decimal] = mapped_column(Price, info=AUTHORITY)
    exempt: Mapped[Decimal] = mapped_column(Price, info=AUTHORITY)
    valid_from: Mapped[date] = mapped_column(info=AUTHORITY)
    valid_to: Mapped[date | None] = mapped_column(default=None, info=AUTHORITY)
    source: Mapped[str] = mapped_column(default="", info=AUTHORITY)


class ExpenseReport(Synced, Base):
    """The claim of one rep for one month; `month` is its first day."""

    __tablename__ = "expense_report"
    __root__ = Root(user="user_id")
    __table_args__ = (Index("ix_expense_report_user_month", "user_id", "month"),)

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    month: Mapped[date] = mapped_column(info=AUTHORITY)
    state: Mapped[str] = mapped_column(default=ReportState.DRAFT, info=TRANSITION)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None, info=LATEST)
    advance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=AUTHORITY)
    pdf_document_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)


class Expense(Synced, Base):
    """One thing paid or one distance driven, with day, place and reason."""

    __tablename__ = "expense"
    __root__ = Root(user="user_id")
    __table_args__ = (Index("ix_expense_user_spent", "user_id", "spent_on"),)

    user_id: Mapped[str] = mapped_column(ID, ForeignKey("user.id"), info=AUTHORITY)
    report_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("expense_report.id"), default=None, index=True, info=LATEST
    )
    kind: Mapped[str] = mapped_column(info=LATEST)
    spent_on: Mapped[date] = mapped_column(info=LATEST)
    place: Mapped[str] = mapped_column(default="", info=LATEST)
    reason: Mapped[str] = mapped_column(default="", info=LATEST)
    amount: Mapped[Decimal | None] = mapped_column(Money, default=None, info=LATEST)
    tax_rate: Mapped[Decimal | None] = mapped_column(Percent, default=None, info=LATEST)
    tax_amount: Mapped[Decimal | None] = mapped_column(Money, default=None, info=LATEST)
    exempt: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=LATEST)
    taxable: Mapped[Decimal] = mapped_column(Money, default=Decimal(0), info=LATEST)
    metres: Mapped[int | None] = mapped_column(default=None, info=LATEST)
    rate: Mapped[Decimal | None] = mapped_column(Price, default=None, info=LATEST)
    supplier: Mapped[str] = mapped_column(default="", info=LATEST)
    supplier_tax_id: Mapped[str] = mapped_column(default="", info=LATEST)
    invoice_number: Mapped[str] = mapped_column(default="", info=LATEST)
    paid_by_company: Mapped[bool] = mapped_column(default=False, info=LATEST)
    account_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)
    activity_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)
    route_plan_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)
    document_id: Mapped[str | None] = mapped_column(ID, default=None, info=LATEST)
    is_automatic: Mapped[bool] = mapped_column(default=False, info=LATEST)
    note: Mapped[str] = mapped_column(default="", info=LATEST)
