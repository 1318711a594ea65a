"""The letters of a file: found out from its bytes, also where two encodings were mixed in one."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from app.errors import UserError
from app.i18n import _

# what a person may choose from when the guess was wrong
ENCODINGS = ("utf-8", "cp1252", "cp850", "mac_roman", "utf-16")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SMALL = frozenset("áéíóúàèìòùâêîôûäëïöüãõñçœ")
_LARGE = frozenset("ÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛÄËÏÖÜÃÕÑÇ")
_MARKS = frozenset("ºª€¿¡·«»–—‘’“”…°´©®\u00a0")
# é, ñ, º in UTF-8 that somebody read as Windows-1252: Ã©, Ã±, Âº
_TWICE = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|Â[\u00a0-\u00bf]|â€")
_TWO_BYTES = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")


def decode(content: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and how it was read; `encoding` is what a person chose.

    "mixed" means UTF-8 and Windows-1252 side by side. A letter that nobody can read becomes
    U+FFFD. Raises `UserError` when there are too many of them.
    """
    if encoding:
        return content.decode(encoding, "replace").removeprefix("\ufeff"), encoding
    for mark, known in _BOMS:
        if content.startswith(mark):
            return _checked(content.decode(known, "replace"), name), known
    wide = _without_mark(content)
    if wide:
        return _checked(content.decode(wide, "replace"), name), "utf-16"
    if b"\x00" in content:
        raise UserError(
            _("{name} has bytes that no text has (NUL): it is damaged, or no list. Nothing was"
              " imported.").format(name=name),
            _("Export it anew from the program that it comes from."),
        )  # fmt: skip
    try:
        return _mended(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    if _TWO_BYTES.search(content):
        mixed = _checked(content.decode("utf-8", _fallback()), name)
        return _mended(mixed), "mixed"
    known = max(("cp1252", "cp850", "mac_roman"), key=lambda k: _likely(content, k))
    return _checked(content.decode(known, "replace"), name), known


def _without_mark(content: bytes) -> str:
    """Return the UTF-16 that a file without a byte order mark is in, or nothing."""
    head = content[:4000]
    if len(head) < 4:
        return ""
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.6 and head[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if head[::2].count(0) > half * 0.6 and head[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _checked(text: str, name: str) -> str:
    if text.count("\ufffd") > len(text) // 100 + 1:
        raise UserError(
            _("The letters of {name} cannot be read: its encoding is broken. Nothing was"
              " imported.").format(name=name),
            _("Save it again as «CSV UTF-8», or as Excel (.xlsx)."),
        )  # fmt: skip
    return text


@lru_cache(maxsize=1)
def _fallback() -> str:
    """Register, once, what reads the bytes that are not UTF-8 as Windows-1252."""

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only ever used to decode
        wrong = error.object[error.start : error.end]
        return wrong.decode("cp1252", "replace"), error.end

    codecs.register_error("viajante-cp1252", as_windows)
    return "viajante-cp1252"


def _likely(content: bytes, encoding: str) -> float:
    """Score how much the text looks written by a person from around here."""
    text = content[:200_000].decode(encoding, "replace")
    score, before = 0.0, " "
    for letter in text:
        if not letter.isascii():
            if letter in _SMALL:
                score += 1
            elif letter in _LARGE:
                score += -1 if before.islower() else 1
            elif letter in _MARKS:
                score += 0.2 if not before.isalpha() else -0.2
            else:
                score -= 1
        before = letter
    return score


def _mended(text: str) -> str:
    """Undo UTF-8 that was once read as Windows-1252: «CafÃ©» is «Café»."""
    if not _TWICE.search(text):
        return text
    return "\n".join(_mended_line(line) for line in text.split("\n"))


def _mended_line(line: str) -> str:
    if not _TWICE.search(line):
        return line
    try:
        return b"".join(_byte(letter) for letter in line).decode("utf-8")
    except UnicodeError:
        return line


def _byte(letter: str) -> bytes:
    """Return the byte that was read as `letter`; the five that Windows-1252 lacks are their own."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
