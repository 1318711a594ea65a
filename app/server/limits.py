"""How much a request may ask of the server: bytes of a body, attempts at a code."""

from __future__ import annotations

import time
from collections import defaultdict, deque

from fastapi import Request

_WINDOW_S, _ATTEMPTS = 600, 20


class TooMuchError(Exception):
    """A body, or what is in it, is larger than the limits that hello announces."""


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body; `TooMuchError` as soon as it is longer than `limit` bytes."""
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > limit:
        raise TooMuchError(f"more than {limit} bytes")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise TooMuchError(f"more than {limit} bytes")
    return bytes(body)


class Attempts:
    """Wrong codes per address in the last ten minutes: guessing a code takes for ever."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[float]] = defaultdict(deque)

    def allowed(self, who: str) -> bool:
        failed = self._failed[who]
        while failed and failed[0] < time.monotonic() - _WINDOW_S:
            failed.popleft()
        return len(failed) < _ATTEMPTS

    def failed(self, who: str) -> None:
        self._failed[who].append(time.monotonic())
