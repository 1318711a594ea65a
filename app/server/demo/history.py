"""Two years of invoices, what is owed, visits made and visits to come: all relative to today."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.models.base import new_id
from app.server.demo.catalogue import ARTICLES, Catalogue
from app.server.demo.customers import Customer

Row = tuple[str, dict[str, Any]]

MONTHS = 24
MADRID = ZoneInfo("Europe/Madrid")
# how a coast sells: summer, and December
_SEASON = (0.75, 0.78, 0.9, 1.0, 1.05, 1.15, 1.35, 1.4, 1.1, 0.95, 0.85, 1.2)
_NOTES = (
    "Quiere probar el Arbequina de 5 l para el bufé.",
    "Contentos con el servicio; piden entrega antes de las 10.",
    "Cambian la carta en primavera: llevar tarifa nueva.",
    "Comparan precios del café con otro proveedor.",
)
_PROMISES = ("Llevar muestra de vinagre de Jerez", "Enviar la tarifa de Navidad", "")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), MADRID).astimezone(UTC)


def working_day(day: date, step: int = 1) -> date:
    """Return `day`, or the next working day in the direction of `step`."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


class History:
    """What has happened with the customers, and what is planned."""

    def __init__(self, chance: random.Random, goods: Catalogue, today: date) -> None:
        self._chance, self._goods, self._today = chance, goods, today
        self._number = 3000

    def invoices(self, customers: list[Customer]) -> Iterator[Row]:
        for customer in customers:
            if customer.kind == "customer":
                yield from self._invoices(customer)

    def _invoices(self, customer: Customer) -> Iterator[Row]:
        chance = self._chance
        usual = [row[0] for row in chance.sample(ARTICLES, 7)]
        given_up = usual[0] if customer.stopped else ""
        for back in range(MONTHS, -1, -1):
            month = self._today.year * 12 + self._today.month - 1 - back
            first = date(month // 12, month % 12 + 1, 1)
            day = first + timedelta(days=chance.randint(0, 26))
            if day > self._today:
                continue
            wanted = customer.monthly * Decimal(_SEASON[first.month - 1]).quantize(Decimal("0.01"))
            wanted *= Decimal(chance.randint(80, 120)) / 100
            basket = chance.sample(usual, 4)
            if back <= 2:
                basket = [reference for reference in basket if reference != given_up]
            elif given_up and given_up not in basket:
                basket.append(given_up)
            yield from self._invoice(customer, day, basket, wanted)

    def _invoice(
        self, customer: Customer, day: date, basket: list[str], wanted: Decimal
    ) -> Iterator[Row]:
        self._number += 1
        invoice, number = new_id(), f"F-{day:%y}/{self._number}"
        lines, base = [], Decimal(0)
        for reference in basket:
            price = self._goods.prices[reference]
            quantity = Decimal(max(1, round(wanted / len(basket) / price)))
            amount = round(quantity * price, 2)
            base += amount
            lines.append(
                ("invoice_line", {
                    "invoice_id": invoice, "product_id": self._goods.products[reference],
                    "quantity": quantity, "amount": amount,
                })
            )  # fmt: skip
        total = round(base * Decimal("1.10"), 2)
        yield "invoice", {
            "id": invoice, "account_id": customer.id, "number": number, "issued_on": day,
            "base": base, "total": total,
        }  # fmt: skip
        yield from lines
        due = day + timedelta(days=30)
        late = self._chance.random() < 0.06
        if due > self._today - timedelta(days=5) or (
            late and due > self._today - timedelta(days=45)
        ):
            yield "receivable", {
                "account_id": customer.id, "invoice_id": invoice, "number": number, "due_on": due,
                "amount": total, "pending": total,
            }  # fmt: skip

    def visits(self, customers: list[Customer]) -> Iterator[Row]:
        """Yield visits made in the last months, most of them reported."""
        for n, customer in enumerate(customers):
            days_ago = self._chance.randint(4, 50)
            for _n in range(3 if customer.grade == "A" else 1):
                day = working_day(self._today - timedelta(days=days_ago), -1)
                yield from self._visit(customer, day, n)
                days_ago += self._chance.randint(25, 40)

    def _visit(self, customer: Customer, day: date, n: int) -> Iterator[Row]:
        chance, visit = self._chance, new_id()
        begin = at(day, 9 + n % 8, 15 * (n % 4))
        outcome = chance.choice(("order", "order", "quote", "follow_up", "not_in"))
        yield "activity", {
            "id": visit, "kind": "visit", "account_id": customer.id, "site_id": customer.site,
            "owner_id": customer.owner, "state": "done", "outcome": outcome, "planned_at": begin,
            "started_at": begin, "done_at": begin + timedelta(minutes=chance.randint(20, 60)),
        }  # fmt: skip
        if outcome != "not_in":
            yield "visit_report", {
                "activity_id": visit, "notes": chance.choice(_NOTES),
                "next_step": chance.choice(_PROMISES), "completed_at": begin + timedelta(hours=2),
            }  # fmt: skip

    def agenda(self, rep: str, customers: list[Customer]) -> Iterator[Row]:
        """Yield what is planned for the next days, and two tasks that are due."""
        mine = [c for c in customers if c.owner == rep and c.grade in {"A", "B"}]
        day = working_day(self._today)
        for n, customer in enumerate(mine[:10]):
            if n == 5:
                day = working_day(day + timedelta(days=1))
            yield "activity", {
                "kind": "visit", "account_id": customer.id, "site_id": customer.site,
                "owner_id": rep, "planned_at": at(day, 9 + n % 5, 30 * (n % 2)),
                "title": ("Presentar tarifa 2027", "Seguimiento", "Revisar acuerdo anual")[n % 3],
                "is_fixed": n % 5 == 3, "planned_minutes": 40,
            }  # fmt: skip
        for n, title in enumerate(("Enviar tarifa de Navidad", "Llamar por la entrega")):
            yield "activity", {
                "kind": "task", "account_id": mine[n].id, "owner_id": rep, "title": title,
                "due_on": self._today + timedelta(days=n),
            }  # fmt: skip
