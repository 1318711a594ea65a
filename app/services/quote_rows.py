"""The list of quotes, and what the editor shows of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app import i18n
from app.models.account import Account, Contact
from app.models.document import Document
from app.models.journal import Operation
from app.models.product import PriceList, Product
from app.models.quote import Quote, QuoteLine, QuoteState
from app.services import account_figures, quote_totals, team
from app.services import search as full_text
from app.services.quote_versions import (
    ISSUED,
    REPLACED,
    UNDECIDED,
    in_force,
    is_replaced,
    replaced,
)

TABS = ("open", "expiring", "signed", "all")


class QuoteRow(NamedTuple):
    """A quote as the list shows it."""

    id: str
    number: str
    account_name: str
    issued_on: date | None
    valid_until: date | None
    total: Decimal
    currency: str
    state: str
    is_local: bool


class EditorLine(NamedTuple):
    """A line as the editor shows it."""

    line: QuoteLine
    thumbnail: str
    is_over_limit: bool


class Editor(NamedTuple):
    """All that the editor shows of a quote, from one snapshot."""

    quote: Quote
    account_name: str
    account_kind: str
    contact_name: str
    price_list: str
    price_lists: list[tuple[str, str]]
    lines: list[EditorLine]
    rates: list[Decimal]
    margin: Decimal | None
    limit: Decimal | None
    usual: list[tuple[str, str]]
    is_local: bool
    shown_state: str  # the quote's, or `quote_versions.REPLACED`


def search(
    session: Session, words: str = "", *, tab: str = "open", today: date, sort: str = ""
) -> list[str]:
    """Return the ids of the quotes of a tab that match, newest first.

    `sort` is number, issued, valid, state or total, with «-» in front for down.
    """
    query = _tab(tab, today)
    key = {
        "number": Quote.number, "issued": Quote.issued_at, "valid": Quote.valid_until,
        "state": Quote.state, "total": Quote.total,
    }.get(sort.lstrip("-"))  # fmt: skip
    if key is not None:
        down = sort.startswith("-")
        query = query.order_by(None).order_by(key.desc() if down else key.asc(), Quote.id.desc())
    ids = list(session.scalars(query))
    if not words.strip():
        return ids
    accounts = set(full_text.ids(session, words, "account"))
    numbers = set(full_text.ids(session, words, "quote"))
    found = session.execute(select(Quote.id, Quote.account_id))
    owners = dict(found.all())
    return [id_ for id_ in ids if id_ in numbers or owners[id_] in accounts]


def _tab(tab: str, today: date) -> Select[str]:
    query = select(Quote.id).where(Quote.removed_at.is_(None)).order_by(Quote.id.desc())
    if tab == "open":
        query = query.where(in_force(*UNDECIDED))
    elif tab == "expiring":
        week = date.fromordinal(today.toordinal() + 7)
        query = query.where(in_force(*ISSUED), Quote.valid_until.between(today, week))
    elif tab == "signed":
        query = query.where(Quote.state.in_((QuoteState.SIGNED, QuoteState.ACCEPTED)))
    return query


def counts(session: Session, today: date) -> dict[str, int]:
    return {
        tab: session.scalar(
            select(func.count()).select_from(_tab(tab, today).order_by(None).subquery())
        )
        or 0
        for tab in TABS
    }


def rows(session: Session, ids: Sequence[str]) -> list[QuoteRow]:
    local = set(
        session.scalars(
            select(Operation.row_id).where(
                Operation.entity == "quote",
                Operation.row_id.in_(ids),
                Operation.state.in_(("pending", "in_flight")),
            )
        )
    )
    found = session.execute(
        select(Quote, Account.name, replaced())
        .join(Account, Account.id == Quote.account_id)
        .where(Quote.id.in_(ids))
    )
    return [
        QuoteRow(
            quote.id, quote.number, name,
            i18n.local(quote.issued_at).date() if quote.issued_at else None, quote.valid_until,
            quote.total, quote.currency, _shown_state(quote, later=later), quote.id in local,
        )
        for quote, name, later in found
    ]  # fmt: skip


def _shown_state(quote: Quote, *, later: bool) -> str:
    return REPLACED if later and quote.state in UNDECIDED else quote.state


def editor(session: Session, quote_id: str, today: date) -> Editor:
    """Return what the editor shows. Raises `UserError` when the quote is gone."""
    quote = quote_totals.get(session, quote_id)
    account = session.get(Account, quote.account_id)
    contact = session.get(Contact, quote.contact_id) if quote.contact_id else None
    lists = session.execute(
        select(PriceList.id, PriceList.name)
        .where(PriceList.removed_at.is_(None))
        .order_by(PriceList.name)
    )
    names = [(id_, name) for id_, name in lists]
    over = {line.id for line in quote_totals.over_limit(session, quote_id)}
    lines = quote_totals.lines(session, quote_id)
    pictures = _thumbnails(session, [line.product_id for line in lines if line.product_id])
    return Editor(
        quote,
        account.name if account else "",
        account.kind if account else "",
        contact.name if contact else "",
        next((name for id_, name in names if id_ == quote.price_list_id), ""),
        names,
        [EditorLine(e, pictures.get(e.product_id or "", ""), e.id in over) for e in lines],
        [part.rate for part in quote_totals.computed(session, quote).by_rate],
        quote_totals.margin(session, quote_id),
        team.me(session).discount_limit,
        account_figures.usual_products(session, quote.account_id, today),
        _is_local(session, quote_id),
        _shown_state(quote, later=is_replaced(session, quote_id)),
    )


def _thumbnails(session: Session, product_ids: Sequence[str]) -> dict[str, str]:
    rows = session.execute(
        select(Product.id, Document.thumbnail)
        .select_from(Product)
        .join(Document, Document.id == Product.photo_document_id)
        .where(Product.id.in_(product_ids))
    )
    return dict(rows.all())


def _is_local(session: Session, quote_id: str) -> bool:
    waiting = session.scalar(
        select(func.count())
        .select_from(Operation)
        .where(
            or_(
                Operation.row_id == quote_id,
                Operation.row_id.in_(select(QuoteLine.id).where(QuoteLine.quote_id == quote_id)),
            ),
            Operation.state.in_(("pending", "in_flight")),
        )
    )
    return bool(waiting)
