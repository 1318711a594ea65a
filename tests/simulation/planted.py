"""Bugs to plant, each of which the simulation has to see: what finds nothing proves nothing.

    python -m tests.simulation --planted NAME     (or `all`)

README.md says what each one stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import update

from app.models import outbox
from app.server import applying, feed, members, merging, pushing, quotes, records
from app.services import syncing
from app.sync import apply, inbox, merge, paragraphs, sending
from app.sync import files as transfers
from app.sync.merge import Merged
from app.sync.overlay import OPERATION
from app.sync.protocol import Result

Place = tuple[Any, str]


@dataclass(frozen=True)
class Planted:
    """`wrong` makes, of the right function at `place`, the one that takes its place."""

    place: Place
    wrong: Callable[[Any], Any]
    steps: int = 3000  # within which it has to be found, in each of a few seeds


def _instead(answer: Any) -> Callable[[Any], Any]:
    """Take the place of a function that now does nothing and says `answer`."""
    return lambda _right: lambda *_args, **_more: answer


def _theirs(_right: Any) -> Any:
    def latest(mine: Any, theirs: Any, sides: Any) -> Merged:
        del mine, sides
        return Merged(theirs, "noop")

    return latest


def _sets(_right: Any) -> Any:
    return lambda base, mine, theirs: Merged(
        merge_of(base, mine) if base == theirs or not theirs else theirs, "applied"
    )


def merge_of(base: Any, mine: Any) -> Any:
    return sorted((set(base or []) | set(mine.get("add", []))) - set(mine.get("del", [])))


def _no_revival(right: Any) -> Any:
    def change(unit: Any, reach: Any, known: Any, op: Any, op_id: str, current: Any) -> Any:
        if current is not None and current.deleted:
            return Result(op.n, "noop", ver=current.ver, seq=current.seq)
        return right(unit, reach, known, op, op_id, current)

    return change


def _without_text(right: Any) -> Any:
    def keep(unit: Any, group: Any, results: Any) -> None:
        if results[0].s == "parked":
            group = [
                pushing._Waiting(msgspec.structs.replace(one.op, f={}), one.op_id, one.group_id)
                for one in group
            ]
        right(unit, group, results)

    return keep


def _one_less(right: Any) -> Any:
    def rows(tables: Any, *more: Any) -> Any:
        return right(tables, *more)[:-1]

    return rows


def _no_members(which: int) -> Callable[[Any], Any]:
    def made(right: Any) -> Any:
        def membership(*args: Any) -> Any:
            found = list(right(*args))
            found[which] = []
            return tuple(found)

        return membership

    return made


def _acks_all(right: Any) -> Any:
    def answered(connection: Any, changes: Any, push: Any, answer: Any) -> Any:
        connection.execute(
            update(OPERATION).where(OPERATION.c.state == "pending").values(state="acked")
        )
        return right(connection, changes, push, answer)

    return answered


def _joins_what_was_sent(right: Any) -> Any:
    def waiting(self: Any, written: Any) -> Any:
        found = right(self, written)
        if found:
            return found
        query = outbox.select(OPERATION).where(
            OPERATION.c.row_id == written.row.id, OPERATION.c.state.in_(("pending", "in_flight"))
        )
        rows = self._connection.execute(query.order_by(OPERATION.c.number.desc())).all()
        return [row for row in rows if row.number not in self._withdrawn]

    return waiting


def _leaves_holes(right: Any) -> Any:
    def finish(self: Any) -> None:
        if self.seq != self._begun_at_seq and self.seq % 7 == 0:
            self.seq += 1
        right(self)

    return finish


def _counts_only_in(right: Any) -> Any:
    def count(self: Any, record: Any, sign: int) -> None:
        if sign > 0 or record.entity != "contact":
            right(self, record, sign)

    return count


def _forgets_a_field(right: Any) -> Any:
    def columns(entity: Any, row: Any, known: Any, present: Any) -> Any:
        made, said = right(entity, row, known, present)
        if "email" in made and (entity.name, row.row_id) in known.here:
            made["email"] = ""
        return made, said

    return columns


def _forgets_sent(right: Any) -> Any:
    def number_again(session: Any) -> int:
        session.connection().execute(
            OPERATION.delete().where(OPERATION.c.state.in_(("acked", "parked", "in_flight")))
        )
        return int(right(session))

    return number_again


def _says_sent(_right: Any) -> Any:
    def send(*_args: Any) -> Iterator[int]:
        yield from ()

    return send


def _ends_early(right: Any) -> Any:
    def fitting(rows: Any, limits: Any) -> Any:
        """Split a group over two chunks."""
        return right(rows, limits)[:1]

    return fitting


PLANTED: dict[str, Planted] = {
    # merge
    "loser-not-kept": Planted((merging, "record_conflicts"), _instead([])),
    "latest-says-nothing": Planted((merge, "_latest"), _theirs),
    "notes-drop-mine": Planted((paragraphs, "merge"), lambda _r: lambda base, one, other: other),
    "sets-drop-mine": Planted((merge, "_sets"), _sets),
    "removal-beats-edit": Planted((applying, "_change"), _no_revival),
    "totals-not-recomputed": Planted((quotes, "check_totals"), _instead(None)),
    # feed
    "removals-not-sent": Planted((inbox, "_gone"), _instead([])),
    "page-one-row-short": Planted((inbox, "_rows"), _one_less),
    "grants-not-sent": Planted((feed, "_membership"), _no_members(0)),
    "revokes-not-sent": Planted((feed, "_membership"), _no_members(1)),
    "members-not-followed": Planted((members, "_follow_account"), _instead(None)),
    "seqs-with-holes": Planted((records.Unit, "finish"), _leaves_holes),
    "digest-only-adds": Planted((records.Unit, "_count"), _counts_only_in),
    # apply
    "removal-not-applied": Planted((apply, "_remove"), _instead(None)),
    "field-not-applied": Planted((apply, "_columns"), _forgets_a_field),
    # acknowledgement
    "all-acknowledged": Planted((sending, "answered"), _acks_all),
    "chunk-cuts-group": Planted((sending, "_fitting"), _ends_early),
    "joins-what-was-sent": Planted((outbox._Flush, "_waiting"), _joins_what_was_sent),
    "parked-without-text": Planted((pushing, "_keep"), _without_text),
    "nothing-sent-again": Planted((sending, "queue_again"), _instead(0), 8000),
    "new-code-forgets": Planted((syncing, "_number_again"), _forgets_sent, 8000),
    # files
    "file-said-to-be-sent": Planted((transfers, "_send"), _says_sent),
    "files-not-sent-again": Planted((sending, "queue_files_again"), _instead(None), 8000),
}


@contextmanager
def plant(name: str) -> Iterator[None]:
    """Have this bug in the product while this lasts; "" is none."""
    if not name:
        yield
        return
    planted = PLANTED[name]
    holder, attribute = planted.place
    right = getattr(holder, attribute)
    setattr(holder, attribute, planted.wrong(right))
    try:
        yield
    finally:
        setattr(holder, attribute, right)


def names(wanted: str) -> list[str]:
    return list(PLANTED) if wanted == "all" else [wanted]
