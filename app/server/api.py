"""The server's routes: each reads a message, asks one function, and answers in compressed JSON.

Whatever goes wrong is answered with a status and a `Failure` body (SYNC.md 2.5).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.server import blob_api, devices, feed, hello, pushing
from app.server.blobs import BlobError, Blobs
from app.server.devices import Device, Unauthorised
from app.server.hello import MIN_PULL
from app.server.limits import Attempts, TooMuchError, read_body
from app.server.settings import Settings
from app.server.store import Busy, Store
from app.sync import protocol
from app.sync.catalogue import SCHEMA
from app.sync.protocol import (
    OPS_PER_PUSH,
    PREFIX,
    PROTOCOL,
    PUSH_BYTES,
    Backfill,
    Digest,
    Enrol,
    Failure,
    Hello,
    Message,
    Pull,
    Push,
    Rows,
    TokenRequest,
)

logger = logging.getLogger(__name__)

_RETRY_S = "5"
_SMALL = 64 * 1024
_MESSAGE = 1024 * 1024
_PUSH_WIRE, _PUSH_INFLATED, _GROUP_OPS = 4 * PUSH_BYTES, 16 * PUSH_BYTES, 10_000

M = TypeVar("M", bound=Message)
Reader = Callable[[feed.View, M], Message]


class Failed(Exception):  # noqa: N818 - a state rather than an error, and named so
    """An answer that is not 200."""

    def __init__(self, status: int, failure: Failure, *, retry: bool = False) -> None:
        super().__init__(failure.error)
        self.status, self.failure, self.retry = status, failure, retry


class Api:
    """The routes over one store and one folder of files."""

    def __init__(self, store: Store, files: Blobs) -> None:
        self.store, self.files = store, files
        self._attempts = Attempts()

    async def enrol(self, request: Request) -> Response:
        who = request.client.host if request.client else ""
        if not self._attempts.allowed(who):
            raise Failed(429, Failure("too_many_attempts"), retry=True)
        message = await self._message(request, Enrol, _SMALL)
        try:
            answer = await run_in_threadpool(devices.enrol, self.store, message)
        except Unauthorised:
            self._attempts.failed(who)
            raise
        return _answer(request, answer)

    async def token(self, request: Request) -> Response:
        message = await self._message(request, TokenRequest, _SMALL)
        answer = await run_in_threadpool(devices.renew, self.store, message.device, message.refresh)
        return _answer(request, answer)

    async def hello(self, request: Request) -> Response:
        device = await self.device(request)
        message = await self._message(request, Hello, _SMALL)
        return _answer(request, await run_in_threadpool(hello.meet, self.store, device, message))

    async def push(self, request: Request) -> Response:
        """Take the operations of any device that is known, suspended and outdated ones too."""
        device = await self.device(request, rescue=True)
        message = await self._message(request, Push, _PUSH_WIRE, _PUSH_INFLATED)
        sizes = [len(group.ops) for group in message.groups]
        # a group is never split, so one alone may be larger than a chunk of several
        if (sum(sizes) > OPS_PER_PUSH and len(sizes) > 1) or max(sizes, default=0) > _GROUP_OPS:
            raise TooMuchError("push_too_large")
        answer = await run_in_threadpool(pushing.push, self.store, device, message)
        return _answer(request, answer)

    def reading(self, kind: type[M], reader: Reader[M]) -> Callable[[Request], Awaitable[Response]]:
        """Return a route that answers from one read transaction."""

        async def route(request: Request) -> Response:
            device = await self.device(request)
            _check_versions(request)
            message = await self._message(request, kind, _MESSAGE)

            def work() -> Message:
                with self.store.read() as connection:
                    view = feed.look(connection, device)
                    epoch = getattr(message, "epoch", "")
                    if epoch and epoch != view.epoch:
                        raise pushing.EpochChanged(view.epoch, device.last_op_no)
                    return reader(view, message)

            return _answer(request, await run_in_threadpool(work))

        return route

    async def device(self, request: Request, *, rescue: bool = False) -> Device:
        """Return the device that the request's token speaks for; `rescue` takes suspended ones."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorised("token")

        def work() -> Device:
            with self.store.read() as connection:
                return devices.authenticate(connection, token.strip())

        device = await run_in_threadpool(work)
        if device.status.startswith("wip"):
            raise Failed(HTTPStatus.FORBIDDEN, Failure("device_wipe"))
        if device.status != "active" and not rescue:
            raise Failed(HTTPStatus.FORBIDDEN, Failure("device_suspended"))
        return device

    async def _message(
        self, request: Request, kind: type[M], limit: int, inflated: int | None = None
    ) -> M:
        body = await read_body(request, limit)
        encoding = request.headers.get("content-encoding", "").lower()
        raw = protocol.inflate(body, encoding, inflated or 16 * limit)
        return protocol.unpack(raw, "", kind)


def _check_versions(request: Request) -> None:
    """Refuse to be read by what would not understand; pushing stays open."""
    try:
        spoken = int(request.headers.get("x-proto", PROTOCOL))
        schema = int(request.headers.get("x-schema", SCHEMA))
    except ValueError as error:
        raise Failed(HTTPStatus.BAD_REQUEST, Failure("bad_message", note="header")) from error
    if spoken != PROTOCOL or schema < MIN_PULL:
        raise Failed(HTTPStatus.UPGRADE_REQUIRED, Failure("upgrade_required", expected=PROTOCOL))


def _answer(request: Request, message: Message) -> Response:
    accepted = request.headers.get("accept-encoding", "").lower()
    encoding = next((name for name in ("zstd", "gzip") if name in accepted), "")
    headers = {"Content-Encoding": encoding} if encoding else {}
    if wanted := request.headers.get("x-request-id"):
        headers["X-Request-Id"] = wanted[:64]
    content = protocol.pack(message, encoding or "identity")
    return Response(content, headers=headers, media_type="application/json")


def _failure(status: int, failure: Failure, *, retry: bool = False) -> Response:
    headers = {"Retry-After": _RETRY_S} if retry else {}
    content = protocol.pack(failure, "identity")
    return Response(content, status, headers=headers, media_type="application/json")


def _said(error: Exception) -> Response:
    """Return the answer to what a route raised."""
    match error:
        case Failed():
            return _failure(error.status, error.failure, retry=error.retry)
        case Unauthorised():
            return _failure(401, Failure(error.code))
        case pushing.OpGap():
            return _failure(409, Failure("op_gap", expected=error.expected))
        case pushing.Forked():
            return _failure(409, Failure("device_forked"))
        case pushing.EpochChanged():
            last = error.last_op_no
            return _failure(412, Failure("epoch_changed", epoch=error.epoch, last_op_no=last))
        case feed.CursorExpired():
            return _failure(410, Failure("cursor_expired"))
        case feed.CursorAhead():
            return _failure(410, Failure("cursor_expired", note="ahead of the server"))
        case TooMuchError() | protocol.TooLargeError():
            return _failure(413, Failure("too_large", note=str(error)))
        case BlobError():
            response = _failure(error.status, Failure(error.code, expected=error.offset))
            if error.offset is not None:
                response.headers["Upload-Offset"] = str(error.offset)
            return response
        case Busy():
            return _failure(503, Failure("busy"), retry=True)
        case ClientDisconnect():
            return _failure(400, Failure("bad_message", note="the body ended early"))
        case HTTPException():
            return _failure(error.status_code, Failure("no_such_route", note=str(error.detail)))
        case ValueError():
            return _failure(400, Failure("bad_message", note=str(error)[:200]))
    raise error


async def _handle(_request: Request, error: Exception) -> Response:
    return _said(error)


def create(store: Store, settings: Settings) -> FastAPI:
    """Return the application that serves `store`."""
    files = Blobs(store, settings.files)
    files.forget_unfinished()
    api = Api(store, files)
    app = FastAPI(title="Viajante", docs_url=None, redoc_url=None, openapi_url=None)
    for path, route in {
        "/enroll": api.enrol,
        "/token": api.token,
        "/hello": api.hello,
        "/push": api.push,
        "/pull": api.reading(Pull, feed.pull),
        "/backfill": api.reading(Backfill, feed.backfill),
        "/digest": api.reading(Digest, feed.digest),
        "/rows": api.reading(Rows, feed.rows),
    }.items():
        app.add_api_route(PREFIX + path, route, methods=["POST"], response_model=None)
    blob_api.add(app, PREFIX, api.device, files)
    app.add_api_route("/health", lambda: {"ok": True}, methods=["GET"])
    for kind in (
        Failed, Unauthorised, pushing.OpGap, pushing.Forked, pushing.EpochChanged,
        feed.CursorExpired, feed.CursorAhead, TooMuchError, BlobError, Busy, ClientDisconnect,
        HTTPException, ValueError,
    ):  # fmt: skip
        app.add_exception_handler(kind, _handle)
    app.add_exception_handler(Exception, _bug)
    return app


async def _bug(_request: Request, error: Exception) -> Response:
    """Say no more than that; the trace is in the log before the answer leaves."""
    logger.error("A bug: %s", type(error).__name__, exc_info=error)
    return _failure(500, Failure("error"))
