"""A network that loses, cuts, repeats and delays, between real clients and the real server.

Requests of the client's own session go into the server's own application, in this process, so
that a run is the same every time. What may go wrong is decided by the run's one source of chance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from tests.simulation.clock import SimTime

_PORTAL = b"<html><body>Welcome! Sign in to use this network.</body></html>"
# what may happen to one exchange, and how often among bad ones (F1 to F7 of the design)
FAULTS = {
    "lost": 3, "answer lost": 4, "twice": 3, "cut": 2, "bytes changed": 1, "portal": 1, "busy": 1,
    "server error": 1, "too large": 0.3, "proxy": 1, "not trusted": 1, "server killed": 1,
}  # fmt: skip


class ServerKilled(BaseException):
    """The server is gone, in the middle of something."""


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Network:
    """Carries requests to `server.application`; `badness` is the share that goes wrong.

    `kill_before_commit` counts down the server's commits: it dies in the place of the one that
    reaches 0, and is started again.
    """

    chance: Random
    clock: SimTime
    badness: float = 0.0
    kill_before_commit: int = 0
    application: Any = None
    start_again: Callable[[], None] = lambda: None
    seen: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    _serving: bool = False
    _late: deque[Any] = field(default_factory=lambda: deque(maxlen=20))

    def before_commit(self, _connection: object) -> None:
        """Be called by the server's engine."""
        if not self._serving or not self.kill_before_commit:
            return
        self.kill_before_commit -= 1
        if not self.kill_before_commit:
            raise ServerKilled

    def deliver(self, request: requests.PreparedRequest) -> Answer:
        """Bring a request to the server, whatever happens to the answer."""
        self.requests += 1
        self._serving = True
        try:
            with self.clock.at_the_server():
                answer = _now(_asked(self.application, request))
        except ServerKilled as error:
            self.start_again()
            raise requests.ConnectionError("the connection was reset") from error
        finally:
            self._serving = False
        assert isinstance(answer, Answer)
        return answer

    def carry(self, request: requests.PreparedRequest) -> Answer:
        """Bring a request and its answer, or what became of them."""
        if self.chance.random() >= self.badness:
            return self.deliver(request)
        fault = self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        self.seen[fault] = self.seen.get(fault, 0) + 1
        match fault:
            case "lost":
                raise requests.ConnectionError("lost on the way")
            case "answer lost":
                self.deliver(request)
                raise requests.ConnectionError("the answer was lost")
            case "twice":
                self._late.append(request)
                return self.deliver(request)
            case "cut":
                answer = self.deliver(request)
                return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
            case "bytes changed":
                answer = self.deliver(request)
                return Answer(answer.status, answer.headers, b"\x1f\x8b" + answer.body[2:])
            case "server killed":
                self.kill_before_commit = self.chance.choice((1, 1, 2))
                try:
                    return self.deliver(request)
                finally:
                    self.kill_before_commit = 0
            case "not trusted":
                raise requests.exceptions.SSLError("a certificate of nobody")
        return self._refusal(fault)

    def _refusal(self, fault: str) -> Answer:
        """Return what somebody said in the server's place."""
        match fault:
            case "portal":
                return Answer(200, {"Content-Type": "text/html"}, _PORTAL)
            case "busy":
                return Answer(self.chance.choice((429, 503)), {"Retry-After": "3"}, b"")
            case "proxy":
                return Answer(407, {}, _PORTAL)
            case "too large":
                return Answer(413, {}, _PORTAL)
        return Answer(500, {}, b"")

    def deliver_late(self) -> bool:
        """Deliver a request again that was delivered before; False when none waits (F3, F25)."""
        if not self._late:
            return False
        self.deliver(self._late.popleft())
        return True


class Wire(HTTPAdapter):
    """Puts a session of `requests` onto a `Network`."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def send(self, request: requests.PreparedRequest, *_args: Any, **_more: Any) -> Any:
        answer = self._network.carry(request)
        raw = HTTPResponse(
            body=BytesIO(answer.body), headers=answer.headers, status=answer.status,
            preload_content=False, decode_content=False,
        )  # fmt: skip
        return self.build_response(request, raw)


def _now(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to its end what waits for nothing: no loop, no thread, always the same order."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the server waits for something")


async def _asked(application: Any, request: requests.PreparedRequest) -> Answer:
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else bytes(body)
    parts = urlsplit(request.url or "")
    said: list[dict[str, Any]] = []
    given = False

    async def receive() -> dict[str, Any]:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "method": request.method, "scheme": "http", "path": parts.path,
        "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "headers": _pairs(request.headers, raw),
        "client": ("10.0.0.1", 40000), "server": ("sim", 80),
    }  # fmt: skip
    # a 500 is raised after it was said, for the log: here it is a defect, and stops the run
    await application(scope, receive, send)
    start = next(m for m in said if m["type"] == "http.response.start")
    content = b"".join(m.get("body", b"") for m in said if m["type"] == "http.response.body")
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in start["headers"]}
    return Answer(start["status"], headers, content)


def _pairs(headers: Mapping[str, Any], body: bytes) -> list[tuple[bytes, bytes]]:
    made = {
        key.lower(): value if isinstance(value, str) else value.decode()
        for key, value in headers.items()
    }
    made["content-length"] = str(len(body))
    return [(key.encode("latin-1"), value.encode("latin-1")) for key, value in made.items()]
