"""How far a synchronisation is, and what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from app.errors import UserError


@dataclass(frozen=True)
class Progress:
    """`done` of `of` in a phase; `of` is 0 where it is not known.

    Phases: hello, push (changes), pull (rows), apply (rows), verify, files (bytes).
    """

    phase: str
    done: int = 0
    of: int = 0


@dataclass
class SyncReport:
    """What one run did. `error` is None when it went to its end.

    `changed` is how many rows this run altered here: received, removed, or out of scope.
    """

    started_at: datetime
    ended_at: datetime | None = None
    sent: Counter[str] = field(default_factory=Counter)  # changes per entity
    received: Counter[str] = field(default_factory=Counter)  # rows per entity
    removed: Counter[str] = field(default_factory=Counter)
    left: int = 0  # rows that are not ours to see any more
    conflicts: int = 0
    parked: int = 0
    repaired: int = 0
    files_sent: int = 0
    files_received: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    digest_ok: bool | None = None
    clock_offset_ms: int = 0  # the office's clock minus ours
    cancelled: bool = False
    error: UserError | None = None

    @property
    def changed(self) -> int:
        return self.received.total() + self.removed.total() + self.left

    def receipt(self) -> dict[str, dict[str, int]]:
        """Return {entity: {sent, received, removed}}, without the zeros."""
        made: dict[str, dict[str, int]] = {}
        for name in ("sent", "received", "removed"):
            for entity, count in getattr(self, name).items():
                if count:
                    made.setdefault(entity, {})[name] = count
        return made
