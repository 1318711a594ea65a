"""Rows of a list as articles of the catalogue, with a price in the default list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import _, language, number
from app.models.product import Family, PriceList, PriceListLine, Product
from app.rules.money import NotAnAmount, parse_amount, round_price
from app.services.imports import cells as read
from app.services.imports.reading import Source, is_formula
from app.services.imports.rows import (
    CREATE,
    LONGEST,
    SKIP,
    Choices,
    Found,
    Refused,
    Row,
    Shared,
    looks,
)

_FIELDS = ("reference", "name", "brand", "format", "ean", "cost", "tax_kind", "description",
           "is_active")  # fmt: skip
_NO_FAMILY = frozenset({"unknown", "none", "ninguna", "sin familia", "-"})


def examine(
    session: Session, source: Source, columns: Mapping[str, int], choices: Choices
) -> Found:
    """Return what each row would do, and the rows that cannot be taken."""
    known = _Known(session)
    rows: list[Row] = []
    refused: list[Refused] = []
    above = ""
    for line, cells in source.rows:
        raw = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if not raw.get("name") and raw.get("reference"):
            raw["name"] = above  # the next variant of the article above, as shops export them
        above = raw.get("name", "") or above
        reason = _refusal(raw)
        if reason:
            refused.append(Refused(line, reason, raw.get("name", "")[:80]))
            continue
        values, notices = _values(raw)
        notices += looks(raw, cells[len(source.titles) :])
        row = Row(line, values["name"], "add", values, notices=notices)
        reason = _settle(row, known, choices)
        if reason:
            refused.append(Refused(line, reason, raw.get("name", "")[:80]))
        else:
            rows.append(row)
    return Found(rows, refused)


def _settle(row: Row, known: _Known, choices: Choices) -> str:
    """Decide what a row does; return why it is not taken, or nothing."""
    key = known.keys(row.values)[0]
    if key in known.used:
        return _("The same article stands above, in line {line}.").format(line=known.used[key])
    known.used[key] = row.line
    twin = known.find(row.values)
    if twin is None or (choices.twins == CREATE and key.startswith("name:")):
        return ""
    if row.values["name"] != twin.name:
        row.notices.append(_("Its name is now: {name}").format(name=twin.name))
    row.target = twin.id
    row.values = {} if choices.twins == SKIP else known.differences(twin, row.values)
    row.action = "update" if row.values else "unchanged"
    return ""


def _refusal(raw: Mapping[str, str]) -> str:
    if not raw.get("name"):
        return _("It has no name.")
    for name, cell in raw.items():
        if len(cell) > LONGEST:
            return _(
                "A cell holds {n} letters: a quotation mark may be open, or the cell is no text."
            ).format(n=number(len(cell)))
        if "\ufffd" in cell and name == "name":
            return _("Its letters cannot be read: {cell}").format(cell=cell[:40])
        if is_formula(cell):
            return _(
                "A cell holds a formula, which is never imported: {cell} Put its result there."
            ).format(cell=cell[:40])
    return ""


def _values(raw: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    notices: list[str] = []
    values: dict[str, Any] = {
        name: " ".join(raw[name].split())[:200]
        for name in ("name", "reference", "brand", "format")
        if raw.get(name)
    }
    if raw.get("variant"):
        values["name"] = f"{values['name']} - {raw['variant'].replace('|', ' / ')}"[:200]
    if raw.get("format", "").replace(".", "").isdecimal():
        del values["format"]  # how many there are in stock, not how it is packed
    ean = "".join(raw.get("ean", "").split())
    if ean.isdecimal() and len(ean) in {8, 12, 13, 14}:
        values["ean"] = ean
    elif ean:
        notices.append(_("Barcode to check: {value}").format(value=ean[:40]))
    reference = values.get("reference") or (ean if ean.isdecimal() else "")
    if reference:
        values["reference"] = reference
    if raw.get("description"):
        values["description"] = raw["description"]
    if raw.get("inactive"):
        values["is_active"] = not read.yes(raw["inactive"])
    _money(values, raw, notices)
    family = raw.get("family", "").split("|")[-1].split(":")[-1].strip()[:80]
    if family and family.casefold() not in _NO_FAMILY:
        values["family"] = family
    return values, notices


def _money(values: dict[str, Any], raw: Mapping[str, str], notices: list[str]) -> None:
    for name in ("price", "cost"):
        if raw.get(name):
            try:
                values[name] = _price_of(raw[name])
            except NotAnAmount:
                notices.append(_("Amount to check: {value}").format(value=raw[name]))
    if raw.get("tax"):
        kind = _tax_kind(raw["tax"])
        if kind:
            values["tax_kind"] = kind
        else:
            notices.append(_("VAT to check: {value}").format(value=raw["tax"]))


def _price_of(cell: str) -> Decimal:
    """Return a unit price to its four decimals; what a person writes out counts to the cent."""
    plain = re.sub(r"[\s\u00a0€]|EUR", "", cell)
    if re.fullmatch(r"\d+[.,]\d{3,}", plain) and not re.fullmatch(r"[1-9]\d{0,2}[.,]000", plain):
        whole, decimals = re.split(r"[.,]", plain)
        if len(decimals) != 3 or whole == "0":
            return round_price(Decimal(f"{whole}.{decimals}"))
    return parse_amount(cell, language())


def _tax_kind(text: str) -> str:
    plain = text.strip().lower().rstrip("% ").replace(",", ".")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return {
        "21": "general", "0.21": "general", "standard": "general", "general": "general",
        "10": "reduced", "0.1": "reduced", "reduced": "reduced", "reducido": "reduced",
        "4": "super_reduced", "0.04": "super_reduced", "superreducido": "super_reduced",
        "super reducido": "super_reduced", "0": "zero", "exento": "zero", "zero": "zero",
    }.get(plain, "")  # fmt: skip


class _Known:
    """What is in the catalogue already; `used` are the lines that have named it in this file."""

    def __init__(self, session: Session) -> None:
        self.used: dict[str, int] = {}
        self._by_key: dict[str, Product] = {}
        self._prices: dict[str, Decimal] = {}
        self._families: dict[str, str] = {
            row.id: row.name for row in session.execute(select(Family.id, Family.name))
        }
        for product in session.scalars(
            select(Product).where(Product.removed_at.is_(None)).order_by(Product.id)
        ):
            there = {"reference": product.reference, "ean": product.ean, "name": product.name}
            for key in (*self.keys(there), f"name:{product.name.casefold()}"):
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
    def keys(values: Mapping[str, object]) -> list[str]:
        """Return what an article is recognised by, surest first; its name where that is all."""
        keys = [f"{name}:{values[name]}" for name in ("reference", "ean") if values.get(name)]
        return keys or [f"name:{str(values['name']).casefold()}"]

    def find(self, values: Mapping[str, object]) -> Product | None:
        keys = self.keys(values)
        if values.get("ean") and values.get("reference") != values["ean"]:
            keys.append(f"reference:{values['ean']}")  # first imported from a list without its own
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def differences(self, product: Product, values: Mapping[str, object]) -> dict[str, object]:
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


def write(session: Session, row: Row, shared: Shared) -> None:
    """Add or update the article of a row, its family and its price."""
    values = row.values
    with session.no_autoflush:
        if row.action == "add":
            product = Product(reference=values.get("reference", ""), name=values["name"])
            row.add(session, product)
        else:
            found = session.get(Product, row.target)
            assert found is not None  # noqa: S101 - the plan was made in this transaction
            product = found
        for name in _FIELDS:
            if name in values:
                row.change(product, name, values[name])
        row.target = product.id
        if values.get("family"):
            row.change(product, "family_id", _family(session, values["family"], shared))
        if "price" in values:
            _price(session, row, values["price"], shared)


def _family(session: Session, name: str, shared: Shared) -> str:
    if shared.families is None:
        rows = session.execute(select(Family.name, Family.id).where(Family.removed_at.is_(None)))
        shared.families = {row.name: row.id for row in rows}
    if name not in shared.families:
        family = Family(name=name)
        session.add(family)
        session.flush()
        shared.families[name] = family.id
    return shared.families[name]


def _price(session: Session, row: Row, price: Decimal, shared: Shared) -> None:
    if shared.price_list is None:
        prices = default_list(session)
        shared.price_list = prices.id if prices is not None else ""
    if not shared.price_list:
        return
    line = None
    if row.action != "add":
        line = session.scalars(
            select(PriceListLine).where(
                PriceListLine.price_list_id == shared.price_list,
                PriceListLine.product_id == row.target,
                PriceListLine.min_quantity == 0, PriceListLine.removed_at.is_(None),
            )
        ).first()  # fmt: skip
    if line is None:
        made = PriceListLine(price_list_id=shared.price_list, product_id=row.target, price=price)
        row.add(session, made)
    else:
        row.change(line, "price", price)
