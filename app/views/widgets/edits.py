"""Editors that read what people type: amounts, percentages, times of day."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app import i18n
from app.i18n import _
from app.rules.money import Discount, NotAnAmount, parse_amount, parse_number, parse_percent


class ReadingEdit(QLineEdit):
    """A line that is read on leaving it: `edited` when it changed, a red frame when unreadable."""

    edited = Signal()

    def __init__(self, name: str, read: Callable[[str], str]) -> None:
        """`read` takes the words in and returns how they are written; ValueError for none."""
        super().__init__()
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.problem = ""
        self._shown, self._take_in = "", read

    def _show(self, words: str) -> None:
        self._shown = words
        self.setText(words)
        self.setCursorPosition(0)
        self._mark("")

    def _mark(self, problem: str) -> None:
        self.problem = problem
        self.setProperty("bad", bool(problem))
        self.setAccessibleDescription(problem)
        self.setToolTip(problem)
        self.style().unpolish(self)
        self.style().polish(self)

    def commit(self) -> bool:
        """Read what is typed now; False when it cannot be read, and it stays as it is."""
        if self.text() == self._shown:
            return not self.problem
        try:
            written = self._take_in(self.text())
        except ValueError:
            self._mark(_("Write an amount, such as 44.20 or 2x17.45."))
            return False
        changed = written != self._shown
        self._show(written)
        if changed:
            self.edited.emit()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self._show(self._shown)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.commit():
                event.ignore()
        else:
            super().keyPressEvent(event)


class MoneyEdit(ReadingEdit):
    """An amount: «44,2», «40+4,20», «2x17,45»; `amount` is None when nothing is typed."""

    def __init__(self, name: str, *, currency: str = "EUR") -> None:
        super().__init__(name, self._read)
        self.amount: Decimal | None = None
        self._currency = currency

    def show_amount(self, amount: Decimal | None) -> None:
        self.amount = amount
        self._show("" if amount is None else i18n.money(amount, self._currency))

    def _read(self, words: str) -> str:
        self.amount = parse_amount(words, i18n.language()) if words.strip() else None
        return "" if self.amount is None else i18n.money(self.amount, self._currency)


class NumberEdit(ReadingEdit):
    """A quantity or a unit price, with as many decimals as it needs up to `places`."""

    def __init__(self, name: str, *, places: int = 3, least: int | None = None) -> None:
        super().__init__(name, self._read)
        self.number = Decimal(0)
        self._places, self._least = places, least

    def _text(self) -> str:
        decimals = max(self._least or 0, -int(self.number.normalize().as_tuple().exponent))
        return i18n.number(self.number, max(0, decimals))

    def show_number(self, number: Decimal) -> None:
        self.number = number
        self._show(self._text())

    def _read(self, words: str) -> str:
        cleaned = re.sub(r"[\s\u00a0€]", "", words)
        if not cleaned:
            raise NotAnAmount(words)
        number = parse_number(cleaned, i18n.language())
        if number != round(number, self._places):
            raise NotAnAmount(words)
        self.number = number
        return self._text()


class PercentEdit(ReadingEdit):
    """A discount, chained or not: «8», «8+2»; `discount` is () for none."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self._read)
        self.discount: Discount = ()

    def show_discount(self, discount: Discount) -> None:
        self.discount = discount
        self._show(discount_text(discount))

    def _read(self, words: str) -> str:
        self.discount = parse_percent(words, i18n.language())
        return discount_text(self.discount)


def discount_text(discount: Discount) -> str:
    """Write a discount as «8 %» or «8+2 %»; no discount is «0 %»."""
    if len(discount) < 2:
        return i18n.percent(discount[0] if discount else Decimal(0))
    return "+".join(i18n.number(part) for part in discount[:-1]) + "+" + i18n.percent(discount[-1])


class TimeEdit(ReadingEdit):
    """A time of day: «930», «9:30», «9h»; arrows move by five minutes."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self._read)
        self.seconds = 0

    def show_seconds(self, seconds: int) -> None:
        self.seconds = seconds
        self._show(i18n.clock_of_seconds(seconds))

    def _read(self, words: str) -> str:
        match = re.fullmatch(r"\s*(\d{1,2})(?:[:.h]?(\d{2}))?h?\s*", words)
        if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
            raise NotAnAmount(words)
        self.seconds = int(match[1]) * 3600 + int(match[2] or 0) * 60
        return i18n.clock_of_seconds(self.seconds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            step = 300 if event.key() == Qt.Key.Key_Up else -300
            self.show_seconds(min(max(0, self.seconds + step), 86_100))
            self.edited.emit()
        else:
            super().keyPressEvent(event)
