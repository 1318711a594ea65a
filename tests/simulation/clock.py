"""Time and chance of a run: both come from the seed, so that the same seed is the same run."""

from __future__ import annotations

import time as real
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from starlette.responses import Response

from app.models import base, outbox
from app.server import api, blob_api, devices, records, store
from app.sync import files as transfers

START_MS = 1_790_000_000_000
OFFICE = "office"
CHUNK = 16 * 1024  # of a file: small, so that many uploads are cut in the middle


@dataclass
class SimTime:
    """Takes the place of `time`: the clock of the computer that acts now, right or wrong.

    Each look at it takes a millisecond, so that two deeds never have the same instant. Each
    computer makes its ids by itself: they rise on one, not among several.
    """

    at_ms: int = START_MS
    offset_ms: int = 0  # by how much the clock of the computer that acts now is wrong
    _where: str = OFFICE
    _last_ids: dict[str, int] = field(default_factory=dict)

    def now_ms(self) -> int:
        self.at_ms += 1
        return self.at_ms

    def time_ns(self) -> int:
        return (self.now_ms() + self.offset_ms) * 1_000_000

    def time(self) -> float:
        return self.time_ns() / 1e9

    def sleep(self, seconds: float) -> None:
        self.pass_by(int(seconds * 1000))

    def pass_by(self, ms: int) -> None:
        self.at_ms += ms

    def go(self, where: str, offset_ms: int = 0) -> None:
        """Be on another computer from now on."""
        self._last_ids[self._where] = base._last_id
        self._where, self.offset_ms = where, offset_ms
        base._last_id = self._last_ids.get(where, 0)

    @contextmanager
    def at_the_server(self) -> Iterator[None]:
        kept = self._where, self.offset_ms
        self.go(OFFICE)
        try:
            yield
        finally:
            self.go(*kept)

    def __getattr__(self, name: str) -> Any:
        return getattr(real, name)


class SimSecrets:
    """Takes the place of `secrets`."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"secrets {seed}")

    def randbits(self, bits: int) -> int:
        return self._chance.getrandbits(bits)

    def choice(self, letters: Any) -> Any:
        return self._chance.choice(letters)

    def token_hex(self, size: int) -> str:
        return self._chance.randbytes(size).hex()


async def _at_once(work: Callable[..., Any], *args: Any) -> Any:
    """Takes the place of the server's threads: one request at a time, always in one order."""
    return work(*args)


def _whole_file(path: Path, **more: Any) -> Response:
    """Takes the place of an answer that reads its file in a thread."""
    return Response(path.read_bytes(), **more)


@contextmanager
def simulated(seed: int) -> Iterator[SimTime]:
    """Let time and ids come from the seed while this lasts."""
    clock, secrets = SimTime(), SimSecrets(seed)
    places: list[tuple[Any, str, Any]] = [
        *((module, "time", clock) for module in (base, outbox, records, store)),
        *((module, "secrets", secrets) for module in (base, devices)),
        *((module, "run_in_threadpool", _at_once) for module in (api, blob_api)),
        (blob_api, "FileResponse", _whole_file),
        (transfers, "BLOB_CHUNK", CHUNK),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _mine in places]
    last = base._last_id
    base._last_id = 0
    for module, name, mine in places:
        setattr(module, name, mine)
    try:
        yield clock
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
        base._last_id = last
