"""Two edits of one field, made without knowing of each other, become one value (SYNC.md 2.10).

Pure: base, mine, theirs and the field's policy go in, the value and the loser come out. *Mine* is
the operation that arrives, *theirs* is what the server holds now. The winner never depends on
which of the two arrived first, but where the policy says that what is there stays.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.models.base import OFFICE
from app.models.wire import Field, decode, encode
from app.sync import paragraphs

PHONES = frozenset({"phone", "mobile"})
_REGION = "ES"  # of numbers that are written without a country's prefix


@dataclass(frozen=True)
class Side:
    """Who made an edit, in which role, and when (milliseconds UTC, corrected by the offset)."""

    at: int = 0
    role: str = "rep"
    suspect: bool = False  # the clock of its device cannot be believed


@dataclass(frozen=True)
class Sides:
    """Both edits of a field of `entity`."""

    entity: str = ""
    mine: Side = Side()
    theirs: Side = Side()


@dataclass(frozen=True)
class Merged:
    """What the field holds from now on.

    `outcome` is applied (mine, nobody else changed it), noop (it was so already), merged (both
    are in it) or conflict: then `loser` is the value that is not in it, and `why` says which rule
    chose. `loser_is_mine` says whose it was.
    """

    value: Any
    outcome: str
    loser: Any = None
    why: str = ""
    loser_is_mine: bool = True


# entity.field: from which state one may go to which
TRANSITIONS: dict[str, dict[str, frozenset[str]]] = {
    "account.kind": {"prospect": frozenset({"customer", "supplier"})},
    "activity.state": {
        "planned": frozenset({"under_way", "done", "cancelled"}),
        "under_way": frozenset({"done", "cancelled"}),
        "cancelled": frozenset({"planned"}),
    },
    "quote.state": {
        "draft": frozenset({"issued", "sent", "signed", "accepted", "rejected", "expired"}),
        "issued": frozenset({"sent", "signed", "accepted", "rejected", "expired"}),
        "sent": frozenset({"signed", "accepted", "rejected", "expired"}),
        "signed": frozenset({"accepted"}),
        "expired": frozenset({"signed", "accepted", "rejected"}),
    },
    "route_plan.state": {
        "accepted": frozenset({"under_way", "done"}),
        "under_way": frozenset({"done"}),
    },
    "expense_report.state": {
        "draft": frozenset({"submitted", "approved", "paid"}),
        "submitted": frozenset({"approved", "paid"}),
        "approved": frozenset({"paid"}),
    },
    "conflict.state": {"open": frozenset({"kept", "swapped", "merged"})},
    "parked_operation.state": {"parked": frozenset({"applied", "returned", "withdrawn"})},
}


def merge_field(field: Field, base: Any, mine: Any, theirs: Any, *, sides: Sides) -> Merged:
    """Return what `field` becomes, all values in wire form.

    `mine` of a set is `{"add": [...], "del": [...]}` or the whole list. Raises ValueError when a
    value of `mine` is not one of this field.
    """
    if field.merge == "set":
        return _sets(base, mine, theirs)
    mine = encode(field, decode(field, mine))
    if same(field, mine, theirs):
        return Merged(theirs, "noop")
    if field.merge == "append":
        return _append(mine, theirs)
    if same(field, base, theirs):
        return Merged(mine, "applied")
    if same(field, base, mine):
        return Merged(theirs, "noop")
    match field.merge:
        case "delta":
            return _delta(field, base, mine, theirs)
        case "text3":
            return _text(base or "", mine or "", theirs or "", sides)
        case "transition":
            return _transition(field, mine, theirs, sides)
        case "authority":
            return _authority(mine, theirs, sides)
        case _:
            return _latest(mine, theirs, sides)


def same(field: Field, one: Any, other: Any) -> bool:
    """Return whether two wire values of `field` say the same."""
    return bool(one == other or _comparable(field, one) == _comparable(field, other))


def _comparable(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    if field.wire == "text" and isinstance(value, str):
        text = unicodedata.normalize("NFC", value).strip()
        return (_e164(text) if field.name in PHONES else text) or None
    if field.wire in {"money", "price", "quantity", "percent"}:
        return Decimal(value)
    if field.wire == "set":
        return sorted(value)
    return value


@lru_cache(maxsize=1024)
def _e164(text: str) -> str:
    import phonenumbers  # slow to import, and needed only when two numbers differ as text

    try:
        number = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return text
    extension = f";{number.extension}" if number.extension else ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) + extension


def _conflict(mine: Any, theirs: Any, *, mine_wins: bool, why: str) -> Merged:
    if mine_wins:
        return Merged(mine, "conflict", loser=theirs, why=why, loser_is_mine=False)
    return Merged(theirs, "conflict", loser=mine, why=why)


def _latest(mine: Any, theirs: Any, sides: Sides) -> Merged:
    if sides.mine.suspect or sides.theirs.suspect:
        return _conflict(mine, theirs, mine_wins=False, why="clock")
    if sides.mine.at != sides.theirs.at:
        return _conflict(mine, theirs, mine_wins=sides.mine.at > sides.theirs.at, why="latest")
    # the same instant: any rule will do that does not ask who came first
    return _conflict(mine, theirs, mine_wins=repr(mine) > repr(theirs), why="latest")


def _authority(mine: Any, theirs: Any, sides: Sides) -> Merged:
    wins = sides.mine.role in OFFICE and sides.theirs.role not in OFFICE
    return _conflict(mine, theirs, mine_wins=wins, why="authority")


def _transition(field: Field, mine: Any, theirs: Any, sides: Sides) -> Merged:
    allowed = TRANSITIONS.get(f"{sides.entity}.{field.name}")
    if allowed is None:  # a status without an order: as any free choice
        return _latest(mine, theirs, sides)
    if mine in allowed.get(theirs, ()):
        return Merged(mine, "merged", why="transition")
    if theirs in allowed.get(mine, ()):
        return Merged(theirs, "merged", why="transition")  # it has gone further already
    return _conflict(mine, theirs, mine_wins=False, why="transition")


def _append(mine: Any, theirs: Any) -> Merged:
    if theirs in (None, "", []):
        return Merged(mine, "applied")
    return _conflict(mine, theirs, mine_wins=False, why="append")


def _delta(field: Field, base: Any, mine: Any, theirs: Any) -> Merged:
    if field.wire == "integer":
        return Merged((theirs or 0) + (mine or 0) - (base or 0), "merged", why="delta")
    total = Decimal(theirs or 0) + Decimal(mine or 0) - Decimal(base or 0)
    return Merged(encode(field, total), "merged", why="delta")


def _sets(base: Any, mine: Any, theirs: Any) -> Merged:
    before, there = _words(base or []), _words(theirs or [])
    if isinstance(mine, dict):
        added, gone = _words(mine.get("add", [])), _words(mine.get("del", []))
    else:
        wanted = _words(mine or [])
        added, gone = wanted - before, before - wanted
    value = sorted((there | added) - gone)
    return Merged(value, "noop" if set(value) == there else "applied")


def _words(value: Any) -> set[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{value!r} is not a list of words")
    return {unicodedata.normalize("NFC", word) for word in value}


def _text(base: str, mine: str, theirs: str, sides: Sides) -> Merged:
    # which of two additions at one place comes first must not depend on who arrived first
    first_is_mine = (sides.mine.at, mine) <= (sides.theirs.at, theirs)
    merged = paragraphs.merge(base, *((mine, theirs) if first_is_mine else (theirs, mine)))
    if merged is None:
        return _conflict(mine, theirs, mine_wins=False, why="text3")
    return Merged(merged, "merged", why="text3")
