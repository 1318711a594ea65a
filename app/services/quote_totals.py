"""What a quote amounts to: its lines, its totals by the rules, its margin."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.quote import Quote, QuoteLine
from app.rules import pricing, tax
from app.rules.money import after_discount, round_cents
from app.services import team


def get(session: Session, quote_id: str) -> Quote:
    quote = session.get(Quote, quote_id)
    if quote is None or quote.removed_at is not None:
        raise UserError(
            _("This quote is no longer here."), _("It may have been removed by the last sync.")
        )
    return quote


def lines(session: Session, quote_id: str) -> list[QuoteLine]:
    """Return the lines of a quote, in order."""
    return list(
        session.scalars(
            select(QuoteLine)
            .where(QuoteLine.quote_id == quote_id, QuoteLine.removed_at.is_(None))
            .order_by(QuoteLine.position, QuoteLine.id)
        )
    )


def line(session: Session, line_id: str) -> QuoteLine:
    found = session.get(QuoteLine, line_id)
    if found is None:
        raise UserError(_("This line is no longer here."))
    return found


def computed(session: Session, quote: Quote) -> tax.Totals:
    """Return the totals of a quote as the rules compute them from its lines."""
    rounding = team.company(session).rounding
    return tax.totals(
        [as_rule(each) for each in lines(session, quote.id) if each.kind == "product"],
        quote.general_discount,
        rounding="per_line" if rounding == "per_line" else "per_rate",
        surcharged=quote.surcharged,
    )


def as_rule(each: QuoteLine) -> tax.Line:
    return tax.Line(
        each.quantity, each.unit_price, each.discount, each.tax_rate, each.surcharge_rate,
        each.is_optional,
    )  # fmt: skip


def total(session: Session, quote_id: str) -> Quote:
    """Store what the lines amount to, on them and on the quote."""
    session.flush()
    quote = get(session, quote_id)
    for each in lines(session, quote_id):
        each.amount = tax.line_amount(as_rule(each))
    found = computed(session, quote)
    quote.lines_sum, quote.base, quote.tax = found.lines_sum, found.base, found.tax
    quote.surcharge, quote.total = found.surcharge, found.total
    quote.needs_approval = bool(over_limit(session, quote_id))
    return quote


def over_limit(session: Session, quote_id: str) -> list[QuoteLine]:
    """Return the lines whose discount is above what this user may give; samples are not."""
    limit = team.me(session).discount_limit
    return [
        each
        for each in lines(session, quote_id)
        if not each.is_sample and not pricing.within_limit(each.discount, limit)
    ]


def margin(session: Session, quote_id: str) -> Decimal | None:
    """Return the margin in percent, after all discounts; None when a cost is missing."""
    quote = get(session, quote_id)
    counted = [e for e in lines(session, quote_id) if e.kind == "product" and not e.is_optional]
    if any(each.cost is None for each in counted):
        return None
    cost = sum((each.quantity * (each.cost or 0) for each in counted), Decimal(0))
    sold = after_discount(quote.lines_sum, quote.general_discount)
    return pricing.margin_percent(round_cents(sold), round_cents(cost))
