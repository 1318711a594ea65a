"""Editors that read what people type: amounts, percentages, times of day, lengths of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app import i18n
from app.i18n import _
from app.rules import clock
from app.rules.money import (
    Discount,
    NotAnAmount,
    is_ambiguous,
    parse_amount,
    parse_number,
    parse_percent,
    round_cents,
    single_percent,
)

_STEP_S, _LAST_S = 300, clock.DAY_S - 300


class ReadingEdit(QLineEdit):
    """A line that is read on leaving it: `edited` when it changed, a red frame when unreadable.

    `told` carries what is wrong, or "", and what else is worth saying of what was understood:
    a `Field` shows both below.
    """

    edited = Signal()
    told = Signal(str, str)

    def __init__(self, name: str, read: Callable[[str], str]) -> None:
        """`read` takes the words in and returns how they are written; ValueError for none."""
        super().__init__()
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.problem, self.note, self.note_tone = "", "", ""
        self._shown, self._take_in = "", read

    def advice(self) -> str:
        """Return what to type here, in words: said of what could not be read."""
        return _("Write it another way.")

    def _note(self, typed: str, written: str) -> str:
        """Return what is worth saying when `typed` was understood as `written`."""
        return ""

    def _show(self, words: str, note: str = "") -> None:
        self._shown, self.note_tone = words, ""
        self.setText(words)
        self.setCursorPosition(0)
        self._mark("", note)

    def _mark(self, problem: str, note: str = "") -> None:
        self.problem, self.note = problem, note
        self.setProperty("bad", bool(problem))
        self.setAccessibleDescription(problem or note)
        self.setToolTip(problem or note)
        self.style().unpolish(self)
        self.style().polish(self)
        self.told.emit(problem, note)

    def take(self, words: str) -> None:
        """Show `words` as they are read, without saying that anything was edited."""
        try:
            written = self._take_in(words)
            self._show(written, self._note(words, written))
        except ValueError:
            self.setText(words)
            self._mark(self.advice())

    def commit(self) -> bool:
        """Read what is typed now; False when it cannot be read, and it stays as it is."""
        if self.text() == self._shown:
            if self.problem:  # it was typed back to what it was
                self._mark("")
            return True
        typed = self.text()
        try:
            written = self._take_in(typed)
        except ValueError:
            self._mark(self.advice())
            return False
        changed = written != self._shown
        self._show(written, self._note(typed, written))
        if changed:
            self.edited.emit()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
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

    def advice(self) -> str:
        return _("Write an amount, such as 44.20 or 2x17.45.")

    def show_amount(self, amount: Decimal | None) -> None:
        self.amount = amount
        self._show(self._text())

    def _text(self) -> str:
        return "" if self.amount is None else i18n.money(self.amount, self._currency)

    def _read(self, words: str) -> str:
        self.amount = parse_amount(words, i18n.language()) if words.strip() else None
        return self._text()

    def _note(self, typed: str, written: str) -> str:
        return _read_as(typed, written)


class NumberEdit(ReadingEdit):
    """A quantity or a unit price, with as many decimals as it needs up to `places`."""

    def __init__(self, name: str, *, places: int = 3, least: int | None = None) -> None:
        super().__init__(name, self._read)
        self.number = Decimal(0)
        self._places, self._least = places, least

    def advice(self) -> str:
        if not self._places:
            return _("Write a whole number, such as 12.")
        return _("Write a number, such as 12 or 2.5, with at most {n} decimals.").format(
            n=self._places
        )

    def _text(self) -> str:
        return number_text(self.number, self._least or 0)

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

    def _note(self, typed: str, written: str) -> str:
        return _read_as(typed, written)


class PercentEdit(ReadingEdit):
    """A discount, chained or not: «8», «8+2»; `discount` is () for none."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self._read)
        self.discount: Discount = ()

    def advice(self) -> str:
        return _("Write a percentage from 0 to 100, such as 8 or 8+2.")

    def show_discount(self, discount: Discount) -> None:
        self.discount = discount
        self._show(discount_text(discount), self._note("", ""))

    def _read(self, words: str) -> str:
        self.discount = parse_percent(words, i18n.language())
        return discount_text(self.discount)

    def _note(self, typed: str, written: str) -> str:
        if len(self.discount) < 2:
            return ""
        return _("{percent} in all").format(
            percent=i18n.percent(round_cents(single_percent(self.discount)))
        )


def _read_as(typed: str, written: str) -> str:
    """Say how «1.234» was read, which the two languages read differently."""
    if typed.strip() == written or not is_ambiguous(typed):
        return ""
    return _("{typed} is read as {value}").format(typed=typed.strip(), value=written)


def number_text(number: Decimal, least: int = 0) -> str:
    """Write a number with as many decimals as it has, and at least so many."""
    return i18n.number(number, max(least, -int(number.normalize().as_tuple().exponent)))


def discount_text(discount: Discount) -> str:
    """Write a discount as «8 %» or «8+2 %»; no discount is «0 %»."""
    if len(discount) < 2:
        return i18n.percent(discount[0] if discount else Decimal(0))
    return "+".join(i18n.number(part) for part in discount[:-1]) + "+" + i18n.percent(discount[-1])


class _SecondsEdit(ReadingEdit):
    """What `TimeEdit` and `DurationEdit` share: seconds, and arrows that move by five minutes."""

    def __init__(self, name: str, parse: Callable[[str], int], write: Callable[[int], str]) -> None:
        super().__init__(name, self._read)
        self.seconds = 0
        self._parse, self._write = parse, write

    def show_seconds(self, seconds: int) -> None:
        self.seconds = seconds
        self._show(self._write(seconds))

    def _read(self, words: str) -> str:
        self.seconds = self._parse(words)
        return self._write(self.seconds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Up, Qt.Key.Key_Down} or self.isReadOnly():
            super().keyPressEvent(event)
            return
        if self.commit():
            up = event.key() == Qt.Key.Key_Up
            steps = self.seconds // _STEP_S + 1 if up else -(-self.seconds // _STEP_S) - 1
            self.show_seconds(min(max(0, steps * _STEP_S), _LAST_S))
            self.edited.emit()


class TimeEdit(_SecondsEdit):
    """A time of day in `seconds` since midnight: «930», «9:30», «9h»."""

    def __init__(self, name: str) -> None:
        super().__init__(name, clock.parse_time, i18n.clock_of_seconds)

    def advice(self) -> str:
        return _("Write a time, such as 930, 9:30 or 9h.")


class DurationEdit(_SecondsEdit):
    """A length of time in `seconds`: «45» minutes, «1h», «1:15», «1 h 15 min»."""

    def __init__(self, name: str) -> None:
        super().__init__(name, clock.parse_duration, i18n.duration)

    def advice(self) -> str:
        return _("Write how long, such as 45, 1h or 1:15.")
