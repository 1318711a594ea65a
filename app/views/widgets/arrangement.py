"""How a user has arranged the columns of a table: which ones, in what order, how wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.views.paged_table import Column

LEAST, MOST = 40, 600  # pixels at 100 %


@dataclass(frozen=True)
class Arrangement:
    """Keys in the order shown; those that are not named are hidden. Empty: as the table comes."""

    shown: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)  # pixels at 100 %

    def keys(self, columns: Sequence[Column], *, customer_looks: bool = False) -> list[str]:
        """Return the keys to show, in order, of columns that there are."""
        known = {column.key: column for column in columns}
        wanted = [key for key in self.shown if key in known] or usual(columns)
        return [key for key in wanted if not (customer_looks and known[key].internal)]

    def width(self, column: Column) -> int:
        return self.widths.get(column.key, column.width)

    def resized(self, key: str, width: int) -> Arrangement:
        bounded = min(max(width, LEAST), MOST)
        return Arrangement(self.shown, {**self.widths, key: bounded})

    def moved(self, columns: Sequence[Column], key: str, by: int) -> Arrangement:
        """Return the arrangement with a column moved to the left (-1) or right (1)."""
        keys = self.keys(columns)
        at = keys.index(key)
        to = min(max(at + by, 0), len(keys) - 1)
        keys.insert(to, keys.pop(at))
        return Arrangement(tuple(keys), self.widths)

    def switched(self, columns: Sequence[Column], key: str, *, on: bool) -> Arrangement:
        """Return the arrangement with a column shown after the others, or hidden; one stays."""
        keys = [each for each in self.keys(columns) if each != key]
        if on:
            keys.append(key)
        return Arrangement(tuple(keys), self.widths) if keys else self

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept in a file."""
        return {"shown": list(self.shown), "widths": dict(self.widths)}


def usual(columns: Sequence[Column]) -> list[str]:
    """Return the keys of the columns that a table shows when nothing was chosen."""
    return [column.key for column in columns if not column.optional]


def read(kept: object) -> Arrangement:
    """Return what `kept` wrote; anything else is as the table comes."""
    if not isinstance(kept, dict):
        return Arrangement()
    shown, widths = kept.get("shown"), kept.get("widths")
    return Arrangement(
        tuple(str(key) for key in shown) if isinstance(shown, list) else (),
        {str(k): w for k, w in widths.items() if isinstance(w, int)}
        if isinstance(widths, dict) else {},
    )  # fmt: skip
