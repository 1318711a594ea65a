"""The words, amounts, dates and distances that a person reads, in Spanish and in English.

The one piece of module state below the views is the language: gettext's `_` is called from every
layer, from PDFs to error messages, and passing a translator through each of them would hide the
code. `use` sets it once at the start and again when the user changes it.
"""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import (
    format_decimal,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from app import paths

LANGUAGES = ("es", "en")
_LOCALES = {"es": Locale.parse("es_ES"), "en": Locale.parse("en_GB")}


@dataclass(frozen=True)
class _Speech:
    """A language: its catalogue and its locale."""

    language: str
    translations: _gettext.NullTranslations
    locale: Locale


class _State:
    """What is spoken where nothing else was said, and the zone that the user sees."""

    def __init__(self) -> None:
        self.speech = _Speech("en", _gettext.NullTranslations(), _LOCALES["en"])
        self.zone: tzinfo | None = None


_words = _State()
# a document may speak another language than the screen, in its own thread
_here: ContextVar[_Speech | None] = ContextVar("speech", default=None)


def _speech() -> _Speech:
    return _here.get() or _words.speech


def _learn(wanted: str) -> _Speech:
    known = wanted if wanted in LANGUAGES else "en"
    return _Speech(known, _load(wanted), _LOCALES[known])


def use(language: str) -> None:
    """Speak `language` from now on: "es" or "en"; "xx" is English 35 % longer, for layout tests."""
    _words.speech = _learn(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block, in this thread only: a customer's PDF, for instance."""
    token = _here.set(_learn(language))
    try:
        yield
    finally:
        _here.reset(token)


def system_language() -> str:
    """Return the language of the computer's user: "es" for the languages of Spain, else "en"."""
    names = (os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((name for name in names if name), "") or (locale.getlocale()[0] or "")
    return "es" if wanted[:2].lower() in {"es", "ca", "gl", "eu"} else "en"


def language() -> str:
    return _speech().language


def _load(wanted: str) -> _gettext.NullTranslations:
    if wanted == "xx":
        return _Pseudo()
    if wanted == "en":
        return _gettext.NullTranslations()
    folder = paths.resources() / "locale" / wanted / "LC_MESSAGES"
    compiled, source = folder / "app.mo", folder / "app.po"
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return _read_compiled(compiled, compiled.stat().st_mtime_ns)
    return _compile(source, source.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read_compiled(path: Path, _changed: int) -> _gettext.NullTranslations:
    with path.open("rb") as stream:
        return _gettext.GNUTranslations(stream)


@lru_cache(maxsize=4)
def _compile(path: Path, _changed: int) -> _gettext.NullTranslations:
    """Compile a catalogue that is newer than its compiled form, in memory."""
    compiled = BytesIO()
    with path.open("rb") as words:
        write_mo(compiled, read_po(words))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


class _Pseudo(_gettext.NullTranslations):
    """English with accents and a third more letters: what does not fit shows at once."""

    _ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")

    def gettext(self, message: str) -> str:
        if not message:
            return message
        parts = []
        inside = False
        for piece in _split_placeholders(message):
            parts.append(piece if inside else piece.translate(self._ACCENTS))
            inside = not inside
        return "".join(parts) + "·" * max(1, round(len(message) * 0.35))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)

    def pgettext(self, context: str, message: str) -> str:
        del context
        return self.gettext(message)


def _split_placeholders(message: str) -> list[str]:
    pieces, rest = [], message
    while "{" in rest and "}" in rest:
        before, _brace, tail = rest.partition("{")
        name, _brace, rest = tail.partition("}")
        pieces += [before, "{" + name + "}"]
    return [*pieces, rest]


def _(message: str) -> str:
    """Translate. Placeholders are named, `_("{n} stops").format(n=3)`, never an f-string."""
    return _speech().translations.gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    return _speech().translations.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """Translate a word that means different things in different places, by naming the place."""
    return _speech().translations.pgettext(context, message)


# --- numbers ---------------------------------------------------------------------------------


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """Write 1234.5 as «1.234,5» or "1,234.5"; `decimals` fixes how many."""
    pattern = (
        "#,##0.###" if decimals is None else "#,##0." + "0" * decimals if decimals else "#,##0"
    )
    return _minus(format_decimal(value, format=pattern, locale=_speech().locale))


def money(amount: Decimal, currency: str = "EUR", *, decimals: int = 2) -> str:
    """Write 2297.99 as «2.297,99 €» or "€2,297.99"; thousands are always marked."""
    sign = _symbol(currency, str(_speech().locale))
    text = _grouped(abs(amount), decimals)
    text = f"{text}\u00a0{sign}" if _speech().language == "es" else f"{sign}{text}"
    return f"\u2212{text}" if amount < 0 and any(c in "123456789" for c in text) else text


@lru_cache
def _symbol(currency: str, locale: str) -> str:
    return get_currency_symbol(currency, locale=locale)


@lru_cache
def _marks(locale: str) -> dict[int, str]:
    """Return what a locale writes for the comma and the point of "1,234.5"."""
    return {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}


def _grouped(value: Decimal | int, decimals: int) -> str:
    """Format with thousands marked from 1.000 on; CLDR leaves «2297» alone in Spanish.

    By hand: a table formats hundreds while it is painted, and babel takes 80 µs for each.
    """
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals))
    return f"{rounded:,f}".translate(_marks(str(_speech().locale)))


def percent(rate: Decimal | int) -> str:
    """Write Decimal("8") as «8 %» or "8%": the argument is already in percent."""
    text = _percent(Decimal(rate), str(_speech().locale))
    return _minus(text + ("\u00a0%" if _speech().language == "es" else "%"))


@lru_cache(maxsize=1000)
def _percent(rate: Decimal, locale: str) -> str:
    return format_decimal(rate, format="#,##0.##", locale=locale)


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")


def kilometres(metres: int) -> str:
    """Write metres as kilometres: «42 km», and «0,8 km» below ten."""
    km = Decimal(metres) / 1000
    return f"{number(km, 1) if 0 < km < 10 else number(km, 0)}\u00a0km"


def duration(seconds: int) -> str:
    """Write seconds as «35 min» or «3 h 42»."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}\u00a0min"
    hours, rest = divmod(minutes, 60)
    return f"{hours}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


def size(n_bytes: int) -> str:
    """Write a size on disk: «18,0 MB»."""
    for unit, step in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if n_bytes >= step:
            return f"{number(Decimal(n_bytes) / step, 1)}\u00a0{unit}"
    return f"{n_bytes}\u00a0B"


# --- time ------------------------------------------------------------------------------------


def use_zone(zone: tzinfo | None) -> None:
    """Show instants in `zone`; None is the computer's own."""
    _words.zone = zone


def zone() -> tzinfo | None:
    """Return the zone that the user sees, or None for the computer's own."""
    return _words.zone


def local(instant: datetime) -> datetime:
    """Return the aware UTC `instant` in the zone that the user sees."""
    return instant.astimezone(_words.zone)


def clock(instant: datetime) -> str:
    """Write «9:20»: the time of day that the user's clock shows at `instant`."""
    there = local(instant)
    return f"{there.hour}:{there.minute:02d}"


def clock_of_seconds(seconds: int) -> str:
    """Write seconds since midnight as «9:20»."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def day_short(day: date) -> str:
    """Write «jue 19 nov» or "Thu 19 Nov"."""
    return format_date(day, "EEE d MMM", locale=_speech().locale).replace(".", "")


def day_long(day: date) -> str:
    """Write «Jueves, 19 de noviembre» or "Thursday 19 November"."""
    pattern = "EEEE, d 'de' MMMM" if _speech().language == "es" else "EEEE d MMMM"
    text = format_date(day, pattern, locale=_speech().locale)
    return text[:1].upper() + text[1:]


def day_numeric(day: date) -> str:
    """Write «19/11/2026»: for documents, always with the year."""
    return day.strftime("%d/%m/%Y")


def month(day: date) -> str:
    """Write «noviembre de 2026» or "November 2026"."""
    pattern = "MMMM 'de' y" if _speech().language == "es" else "MMMM y"
    return format_date(day, pattern, locale=_speech().locale)


def month_initial(day: date) -> str:
    return format_date(day, "LLLLL", locale=_speech().locale)


def moment(instant: datetime) -> str:
    """Write «jue 19 nov, 11:28»."""
    there = local(instant)
    return (
        f"{day_short(there.date())}, {format_time(there.time(), 'H:mm', locale=_speech().locale)}"
    )


def days_ago(day: date, today: date) -> str:
    """Write «hoy», «ayer», «hace 21 días», «dentro de 5 días»."""
    days = (today - day) // timedelta(days=1)
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days == -1:
        return _("tomorrow")
    if days > 0:
        return ngettext("{n} day ago", "{n} days ago", days).format(n=days)
    return ngettext("in {n} day", "in {n} days", -days).format(n=-days)
