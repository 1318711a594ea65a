"""What a customer buys by month, by family and by product, and what it bought a year before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.history import Invoice, InvoiceLine
from app.models.product import Family, Product
from app.services import account_figures

_MOST = 60


class SalesRow(NamedTuple):
    """What was sold of something; units are None where they cannot be added up."""

    name: str
    units: Decimal | None
    now: Decimal
    before: Decimal


def by_month(session: Session, account_id: str, today: date) -> list[SalesRow]:
    """Return a row per month of this year, January first, with the same month a year before."""
    return [
        SalesRow(i18n.month(month).capitalize(), None, now, before)
        for month, before, now in account_figures.sales_by_month(session, account_id, today)
    ]


def by_family(session: Session, account_id: str, today: date) -> list[SalesRow]:
    return _lines(session, account_id, today, Family.name)


def by_product(session: Session, account_id: str, today: date) -> list[SalesRow]:
    return _lines(session, account_id, today, Product.name)


def _lines(session: Session, account_id: str, today: date, name: object) -> list[SalesRow]:
    """Add up the lines of two years of invoices by a name, what sells most first."""
    year = today - timedelta(days=365)
    recent = Invoice.issued_on > year
    label = func.coalesce(name, InvoiceLine.description)
    units = func.sum(case((recent, InvoiceLine.quantity), else_=0))
    now = func.sum(case((recent, InvoiceLine.amount), else_=0))
    before = func.sum(case((Invoice.issued_on <= year, InvoiceLine.amount), else_=0))
    rows = session.execute(
        select(label, units, now, before)
        .select_from(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .outerjoin(Product, Product.id == InvoiceLine.product_id)
        .outerjoin(Family, Family.id == Product.family_id)
        .where(
            Invoice.account_id == account_id, Invoice.removed_at.is_(None),
            InvoiceLine.removed_at.is_(None), Invoice.issued_on > today - timedelta(days=730),
        )
        .group_by(label)
        .order_by(now.desc(), before.desc())
        .limit(_MOST)
    )  # fmt: skip
    return [SalesRow(words or "–", count, this, last) for words, count, this, last in rows]
