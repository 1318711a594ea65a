"""The longest pause of the window's thread while a sync applies rows and the user works on."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import insert, select

from app.models.account import Account
from app.models.activity import Activity
from app.models.base import new_id
from app.models.database import Changes, Database
from app.models.wire import encode, fields_of
from app.sync import apply
from app.sync.inbox import INBOX
from benchmarks import portfolio
from benchmarks.figures import Figure
from benchmarks.window import idle, wait

if TYPE_CHECKING:
    from app.main import Desktop

ROWS = 50_000
_BEAT_MS, _SCROLL_MS, _SAVE_MS = 2, 100, 250
_BATCH = 5_000
_LONG_AGO = portfolio.NOW - timedelta(days=400)  # a day of Today is never so full


def measure(desktop: Desktop, rows: int) -> Figure:
    """Apply `rows` as the sync does, with the portfolio on screen, scrolled and saved to."""
    from app.views.widgets.page import Ref

    window, database = desktop.window, desktop.workspace.database
    window.open(Ref("portfolio"))
    wait(lambda: idle(window))
    alone = _worst(desktop, threading.Thread(target=time.sleep, args=(2.0,)))
    _stage(database, rows)
    began = time.perf_counter()
    worst = _worst(desktop, threading.Thread(target=_apply, args=(database,)))
    took = time.perf_counter() - began
    wait(lambda: idle(window))
    return Figure(
        f"Longest pause of the window while a sync applies {rows:,} rows", worst * 1000, "ms",
        alone * 1000, "the same work without a sync", f"applied in {took:.0f} s",
    )  # fmt: skip


def _worst(desktop: Desktop, work: threading.Thread) -> float:
    """Scroll ten times and save four times a second while `work` runs; return the longest gap."""
    from PySide6.QtCore import QTimer

    from app.services import accounts

    window = desktop.window
    page: Any = window.page
    gaps: list[float] = []
    last, starred = time.perf_counter(), False

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(now - last)
        last = now

    def scroll() -> None:
        bar = page.view.verticalScrollBar()
        bar.setValue((bar.value() + bar.pageStep()) % max(1, bar.maximum()))

    def save() -> None:
        nonlocal starred
        starred = not starred
        window.desk.tasks.write(
            window, accounts.star, lambda _none: None, page.model.id_at(0), starred=starred
        )

    timers = [QTimer(interval=ms) for ms in (_BEAT_MS, _SCROLL_MS, _SAVE_MS)]
    for timer, do in zip(timers, (beat, scroll, save), strict=True):
        timer.timeout.connect(do)
        timer.start()
    work.start()
    wait(lambda: not work.is_alive())
    for timer in timers:
        timer.stop()
    return max(gaps)


def _apply(database: Database) -> None:
    changes = Changes()
    with database.apply(changes) as connection:
        apply.checkpoint(connection, changes, to=10**9, at=portfolio.NOW)


def _stage(database: Database, rows: int) -> None:
    """Put rows into the inbox: two changed customers for every three new visits."""
    with database.read() as session:
        accounts = list(session.scalars(select(Account).limit(rows * 2 // 5)))
    entries = [_entry(Account, account, n) for n, account in enumerate(accounts)]
    for n in range(rows - len(entries)):
        account = accounts[n % len(accounts)]
        visit = Activity(
            kind="visit", account_id=account.id, owner_id=str(account.owner_id), state="done",
            title="Visita", planned_at=_LONG_AGO, done_at=_LONG_AGO, root=account.id,
        )  # fmt: skip
        entries.append(_entry(Activity, visit, len(entries)))
    for start in range(0, len(entries), _BATCH):
        with database.apply(Changes()) as connection:
            connection.execute(insert(INBOX), entries[start : start + _BATCH])


def _entry(entity: type[Account | Activity], row: Any, n: int) -> dict[str, Any]:
    values = {field.name: encode(field, getattr(row, field.name)) for field in fields_of(entity)}
    if entity is Account:
        values["notes"] = f"Cambio {new_id()}"
    payload = msgspec.json.encode({"root": row.root, "f": values})
    return {
        "kind": "row", "seq": n + 1, "entity": entity.__tablename__, "row_id": row.id,
        "version": 10**6 + n, "payload": payload,
    }  # fmt: skip
