"""Names of places brought to one form, so that «Coruña, A», «LA CORUÑA» and "A Coruna" are one.

Accents, case and punctuation go, the article goes whether it stands in front or behind, and the
words for saint are one word. Both halves of a bilingual name are names of their own.
"""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = frozenset(
    {"el", "la", "los", "las", "lo", "l", "els", "les", "o", "a", "os", "as"}
    | {"es", "sa", "ses", "s", "n", "na", "en", "the"}
)
_SAINTS = {"sant": "san", "st": "san", "santo": "san", "sta": "santa", "ste": "santa"}
_PARENTHESIS = re.compile(r"\s*\([^)]*\)?")
_ACCENT = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return `text` in small letters without accents or punctuation, words one space apart."""
    letters = text.casefold()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", letters.replace("·", ""))
        letters = _ACCENT.sub("", plain)
    return _NOT_WORD.sub(" ", letters).strip()


def place_key(name: str) -> str:
    """Return what two spellings of one place have in common; empty for an empty name."""
    plain = _PARENTHESIS.sub("", name) if "(" in name else name
    front, comma, behind = plain.partition(",")
    words = fold(front if comma and fold(behind) in _ARTICLES else f"{front} {behind}").split()
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(_SAINTS.get(word, word) for word in words)


def place_keys(name: str) -> tuple[str, ...]:
    """Return the keys of all names inside `name`, the whole first: «Vitoria-Gasteiz» has three."""
    if "-" not in name:
        return whole_keys(name)
    keys = [*whole_keys(name), *(place_key(half) for half in re.split(r"[-/]", name))]
    return tuple(dict.fromkeys(key for key in keys if len(key) > 1))


def whole_keys(name: str) -> tuple[str, ...]:
    """Return the keys of `name` and of the languages that a slash separates; hyphens stay."""
    parts = (name, *name.split("/")) if "/" in name else (name,)
    keys = (place_key(part) for part in parts)
    return tuple(dict.fromkeys(key for key in keys if len(key) > 1))


def article_in_front(name: str) -> str:
    """Return «Pobla de Massaluca, La» as «La Pobla de Massaluca»."""
    front, comma, behind = name.partition(", ")
    if not comma or fold(behind) not in _ARTICLES:
        return name
    return f"{behind}{front}" if behind.endswith("'") else f"{behind} {front}"
