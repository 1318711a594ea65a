"""More customers, invoices and debts for tests of services, made as the office makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.models.account import Account, Site
from app.models.history import Invoice, InvoiceLine, Receivable
from tests.company import Seeded

TODAY = date(2026, 11, 19)  # a Thursday
NOW = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)  # 11:28 in Madrid
# towns around Xàtiva, from west to east, where the seeded customer is
NEAR = {
    "Canals": (38_962_000, -584_000), "Ontinyent": (38_822_000, -607_000),
    "Alzira": (39_150_000, -436_000), "Gandia": (38_968_000, -181_000),
    "Sueca": (39_203_000, -311_000), "Villena": (38_637_000, -866_000),
    "Annauir": (38_999_000, -522_000),  # beside Xàtiva
}  # fmt: skip


def at(hour: int, minute: int = 0, *, day: date = TODAY) -> datetime:
    """Return the instant at which a clock in Madrid shows this time on a winter day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def customer(
    session: Session, made: Seeded, name: str, *, city: str = "", hours: str = "", **more: Any
) -> str:
    """Add a customer of the user with one address, placed where its town is known."""
    values = {"kind": "customer", "owner_id": made.user, "segment_id": made.segment, **more}
    account = Account(name=name, **values)
    session.add(account)
    session.flush()
    lat, lon = NEAR.get(city, (None, None))
    session.add(Site(account_id=account.id, city=city, lat_e6=lat, lon_e6=lon, opening_hours=hours))
    session.flush()
    return account.id


def invoice(
    session: Session, account_id: str, on: date, base: str, *, lines: dict[str, str] | None = None
) -> Invoice:
    """Add an invoice; `lines` are quantities by product."""
    made = Invoice(
        account_id=account_id, number=f"F{on:%y%m%d}", issued_on=on, base=Decimal(base),
        total=(Decimal(base) * Decimal("1.21")).quantize(Decimal("0.01")),
    )  # fmt: skip
    session.add(made)
    session.flush()
    for product_id, quantity in (lines or {}).items():
        session.add(
            InvoiceLine(
                invoice_id=made.id, product_id=product_id, quantity=Decimal(quantity),
                amount=Decimal(base),
            )
        )  # fmt: skip
    session.flush()
    return made


def debt(session: Session, account_id: str, due_on: date, pending: str) -> Receivable:
    owed = Receivable(
        account_id=account_id, number=f"R{due_on:%y%m%d}", due_on=due_on, amount=Decimal(pending),
        pending=Decimal(pending),
    )  # fmt: skip
    session.add(owed)
    session.flush()
    return owed
