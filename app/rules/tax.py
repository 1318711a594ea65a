"""The totals of a document: lines, general discount, tax and equivalence surcharge.

Spanish rules as DOMAIN.md gives them (IVA: Ley 37/1992; recargo de equivalencia: art. 154-163):
the surcharge is on top of the tax, on the same base, shown apart. Amounts are rounded per line;
tax is computed per rate on the sum of its bases, half up to the cent. Laptop and server use these
same functions, so both agree to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.rules.money import Discount, after_discount, round_cents, share

Rounding = Literal["per_rate", "per_line"]
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Line:
    """What a line is computed from; `rate` and `surcharge` in percent.

    An optional line is offered beside the total and not part of it.
    """

    quantity: Decimal
    unit_price: Decimal
    discount: Discount = ()
    rate: Decimal = Decimal(0)
    surcharge: Decimal = Decimal(0)
    optional: bool = False


@dataclass(frozen=True)
class RateTotal:
    """The base, tax and surcharge of one rate."""

    rate: Decimal
    base: Decimal
    tax: Decimal
    surcharge_rate: Decimal
    surcharge: Decimal

    @property
    def total(self) -> Decimal:
        return self.base + self.tax + self.surcharge


@dataclass(frozen=True)
class Totals:
    """The foot of a document. `discount` is what the general discount takes, not negative."""

    lines_sum: Decimal
    discount: Decimal
    base: Decimal
    tax: Decimal
    surcharge: Decimal
    total: Decimal
    by_rate: tuple[RateTotal, ...]


def line_amount(line: Line) -> Decimal:
    """Return quantity times price less the line's discounts, rounded to the cent."""
    return round_cents(after_discount(line.quantity * line.unit_price, line.discount))


def totals(
    lines: Iterable[Line],
    general_discount: Discount = (),
    *,
    rounding: Rounding = "per_rate",
    surcharged: bool = False,
) -> Totals:
    """Return the totals of `lines`.

    The general discount is taken from the sum of the lines, rounded once, and shared out over the
    rates so that their bases sum exactly. `rounding` «per_line» computes the tax of each line by
    itself; the document's tax is then the sum of the lines'.
    """
    groups: dict[tuple[Decimal, Decimal], list[Decimal]] = {}
    for line in lines:
        if not line.optional:
            surcharge = line.surcharge if surcharged else Decimal(0)
            groups.setdefault((round_cents(line.rate), round_cents(surcharge)), []).append(
                line_amount(line)
            )
    rates = sorted(groups)
    sums = [sum(groups[rate], Decimal("0.00")) for rate in rates]
    lines_sum = sum(sums, Decimal("0.00"))
    base = round_cents(after_discount(lines_sum, general_discount))
    by_rate = tuple(
        _rate_total(rate, _shared(part, groups[rate]), rounding)
        for rate, part in zip(rates, _shared(base, sums), strict=True)
    )
    tax = sum((part.tax for part in by_rate), Decimal("0.00"))
    extra = sum((part.surcharge for part in by_rate), Decimal("0.00"))
    return Totals(lines_sum, lines_sum - base, base, tax, extra, base + tax + extra, by_rate)


def _shared(total: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` in proportion to `amounts`, in cents that sum to it exactly."""
    whole = sum(amounts, Decimal("0.00"))
    if total == whole:
        return list(amounts)
    if all(amount >= 0 for amount in amounts):
        return share(total, list(amounts))
    parts = [round_cents(amount * total / whole) for amount in amounts]  # a returned article
    parts[-1] += total - sum(parts, Decimal(0))
    return parts


def _rate_total(
    rates: tuple[Decimal, Decimal], parts: Sequence[Decimal], rounding: Rounding
) -> RateTotal:
    rate, surcharge = rates
    base = sum(parts, Decimal("0.00"))
    if rounding == "per_line":
        tax = sum((_percent_of(part, rate) for part in parts), Decimal("0.00"))
        extra = sum((_percent_of(part, surcharge) for part in parts), Decimal("0.00"))
    else:
        tax, extra = _percent_of(base, rate), _percent_of(base, surcharge)
    return RateTotal(rate, base, tax, surcharge, extra)


def _percent_of(amount: Decimal, rate: Decimal) -> Decimal:
    return round_cents(amount * rate / _HUNDRED)


def regime_of_postcode(postcode: str, country: str = "ES") -> str:
    """Return the indirect tax of a place: iva, igic, ipsi, igi or export.

    Canary Islands (35, 38) have IGIC, Ceuta (51) and Melilla (52) IPSI, Andorra IGI. A proposal:
    the user is asked, since the place of the customer is not always the place of the delivery.
    """
    if country == "AD":
        return "igi"
    if country not in {"ES", ""}:
        return "export"
    return {"35": "igic", "38": "igic", "51": "ipsi", "52": "ipsi"}.get(postcode[:2], "iva")
