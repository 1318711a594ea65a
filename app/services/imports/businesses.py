"""Who is there already, and whether a row of a list is one of them.

An id of the other program, a tax id or a customer code is surer than a name; but codes such as 1,
2, 3 are in every list, so a short one counts only when name or address agree. Without any of
them, the same name in the same town is the same business.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.account import Account, Contact, PositionQuality, Site
from app.routing.place_names import fold, place_key
from app.services.imports.rows import Row

ACCOUNT = ("name", "legal_name", "tax_id", "code", "phone", "email", "website", "sector", "notes",
           "external_source", "external_id", "since_on", "visit_every_days",
           "credit_limit")  # fmt: skip
SITE = ("street", "postcode", "city", "province", "country", "opening_hours", "lat_e6", "lon_e6",
        "position_quality")  # fmt: skip
CONTACT = {"job": "job", "mobile": "mobile", "contact_email": "email", "contact_phone": "phone"}
_KEPT = frozenset({"notes", "code", "external_source", "external_id"})
_SURE_LENGTH = 8  # an id of this length was made to be unlike any other

Values = Mapping[str, Any]


@dataclass
class Business:
    """One that is known: from the database, or from a row further up in the file."""

    names: frozenset[str]
    city: str
    street: str
    tax_id: str
    code: str
    external: tuple[str, str]
    account: Account | None = None
    site: Site | None = None
    contacts: dict[str, Contact | None] = field(default_factory=dict)
    row: Row | None = None  # the row of this file that is this business

    def agrees(self, values: Values) -> bool:
        """Whether name or address are the same."""
        if self.names & _names(values):
            return True
        street, city = _street(values), _city(values)
        return bool(street and city) and (street, city) == (self.street, self.city)

    def differences(self, values: Values) -> dict[str, object]:
        """Return what the file says otherwise; an empty cell says nothing."""
        account, site = self.account, self.site
        assert account is not None  # noqa: S101 - only asked of what is in the database
        changed: dict[str, object] = {
            name: values[name]
            for name in ACCOUNT
            if name in values and name not in _KEPT and getattr(account, name) != values[name]
        }
        # what another list, or the office, calls it stays; a list fills in what is missing
        if "external_id" in values and not account.external_id:
            changed |= {key: values[key] for key in ("external_source", "external_id")}
        if "code" in values and not account.code:
            changed["code"] = values["code"]
        notes = values.get("notes", "")
        if notes and notes not in account.notes:
            changed["notes"] = f"{account.notes}\n\n{notes}".strip()
        exact = site is not None and site.position_quality == PositionQuality.EXACT
        guessed = values.get("position_quality") != PositionQuality.EXACT
        for name in SITE:
            if name in {"lat_e6", "lon_e6", "position_quality"} and exact and guessed:
                continue  # a pin placed by hand is better than a guess
            if name in values and (site is None or getattr(site, name) != values[name]):
                changed[name] = values[name]
        return changed | self.contact_differences(values)

    def contact_differences(self, values: Values) -> dict[str, object]:
        """Return the person of a row when the business does not have her, or not so."""
        name = values.get("contact", "")
        if not name:
            return {}
        said = {key: values[key] for key in CONTACT if key in values}
        if fold(name) not in self.contacts:
            return {"contact": name} | said
        there = self.contacts[fold(name)]
        if there is None:
            return {}
        other = {key: v for key, v in said.items() if getattr(there, CONTACT[key]) != v}
        return {"contact": name} | other if other else {}


class Businesses:
    """Every business by what it may be recognised by."""

    def __init__(self, session: Session) -> None:
        self._by_id: dict[tuple[str, str], list[Business]] = defaultdict(list)
        self._by_name: dict[str, list[Business]] = defaultdict(list)
        sites: dict[str, Site] = {}
        contacts: dict[str, dict[str, Contact | None]] = defaultdict(dict)
        for site in session.scalars(
            select(Site).where(Site.removed_at.is_(None)).order_by(Site.id.desc())
        ):
            sites[site.account_id] = site
        for contact in session.scalars(select(Contact).where(Contact.removed_at.is_(None))):
            contacts[contact.account_id][fold(contact.name)] = contact
        for account in session.scalars(
            select(Account).where(Account.removed_at.is_(None)).order_by(Account.id)
        ):
            known = _known(account, sites.get(account.id))
            known.contacts = contacts[account.id]
            self._remember(known)
        self._in_file: Counter[tuple[str, str]] = Counter()
        self._taxes: Counter[str] = Counter()

    def expect(self, rows: Iterable[Values]) -> None:
        """Hear of all rows of the file beforehand: how many share a name and town, or a tax id."""
        for values in rows:
            self._in_file[fold(values["name"]), _city(values)] += 1
            self._taxes[values.get("tax_id", "")] += 1

    def find(self, values: Values) -> tuple[Business | None, bool]:
        """Return the business that a row is, and whether that is sure."""
        best: Business | None = None
        most = 0
        for known in self._candidates(values):
            score = self._score(known, values)
            # one that another row has claimed is the second choice among equals
            score = score * 2 - (known.row is not None) if score else 0
            if score > most:
                best, most = known, score
        return best, most > 30

    def add(self, values: Values, row: Row) -> None:
        """Remember what a row adds, so that a row further down is recognised."""
        made = Business(
            _names(values), _city(values), _street(values), values.get("tax_id", ""),
            values.get("code", ""), _external(values), row=row,
        )  # fmt: skip
        if values.get("contact"):
            made.contacts[fold(values["contact"])] = None
        self._remember(made)

    def of_id(self, external_id: str) -> Business | None:
        """Return the business that another program calls so; such ids are unlike any other."""
        found = self._by_id.get(("", external_id), []) if external_id else []
        return found[0] if found else None

    def owner_of_code(self, code: str) -> str:
        """Return who has a customer code already, or nothing."""
        found = self._by_id.get(("code", _bare(code)), [])
        return next((b.account.name for b in found if b.account is not None), "")

    def _remember(self, known: Business) -> None:
        for key in known.names:
            self._by_name[key].append(known)
        source, external = known.external
        for kind, value in (
            ("tax", known.tax_id), ("code", _bare(known.code)), (source, external), ("", external),
        ):  # fmt: skip
            if value:
                self._by_id[kind, value].append(known)

    def _candidates(self, values: Values) -> list[Business]:
        keys = [("tax", values.get("tax_id", "")), ("code", _bare(values.get("code", "")))]
        found: list[Business] = []
        for key in [_external(values), *keys]:
            found += self._by_id.get(key, []) if key[1] else []
        for name in _names(values):
            found += self._by_name.get(name, [])
        return found

    def _score(self, known: Business, values: Values) -> int:
        source, external = _external(values)
        agrees = known.agrees(values)
        if external and known.external[0] == source:
            if known.external[1] != external:
                return 0
            if len(external) >= _SURE_LENGTH or agrees:
                return 100
        tax_id, code = values.get("tax_id", ""), values.get("code", "")
        if tax_id and known.tax_id:
            if tax_id != known.tax_id:
                return 0
            # a chain has one tax id for all of its shops
            alone = self._taxes[tax_id] < 2 and known.row is None
            same = self._same_place(known, values) if known.names & _names(values) else 0
            return 40 + same if alone or same else 0
        if code and known.code and agrees and _bare(code) == _bare(known.code):
            return 60
        if not known.names & _names(values):
            return 0
        same = self._same_place(known, values)
        # two codes are two businesses, unless another list numbers the same address otherwise
        is_other = bool(code and known.code) and (same < 15 or known.row is not None)
        return 0 if is_other else same

    def _same_place(self, known: Business, values: Values) -> int:
        city, street = _city(values), _street(values)
        if city and known.city and city != known.city:
            return 0
        if not street or not known.street:
            return 10
        if street == known.street:
            return 15
        # who moved, or whose street is written otherwise now; but not one of a chain
        only_one = self._in_file[fold(values["name"]), city] == 1 and known.row is None
        return 5 if city and city == known.city and only_one else 0


def _known(account: Account, site: Site | None) -> Business:
    place = {"city": site.city, "street": site.street} if site is not None else {}
    return Business(
        frozenset(filter(None, (fold(account.name), fold(account.legal_name)))), _city(place),
        _street(place), account.tax_id, account.code,
        (account.external_source, account.external_id), account, site,
    )  # fmt: skip


def _names(values: Values) -> frozenset[str]:
    return frozenset(filter(None, (fold(values["name"]), fold(values.get("legal_name", "")))))


def _bare(code: str) -> str:
    """Return a code without the zeros that one program writes in front and another does not."""
    return code.lstrip("0").casefold()


def _city(values: Values) -> str:
    return place_key(values.get("city", ""))


def _street(values: Values) -> str:
    return fold(values.get("street", ""))


def _external(values: Values) -> tuple[str, str]:
    return values.get("external_source", ""), values.get("external_id", "")
