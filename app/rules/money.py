"""Rounding and reading of amounts: Decimal all the way, half up to the cent."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
PRICE_UNIT = Decimal("0.0001")
Discount = tuple[Decimal, ...]
_HUNDRED = Decimal(100)


class NotAnAmount(ValueError):  # noqa: N818 - what the text is
    """What was typed is no amount, or no percentage."""


def round_cents(amount: Decimal) -> Decimal:
    """Round half up, away from zero: 0.125 is 0.13 and -0.125 is -0.13."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def round_price(price: Decimal) -> Decimal:
    """Round a unit price half up to its four decimals."""
    return price.quantize(PRICE_UNIT, ROUND_HALF_UP)


def to_cents(amount: Decimal) -> int:
    """Return whole cents; ValueError when the amount has a fraction of one."""
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        message = f"{amount} is not in whole cents"
        raise ValueError(message)
    return int(cents)


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def after_discount(amount: Decimal, discount: Discount) -> Decimal:
    """Return what is left of `amount` after the chained percentages; not rounded."""
    for percent in discount:
        amount = amount * (_HUNDRED - percent) / _HUNDRED
    return amount


def single_percent(discount: Discount) -> Decimal:
    """Return the one percentage that equals a chain: 8+2 is 9.84; not rounded."""
    return _HUNDRED - after_discount(_HUNDRED, discount)


def share(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """Split `total` by `weights` into cents that sum to it exactly, by the largest remainder.

    Weights are not negative; with none above zero everything goes to the first share.
    """
    if not weights:
        return []
    whole = sum(weights, Decimal(0))
    if whole == 0:
        return [total, *[Decimal(0)] * (len(weights) - 1)]
    cents = to_cents(total)
    exact = [cents * weight / whole for weight in weights]
    floors = [int(part // 1) for part in exact]
    missing = cents - sum(floors)
    by_remainder = sorted(range(len(weights)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_remainder[:missing]:
        floors[i] += 1
    return [from_cents(part) for part in floors]


_TERM = re.compile(r"^(?:(?P<times>[^x*]+)[x*])?(?P<amount>[^x*]+)$", re.IGNORECASE)


def parse_amount(text: str, language: str = "es") -> Decimal:
    """Read an amount as people type it, rounded to the cent.

    «44,2», "44.20", «40+4,20», «2x17,45», «1.234,56», "€1,234.56". A lone comma or point with one
    or two digits after it is the decimal mark in both languages; «1.234» is read by `language`.

    Raises:
        NotAnAmount: the text is something else.
    """
    cleaned = re.sub(
        r"[\s\u00a0\u202f€$£]|eur(os?)?", "", text.replace("\u2212", "-"), flags=re.IGNORECASE
    )
    if not cleaned:
        raise NotAnAmount(text)
    total = Decimal(0)
    for sign, term in re.findall(r"([+-]?)([^+-]+)|.", cleaned):
        match = _TERM.match(term)
        if not match:
            raise NotAnAmount(text)
        value = parse_number(match["amount"], language)
        if match["times"]:
            value *= parse_number(match["times"], language)
        total += -value if sign == "-" else value
    return round_cents(total)


def parse_number(text: str, language: str = "es") -> Decimal:
    """Read one number without sign, with either decimal mark; NotAnAmount when it is none."""
    if not re.fullmatch(r"\d[\d.,']*|[.,]\d+", text):
        raise NotAnAmount(text)
    digits = text.replace("'", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        decimal_mark = "," if comma > point else "."
    else:
        mark = "," if comma >= 0 else "."
        decimal_mark = mark if _is_decimal(digits, mark, language) else ""
    thousands = {",", "."} - {decimal_mark}
    for mark in thousands:
        if mark in digits and not _grouped(digits.split(decimal_mark or " ")[0], mark):
            raise NotAnAmount(text)
        digits = digits.replace(mark, "")
    if decimal_mark and digits.count(decimal_mark) > 1:
        raise NotAnAmount(text)
    return Decimal(digits.replace(decimal_mark or " ", ".").rstrip(".") or "0")


def is_ambiguous(text: str) -> bool:
    """Tell whether `text` is one number that the two languages read differently: «1.234»."""
    return bool(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", re.sub(r"[\s\u00a0\u202f€$£]", "", text)))


def _is_decimal(digits: str, mark: str, language: str) -> bool:
    if digits.count(mark) != 1:
        return False
    before, _mark, after = digits.partition(mark)
    if len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return True
    return mark == ("," if language == "es" else ".")


def _grouped(whole: str, mark: str) -> bool:
    first, *rest = whole.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest)


def parse_percent(text: str, language: str = "es") -> Discount:
    """Read «8», «8 %» or chained «8+2»; nothing and 0 give no discount.

    Raises:
        NotAnAmount: the text is something else, or a part is not from 0 to 100.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f%]", "", text)
    if not cleaned:
        return ()
    parts = [parse_number(part, language) for part in cleaned.split("+")]
    if any(part > _HUNDRED or part != round(part, 2) for part in parts):
        raise NotAnAmount(text)
    return tuple(part.normalize() for part in parts if part)
