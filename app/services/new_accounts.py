"""A new customer or prospect from one form: account, address and main contact in one go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from app import i18n
from app.errors import ValidationError
from app.i18n import _
from app.models.account import Account, AccountKind
from app.routing import geocode
from app.rules import opening
from app.services import accounts, leads


class Whereabouts(NamedTuple):
    """What a postcode and a town say: province, the town when it is the only one, and a place."""

    province: str
    town: str
    lat_e6: int | None
    lon_e6: int | None


def whereabouts(postcode: str, town: str) -> Whereabouts:
    """Return what is known of an address, from tables on this computer."""
    country = geocode.country_code("", postcode)
    code = geocode.province_of(postcode) if country == "ES" else None
    province = geocode.province_name(code) if code else ""
    towns = geocode.cities_of(country, postcode)
    found = geocode.locate(country, postcode, town)
    place = found.position
    only = towns[0] if len(towns) == 1 else ""
    if place is None:
        return Whereabouts(province, only, None, None)
    return Whereabouts(province, only, place.lat_e6, place.lon_e6)


def create(
    session: Session, values: Mapping[str, str], place: tuple[int, int] | None = None
) -> Account:
    """Add an account with its address and contact; `place` was set by hand, in micro-degrees.

    Raises `ValidationError` for what cannot be used, by the name of its field.
    """
    days = values.get("frequency", "")
    if days and not (days.isdigit() and 1 <= int(days) <= 365):
        raise ValidationError("frequency", _("Between 1 and 365 days."))
    account = accounts.add(
        session, name=values["name"], kind=values["kind"], tax_id=values.get("tax_id", ""),
        legal_name=values.get("legal_name", ""), phone=values.get("phone", ""),
        email=values.get("email", ""), sector=values.get("sector", ""),
        segment_id=values.get("segment_id") or None, notes=values.get("notes", ""),
        visit_every_days=int(days) if days else None,
    )  # fmt: skip
    account.source = values.get("source", "")
    if account.kind == AccountKind.PROSPECT:
        leads.take(account, values)
    _add_site(session, account, values, place)
    if values.get("contact"):
        accounts.add_contact(
            session, account.id, values["contact"], job=values.get("job", ""),
            phone=values.get("contact_phone", ""),
        ).is_main = True  # fmt: skip
    return account


def _add_site(
    session: Session, account: Account, values: Mapping[str, str], place: tuple[int, int] | None
) -> None:
    written = ("street", "postcode", "city", "province", "hours")
    if place is None and not any(values.get(key) for key in written):
        return
    hours = values.get("hours", "")
    try:
        hours = opening.to_osm(hours, i18n.language())
    except opening.NotOpeningHours:
        hours = values["hours"]  # kept as written: the planner says that it cannot be read
    site = accounts.add_site(
        session, account.id, street=values.get("street", ""), city=values.get("city", ""),
        postcode=values.get("postcode", ""), province=values.get("province", ""),
        opening_hours=hours,
    )  # fmt: skip
    if place is not None:
        session.flush()
        accounts.update_site(session, site.id, lat_e6=place[0], lon_e6=place[1])
