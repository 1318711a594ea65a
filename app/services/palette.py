"""What the command palette knows: what is near at hand, what was opened last, what an article is.

Near is the customer of the screen, then today's visits, then what was opened last; of what the
search finds, those go first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from app import i18n
from app.errors import UserError
from app.models.account import Account, Contact
from app.models.activity import ActivityState
from app.models.opened import Opened
from app.models.product import PriceList, PriceListLine, Product
from app.rules import tax
from app.services import quote_lines, search, team
from app.services.route_problem import planned_for
from app.services.search import Hit

KEPT = 40  # places that are remembered
ENTITY_OF = {"customer": "account", "quote": "quote"}  # whose screens are remembered
LIMITS = {"account": 6, "contact": 4, "quote": 4, "document": 3, "product": 4}


class Near(NamedTuple):
    """What the palette offers before anything is typed, and what goes first afterwards."""

    here: Hit | None  # the customer of the screen
    next_visit: Hit | None
    next_at: datetime | None
    today: tuple[str, ...]  # accounts of today's visits
    recent: tuple[Hit, ...]


class Reach(NamedTuple):
    """How a customer, or one of its people, is reached."""

    account_id: str
    phone: str
    email: str


class Card(NamedTuple):
    """An article: what it costs in the default list, and its tax."""

    name: str
    reference: str
    format: str
    brand: str
    ean: str
    description: str
    price: Decimal | None
    price_list: str
    tax_rate: Decimal | None
    tax_kind: str


def near(session: Session, now: datetime, account_id: str = "") -> Near:
    """Return what is near at hand at `now`, on a screen that shows `account_id`."""
    visits = planned_for(session, i18n.local(now).date())
    waiting = [v for v in visits.values() if v.state == ActivityState.PLANNED and v.planned_at]
    coming = min(waiting, key=lambda v: v.planned_at or now, default=None)
    ahead = [str(coming.account_id)] if coming is not None else []
    here = search.hits(session, "account", [account_id] if account_id else [])
    upcoming = search.hits(session, "account", ahead)
    return Near(
        next(iter(here), None), next(iter(upcoming), None),
        coming.planned_at if coming is not None and upcoming else None, tuple(visits),
        tuple(recent(session)),
    )  # fmt: skip


def recent(session: Session, limit: int = KEPT) -> list[Hit]:
    """Return what was opened last and is still here, newest first."""
    rows = session.execute(
        select(Opened.row_id, Opened.screen).order_by(Opened.opened_at.desc()).limit(limit)
    ).all()
    by_kind = {
        kind: {
            hit.row_id: hit
            for hit in search.hits(session, kind, [id_ for id_, at in rows if at == screen])
        }
        for screen, kind in ENTITY_OF.items()
    }
    found = (by_kind[ENTITY_OF[at]].get(id_) for id_, at in rows if at in ENTITY_OF)
    return [hit for hit in found if hit is not None]


def opened(session: Session, screen: str, row_id: str, now: datetime) -> None:
    """Remember that a record was opened; only the last ones are kept."""
    row = {"row_id": row_id, "screen": screen, "opened_at": now}
    put = insert(Opened).values(row)
    # by Core: nobody has to hear of it, nor is it anything to be undone
    connection = session.connection()
    connection.execute(put.on_conflict_do_update(index_elements=["row_id"], set_=row))
    old = select(Opened.row_id).order_by(Opened.opened_at.desc()).offset(KEPT)
    connection.execute(delete(Opened).where(Opened.row_id.in_(old)))


def find(
    session: Session, words: str, kinds: Sequence[str], first: Sequence[str] = ()
) -> list[Hit]:
    """Return what matches, kind by kind in the order of `kinds`; of each `first` goes first.

    `first` are accounts: itself, and what belongs to it.
    """
    place = {id_: at for at, id_ in enumerate(first)}
    found: list[Hit] = []
    for kind in kinds:
        most = LIMITS[kind] * (3 if len(kinds) <= 2 else 1)
        hits = search.hits(session, kind, search.ids(session, words, kind, limit=most))
        hits = _nearer(session, words, kind, place, hits)
        hits.sort(key=lambda hit: place.get(hit.account_id or "", len(place)))
        found += hits[:most]
    return found


def _nearer(
    session: Session, words: str, kind: str, place: dict[str, int], hits: list[Hit]
) -> list[Hit]:
    """Add to customers those near at hand that match: of thousands, only some were looked at."""
    if kind != "account" or not place or len(hits) < LIMITS[kind]:
        return hits
    known = {hit.row_id for hit in hits}
    near_ones = search.among(session, words, kind, [id_ for id_ in place if id_ not in known])
    return [*search.hits(session, kind, near_ones), *hits]


def reach(session: Session, kind: str, row_id: str) -> Reach:
    """Return how to reach an account or a contact; a customer without number has its person's."""
    if kind == "contact":
        contact = session.get(Contact, row_id)
        if contact is None:
            return Reach("", "", "")
        return Reach(contact.account_id, contact.mobile or contact.phone, contact.email)
    account = session.get(Account, row_id)
    if account is None:
        return Reach("", "", "")
    person = session.scalars(
        select(Contact)
        .where(Contact.account_id == row_id, Contact.removed_at.is_(None))
        .order_by(Contact.is_main.desc(), Contact.id)
        .limit(1)
    ).first()
    spare = (person.mobile or person.phone, person.email) if person else ("", "")
    return Reach(row_id, account.phone or spare[0], account.email or spare[1])


def card(session: Session, product_id: str, now: datetime) -> Card | None:
    """Return what an article's card shows, or None when it is gone."""
    product = session.get(Product, product_id)
    if product is None or product.removed_at is not None:
        return None
    prices = session.scalars(
        select(PriceList).where(PriceList.is_default, PriceList.removed_at.is_(None)).limit(1)
    ).first()
    price = session.scalar(
        select(PriceListLine.price)
        .where(
            PriceListLine.price_list_id == (prices.id if prices else ""),
            PriceListLine.product_id == product_id, PriceListLine.removed_at.is_(None),
        )
        .order_by(PriceListLine.min_quantity)
        .limit(1)
    )  # fmt: skip
    company = team.company(session)
    regime = tax.regime_of_postcode(company.postcode, company.country)
    try:
        rate, _more = quote_lines.tax_rate(
            session, regime, product.tax_kind, i18n.local(now).date()
        )
    except UserError:  # the office has not sent one: the card has none either
        rate = None
    return Card(
        product.name, product.reference, product.format, product.brand, product.ean,
        product.description, price, prices.name if prices else "",
        rate, product.tax_kind,
    )  # fmt: skip
