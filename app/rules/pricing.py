"""The price of a product for a customer, and why: each step explained.

Special price > price list; a hand-typed price stands above all. Agreements and promotions will
stand between special price and list: they are further kinds of `Offer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.rules.money import Discount, single_percent

# the first kind that has an offer in force wins
ORDER = ("manual", "special", "agreement", "promotion", "list")


@dataclass(frozen=True)
class Offer:
    """A price that may apply: of a `kind`, from a quantity on, from a day to a day."""

    kind: str
    price: Decimal
    name: str = ""
    min_quantity: Decimal = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, quantity: Decimal, day: date) -> bool:
        return (
            quantity >= self.min_quantity
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Price:
    """What a unit costs; `offer` is why, `passed_over` what lost to it, `next_break` what is near.

    `amount` is None when nobody has named a price.
    """

    amount: Decimal | None
    offer: Offer | None
    passed_over: tuple[Offer, ...] = ()
    next_break: Offer | None = None


def price_of(offers: Iterable[Offer], quantity: Decimal, day: date) -> Price:
    """Return the price of `quantity` units on `day`.

    Of one kind the offer with the largest minimum quantity wins, then the lower price.
    """
    all_offers = list(offers)
    holding = [offer for offer in all_offers if offer.holds(quantity, day)]
    if not holding:
        return Price(None, None)
    holding.sort(key=lambda o: (ORDER.index(o.kind), -o.min_quantity, o.price))
    best, *rest = holding
    cheaper = [
        offer
        for offer in all_offers
        if offer.kind == best.kind
        and offer.min_quantity > quantity
        and offer.holds(offer.min_quantity, day)
        and offer.price < best.price
    ]
    near = min(cheaper, key=lambda o: o.min_quantity, default=None)
    return Price(best.price, best, tuple(rest), near)


def within_limit(discount: Discount, limit: Decimal | None) -> bool:
    """Tell whether a chained discount is within what a user may give; no limit allows all."""
    return limit is None or single_percent(discount) <= limit


def margin_percent(amount: Decimal, cost: Decimal) -> Decimal | None:
    """Return the margin on the sale in percent, with one decimal; None without a sale."""
    if amount == 0:
        return None
    return round((amount - cost) / amount * 100, 1)
