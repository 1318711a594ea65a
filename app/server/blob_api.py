"""The routes of files, in the manner of tus: HEAD, POST, PATCH to send, GET to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from app.server.blobs import BlobError, Blobs, Held
from app.server.devices import Device
from app.server.limits import read_body
from app.sync.protocol import BLOB_CHUNK


class Asks(Protocol):
    """Finds out which device is asking."""

    def __call__(self, request: Request, *, rescue: bool = False) -> Awaitable[Device]: ...


def add(app: FastAPI, prefix: str, asks: Asks, files: Blobs) -> None:
    """Add the routes of files to `app`."""
    path = prefix + "/blobs/{sha256}"

    async def head(request: Request, sha256: str) -> Response:
        device = await asks(request)
        held = await run_in_threadpool(files.find, device, sha256)
        if held is None:
            raise BlobError(404, "blob_unknown")
        return Response(headers=_state(held))

    async def post(request: Request, sha256: str) -> Response:
        device = await asks(request, rescue=True)
        size = _number(request, "upload-length")
        held = await run_in_threadpool(files.begin, device, sha256, size)
        return Response(status_code=200 if held.path else 201, headers=_state(held))

    async def patch(request: Request, sha256: str) -> Response:
        device = await asks(request, rescue=True)
        offset = _number(request, "upload-offset")
        chunk = await read_body(request, BLOB_CHUNK)
        checksum = request.headers.get("upload-checksum", "")
        after = await run_in_threadpool(files.append, device, sha256, offset, chunk, checksum)
        return Response(status_code=204, headers={"Upload-Offset": str(after)})

    async def get(request: Request, sha256: str) -> Response:
        device = await asks(request)
        held = await run_in_threadpool(files.find, device, sha256)
        if held is None or held.path is None:
            raise BlobError(404, "blob_unknown")
        # Range and If-Range are Starlette's work
        return FileResponse(
            held.path, media_type="application/octet-stream", headers={"ETag": f'"{sha256}"'}
        )

    routes: dict[str, Callable[[Request, str], Awaitable[Response]]] = {
        "HEAD": head, "POST": post, "PATCH": patch, "GET": get,
    }  # fmt: skip
    for method, route in routes.items():
        app.add_api_route(path, route, methods=[method], response_model=None)


def _state(held: Held) -> dict[str, str]:
    if held.path is not None:
        return {"Upload-Length": str(held.size), "Upload-State": "stored"}
    return {
        "Upload-Offset": str(held.offset),
        "Upload-Length": str(held.size),
        "Upload-State": "partial",
        "Cache-Control": "no-store",
    }


def _number(request: Request, header: str) -> int:
    said = request.headers.get(header, "")
    if not said.isdigit():
        raise ValueError(f"{header} is not a number")
    return int(said)
