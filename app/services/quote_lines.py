"""The lines of a draft quote: added at their price, changed cell by cell, moved, removed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.base import now as saved_now
from app.models.product import PriceList, PriceListLine, Product, TaxRate
from app.models.quote import Quote, QuoteLine
from app.rules import pricing
from app.rules.money import Discount
from app.rules.pricing import Offer
from app.services.quote_totals import get, line, lines, total


class LineChanges(TypedDict, total=False):
    """What a line of a draft may change."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Discount
    is_sample: bool
    is_optional: bool
    note: str


def price(
    session: Session, quote: Quote, product_id: str, quantity: Decimal, on: date
) -> pricing.Price:
    """Return what a unit of a product costs on this quote, and why."""
    rows = session.execute(
        select(PriceListLine, PriceList)
        .join(PriceList, PriceList.id == PriceListLine.price_list_id)
        .where(
            PriceListLine.price_list_id == quote.price_list_id,
            PriceListLine.product_id == product_id,
            PriceListLine.removed_at.is_(None),
        )
    )
    offers = [
        Offer("list", line.price, of.name, line.min_quantity, of.valid_from, of.valid_to)
        for line, of in rows
    ]
    return pricing.price_of(offers, quantity, on)


def tax_rate(session: Session, regime: str, kind: str, on: date) -> tuple[Decimal, Decimal]:
    """Return the tax and the surcharge in percent of a kind of goods on a day.

    Raises `UserError` when the company has no rate for it: a quote with a guessed tax is worse
    than none.
    """
    if regime == "export":
        return Decimal(0), Decimal(0)
    found = session.scalars(
        select(TaxRate)
        .where(
            TaxRate.regime == regime,
            TaxRate.kind == kind,
            TaxRate.removed_at.is_(None),
            TaxRate.valid_from <= on,
            or_(TaxRate.valid_to.is_(None), TaxRate.valid_to >= on),
        )
        .order_by(TaxRate.valid_from.desc())
        .limit(1)
    ).first()
    if found is None:
        raise UserError(
            _("There is no {regime} rate for this product on {day}. Nothing was added.").format(
                regime=regime.upper(), day=i18n.day_numeric(on)
            ),
            _("Ask the office for its rate; it comes with the next sync."),
        )
    return found.rate, found.surcharge


def add_line(
    session: Session, quote_id: str, product_id: str, *, today: date,
    quantity: Decimal | None = None,
) -> QuoteLine:  # fmt: skip
    """Add a product at its price for this customer; the quantity defaults to the usual one."""
    quote, product = get(session, quote_id), session.get(Product, product_id)
    if product is None:
        raise UserError(_("This product is no longer here."))
    amount = quantity or product.usual_quantity
    offered = price(session, quote, product_id, amount, today)
    rate, surcharge = tax_rate(session, quote.tax_regime, product.tax_kind, today)
    line = QuoteLine(
        quote_id=quote_id,
        position=_next_position(session, quote_id),
        product_id=product_id,
        reference=product.reference,
        description=product.name,
        format=product.format,
        quantity=amount,
        unit_price=offered.amount or Decimal(0),
        list_price=offered.amount,
        price_source=f"{offered.offer.kind}:{offered.offer.name}" if offered.offer else "",
        tax_kind=product.tax_kind,
        tax_rate=rate,
        surcharge_rate=surcharge,
        cost=product.cost,
    )
    session.add(line)
    session.flush()
    total(session, quote_id)
    return line


def add_heading(session: Session, quote_id: str, words: str) -> QuoteLine:
    """Add a heading between the lines; it costs nothing."""
    line = QuoteLine(
        quote_id=quote_id, kind="heading", description=words, quantity=Decimal(0),
        position=_next_position(session, quote_id),
    )  # fmt: skip
    session.add(line)
    session.flush()
    return line


def _next_position(session: Session, quote_id: str) -> int:
    last = session.scalar(
        select(func.max(QuoteLine.position)).where(
            QuoteLine.quote_id == quote_id, QuoteLine.removed_at.is_(None)
        )
    )
    return 0 if last is None else last + 1


def set_line(
    session: Session, line_id: str, *, today: date, **changes: Unpack[LineChanges]
) -> QuoteLine:
    """Change a line; a new quantity may reach another price of the list, a typed price stays.

    Raises `ValidationError` for a negative price or a quantity of nothing.
    """
    found = line(session, line_id)
    if changes.get("unit_price", Decimal(0)) < 0:
        raise ValidationError("unit_price", _("A price cannot be negative."))
    if changes.get("quantity", Decimal(1)) == 0:
        raise ValidationError("quantity", _("Write how many, or remove the line."))
    for name, value in changes.items():
        setattr(found, name, value)
    if "unit_price" in changes:
        found.price_source = "manual"
    elif "quantity" in changes and found.product_id and found.price_source != "manual":
        quote = get(session, found.quote_id)
        offered = price(session, quote, found.product_id, found.quantity, today)
        if offered.amount is not None:
            found.unit_price = found.list_price = offered.amount
    if changes.get("is_sample"):
        found.discount = (Decimal(100),)
    elif "is_sample" in changes and "discount" not in changes:
        found.discount = ()  # no sample any more: it costs again
    total(session, found.quote_id)
    return found


def move_line(session: Session, line_id: str, by: int) -> None:
    """Move a line up (-1) or down (1); at the end it stays."""
    found = line(session, line_id)
    order = lines(session, found.quote_id)
    at = order.index(found)
    if 0 <= at + by < len(order):
        order.insert(at + by, order.pop(at))
    for position, each in enumerate(order):
        each.position = position


def duplicate_line(session: Session, line_id: str) -> QuoteLine:
    """Add a copy of a line below it."""
    found = line(session, line_id)
    names = ("quote_id", "kind", "product_id", "reference", "description", "format", "quantity",
             "unit_price", "list_price", "price_source", "discount", "tax_kind", "tax_rate",
             "surcharge_rate", "cost", "is_sample", "is_optional", "note")  # fmt: skip
    copy = QuoteLine(**{name: getattr(found, name) for name in names}, position=found.position + 1)
    for each in lines(session, found.quote_id):
        if each.position > found.position:
            each.position += 1
    session.add(copy)
    session.flush()
    total(session, found.quote_id)
    return copy


def remove_line(session: Session, line_id: str) -> None:
    found = line(session, line_id)
    found.removed_at = saved_now()
    session.flush()
    total(session, found.quote_id)
