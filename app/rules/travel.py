"""Kilometres and days away: what is paid, and which part of it is exempt.

The law exempts up to an amount per kilometre and per day (Spain: RD 439/2007 art. 9; Orden
HFP/792/2023 for 0.26 EUR/km since 17 July 2023); what a company pays above it is taxable. The
amounts are dated rows of the company, never numbers in code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.rules.money import round_cents


@dataclass(frozen=True)
class Rate:
    """What one kilometre or one day is paid (`amount`) and how much of it is exempt."""

    kind: str  # mileage, per_diem, per_diem_overnight
    amount: Decimal
    exempt: Decimal
    valid_from: date
    valid_to: date | None = None
    abroad: bool = False


@dataclass(frozen=True)
class TravelAmount:
    """What is paid; `exempt` + `taxable` = `amount`, to the cent."""

    amount: Decimal
    exempt: Decimal
    taxable: Decimal


class NoRate(LookupError):  # noqa: N818 - says what is missing
    """The company has no rate of this kind for the day."""


def rate_on(rates: Iterable[Rate], kind: str, day: date, *, abroad: bool = False) -> Rate:
    """Return the rate in force on `day`, the newest when two overlap. Raises `NoRate`."""
    holding = [
        rate
        for rate in rates
        if rate.kind == kind
        and rate.abroad == abroad
        and rate.valid_from <= day
        and (rate.valid_to is None or day <= rate.valid_to)
    ]
    if not holding:
        raise NoRate(kind)
    return max(holding, key=lambda rate: rate.valid_from)


def mileage(metres: int, rate: Rate) -> TravelAmount:
    """Return what `metres` driven are paid: kilometres to one decimal, times the rate."""
    km = round(Decimal(metres) / 1000, 1)
    return _split(km * rate.amount, km * rate.exempt)


def per_diem(days: int, rate: Rate) -> TravelAmount:
    return _split(days * rate.amount, days * rate.exempt)


def _split(paid: Decimal, limit: Decimal) -> TravelAmount:
    amount = round_cents(paid)
    exempt = min(amount, round_cents(limit))
    return TravelAmount(amount, exempt, amount - exempt)


def earns_per_diem(visited: Iterable[str], home: str, workplace: str) -> bool:
    """Tell whether a day counts as away: work in a municipality other than home and workplace."""
    own = {home.casefold(), workplace.casefold()}
    return any(town and town.casefold() not in own for town in visited)
