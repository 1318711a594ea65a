"""One synchronisation as a generator: it says what it wants done and does nothing itself.

It yields `Http` (a message to send) and `Db` (a transaction to run) and receives what came of it,
so that the desktop drives it over the network and a test can cut it at every step (SYNC.md 2.8).
Hello, push, pull and backfill, apply, verify and repair; files come after, see `app.sync.files`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

import app
from app.models.database import Changes
from app.sync import apply, inbox, protocol, sending, verify
from app.sync.catalogue import SCHEMA
from app.sync.client import Answered
from app.sync.protocol import (
    Backfill,
    BackfillAnswer,
    Digest,
    DigestAnswer,
    Hello,
    HelloAnswer,
    Message,
    Pull,
    PullAnswer,
    Push,
    PushAnswer,
    Rows,
    RowsAnswer,
)
from app.sync.report import Progress, SyncReport

_ROWS_PER_REPAIR = 500
_ROUNDS = 4  # of repair, and of reading everything again: no run goes on for ever


@dataclass(frozen=True)
class Http:
    """A message for the server; what is sent back is the answer of type `kind`."""

    path: str
    message: Message
    kind: type[Message]


@dataclass(frozen=True)
class Db:
    """One write transaction; `work` gets the connection and the changes to publish."""

    work: Callable[[Connection, Changes], Any]


@dataclass(frozen=True)
class Say:
    """How far it is."""

    progress: Progress


Effect = Http | Db | Say
Steps = Generator[Effect, Any, Any]


def records(report: SyncReport, clock: Callable[[], int]) -> Steps:
    """Agree with the server on all records; fills `report` as it goes.

    `clock` returns milliseconds UTC by this computer. Errors of the network are thrown in by the
    driver and end it; whatever it had done stays done.
    """
    for _round in range(_ROUNDS):
        try:
            limits = yield from _meet(report, clock)
            yield from _push(report, limits)
            digest = yield from _pull(report, clock)
            yield from _verify(report, digest, clock)
        except Answered as error:
            again = yield from _start_over(report, error)
            if not again:
                raise
        else:
            yield Db(lambda connection, _changes: sending.prune(connection, now_ms=clock()))
            return


def _meet(report: SyncReport, clock: Callable[[], int]) -> Steps:
    """Say hello, learn the clock's error, and send again what a restored server lost."""

    def ask(connection: Connection, _changes: Changes) -> Hello:
        state = inbox.state(connection)
        return Hello(
            state.device_id, SCHEMA, app.__version__, state.epoch, state.cursor_seq,
            state.last_acked_op_no, sending.waiting(connection), clock(), state.database_id,
        )  # fmt: skip

    yield Say(Progress("hello"))
    hello = yield Db(ask)
    before = clock()
    answer: HelloAnswer = yield Http("/hello", hello, HelloAnswer)
    offset = answer.now - (before + clock()) // 2
    report.clock_offset_ms = offset

    def learn(connection: Connection, _changes: Changes) -> None:
        state = inbox.state(connection)
        inbox.note(
            connection, clock_offset_ms=offset, backup_op_no=answer.backup_op_no,
            epoch=answer.epoch,
        )  # fmt: skip
        if answer.last_op_no < state.last_acked_op_no:
            sending.queue_again(connection, answer.last_op_no)
            sending.queue_files_again(connection)

    yield Db(learn)
    return answer.limits


def _push(report: SyncReport, limits: protocol.Limits) -> Steps:
    total = yield Db(lambda connection, _changes: sending.waiting(connection))
    done = 0
    while True:
        yield Say(Progress("push", done, total))
        push: Push | None = yield Db(lambda c, _changes: sending.freeze(c, limits))
        if push is None:
            return
        answer: PushAnswer = yield Http("/push", push, PushAnswer)
        sent: sending.Sent = yield Db(_storing(push, answer))
        report.sent.update(sent.accepted)
        report.conflicts += sent.conflicts
        report.parked += sent.parked
        done += sum(len(group.ops) for group in push.groups)
        total = max(total, done)


def _storing(push: Push, answer: PushAnswer) -> Callable[[Connection, Changes], sending.Sent]:
    return lambda connection, changes: sending.answered(connection, changes, push, answer)


def _pull(report: SyncReport, clock: Callable[[], int]) -> Steps:
    """Stage every page and every granted root, then apply them all; return the digest."""
    count = 0
    while True:
        state = yield Db(lambda connection, _changes: inbox.state(connection))
        yield Say(Progress("pull", count))
        cursor = max(state.cursor_seq, state.page_token)
        page: PullAnswer = yield Http("/pull", Pull(state.epoch, cursor), PullAnswer)
        count += yield Db(_staging(page))
        if page.more:
            continue
        roots = yield Db(lambda connection, _changes: inbox.open_roots(connection))
        if not roots:
            break
        for root, key in roots:
            count += yield from _fill(root, key)
    yield Say(Progress("apply", 0, count))
    at = datetime.fromtimestamp(clock() / 1000, UTC)
    yield from _apply(report, page.to, at)
    return page.digest


def _staging(page: PullAnswer) -> Callable[[Connection, Changes], int]:
    return lambda connection, _changes: inbox.stage_page(connection, page)


def _fill(root: str, key: str) -> Steps:
    """Fetch a whole root that came into our scope."""
    count = 0
    while True:
        part: BackfillAnswer = yield Http("/backfill", Backfill(root, key), BackfillAnswer)
        count += yield Db(_filling(part))
        if part.done or part.next == key:
            return count
        key = part.next


def _filling(part: BackfillAnswer) -> Callable[[Connection, Changes], int]:
    return lambda connection, _changes: inbox.stage_root(connection, part)


def _apply(report: SyncReport, to: int, at: datetime) -> Steps:
    applied: apply.Applied = yield Db(
        lambda connection, changes: apply.checkpoint(connection, changes, to=to, at=at)
    )
    report.received.update(applied.received)
    report.removed.update(applied.removed)
    report.left += applied.left
    return applied


def _verify(report: SyncReport, there: verify.Sums, clock: Callable[[], int]) -> Steps:
    """Compare sums; where they differ fetch the rows that do, and compare again."""
    yield Say(Progress("verify"))
    for _round in range(_ROUNDS):
        here = yield Db(lambda connection, _changes: verify.sums(connection))
        wrong = verify.differing(here, there)
        report.digest_ok = not wrong
        if not wrong:
            return
        if not (yield from _repair(report, wrong, clock)):
            return
        answer: DigestAnswer = yield Http("/digest", Digest(1), DigestAnswer)
        there = {entity: (n, total) for entity, n, total in answer.cells}


def _repair(report: SyncReport, entities: list[str], clock: Callable[[], int]) -> Steps:
    """Fetch the rows that differ; return whether there were any."""
    level2: DigestAnswer = yield Http("/digest", Digest(2, entities), DigestAnswer)
    roots = yield Db(lambda c, _changes: verify.roots_to_compare(c, entities, level2))
    level3: DigestAnswer = yield Http("/digest", Digest(3, entities, roots), DigestAnswer)
    keys = yield Db(lambda c, _changes: verify.rows_to_fetch(c, entities, roots, level3))
    at = datetime.fromtimestamp(clock() / 1000, UTC)
    for batch in inbox.in_batches(keys, _ROWS_PER_REPAIR):
        answer: RowsAnswer = yield Http("/rows", Rows(batch), RowsAnswer)
        yield Db(_mending(answer, at))
        report.repaired += len(batch)
    return bool(keys)


def _mending(answer: RowsAnswer, at: datetime) -> Callable[[Connection, Changes], None]:
    def work(connection: Connection, changes: Changes) -> None:
        inbox.stage_rows(connection, answer)
        apply.checkpoint(connection, changes, to=inbox.state(connection).cursor_seq, at=at)
        verify.put_aside(connection, changes, list(answer.unknown), at)

    return work


def _start_over(report: SyncReport, error: Answered) -> Steps:
    """Do what a changed server asks for; return whether the run can be begun again.

    A suspended device may still hand in its work.
    """
    failure = error.failure
    match failure.error:
        case "epoch_changed":

            def restored(connection: Connection, _changes: Changes) -> None:
                sending.queue_again(connection, failure.last_op_no or 0)
                sending.queue_files_again(connection)
                inbox.start_over(connection, epoch=failure.epoch)

            yield Db(restored)
        case "op_gap":
            expected = failure.expected or 1
            yield Db(lambda c, _changes: sending.queue_again(c, expected - 1))
        case "cursor_expired":
            yield Db(lambda connection, _changes: inbox.start_over(connection))
        case "device_suspended":
            yield from _push(report, protocol.Limits())
            return False
        case _:
            return False
    return True
