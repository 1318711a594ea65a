"""A quote as its PDF wants it, and the files that its issue and its signature leave."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.documents.quote_document import (
    Party,
    QuoteDocument,
    QuoteLine,
    RateRow,
    SignatureMark,
)
from app.errors import UserError, ValidationError
from app.i18n import _
from app.models import change
from app.models.account import Account, Contact, Site
from app.models.document import Document
from app.models.product import PriceList, Product
from app.models.quote import Clause, Quote, QuoteState, Signature
from app.models.sync_state import SyncState
from app.models.team import Company, User
from app.rules import identifiers
from app.rules.money import Discount
from app.services import documents, quote_totals, quote_versions, team

Strokes = list[list[list[int]]]  # x, y and milliseconds of each point of each stroke
ReadFile = Callable[[str], bytes | None]  # SHA-256 to bytes, None when not here


def document(session: Session, quote_id: str, read_file: ReadFile) -> QuoteDocument:
    """Return all that the PDF of a quote shows, as it stands now.

    The same quote gives the same document: nothing here depends on the moment of asking.
    """
    quote = quote_totals.get(session, quote_id)
    company, owner = team.company(session), session.get(User, quote.owner_id)
    account = session.get(Account, quote.account_id)
    language = quote.language if quote.language in i18n.LANGUAGES else "es"
    with i18n.speaking(language):
        computed = quote_totals.computed(session, quote)
        return QuoteDocument(
            company=_party(session, company, read_file),
            number=quote.number,
            issued_on=_day(quote.issued_at),
            valid_until=i18n.day_numeric(quote.valid_until) if quote.valid_until else "",
            rep=owner.name if owner else "",
            rep_zone=owner.zone if owner else "",
            customer=_customer(session, quote, account),
            terms=_terms(session, quote),
            lines=tuple(_lines(session, quote, read_file)),
            lines_sum=quote.lines_sum,
            general_discount=discount_words(quote.general_discount),
            discount=quote.lines_sum - quote.base,
            base=quote.base,
            by_rate=tuple(
                RateRow(r.rate, r.base, r.tax, r.surcharge_rate, r.surcharge, r.total)
                for r in computed.by_rate
            ),
            tax=quote.tax,
            surcharge=quote.surcharge,
            total=quote.total,
            tax_name=tax_name(quote.tax_regime),
            currency=quote.currency,
            introduction=quote.introduction,
            clauses=tuple(_clauses(session, quote_id)),
            signature=_signature(session, quote_id),
            language=language,
        )


def tax_name(regime: str) -> str:
    """Return what the tax of a regime is called on paper and screen: VAT, IGIC, IPSI or IGI."""
    return _("VAT") if regime in {"iva", "export"} else regime.upper()


def _day(moment: datetime | None) -> str:
    return i18n.day_numeric(i18n.local(moment).date()) if moment else ""


def discount_words(discount: Discount) -> str:
    """Write a discount as the page shows it: «8+2 %», "" for none."""
    if not discount:
        return ""
    return "".join(f"{i18n.number(part)}+" for part in discount[:-1]) + i18n.percent(discount[-1])


def _party(session: Session, company: Company, read_file: ReadFile) -> Party:
    logo = session.get(Document, company.logo_document_id) if company.logo_document_id else None
    town = " ".join(part for part in (company.postcode, company.city) if part)
    if company.province and company.province != company.city:
        town = f"{town} ({company.province})"
    return Party(
        company.name, company.legal_name, company.tagline,
        _("Tax ID {number}").format(number=company.tax_id) if company.tax_id else "",
        " · ".join(part for part in (company.address, town) if part),
        " · ".join(
            part
            for part in (
                identifiers.phone_text(company.phone) if company.phone else "", company.email,
            )
            if part
        ),
        company.registry_line, read_file(logo.sha256) if logo else None,
    )  # fmt: skip


def _customer(session: Session, quote: Quote, account: Account | None) -> tuple[str, ...]:
    if account is None:
        return ("–",)
    lines = [account.legal_name or account.name]
    ids = [
        _("Tax ID {number}").format(number=account.tax_id) if account.tax_id else "",
        _("Customer {code}").format(code=account.code) if account.code else "",
    ]
    lines.append(" · ".join(part for part in ids if part))
    site = session.get(Site, quote.site_id) if quote.site_id else None
    if site is not None:
        town = " ".join(part for part in (site.postcode, site.city) if part)
        lines.append(" · ".join(part for part in (site.street, town) if part))
    contact = session.get(Contact, quote.contact_id) if quote.contact_id else None
    if contact is not None:
        lines.append(_("Attn. {name}").format(name=contact.name))
    return tuple(line for line in lines if line)


def _terms(session: Session, quote: Quote) -> tuple[str, ...]:
    prices = session.get(PriceList, quote.price_list_id) if quote.price_list_id else None
    lines = [
        _("Price list: {name}").format(name=prices.name) if prices else "",
        _("Payment: {terms}").format(terms=quote.payment_terms) if quote.payment_terms else "",
        _("Delivery: {terms}").format(terms=quote.delivery_terms) if quote.delivery_terms else "",
        _("Your reference: {reference}").format(reference=quote.customer_reference)
        if quote.customer_reference
        else "",
    ]
    return tuple(line for line in lines if line)


def _lines(session: Session, quote: Quote, read_file: ReadFile) -> list[QuoteLine]:
    lines = quote_totals.lines(session, quote.id)
    photos = _photos(session, [line.product_id for line in lines if line.product_id], read_file)
    return [
        QuoteLine(
            line.reference, line.description, line.format, line.quantity, line.unit_price,
            discount_words(line.discount), line.tax_rate, line.amount,
            photos.get(line.product_id or ""), line.is_sample, line.is_optional,
            line.kind == "heading",
        )
        for line in lines
    ]  # fmt: skip


def _photos(session: Session, product_ids: Sequence[str], read_file: ReadFile) -> dict[str, bytes]:
    """Return a picture per product: the photo, or its thumbnail while the photo is not here."""
    rows = session.execute(
        select(Product.id, Document.sha256, Document.thumbnail)
        .select_from(Product)
        .join(Document, Document.id == Product.photo_document_id)
        .where(Product.id.in_(product_ids))
    )
    return {
        product_id: read_file(sha256) or base64.b64decode(thumbnail)
        for product_id, sha256, thumbnail in rows
    }


def _clauses(session: Session, quote_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Clause.text)
            .where(Clause.quote_id == quote_id, Clause.removed_at.is_(None))
            .order_by(Clause.position, Clause.id)
        )
    )


def _signature(session: Session, quote_id: str) -> SignatureMark | None:
    found = session.scalars(
        select(Signature)
        .where(Signature.quote_id == quote_id, Signature.removed_at.is_(None))
        .order_by(Signature.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    strokes = tuple(tuple((p[0], p[1]) for p in stroke) for stroke in found.strokes)
    at = i18n.local(found.signed_at)
    return SignatureMark(
        strokes, found.signer,
        _("Tax ID {number}").format(number=found.signer_tax_id) if found.signer_tax_id else "",
        f"{i18n.day_numeric(at.date())} {at:%H:%M}", found.place, found.pdf_sha256,
    )  # fmt: skip


def keep_pdf(session: Session, quote_id: str, *, sha256: str, size: int, at: datetime) -> Document:
    """Name the bytes of an issued quote's PDF, which are in the file store already."""
    change.by_itself(session)
    quote = quote_totals.get(session, quote_id)
    kept = documents.add(
        session, name=f"{quote.number}.pdf", kind="quote", mime="application/pdf", sha256=sha256,
        size=size, account_id=quote.account_id, about="quote", about_id=quote.id, taken_at=at,
    )  # fmt: skip
    quote.pdf_document_id = kept.id
    return kept


def sign(
    session: Session, quote_id: str, *, signer: str, tax_id: str, strokes: Strokes, pdf: bytes,
    at: datetime, place: str = "",
) -> Signature:  # fmt: skip
    """Store the customer's signature of the issued quote whose unsigned PDF is `pdf`.

    Raises `ValidationError` for what is missing, `UserError` when the quote is still a draft, was
    signed already, or was replaced by a later version.
    """
    quote = quote_totals.get(session, quote_id)
    if quote.state == QuoteState.DRAFT:
        raise UserError(_("A draft cannot be signed."), _("Issue it first: it gets its number."))
    if quote.state == QuoteState.SIGNED:
        raise UserError(_("This quote is already signed."))
    if quote_versions.is_replaced(session, quote_id):
        raise UserError(
            _("A later version has replaced this quote."), _("Let the customer sign that one.")
        )
    if not signer.strip():
        raise ValidationError("signer", _("Who signs?"))
    if not tax_id.strip():
        raise ValidationError("tax_id", _("Write the ID of the person who signs."))
    if identifiers.tax_id_problem(tax_id):
        raise ValidationError("tax_id", _("This tax ID is not right."))
    if not strokes or all(len(stroke) < 2 for stroke in strokes):
        raise ValidationError("strokes", _("Sign in the box."))
    state = session.get(SyncState, 1)
    signature = Signature(
        quote_id=quote_id, signer=signer.strip(),
        signer_tax_id=identifiers.normalise_tax_id(tax_id), strokes=strokes,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(), signed_at=at,
        device_id=state.device_id if state else "", place=place,
        clauses_shown="\n".join(_clauses(session, quote_id)),
    )  # fmt: skip
    session.add(signature)
    quote.state = QuoteState.SIGNED
    session.flush()
    return signature
