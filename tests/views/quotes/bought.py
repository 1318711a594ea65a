"""A customer who buys the same product again and again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.models.database import Database
from app.models.history import Invoice, InvoiceLine
from tests.views.desks import TODAY


def bought_twice(database: Database, account: str, product: str) -> None:
    with database.write() as session:
        for n in (1, 2, 3):
            invoice = Invoice(
                account_id=account, number=f"F-{n}", issued_on=TODAY - timedelta(days=20 * n),
                base=Decimal(100), total=Decimal(110),
            )  # fmt: skip
            session.add(invoice)
            session.flush()
            session.add(
                InvoiceLine(
                    invoice_id=invoice.id, product_id=product, quantity=Decimal(6),
                    amount=Decimal(100),
                )
            )  # fmt: skip
