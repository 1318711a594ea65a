"""Quotes: drafted line by line beside the customer, totalled by the rules, numbered, frozen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.account import Account, Contact, Site
from app.models.activity import Activity, ActivityKind
from app.models.base import now as saved_now
from app.models.product import PriceList
from app.models.quote import Clause, Quote, QuoteLine, QuoteState
from app.models.sync_state import SyncState
from app.rules import follow_up, numbering, tax
from app.rules.money import Discount
from app.services import team
from app.services.quote_lines import price
from app.services.quote_totals import get, lines, total

_COPIED = (
    "contact_id", "site_id", "price_list_id", "payment_terms", "delivery_terms", "language",
    "introduction", "general_discount", "surcharged", "tax_regime",
)  # fmt: skip


class QuoteChanges(TypedDict, total=False):
    """What the head of a draft may change."""

    contact_id: str | None
    site_id: str | None
    valid_until: date | None
    payment_terms: str
    delivery_terms: str
    language: str
    customer_reference: str
    introduction: str
    internal_note: str
    general_discount: Discount


def draft(
    session: Session, account_id: str, *, today: date, activity_id: str | None = None
) -> Quote:
    """Begin a quote for a customer, with the customer's conditions and the company's clauses."""
    quote = _begin(session, account_id, today=today)
    quote.activity_id = activity_id
    templates = select(Clause).where(
        Clause.quote_id.is_(None), Clause.by_default, Clause.language == quote.language
    )
    _add_clauses(session, quote, templates)
    return quote


def _begin(session: Session, account_id: str, *, today: date) -> Quote:
    account = session.get(Account, account_id)
    if account is None or account.removed_at is not None:
        raise UserError(_("This customer is no longer here."))
    company = team.company(session)
    site = session.scalars(
        select(Site)
        .where(Site.account_id == account_id, Site.removed_at.is_(None))
        .order_by(Site.id)
        .limit(1)
    ).first()
    contact = session.scalars(
        select(Contact.id)
        .where(Contact.account_id == account_id, Contact.removed_at.is_(None))
        .order_by(Contact.is_main.desc(), Contact.id)
        .limit(1)
    ).first()
    place = (site.postcode, site.country) if site else (company.postcode, company.country)
    quote = Quote(
        account_id=account_id,
        owner_id=team.my_id(session),
        contact_id=contact,
        site_id=site.id if site else None,
        valid_until=today + timedelta(days=company.quote_valid_days),
        price_list_id=account.price_list_id or _default_list(session),
        payment_terms=account.payment_terms,
        language=account.language or i18n.language(),
        currency=company.currency,
        tax_regime=account.tax_regime or tax.regime_of_postcode(*place),
        surcharged=account.surcharged,
    )
    session.add(quote)
    session.flush()
    return quote


def _default_list(session: Session) -> str | None:
    return session.scalars(
        select(PriceList.id)
        .where(PriceList.removed_at.is_(None))
        .order_by(PriceList.is_default.desc(), PriceList.id)
        .limit(1)
    ).first()


def _add_clauses(session: Session, quote: Quote, wanted: Select[Clause]) -> None:
    """Give `quote` copies of the clauses that are `wanted`, in their order."""
    query = wanted.where(Clause.removed_at.is_(None)).order_by(Clause.position, Clause.id)
    for position, template in enumerate(session.scalars(query).all()):
        session.add(
            Clause(
                quote_id=quote.id, language=quote.language, text=template.text, position=position
            )
        )


def update(session: Session, quote_id: str, **changes: Unpack[QuoteChanges]) -> Quote:
    """Change the head of a draft."""
    quote = get(session, quote_id)
    for name, value in changes.items():
        setattr(quote, name, value)
    if "general_discount" in changes:
        total(session, quote_id)
    return quote


def set_price_list(session: Session, quote_id: str, price_list_id: str, *, today: date) -> None:
    """Take another price list; lines without a typed price take its prices."""
    quote = get(session, quote_id)
    quote.price_list_id = price_list_id
    for each in lines(session, quote_id):
        if each.product_id and each.price_source != "manual":
            offered = price(session, quote, each.product_id, each.quantity, today)
            if offered.amount is not None and offered.offer is not None:
                each.unit_price = each.list_price = offered.amount
                each.price_source = f"list:{offered.offer.name}"
    total(session, quote_id)


def issue(session: Session, quote_id: str, *, now: datetime) -> Quote:
    """Give the quote its final number and freeze it; a follow-up is put on the rep's list.

    The number comes from this device's own series, is raised in this transaction and is never
    used again. Raises `ValidationError` when something is missing.
    """
    quote = get(session, quote_id)
    if quote.state != QuoteState.DRAFT:
        return quote
    today = i18n.local(now).date()
    if not any(each.kind == "product" for each in lines(session, quote_id)):
        raise ValidationError("lines", _("Add the first product before you issue the quote."))
    if quote.valid_until is None or quote.valid_until < today:
        raise ValidationError("valid_until", _("Choose a day that has not passed."))
    total(session, quote_id)
    if quote.revision == 1:
        _number(session, quote, today)
    quote.issued_at, quote.state = now, QuoteState.ISSUED
    session.flush()
    _plan_follow_up(session, quote, today)
    return quote


def _number(session: Session, quote: Quote, today: date) -> None:
    state = session.get(SyncState, 1)
    if state is None or not state.series:
        raise UserError(
            _("This computer has no series for its quotes yet. The quote is still a draft."),
            _("Connect it to your company; the series comes with it."),
        )
    year, counter = numbering.next_counter(today.year, state.counter_year, state.counter_n)
    state.counter_year, state.counter_n = year, counter
    quote.series, quote.year, quote.counter = state.series, year, counter
    pattern = team.company(session).quote_pattern
    quote.number = numbering.number_text(pattern, numbering.Number(year, state.series, counter))


def _plan_follow_up(session: Session, quote: Quote, today: date) -> None:
    days = team.company(session).follow_up_days
    session.add(
        Activity(
            kind=ActivityKind.CALL,
            account_id=quote.account_id,
            owner_id=quote.owner_id,
            rule="quote_follow_up",
            about_id=quote.id,
            due_on=follow_up.after_quote(today, days),
        )
    )


def revise(session: Session, quote_id: str, *, today: date) -> Quote:
    """Begin the next revision of an issued quote: a draft with the same number and lines.

    Asked again, it returns the draft that was begun; a revision is never given twice.
    """
    old = get(session, quote_id)
    if old.state == QuoteState.DRAFT:
        return old
    versions = session.scalars(
        select(Quote).where(
            Quote.series == old.series, Quote.year == old.year, Quote.counter == old.counter
        )
    ).all()
    for version in versions:
        if version.state == QuoteState.DRAFT and version.removed_at is None:
            return version
    copy = _copy(session, old, today=today)
    copy.revises_id, copy.revision = old.id, max(version.revision for version in versions) + 1
    copy.number, copy.series = f"{old.number.split(' v')[0]} v{copy.revision}", old.series
    copy.year, copy.counter = old.year, old.counter
    return copy


def duplicate(session: Session, quote_id: str, *, today: date) -> Quote:
    """Begin a new quote with the same lines and clauses; issuing gives it its own number."""
    return _copy(session, get(session, quote_id), today=today)


def _copy(session: Session, old: Quote, *, today: date) -> Quote:
    copy = _begin(session, old.account_id, today=today)
    for name in _COPIED:
        setattr(copy, name, getattr(old, name))
    _add_clauses(session, copy, select(Clause).where(Clause.quote_id == old.id))
    names = ("position", "kind", "product_id", "reference", "description", "format", "quantity",
             "unit_price", "list_price", "price_source", "discount", "tax_kind", "tax_rate",
             "surcharge_rate", "cost", "is_sample", "is_optional", "note")  # fmt: skip
    for each in lines(session, old.id):
        session.add(QuoteLine(quote_id=copy.id, **{name: getattr(each, name) for name in names}))
    session.flush()
    total(session, copy.id)
    return copy


def remove(session: Session, quote_id: str) -> None:
    """Remove a draft; an issued quote stays, since its number was given to a customer."""
    quote = get(session, quote_id)
    if quote.state != QuoteState.DRAFT:
        raise UserError(
            _("{number} has been issued, so it cannot be removed.").format(number=quote.number),
            _("Mark it as rejected instead."),
        )
    quote.removed_at = saved_now()


def reject(session: Session, quote_id: str) -> None:
    get(session, quote_id).state = QuoteState.REJECTED
