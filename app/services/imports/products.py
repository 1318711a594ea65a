"""Rows of a list as articles of the catalogue, with a price in the default list."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import _, language
from app.models.product import Family, PriceList, PriceListLine, Product
from app.rules.money import NotAnAmount, parse_amount
from app.services.imports.plan import Refused, Row
from app.services.imports.reading import Source, is_formula

_FIELDS = ("reference", "name", "brand", "format", "ean", "cost", "tax_kind")


def examine(
    session: Session, source: Source, columns: Mapping[str, int]
) -> tuple[list[Row], list[Refused]]:
    """Return what each row would do, and the rows that cannot be taken."""
    known = _Known(session)
    rows: list[Row] = []
    refused: list[Refused] = []
    for line, cells in source.rows:
        raw = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if not raw.get("name"):
            refused.append(Refused(line, _("It has no name.")))
            continue
        formula = next((cell for cell in raw.values() if is_formula(cell)), "")
        if formula:
            words = _("A cell holds a formula, which is never imported: {cell}")
            refused.append(Refused(line, words.format(cell=formula[:40])))
            continue
        values, notices = _values(raw)
        key = values.get("reference") or values.get("ean") or values["name"]
        if key in known.used:
            refused.append(Refused(line, _("The same article stands above in this file.")))
            continue
        known.used.add(key)
        row = Row(line, values["name"], "add", values, notices=notices)
        twin = known.find(values)
        if twin is not None:
            row.target = twin.id
            row.values = known.differences(twin, values)
            row.action = "update" if row.values else "unchanged"
        rows.append(row)
    return rows, refused


def _values(raw: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    notices: list[str] = []
    values: dict[str, Any] = {
        name: raw[name][:200]
        for name in ("name", "reference", "brand", "format", "ean")
        if raw.get(name)
    }
    values["reference"] = values.get("reference") or values.get("ean", "")
    if not values["reference"]:
        del values["reference"]
    for name in ("price", "cost"):
        if raw.get(name):
            try:
                values[name] = parse_amount(raw[name], language())
            except NotAnAmount:
                notices.append(_("Amount to check: {value}").format(value=raw[name]))
    if raw.get("family"):
        values["family"] = raw["family"].split("|")[-1].split(":")[-1].strip()[:80]
    if raw.get("tax"):
        kind = _tax_kind(raw["tax"])
        if kind:
            values["tax_kind"] = kind
        else:
            notices.append(_("VAT to check: {value}").format(value=raw["tax"]))
    return values, notices


def _tax_kind(text: str) -> str:
    plain = text.strip().lower().rstrip("% ").replace(",", ".")
    return {
        "21": "general", "0.21": "general", "standard": "general", "general": "general",
        "10": "reduced", "0.1": "reduced", "0.10": "reduced", "reduced": "reduced",
        "reducido": "reduced", "4": "super_reduced", "0.04": "super_reduced",
        "superreducido": "super_reduced", "0": "zero", "exento": "zero", "zero": "zero",
    }.get(plain, "")  # fmt: skip


class _Known:
    """What is in the catalogue already."""

    def __init__(self, session: Session) -> None:
        self.used: set[str] = set()
        self._by_key: dict[str, Product] = {}
        self._prices: dict[str, Decimal] = {}
        self._families = dict(session.execute(select(Family.id, Family.name)).tuples().all())
        for product in session.scalars(select(Product).where(Product.removed_at.is_(None))):
            for key in self._keys(product.reference, product.ean, product.name):
                self._by_key.setdefault(key, product)
        prices = default_list(session)
        if prices is not None:
            for line in session.scalars(
                select(PriceListLine).where(
                    PriceListLine.price_list_id == prices.id, PriceListLine.min_quantity == 0,
                    PriceListLine.removed_at.is_(None),
                )
            ):  # fmt: skip
                self._prices[line.product_id] = line.price

    @staticmethod
    def _keys(reference: str, ean: str, name: str) -> list[str]:
        keys = [f"r:{reference}"] if reference else []
        keys += [f"e:{ean}"] if ean else []
        return keys or [f"n:{name.casefold()}"]

    def find(self, values: Mapping[str, Any]) -> Product | None:
        keys = self._keys(values.get("reference", ""), values.get("ean", ""), values["name"])
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def differences(self, product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
        changed = {
            name: values[name]
            for name in _FIELDS
            if name in values and getattr(product, name) != values[name]
        }
        if "price" in values and self._prices.get(product.id) != values["price"]:
            changed["price"] = values["price"]
        if "family" in values and self._families.get(product.family_id or "") != values["family"]:
            changed["family"] = values["family"]
        return changed


def default_list(session: Session) -> PriceList | None:
    return session.scalars(
        select(PriceList)
        .where(PriceList.removed_at.is_(None))
        .order_by(PriceList.is_default.desc(), PriceList.id)
        .limit(1)
    ).first()


def write(session: Session, row: Row, shared: dict[str, Any]) -> None:
    """Add or update the article of a row, its family and its price."""
    values = row.values
    if row.action == "add":
        product = Product(reference=values.get("reference", ""), name=values["name"])
        session.add(product)
    else:
        found = session.get(Product, row.target)
        assert found is not None  # noqa: S101 - it was there when the plan was made
        product = found
    for name in _FIELDS:
        if name in values:
            setattr(product, name, values[name])
    row.target = product.id
    if values.get("family"):
        product.family_id = _family(session, values["family"], shared)
    if "price" in values:
        _price(session, product.id, values["price"], shared, is_new=row.action == "add")


def _family(session: Session, name: str, shared: dict[str, Any]) -> str:
    if "families" not in shared:
        rows = session.execute(select(Family.name, Family.id).where(Family.removed_at.is_(None)))
        shared["families"] = dict(rows.tuples().all())
    if name not in shared["families"]:
        family = Family(name=name)
        session.add(family)
        session.flush()
        shared["families"][name] = family.id
    return str(shared["families"][name])


def _price(
    session: Session, product_id: str, price: Decimal, shared: dict[str, Any], *, is_new: bool
) -> None:
    if "prices" not in shared:
        shared["prices"] = default_list(session)
    prices: PriceList | None = shared["prices"]
    if prices is None:
        return
    line = None
    if not is_new:
        line = session.scalars(
            select(PriceListLine).where(
                PriceListLine.price_list_id == prices.id, PriceListLine.product_id == product_id,
                PriceListLine.min_quantity == 0, PriceListLine.removed_at.is_(None),
            )
        ).first()  # fmt: skip
    if line is None:
        session.add(PriceListLine(price_list_id=prices.id, product_id=product_id, price=price))
    else:
        line.price = price
