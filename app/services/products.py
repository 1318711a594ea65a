"""The catalogue: find an article by name, reference or barcode."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.document import Document
from app.models.product import PriceListLine, Product
from app.services import search as full_text


class ProductChoice(NamedTuple):
    """An article for a picker, with its price in a list."""

    id: str
    name: str
    reference: str
    format: str
    price: Decimal | None
    thumbnail: str


def split_quantity(typed: str) -> tuple[Decimal | None, str]:
    """Return the quantity typed before the words, if any: «24 aove 5» is 24 and «aove 5»."""
    match = re.match(r"\s*(\d{1,5}(?:[.,]\d{1,3})?)\s+(?=\D)(.*)$", typed)
    if not match:
        return None, typed.strip()
    return Decimal(match[1].replace(",", ".")), match[2].strip()


def choices(
    session: Session, words: str, *, price_list_id: str | None = None, limit: int = 8
) -> list[ProductChoice]:
    """Return articles that match, an exact reference or barcode first."""
    plain = words.strip()
    exact = session.scalars(
        select(Product.id).where(
            or_(Product.reference == plain.upper(), Product.ean == plain),
            Product.removed_at.is_(None),
            Product.is_active,
        )
    ).all()
    ids = [*(exact if plain else ()), *full_text.ids(session, plain, "product", limit=limit * 3)]
    found = {
        product.id: ProductChoice(
            product.id, product.name, product.reference, product.format, price, thumbnail or ""
        )
        for product, price, thumbnail in session.execute(
            select(Product, PriceListLine.price, Document.thumbnail)
            .select_from(Product)
            .outerjoin(
                PriceListLine,
                (PriceListLine.product_id == Product.id)
                & (PriceListLine.price_list_id == price_list_id)
                & (PriceListLine.min_quantity == 0)
                & PriceListLine.removed_at.is_(None),
            )
            .outerjoin(Document, Document.id == Product.photo_document_id)
            .where(Product.id.in_(ids), Product.is_active, Product.removed_at.is_(None))
        )
    }
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found][:limit]
