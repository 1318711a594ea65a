"""Why a filtered list is empty: which one of its filters leaves nobody."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.services import account_list
from app.services.account_filters import Narrow
from app.services.list_rules import Rule


class Culprit(NamedTuple):
    """The filter without which most customers would be there; all are empty: the words did it."""

    left_over: int
    quick: str = ""
    rule: Rule | None = None


def culprit(
    session: Session, words: str, *, view: str, narrow: Narrow, today: date
) -> Culprit | None:
    """Return which filter to take away, or None where no single one of them is to blame."""

    def left(words: str, narrow: Narrow) -> int:
        ids = account_list.search(session, words, view=view, narrow=narrow, today=today)
        return len(ids)

    found = []
    if words.strip():
        found.append(Culprit(left("", narrow)))
    for key in sorted(narrow.quick):
        others = Narrow(narrow.quick - {key}, narrow.rules)
        found.append(Culprit(left(words, others), quick=key))
    for rule in narrow.rules:
        rest = Narrow(narrow.quick, tuple(each for each in narrow.rules if each != rule))
        found.append(Culprit(left(words, rest), rule=rule))
    best = max(found, key=lambda each: each.left_over, default=None)
    return best if best is not None and best.left_over else None
