"""What a row of a list of accounts says, field by field: cleaned, and what is worth a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.i18n import _, language, number
from app.models.account import PositionQuality
from app.routing import geocode
from app.routing.place_names import fold
from app.rules import identifiers
from app.rules.money import NotAnAmount, parse_amount
from app.services.imports import cells as read
from app.services.imports.businesses import SITE
from app.services.imports.reading import is_formula
from app.services.imports.rows import LONGEST

_PLAIN = ("legal_name", "code", "notes", "external_id", "job")
_LONGEST_NAME = 200
# what stands in a column «Title» that means how to address somebody
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sr", "sra", "srta", "don", "dona", "prefix"})


class Sheet(NamedTuple):
    """What holds for the whole list."""

    country: str
    day_first: bool
    days_sure: bool
    external_source: str


def refusal(raw: Mapping[str, str]) -> str:
    if not any(raw.get(name) for name in ("name", "contact", "first_name", "last_name")):
        return _("It has no name.")
    for name, cell in raw.items():
        if len(cell) > LONGEST:
            return _(
                "A cell holds {n} letters: a quotation mark may be open, or the cell is no text."
            ).format(n=number(len(cell)))
        if "\ufffd" in cell and name == "name":
            return _("Its letters cannot be read: {cell}").format(cell=cell[:40])
        if name != "notes" and is_formula(cell):
            return _(
                "A cell holds a formula, which is never imported: {cell} Put its result there."
            ).format(cell=cell[:40])
    if read.yes(raw.get("inactive", "")):
        return _("The list says that it is inactive or deleted.")
    return ""


def usual_country(lines: list[dict[str, str]]) -> str:
    """Return the country of most rows that say one: the others are likely from there too."""
    said: Counter[str] = Counter()
    for raw in lines:
        code = _country(raw)
        if code:
            said[code] += 1
        elif raw.get("city") and not said["AD"] and read.is_in(raw["city"], "AD"):
            said["AD"] += not read.is_in(raw["city"], "ES")
    return said.most_common(1)[0][0] if said else "ES"


def _country(raw: Mapping[str, str]) -> str:
    return read.country(raw.get("country", "")) or read.country_by_signs(
        raw.get("postcode", ""), raw.get("parish", ""), raw.get("phone", "")
    )


def cleaned_values(raw: Mapping[str, str], sheet: Sheet) -> tuple[dict[str, object], list[str]]:
    """Return the fields that a row says, cleaned, and what is worth a look."""
    notices: list[str] = []
    person = raw.get("contact") or " ".join(
        part for part in (raw.get("first_name"), raw.get("last_name")) if part
    )
    name = raw.get("name") or person
    if raw.get("parent"):  # somebody, or a second address, of the business that is named there
        name, person = raw["parent"], name
    values: dict[str, Any] = {field: raw[field] for field in _PLAIN if raw.get(field)}
    values["name"] = " ".join(name.split())[:_LONGEST_NAME]
    if len(name) > _LONGEST_NAME:
        notices.append(_("Name cut to {n} letters").format(n=_LONGEST_NAME))
    if raw.get("parent_id"):
        values["parent_id"] = raw["parent_id"]
    if fold(values.get("job", "")) in _TITLES:
        del values["job"]
    if person and fold(person) != fold(name):
        values["contact"] = " ".join(person.split())[:_LONGEST_NAME]
    if "external_id" in values:
        values["external_source"] = sheet.external_source
    country = _country(raw)
    if raw.get("country") and not read.country(raw["country"]):
        notices.append(_("Country to check: {value}").format(value=raw["country"]))
    sector = raw.get("sector", "")  # key=value, as OpenStreetMap has it
    if sector:
        values["sector"] = sector.partition("=")[2].replace("_", " ") if "=" in sector else sector
    _reach(values, raw, country or sheet.country, notices)
    _trade(values, raw, sheet, notices)
    if raw.get("parent"):
        values.pop("external_id", None)
        return values, notices
    values |= _place(raw, country or sheet.country, notices)
    if country and any(field in values for field in SITE):
        values["country"] = country
    return values, notices


def _reach(
    values: dict[str, Any], raw: Mapping[str, str], country: str, notices: list[str]
) -> None:
    if raw.get("tax_id"):
        values["tax_id"] = identifiers.normalise_tax_id(raw["tax_id"])
        if all(identifiers.tax_id_problem(values["tax_id"], code) for code in {country, "ES"}):
            notices.append(_("Tax ID to check: {value}").format(value=raw["tax_id"]))
    said, mobile = raw.get("phone", ""), raw.get("mobile", "")
    found = read.phones(said, country) or ([] if said else read.phones(mobile, country))
    if found:
        values["phone"] = found[0]
    elif said or mobile:
        values["phone"] = read.several(said or mobile)[0][:60]
        notices.append(_("Phone to check: {value}").format(value=said or mobile))
    if len(found) > 1:  # an account has one; none is lost
        others = f"Tel. {', '.join(found[1:])}"
        values["notes"] = "\n".join(filter(None, (values.get("notes"), others)))
    if mobile and "contact" in values:
        values["mobile"] = (read.phones(mobile, country) or [mobile])[0]
    if raw.get("email"):
        emails = read.emails(raw["email"])
        values["email"] = emails[0] if emails else raw["email"][:_LONGEST_NAME]
        if not emails:
            notices.append(_("Email to check: {value}").format(value=raw["email"]))
        elif "contact" in values:
            values["contact_email"] = emails[0]
    if raw.get("website"):  # Access writes «words#address#»
        parts = [part for part in raw["website"].split("#") if part]
        values["website"] = parts[-1] if raw["website"].endswith("#") else raw["website"]


def _trade(
    values: dict[str, Any], raw: Mapping[str, str], sheet: Sheet, notices: list[str]
) -> None:
    since = raw.get("since_on", "")
    if since.strip("0/.- :"):
        day = read.day(since, day_first=sheet.day_first)
        if day is not None:
            values["since_on"] = day
        if day is None or not sheet.days_sure:
            notices.append(_("Date to check: {value}").format(value=since))
    every = raw.get("visit_every_days", "")
    if every.isdecimal() and 0 < int(every[:5]) <= 3650:
        values["visit_every_days"] = int(every)
    elif every.strip("0"):
        notices.append(_("Days between visits to check: {value}").format(value=every))
    if raw.get("credit_limit"):
        try:
            values["credit_limit"] = parse_amount(raw["credit_limit"], language())
        except NotAnAmount:
            notices.append(_("Amount to check: {value}").format(value=raw["credit_limit"]))


def _place(raw: Mapping[str, str], country: str, notices: list[str]) -> dict[str, Any]:
    street = " ".join(part for part in (raw.get("street"), raw.get("number")) if part)
    city = raw.get("city") or raw.get("parish") or ""
    postcode = raw.get("postcode", "")
    if postcode and country in {"ES", "AD"}:
        postcode = identifiers.normalise_postcode(postcode, country)
        if not postcode:
            notices.append(_("Postcode to check: {value}").format(value=raw["postcode"]))
    place: dict[str, Any] = {
        "street": " ".join(street.split()), "postcode": postcode, "city": city,
        "province": raw.get("province", ""),
    }  # fmt: skip
    if raw.get("opening_hours"):
        place["opening_hours"], is_clear = read.hours(raw["opening_hours"])
        if not is_clear:
            notices.append(_("Hours to check: {value}").format(value=raw["opening_hours"]))
    said = [raw.get(name, "") for name in ("lat", "lon", "position")]
    position = read.position(*said)
    if position is not None:
        place["lat_e6"], place["lon_e6"] = position
        place["position_quality"] = PositionQuality.EXACT.value
    else:
        if any(part.strip("0., ") for part in said):
            notices.append(_("Position to check: {value}").format(value=" ".join(said).strip()))
        if (postcode or city) and _may_be(country, raw):
            found = geocode.locate(country, postcode, city, place["province"])
            if found.position is not None and found.quality is not None:
                place["lat_e6"], place["lon_e6"] = found.position.lat_e6, found.position.lon_e6
                place["position_quality"] = found.quality
    return {name: value for name, value in place.items() if value not in {"", None}}


def _may_be(country: str, raw: Mapping[str, str]) -> bool:
    """Whether an address that names no country can be in Spain: not with a province of Texas."""
    province, city = raw.get("province", ""), raw.get("city", "")
    if country != "ES" or not province or geocode.province_code(province) or _country(raw):
        return True
    return bool(city) and read.is_in(city, "ES")
