"""What the fields of a list are called, and how the ways of writing a file are."""

from __future__ import annotations

from app import i18n
from app.i18n import _, ngettext
from app.services.imports.reading import Source


def field(kind: str, key: str) -> str:
    """Return the name of a field of accounts or products."""
    return {**_shared(), **(_account() if kind == "accounts" else _product())}.get(key, key)


def _shared() -> dict[str, str]:
    return {"name": _("Name"), "inactive": _("Inactive")}


def _account() -> dict[str, str]:
    return {
        "external_id": _("External id"),
        "code": _("Customer code"),
        "parent": _("Company of the person"),
        "legal_name": _("Legal name"),
        "tax_id": _("Tax ID"),
        "phone": _("Phone"),
        "mobile": _("Mobile"),
        "email": _("Email"),
        "website": _("Website"),
        "sector": _("Sector"),
        "street": _("Street"),
        "number": _("Street number"),
        "postcode": _("Postcode"),
        "city": _("Town"),
        "parish": _("Parish"),
        "province": _("Province"),
        "country": _("Country"),
        "lat": _("Latitude"),
        "lon": _("Longitude"),
        "position": _("Coordinates"),
        "opening_hours": _("Opening hours"),
        "contact": _("Contact"),
        "first_name": _("First name"),
        "last_name": _("Surname"),
        "job": _("Job"),
        "since_on": _("Customer since"),
        "visit_every_days": _("Days between visits"),
        "credit_limit": _("Credit limit"),
        "notes": _("Notes"),
        "parent_id": _("Id of the person's company"),
    }


def _product() -> dict[str, str]:
    return {
        "reference": _("Reference"),
        "ean": _("Barcode"),
        "variant": _("Variant"),
        "brand": _("Brand"),
        "format": _("Format"),
        "family": _("Family"),
        "price": _("Price"),
        "cost": _("Cost"),
        "tax": _("VAT"),
        "description": _("Description"),
    }


def encoding(key: str) -> str:
    """Return what an encoding is called where it comes from."""
    return {
        "utf-8": "UTF-8",
        "utf-8-sig": "UTF-8",
        "cp1252": "Windows-1252",
        "cp850": _("MS-DOS (850)"),
        "mac_roman": "Macintosh",
        "utf-16": "UTF-16",
        "mixed": _("UTF-8 and Windows mixed"),
    }.get(key, key)


def delimiter(key: str) -> str:
    return {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Bar"), "": _("None")}.get(
        key, key
    )


def short(name: str) -> str:
    """Return a file name that leaves room for the rest of the line."""
    return name if len(name) <= 28 else f"{name[:16]}…{name[-10:]}"


def named(source: Source) -> str:
    """Return the name of a file and how many rows it has."""
    n = len(source.rows)
    words = ngettext("{file} · {n} row", "{file} · {n} rows", n)
    return words.format(file=short(source.name), n=i18n.number(n))
