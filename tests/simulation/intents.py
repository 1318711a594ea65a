"""The oracle: every deed of a person, and what has to have become of it in the end.

A deed gives a field a value that nobody else gives, so that it can be found again: as the field's
value in the history of its row, in a conflict, or in an operation that was put aside. It may also
have been replaced or taken back by the same computer before it was sent, or be gone with a disk.
What was found once has to be found again after the server went back to an older copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Text, cast, select

from app.server import tables


@dataclass(frozen=True)
class Intent:
    """`who` gave `field` of a row the value `value`; `n` orders all deeds; undo names `command`."""

    who: str
    n: int
    entity: str
    row_id: str
    field: str
    value: str
    command: str = ""


@dataclass
class Oracle:
    """All deeds so far, in order."""

    count: int = 0
    lost_with_disk: int = 0
    _open: list[Intent] = field(default_factory=list)  # not yet seen on the server
    _found: list[Intent] = field(default_factory=list)  # seen at a rest
    _undone: dict[str, list[Intent]] = field(default_factory=dict)
    _taken_back: list[Intent] = field(default_factory=list)
    _only_there: set[str] = field(default_factory=set)  # values that the server alone has

    def note(
        self, who: str, entity: str, row_id: str, name: str, value: str, *, command: str = ""
    ) -> None:
        self._open.append(Intent(who, self.count, entity, row_id, name, value, command))
        self.count += 1

    # what a person takes back

    def took_away(self, who: str, row_id: str) -> None:
        """`who` has removed the row: what the same computer had not sent of it need not arrive."""
        self._open = [one for one in self._open if (one.who, one.row_id) != (who, row_id)]

    def retract(self, who: str, row_id: str, values: Iterable[str]) -> None:
        """`who` has taken these values out again, such as a paragraph of the notes."""
        gone = set(values)
        self._open = [
            one
            for one in self._open
            if (one.who, one.row_id) != (who, row_id) or one.value not in gone
        ]

    def replace(self, who: str, row_id: str, name: str) -> None:
        """`who` has given the field a value that somebody else gave before."""
        self._open = [
            one
            for one in self._open
            if (one.who, one.row_id) != (who, row_id) or one.field.split()[0] != name
        ]

    def undo(self, who: str, command: str) -> None:
        mine = [one for one in self._open if (one.who, one.command) == (who, command)]
        self._undone[command] = mine
        self._taken_back += mine
        self._open = [one for one in self._open if one not in mine]

    def redo(self, command: str) -> None:
        for one in self._undone.pop(command, []):
            self._open.append(replace(one, n=self.count))
            self.count += 1

    # accidents

    def forget_unsent(self, who: str, since: int, sent: set[str]) -> None:
        """The disk of `who` is older than deed `since` now: what was not sent then is gone."""
        kept = []
        for one in self._open:
            if one.who == who and one.n >= since and one.value not in sent:
                self.lost_with_disk += 1
            else:
                kept.append(one)
                if one.who == who and one.n >= since:
                    self._only_there.add(one.value)
        self._open = kept
        # it cannot be sent a second time either, should the server go back as well
        self._found = [one for one in self._found if one.who != who or one.n < since]

    def reopen(self, since: int) -> None:
        """The server forgot all after deed `since`: what it had has to come to it again."""
        again = [one for one in self._found if one.n >= since]
        self._found = [one for one in self._found if one.n < since]
        self._open = sorted(
            (
                one
                for one in (*again, *self._open)
                if one.n < since or one.value not in self._only_there
            ),
            key=lambda one: one.n,
        )

    def found(self, connection: Connection, tenant: str, who: str) -> set[str]:
        """Return the values of this computer's deeds that the server keeps somewhere now."""
        return {
            one.value
            for one in self._open
            if one.who == who and one.value in _all_that_is_kept(connection, tenant, one.row_id)
        }

    # the reckoning

    def unaccounted(self, connection: Connection, tenant: str) -> list[Intent]:
        """Return the deeds that are nowhere, once every computer has sent all; rest is settled."""
        missing: list[Intent] = []
        replaced = self._replaced()
        by_row: dict[str, str] = {}
        for one in self._open:
            if one in replaced:
                continue
            if one.row_id not in by_row:
                by_row[one.row_id] = _all_that_is_kept(connection, tenant, one.row_id)
            if one.value in by_row[one.row_id]:
                self._found.append(one)
            elif not self._was_covered(one, by_row[one.row_id]):
                missing.append(one)
        self._open = missing
        return missing

    def _was_covered(self, one: Intent, kept: str) -> bool:
        """Whether a later deed of the same person was sent in its place, and then taken back."""
        return any(
            (later.who, later.row_id, later.field) == (one.who, one.row_id, one.field)
            and later.n > one.n
            and later.value in kept
            for later in self._taken_back
        )

    def _replaced(self) -> set[Intent]:
        """Return the deeds that the same computer has replaced by a later one."""
        last: dict[tuple[str, str, str], Intent] = {}
        found: set[Intent] = set()
        for one in self._open:
            key = (one.who, one.row_id, one.field)
            if key in last:
                found.add(last[key])
            last[key] = one
        return found


def _all_that_is_kept(connection: Connection, tenant: str, row_id: str) -> str:
    """Return, as text, the history of a row, its conflicts, and what was put aside of it."""
    log, op = tables.change_log.c, tables.op.c
    history = select(cast(log.fields, Text)).where(log.tenant_id == tenant, log.row_id == row_id)
    aside = select(op.body).where(
        op.tenant_id == tenant, op.result.in_(("parked", "conflict")),
        op.body.contains(row_id, autoescape=True),
    )  # fmt: skip
    texts = [*connection.scalars(history), *connection.scalars(aside)]
    return "\n".join(text or "" for text in texts)
