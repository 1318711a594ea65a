"""What is said over HTTP, and the one place where its failures become ours.

Anything that is not an answer in our language – no network, a captive portal's page, half a
message, a proxy's error – is `Offline`: nothing is lost, the next run says it again.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

import app
from app.errors import Offline, Refused, SessionExpired, UserError, ValidationError
from app.i18n import _
from app.models.base import new_id
from app.sync import protocol
from app.sync.catalogue import SCHEMA
from app.sync.protocol import (
    PREFIX,
    PROTOCOL,
    Enrol,
    EnrolAnswer,
    Failure,
    Message,
    TokenAnswer,
    TokenRequest,
)

logger = logging.getLogger(__name__)

TIMEOUTS_S = (10.0, 60.0)  # to connect, and between two pieces of an answer
_WIRE_BYTES = 32 * 1024 * 1024  # no answer is longer on the wire
_PIECE = 64 * 1024
_BACKOFF_S = 300

M = TypeVar("M", bound=Message)


class Busy(Offline):
    """The server asks to be left alone for `retry_after` seconds."""

    def __init__(self, message: str, hint: str, retry_after: float) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class Answered(Refused):
    """The server answered with a status that is not 200; `failure` holds what it said."""

    def __init__(self, status: int, failure: Failure, message: str, hint: str = "") -> None:
        super().__init__(failure.error, message, hint)
        self.status, self.failure = status, failure


@dataclass
class Tokens:
    """Who this device is; `keep` is called, before they are used, with new tokens."""

    device: str
    refresh: str
    access: str
    keep: Callable[[TokenAnswer], None]


@dataclass(frozen=True)
class Held:
    """How much of a file the server has."""

    offset: int
    stored: bool


def address(text: str) -> str:
    """Return the server's address as the program uses it, however it was typed.

    Raises `ValidationError` on the field `server` when it is none, or when it is a plain http one
    to a place that is not this computer or the office's own network.
    """
    scheme, separator, place = text.strip().partition("://")
    if not separator:
        scheme, place = "", scheme
    place = place.rstrip("/")
    host = _host(f"//{place}")
    scheme = scheme.lower() or ("http" if _is_near(host) else "https")
    if not host or scheme not in {"https", "http"} or " " in place:
        raise ValidationError(
            "server", _("This is not the address of a server. Does it start with https://?")
        )
    if scheme == "http" and not _is_near(host):
        raise ValidationError(
            "server", _("Without https:// anyone on the way could read your customers. Add the s.")
        )
    return f"{scheme}://{place}"


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        _port = parts.port  # a ValueError when it is no number
    except ValueError:
        return ""
    return (parts.hostname or "").lower()


def _is_near(host: str) -> bool:
    """Whether the host is this computer or one of a private network."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".lan")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def backoff(tries: int, *, chance: Callable[[], float] = random.random) -> float:
    """Return how many seconds to wait after `tries` failures: full jitter, five minutes at most."""
    return chance() * min(_BACKOFF_S, 2.0 ** min(tries, 20))


def enrol(url: str, code: str, name: str, database_id: str) -> EnrolAnswer:
    """Turn a one-time code into a device called `name`.

    Raises `ValidationError` for a bad address or code, `Offline` when no server answers there.
    """
    client = Client(address(url), None)
    message = Enrol(code.strip(), name, app.__version__, SCHEMA, database_id)
    try:
        return client.call("/enroll", message, EnrolAnswer)
    except SessionExpired as error:
        raise ValidationError("code", error.message) from error
    finally:
        client.close()


class Client:
    """A conversation with the server at `url`; `tokens` None before there are any."""

    def __init__(self, url: str, tokens: Tokens | None) -> None:
        self.url, self._tokens = url, tokens
        self._session = requests.Session()
        self.bytes_sent = self.bytes_received = 0

    def close(self) -> None:
        self._session.close()

    def call(self, path: str, message: Message, kind: type[M]) -> M:
        """Send `message` and return the answer.

        Raises `Offline`, `Busy`, `SessionExpired`, or `Answered` for any other status.
        """
        body = protocol.pack(message)
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "zstd",
            "Accept-Encoding": "zstd, gzip",
        }
        response, content = self._asked("POST", path, body, headers)
        try:
            return protocol.unpack(content, response.headers.get("Content-Encoding", ""), kind)
        except ValueError as error:
            raise _not_ours(response, content) from error

    def head(self, sha256: str) -> Held | None:
        """Return how much of a file the server has from this device, None for nothing."""
        try:
            response, _content = self._asked("HEAD", f"/blobs/{sha256}")
        except Answered as error:
            if error.status == 404:
                return None
            raise
        return _held(response)

    def begin(self, sha256: str, size: int) -> Held:
        """Announce a file of `size` bytes; it may be there already."""
        headers = {"Upload-Length": str(size)}
        response, _content = self._asked("POST", f"/blobs/{sha256}", b"", headers)
        return _held(response)

    def append(self, sha256: str, offset: int, chunk: bytes) -> int:
        """Send the bytes at `offset`; return where the next ones go."""
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Checksum": "sha256 " + hashlib.sha256(chunk).hexdigest(),
            "Content-Type": "application/offset+octet-stream",
        }
        response, _content = self._asked("PATCH", f"/blobs/{sha256}", chunk, headers)
        return _number(response, "Upload-Offset")

    def download(self, sha256: str) -> bytes:
        """Return a whole file; `Offline` when a page came in its place.

        `Answered` when it has other bytes than its name says: the server may keep it so, and the
        files behind it must not wait for that.
        """
        response, content = self._asked("GET", f"/blobs/{sha256}", limit=protocol.BLOB_BYTES)
        if hashlib.sha256(content).hexdigest() == sha256:
            return content
        if not response.headers.get("Content-Type", "").startswith("application/octet-stream"):
            raise _not_ours(response, content)
        failure = Failure("blob_damaged", note=f"{len(content)} bytes")
        raise Answered(response.status_code, failure, *refusal_words(failure.error))

    def _asked(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        limit: int = _WIRE_BYTES,
    ) -> tuple[requests.Response, bytes]:
        """Ask, renewing the access token once when it has expired."""
        try:
            return self._sent(method, path, body, headers or {}, limit)
        except SessionExpired:
            if self._tokens is None:
                raise
        self._renew(self._tokens)
        return self._sent(method, path, body, headers or {}, limit)

    def _renew(self, tokens: Tokens) -> None:
        message = protocol.pack(TokenRequest(tokens.device, tokens.refresh))
        response, content = self._sent(
            "POST", "/token", message, {"Content-Encoding": "zstd"}, _WIRE_BYTES
        )
        try:
            encoding = response.headers.get("Content-Encoding", "")
            answer = protocol.unpack(content, encoding, TokenAnswer)
        except ValueError as error:
            raise _not_ours(response, content) from error
        tokens.keep(answer)
        tokens.refresh, tokens.access = answer.refresh, answer.access

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], limit: int
    ) -> tuple[requests.Response, bytes]:
        said = {
            "Accept-Encoding": "identity",
            "X-Proto": str(PROTOCOL),
            "X-Schema": str(SCHEMA),
            "X-Request-Id": new_id(),
            "User-Agent": f"Viajante/{app.__version__}",
            **headers,
        }
        if self._tokens is not None and path != "/token":
            said["Authorization"] = f"Bearer {self._tokens.access}"
        with _translated(self.url):
            response = self._session.request(
                method, self.url + PREFIX + path, data=body, headers=said, timeout=TIMEOUTS_S,
                stream=True, allow_redirects=False,
            )  # fmt: skip
            with response:
                content = b"" if method == "HEAD" else _read(response, limit)
        self.bytes_sent += len(body or b"")
        self.bytes_received += len(content)
        if response.status_code not in {200, 201, 204, 206}:
            raise _refusal(response, content)
        return response, content


def _read(response: requests.Response, limit: int) -> bytes:
    """Return the body as it travelled: what unpacks it guards against bombs."""
    pieces, total = [], 0
    while piece := response.raw.read(_PIECE, decode_content=False):
        total += len(piece)
        if total > limit:
            raise requests.ConnectionError("an endless answer")
        pieces.append(piece)
    return b"".join(pieces)


def _held(response: requests.Response) -> Held:
    if response.headers.get("Upload-State") == "stored":
        return Held(_number(response, "Upload-Length"), stored=True)
    return Held(_number(response, "Upload-Offset"), stored=False)


def _number(response: requests.Response, header: str) -> int:
    said = response.headers.get(header, "")
    if not said.isdigit():
        raise _not_ours(response, b"")
    return int(said)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
        raise ValidationError(
            "server", _("This is not the address of a server. Does it start with https://?")
        ) from error
    except requests.exceptions.SSLError as error:
        logger.info("No trusted connection to %s: %s", url, error)
        raise Offline(
            _("The connection to the office cannot be trusted, so nothing was sent."),
            _("Check the date of this computer, or use another network."),
        ) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        logger.debug("%s does not answer: %s", url, error)
        raise Offline(
            _("The office's server does not answer. Your work is safe on this computer."),
            _("It is sent by itself when there is a connection."),
        ) from error


def _not_ours(response: requests.Response, content: bytes) -> Offline:
    """Return what a page, half a message or another program's answer means to the user."""
    logger.debug("Not an answer of ours: %s, %d bytes", response.status_code, len(content))
    return Offline(
        _("Something answered that is not the office's server. Your work is safe here."),
        _("If this network asks you to sign in, open it in the browser first."),
    )


def _refusal(response: requests.Response, content: bytes) -> UserError:
    """Return the error that a status other than success stands for."""
    encoding = response.headers.get("Content-Encoding", "")
    failure: Failure | None = None
    if content:
        try:
            failure = protocol.unpack(content, encoding, Failure)
        except ValueError:
            failure = None
    elif response.request.method == "HEAD":
        failure = Failure("blob_unknown" if response.status_code == 404 else "error")
    status = response.status_code
    if status in {429, 503}:
        after = response.headers.get("Retry-After", "")
        return Busy(
            _("The office's server is busy. Your work is safe on this computer."),
            _("It is tried again in a while."),
            float(after) if after.isdigit() else 5.0,
        )
    if failure is None:
        return _not_ours(response, content)
    if status == 401:
        return SessionExpired(*_words_of_401(failure.error))
    return Answered(status, failure, *refusal_words(failure.error))


def _words_of_401(code: str) -> tuple[str, str]:
    codes = {
        "code_unknown": _("There is no such code. Check it letter by letter, or ask for another."),
        "code_used": _("This code was used already. Ask the office for another."),
        "code_expired": _("This code has expired: it lasts ten minutes. Ask for another."),
        "user_inactive": _("Your user is not active. Ask the office."),
    }
    if code in codes:
        return codes[code], ""
    return (
        _("The office asks this computer to sign in again. Your work is safe here."),
        _("Ask the office for a new code and enter it in Settings."),
    )


def refusal_words(code: str) -> tuple[str, str]:
    """Return what a refusal with this short code means, and what to do about it."""
    ask = _("Ask the office.")
    return {
        "device_forked": (
            _("This computer's data is a copy of another's, so nothing more was sent."),
            _("Connect it again with a new code: what you have not sent is kept."),
        ),
        "device_suspended": (
            _("The office has suspended this computer. What you had done was sent."),
            ask,
        ),
        "device_wipe": (_("The office has withdrawn this computer."), ask),
        "upgrade_required": (
            _("The office's server is newer than this program. What you had done was sent."),
            _("Update Viajante to receive again."),
        ),
        "blob_too_large": (_("This file is larger than the office accepts."), ""),
    }.get(
        code,
        (
            _("The office's server did not accept this ({code}). Your work is safe here.").format(
                code=code
            ),
            _("It is tried again with the next sync."),
        ),
    )
