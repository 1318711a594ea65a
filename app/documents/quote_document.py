"""What a quote's PDF shows: plain values, already in the words and order of the page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class QuoteLine:
    """A line as it is printed; a heading has only its description."""

    reference: str
    description: str
    format: str
    quantity: Decimal
    unit_price: Decimal
    discount: str  # «5 %» or «8+2 %», "" for none
    tax_rate: Decimal
    amount: Decimal
    photo: bytes | None = None
    is_sample: bool = False
    is_optional: bool = False
    is_heading: bool = False


@dataclass(frozen=True)
class RateRow:
    """The breakdown of one rate."""

    rate: Decimal
    base: Decimal
    tax: Decimal
    surcharge_rate: Decimal
    surcharge: Decimal
    total: Decimal


@dataclass(frozen=True)
class Party:
    """Who sells, with what stands in the letterhead."""

    name: str
    legal_name: str = ""
    tagline: str = ""
    tax_id: str = ""
    address: str = ""
    contact: str = ""
    registry: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class SignatureMark:
    """A signature drawn on the screen, in a box of 1000 by 400, with its evidence."""

    strokes: tuple[tuple[tuple[int, int], ...], ...]
    signer: str
    tax_id: str
    signed_at: str
    place: str
    sha256: str


@dataclass(frozen=True)
class QuoteDocument:
    """All that a quote's PDF shows. `number` is empty for a draft's preview."""

    company: Party
    number: str
    issued_on: str
    valid_until: str
    rep: str
    rep_zone: str
    customer: tuple[str, ...]  # name first, then tax id, address, contact
    terms: tuple[str, ...]
    lines: tuple[QuoteLine, ...]
    lines_sum: Decimal
    general_discount: str  # «2 %», "" for none
    discount: Decimal
    base: Decimal
    by_rate: tuple[RateRow, ...]
    tax: Decimal
    surcharge: Decimal
    total: Decimal
    tax_name: str = "IVA"  # IVA, IGIC, IPSI, IGI
    currency: str = "EUR"
    introduction: str = ""
    clauses: tuple[str, ...] = ()
    signature: SignatureMark | None = None
    language: str = "es"
    with_photos: bool = True
