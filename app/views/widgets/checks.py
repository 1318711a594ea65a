"""What is wrong with the fields of a business, said on leaving them."""

from __future__ import annotations

from app import i18n
from app.errors import ValidationError
from app.i18n import _
from app.rules import identifiers, opening
from app.services import accounts
from app.views.widgets.form import Verdict


def name(value: str) -> Verdict | None:
    return refusal(name=value)


def tax_id(value: str) -> Verdict | None:
    return refusal(tax_id=value)


def refusal(*, name: str | None = None, tax_id: str = "", country: str = "ES") -> Verdict | None:
    try:
        accounts.check(name=name, tax_id=tax_id, country=country)
    except ValidationError as error:
        return Verdict(error.message)
    return None


def phone(value: str) -> Verdict | None:
    if not value or identifiers.phones(value):
        return None
    return Verdict(_("I do not know this number: it is kept as it is."), can_be_used=True)


def email(value: str) -> Verdict | None:
    before, _at, place = value.partition("@")
    if not value or (before and "." in place.strip(".")):
        return None
    return Verdict(
        _("An address looks like name@place.com: it is kept as it is."), can_be_used=True
    )


def hours(value: str) -> Verdict | None:
    try:
        opening.to_osm(value, i18n.language())
    except opening.NotOpeningHours:
        words = _("Write hours such as: 9-14 16:30-20, Sat 10-14, Mon closed")
        return Verdict(words, can_be_used=True)
    return None
