"""Rows of a list as accounts: checked, matched with who is there, written as prospects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import _
from app.models.account import Account, Contact, PositionQuality, Site
from app.routing import geocode
from app.rules import identifiers, opening
from app.services import team
from app.services.imports.plan import Refused, Row
from app.services.imports.reading import Source, is_formula

_ACCOUNT = ("name", "legal_name", "tax_id", "code", "phone", "email", "website", "sector", "notes",
            "external_id")  # fmt: skip
_SITE = ("street", "postcode", "city", "province", "country", "opening_hours", "lat_e6", "lon_e6",
         "position_quality")  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def examine(
    session: Session, source: Source, columns: Mapping[str, int]
) -> tuple[list[Row], list[Refused]]:
    """Return what each row would do, and the rows that cannot be taken."""
    known = _Known(session)
    rows: list[Row] = []
    refused: list[Refused] = []
    for line, cells in source.rows:
        raw = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        reason = _refusal(raw)
        if reason:
            refused.append(Refused(line, reason))
            continue
        values, notices = _values(raw)
        row = Row(line, values["name"], "add", values, notices=notices)
        twin = known.find(values)
        if twin is not None:
            if twin.id in known.used:
                refused.append(Refused(line, _("The same business stands above in this file.")))
                continue
            row.target = twin.id
            row.values = known.differences(twin, values)
            row.action = "update" if row.values else "unchanged"
            known.used.add(twin.id)
        else:
            key = known.keys(values)[0]
            if key in known.fresh:
                refused.append(Refused(line, _("The same business stands above in this file.")))
                continue
            known.fresh.add(key)
        rows.append(row)
    return rows, refused


def _refusal(raw: Mapping[str, str]) -> str:
    if not raw.get("name"):
        return _("It has no name.")
    for name, cell in raw.items():
        if name != "notes" and is_formula(cell):
            return _("A cell holds a formula, which is never imported: {cell}").format(
                cell=cell[:40]
            )
    return ""


def _values(raw: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the fields that a row says, cleaned, and what is worth a look."""
    notices: list[str] = []
    values: dict[str, Any] = {name: raw[name] for name in _ACCOUNT if raw.get(name)}
    values["name"] = values["name"][:200]
    country = geocode.country_code(raw.get("country", ""), raw.get("postcode", ""))
    if not raw.get("country") and raw.get("parish"):
        country = "AD"
    _reach(values, raw, country, notices)
    if "=" in values.get("sector", ""):  # key=value, as OpenStreetMap has it
        values["sector"] = values["sector"].partition("=")[2].replace("_", " ")
    place = _place(raw, country, notices)
    if place:
        values["country"] = country
    values |= place
    if raw.get("contact"):
        values["contact"] = raw["contact"]
    return values, notices


def _reach(
    values: dict[str, Any], raw: Mapping[str, str], country: str, notices: list[str]
) -> None:
    if raw.get("tax_id"):
        values["tax_id"] = identifiers.normalise_tax_id(raw["tax_id"])
        if identifiers.tax_id_problem(values["tax_id"], country):
            notices.append(_("Tax ID to check: {value}").format(value=raw["tax_id"]))
    if raw.get("phone"):
        found = identifiers.phones(raw["phone"], country)
        if found:
            values["phone"] = found[0]
        else:
            notices.append(_("Phone to check: {value}").format(value=raw["phone"]))
    if raw.get("email") and not _EMAIL.fullmatch(raw["email"]):
        notices.append(_("Email to check: {value}").format(value=raw["email"]))


def _place(raw: Mapping[str, str], country: str, notices: list[str]) -> dict[str, Any]:
    street = " ".join(part for part in (raw.get("street"), raw.get("number")) if part)
    city = raw.get("city") or raw.get("parish") or ""
    postcode = identifiers.normalise_postcode(raw.get("postcode", ""), country)
    if raw.get("postcode") and not postcode:
        notices.append(_("Postcode to check: {value}").format(value=raw["postcode"]))
        postcode = ""
    place: dict[str, Any] = {
        "street": street, "postcode": postcode, "city": city, "province": raw.get("province", ""),
    }  # fmt: skip
    hours = raw.get("opening_hours", "")
    if hours:
        place["opening_hours"] = hours
        try:
            opening.validate(hours)
        except opening.NotOpeningHours:
            notices.append(_("Hours to check: {value}").format(value=hours))
    position = _position(raw)
    if position is not None:
        place["lat_e6"], place["lon_e6"] = position
        place["position_quality"] = PositionQuality.EXACT.value
    elif postcode or city:
        found = geocode.locate(country, postcode, city, place["province"])
        if found.position is not None and found.quality is not None:
            place["lat_e6"], place["lon_e6"] = found.position.lat_e6, found.position.lon_e6
            place["position_quality"] = found.quality
    return {name: value for name, value in place.items() if value not in {"", None}}


def _position(raw: Mapping[str, str]) -> tuple[int, int] | None:
    try:
        lat = Decimal(raw.get("lat", "").replace(",", "."))
        lon = Decimal(raw.get("lon", "").replace(",", "."))
    except InvalidOperation:
        return None
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    return round(lat * 1_000_000), round(lon * 1_000_000)


class _Known:
    """Who is there already, by every key that a row may match."""

    def __init__(self, session: Session) -> None:
        self.used: set[str] = set()
        self.fresh: set[str] = set()
        self._sites: dict[str, Site] = {}
        self._contacts: set[tuple[str, str]] = set()
        self._by_key: dict[str, Account] = {}
        for place in session.scalars(
            select(Site).where(Site.removed_at.is_(None)).order_by(Site.id.desc())
        ):
            self._sites[place.account_id] = place
        for account_id, name in session.execute(
            select(Contact.account_id, Contact.name).where(Contact.removed_at.is_(None))
        ):
            self._contacts.add((account_id, name))
        for account in session.scalars(select(Account).where(Account.removed_at.is_(None))):
            site = self._sites.get(account.id)
            there = {
                "external_id": account.external_id, "code": account.code, "tax_id": account.tax_id,
                "name": account.name, "city": site.city if site else "",
                "street": site.street if site else "",
            }  # fmt: skip
            for key in self.keys(there):
                self._by_key.setdefault(key, account)

    @staticmethod
    def keys(values: Mapping[str, Any]) -> list[str]:
        """Return the keys of a business, surest first; without any sure one, name and place."""
        keys = [
            f"{name}:{values[name]}"
            for name in ("external_id", "code", "tax_id")
            if values.get(name)
        ]
        if not keys:
            place = f"{values.get('city', '')}|{values.get('street', '')}"
            keys = [f"name:{values['name'].casefold()}|{place.casefold()}"]
        return keys

    def find(self, values: Mapping[str, Any]) -> Account | None:
        return next((self._by_key[k] for k in self.keys(values) if k in self._by_key), None)

    def differences(self, account: Account, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the file says otherwise than the account; an empty cell says nothing."""
        site = self._sites.get(account.id)
        changed = {
            name: values[name]
            for name in _ACCOUNT
            if name in values and getattr(account, name) != values[name]
        }
        for name in _SITE:
            if name not in values:
                continue
            exact = site is not None and site.position_quality == PositionQuality.EXACT
            guessed = values.get("position_quality") != PositionQuality.EXACT
            if name in {"lat_e6", "lon_e6", "position_quality"} and exact and guessed:
                continue  # a pin placed by hand is better than a guess
            if site is None or getattr(site, name) != values[name]:
                changed[name] = values[name]
        contact = values.get("contact")
        if contact and (account.id, contact) not in self._contacts:
            changed["contact"] = contact
        return changed


def write(session: Session, row: Row, shared: dict[str, Any]) -> None:
    """Add or update the account of a row, with its address and contact."""
    if "me" not in shared:
        shared["me"] = team.my_id(session)
    values = row.values
    if row.action == "add":
        account = Account(owner_id=shared["me"], source="import", name=values["name"])
        session.add(account)
    else:
        found = session.get(Account, row.target)
        assert found is not None  # noqa: S101 - it was there when the plan was made
        account = found
    for name in _ACCOUNT:
        if name in values:
            setattr(account, name, values[name])
    row.target = account.id
    place = {name: values[name] for name in _SITE if name in values}
    if place:
        site: Site | None = None
        if row.action == "update":
            site = session.scalars(
                select(Site)
                .where(Site.account_id == account.id, Site.removed_at.is_(None))
                .order_by(Site.id)
                .limit(1)
            ).first()
        if site is None:
            session.add(Site(account_id=account.id, **place))
        else:
            for name, value in place.items():
                setattr(site, name, value)
    if values.get("contact"):
        session.add(Contact(account_id=account.id, name=values["contact"], is_main=True))
