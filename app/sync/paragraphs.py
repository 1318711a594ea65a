"""A three-way merge of long texts, paragraph by paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class _Edit:
    """Paragraphs `low` to `high` of the base became `lines`; an insertion has low == high."""

    low: int
    high: int
    lines: tuple[str, ...]


def merge(base: str, first: str, second: str) -> str | None:
    """Return the text with both edits of `base`, or None where they touch the same paragraphs.

    Two additions at one place are both kept, `first` before `second`.
    """
    old = base.split("\n") if base else []
    edits = _edits(old, first), _edits(old, second)
    if any(_collide(one, other) for one in edits[0] for other in edits[1]):
        return None
    merged: list[str] = []
    at = 0
    ordered = sorted(
        [(edit.low, edit.high, side, edit) for side in (0, 1) for edit in edits[side]],
        key=lambda entry: entry[:3],
    )
    done: set[_Edit] = set()
    for low, high, _side, edit in ordered:
        if edit in done:  # both made the same edit
            continue
        done.add(edit)
        merged += old[at:low]
        merged += edit.lines
        at = max(at, high)
    return "\n".join(merged + old[at:])


def _edits(old: list[str], text: str) -> list[_Edit]:
    new = text.split("\n") if text else []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Edit(i1, i2, tuple(new[j1:j2])) for tag, i1, i2, j1, j2 in codes if tag != "equal"]


def _collide(one: _Edit, other: _Edit) -> bool:
    if one == other:
        return False
    if one.low == one.high and other.low == other.high:
        return False  # two additions
    if one.low == one.high:
        return other.low < one.low < other.high
    if other.low == other.high:
        return one.low < other.low < one.high
    return one.low < other.high and other.low < one.high
