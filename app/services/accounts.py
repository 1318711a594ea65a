"""Customers and prospects: find them, know them, change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict, TypeVar, Unpack

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from app import i18n
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models.account import Account, Contact, PositionQuality, Site
from app.models.base import now as saved_now
from app.routing import geocode
from app.routing.place_names import fold
from app.rules import identifiers
from app.services import account_list, team
from app.services import search as full_text
from app.services.account_rows import AccountRow, first_site, rows


class AccountChanges(TypedDict, total=False):
    """What a customer's page may change."""

    name: str
    legal_name: str
    tax_id: str
    sector: str
    phone: str
    email: str
    website: str
    language: str
    segment_id: str | None
    visit_every_days: int | None
    starred: bool
    tags: frozenset[str]
    notes: str
    kind: str
    status: str


class ContactChanges(TypedDict, total=False):
    """What of a contact may change."""

    name: str
    job: str
    phone: str
    mobile: str
    email: str
    language: str
    is_main: bool
    mailing_consent: bool
    notes: str


class SiteChanges(TypedDict, total=False):
    """What of an address may change; moving it by hand sets both coordinates."""

    street: str
    postcode: str
    city: str
    province: str
    country: str
    opening_hours: str
    lat_e6: int | None
    lon_e6: int | None


# what the list shows has a module of its own
VIEWS, search, counts = account_list.VIEWS, account_list.search, account_list.counts


def get(session: Session, account_id: str) -> Account:
    """Return an account with its sites and contacts; `UserError` when it is gone."""
    account = session.get(
        Account,
        account_id,
        options=[selectinload(Account.sites), selectinload(Account.contacts)],
        populate_existing=True,
    )
    if account is None or account.removed_at is not None:
        raise UserError(
            _("This customer is no longer here."),
            _("It may have been handed over or removed by the last sync."),
        )
    return account


_Part = TypeVar("_Part", Site, Contact)


def first_of(parts: Sequence[_Part]) -> _Part | None:
    """Return the first address or contact that was not removed; the main contact goes first."""
    here = [part for part in parts if part.removed_at is None]
    main = [part for part in here if isinstance(part, Contact) and part.is_main]
    return next(iter(main or here), None)


def add(session: Session, **changes: Unpack[AccountChanges]) -> Account:
    """Add a prospect of one's own. Raises `ValidationError` for a missing name or a bad tax id."""
    name = changes.get("name", "")
    check(name=name, tax_id=changes.get("tax_id", ""))
    account = Account(name=name.strip(), owner_id=team.my_id(session))
    _change(account, changes)
    session.add(account)
    session.flush()
    return account


def check(*, name: str | None = None, tax_id: str = "", country: str = "ES") -> None:
    """Raise `ValidationError` for what cannot be used: no name, a tax id of the wrong length."""
    if name is not None and not name.strip():
        raise ValidationError("name", _("A customer needs a name."))
    problem = identifiers.tax_id_problem(tax_id, country)
    if problem is None:
        return
    kind, _colon, count = problem.partition(":")
    if kind == "short":
        words = i18n.ngettext(
            "{n} character short: a tax ID has 9.", "{n} characters short: a tax ID has 9.",
            int(count),
        )  # fmt: skip
    elif kind == "long":
        words = i18n.ngettext(
            "{n} character too many: a tax ID has 9.", "{n} characters too many: a tax ID has 9.",
            int(count),
        )  # fmt: skip
    else:
        count, words = "0", _("The check digit of this tax ID is not right.")
    raise ValidationError("tax_id", words.format(n=count))


def update(session: Session, account_id: str, **changes: Unpack[AccountChanges]) -> Account:
    account = get(session, account_id)
    site = first_of(account.sites)
    check(
        name=changes.get("name"), tax_id=changes.get("tax_id", ""),
        country=site.country if site else "ES",
    )  # fmt: skip
    _change(account, changes)
    return account


def _change(account: Account, changes: AccountChanges) -> None:
    for field, value in changes.items():
        setattr(account, field, value)
    if "name" in changes:
        account.name = changes["name"].strip()
    if "tax_id" in changes:
        account.tax_id = identifiers.normalise_tax_id(changes["tax_id"])
    if found := identifiers.phones(changes.get("phone", "")):
        account.phone = found[0]  # as the others are kept: the twin of a business is found by it


def add_site(session: Session, account_id: str, **changes: Unpack[SiteChanges]) -> Site:
    """Add an address; where no position is given, its postcode and town place it."""
    site = Site(account_id=account_id)
    session.add(site)
    return _change_site(site, **changes)


def update_site(session: Session, site_id: str, **changes: Unpack[SiteChanges]) -> Site:
    site = session.get(Site, site_id)
    if site is None:
        raise UserError(_("This address is no longer here."))
    return _change_site(site, **changes)


def _change_site(site: Site, **changes: Unpack[SiteChanges]) -> Site:
    for field, value in changes.items():
        setattr(site, field, value)
    if "lat_e6" in changes:
        placed = site.lat_e6 is not None
        site.position_quality = PositionQuality.EXACT if placed else PositionQuality.NONE
    elif site.position_quality != PositionQuality.EXACT and {"postcode", "city"} & changes.keys():
        found = geocode.locate(site.country, site.postcode, site.city, site.province)
        if found.position is not None and found.quality is not None:
            site.lat_e6, site.lon_e6 = found.position.lat_e6, found.position.lon_e6
            site.position_quality = found.quality
    return site


def add_contact(
    session: Session, account_id: str, name: str, *, job: str = "", phone: str = "", email: str = ""
) -> Contact:
    if not name.strip():
        raise ValidationError("contact", _("A contact needs a name."))
    contact = Contact(account_id=account_id, name=name.strip(), job=job, phone=phone, email=email)
    session.add(contact)
    session.flush()
    return contact


def update_contact(
    session: Session, contact_id: str, **changes: Unpack[ContactChanges]
) -> Contact:  # fmt: skip
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise UserError(_("This contact is no longer here."))
    if not changes.get("name", contact.name).strip():
        raise ValidationError("contact", _("A contact needs a name."))
    for field, value in changes.items():
        setattr(contact, field, value)
    if changes.get("is_main"):  # there is one
        others = select(Contact).where(
            Contact.account_id == contact.account_id, Contact.id != contact_id, Contact.is_main
        )
        for other in session.scalars(others).all():
            other.is_main = False
    return contact


def remove_contact(session: Session, contact_id: str) -> None:
    update_contact(session, contact_id).removed_at = saved_now()


def remove(session: Session, account_id: str) -> None:
    get(session, account_id).removed_at = saved_now()


def restore(session: Session, account_id: str) -> None:
    account = session.get(Account, account_id)
    if account is not None:
        account.removed_at = None


def star(session: Session, account_id: str, *, starred: bool) -> None:
    get(session, account_id).starred = starred


def duplicates(session: Session, name: str, tax_id: str = "", phone: str = "") -> list[AccountRow]:
    """Return accounts that may be the same business: by tax id, telephone or name."""
    conditions: list[ColumnElement[bool]] = [Account.id.in_(_of_name(session, name))]
    if number := identifiers.normalise_tax_id(tax_id):
        conditions.append(Account.tax_id == number)
    if found := identifiers.phones(phone):
        conditions.append(Account.phone.in_(found))
    ids = list(
        session.scalars(
            select(Account.id).where(or_(*conditions), Account.removed_at.is_(None)).limit(5)
        )
    )
    return rows(session, ids, today=_today())


def _today() -> date:
    return i18n.local(saved_now()).date()


def _of_name(session: Session, name: str) -> list[str]:
    """Return the accounts of this name, whatever its capitals, accents and points."""
    ids = full_text.ids(session, name, "account", limit=200)
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    wanted = fold(name)
    return [id_ for id_, known in rows if wanted and fold(known) == wanted]


def choices(session: Session, words: str, limit: int = 12) -> list[tuple[str, str, str]]:
    """Return (id, name, town) of accounts for a picker."""
    ids = search(session, words)[:limit]
    found = {
        id_: (id_, name, city or "")
        for id_, name, city in session.execute(
            select(Account.id, Account.name, Site.city)
            .select_from(Account)
            .outerjoin(Site, Site.id == first_site())
            .where(Account.id.in_(ids))
        )
    }
    return [found[id_] for id_ in ids if id_ in found]
