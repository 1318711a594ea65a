"""Whatever answers at the server's address, the rep's work is safe and the sentence is calm."""

from __future__ import annotations

import gzip
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.errors import Offline, UserError, ValidationError
from app.models.account import Account
from app.sync import client as clients
from app.sync import engine, protocol
from app.sync.client import Busy
from app.sync.protocol import EnrolAnswer
from tests.sync.laptops import World

HTML = b"<!DOCTYPE html><html><body>Welcome to the hotel! Accept our terms.</body></html>"


@contextmanager
def answering(raw: bytes | Callable[[bytes], bytes]) -> Iterator[str]:
    """Yield the address of something that reads a request and sends these bytes, whatever they are.

    It closes the connection afterwards, in the middle of an answer if that is all it was given.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = b""
            while b"\r\n\r\n" not in asked and not asked.startswith(b"\x16"):  # TLS
                piece = self.request.recv(65536)
                if not piece:
                    return
                asked += piece
            self.request.sendall(raw(asked) if callable(raw) else raw)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def http(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    said = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {said}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


ZSTD = "Content-Encoding: zstd"
WHOLE = protocol.pack(
    EnrolAnswer(
        tenant="t", company="c", device="d", user="u", user_name="n", series="A1", epoch="e",
        refresh="r", access="a", expires=0,
    )
)  # fmt: skip
NOT_OURS = "not the office's server"
NO_ANSWER = "does not answer"
BAD_ANSWERS = {
    "a portal's page": (http("200 OK", HTML, "Content-Type: text/html"), NOT_OURS),
    "a portal's redirection": (http("302 Found", b"", "Location: http://hotel.example/"), NOT_OURS),
    "a proxy's error page": (http("502 Bad Gateway", HTML), NOT_OURS),
    "a page that is not there": (http("404 Not Found", HTML), NOT_OURS),
    "nothing at all": (b"", NO_ANSWER),
    "nonsense": (b"\x00\x01\x02 nonsense\r\n\r\n", NO_ANSWER),
    "an empty body": (http("200 OK", b""), NOT_OURS),
    "half a message": (http("200 OK", WHOLE[:40], ZSTD, length=len(WHOLE)), NO_ANSWER),
    "a message cut inside": (http("200 OK", WHOLE[:40], ZSTD), NOT_OURS),
    "bytes that are no zstd": (http("200 OK", b"1234567890", ZSTD), NOT_OURS),
    "broken gzip": (http("200 OK", gzip.compress(b"{}")[:12], "Content-Encoding: gzip"), NOT_OURS),
    "an encoding of the future": (http("200 OK", b"x", "Content-Encoding: br"), NOT_OURS),
    "JSON of somebody else": (http("200 OK", b'{"status":"ok"}'), NOT_OURS),
    "a JSON list": (http("200 OK", b"[1,2]"), NOT_OURS),
    "an error of its own": (http("500 Internal Server Error", b'{"error":"error"}'), "not accept"),
    "too busy": (http("503 Busy", b'{"error":"busy"}', "Retry-After: 17"), "busy"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_enrolling_where_something_else_answers(name: str):
    raw, sentence = BAD_ANSWERS[name]
    with answering(raw) as url, pytest.raises(UserError, match=sentence) as said:
        clients.enrol(url, "ABCDE-12345", "Portátil", "d" * 32)
    assert not isinstance(said.value, ValidationError)
    assert "safe" in said.value.message


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_sync_with_something_else_loses_nothing(name: str, world: World):
    laptop = world.laptop()
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    raw, sentence = BAD_ANSWERS[name]
    with answering(raw) as url:
        laptop.set_state(server_url=url)
        report = laptop.sync()
    assert sentence in report.error.message
    assert len(laptop.operations("pending", "in_flight")) == 1
    laptop.set_state(server_url=world.server.url)
    laptop.synced()
    assert world.get("account", account) is not None


def test_what_answers_badly_is_offline_and_says_when_to_come_back():
    raw, _sentence = BAD_ANSWERS["too busy"]
    with answering(raw) as url, pytest.raises(Busy) as busy:
        clients.enrol(url, "ABCDE-12345", "Portátil", "d" * 32)
    assert isinstance(busy.value, Offline)
    assert busy.value.retry_after == 17


def test_a_server_that_is_not_there_or_has_no_name():
    for url in ("http://127.0.0.1:9", "https://crm.invalid"):
        with pytest.raises(Offline, match="does not answer"):
            clients.enrol(url, "ABCDE-12345", "Portátil", "d" * 32)


def test_something_that_is_not_encrypted_where_it_should_be():
    with (
        answering(http("200 OK", HTML)) as url,
        pytest.raises(Offline, match="cannot be trusted"),
    ):
        clients.enrol(url.replace("http:", "https:"), "ABCDE-12345", "Portátil", "d" * 32)


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(clients, "_WIRE_BYTES", 1000)
    client_limit = http("200 OK", b"x" * 200_000)
    with answering(client_limit) as url:
        client = clients.Client(url, None)
        monkeypatch.setattr(client, "_asked", lambda *a: client._sent(*a, limit=1000))
        with pytest.raises(Offline):
            client.call("/enroll", protocol.Digest(1), EnrolAnswer)
        client.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"), "no such code"),
        (lambda code: "", "no such code"),
        (lambda code: "¿?" * 40, "no such code"),
    ],
)
def test_a_wrong_code_is_said_beside_its_field(world: World, change, sentence: str):
    code = world.server.code(world.tenant, world.server.user(world.tenant, "Ana"))
    with pytest.raises(ValidationError, match=sentence) as wrong:
        clients.enrol(world.server.url, change(code), "Portátil", "d" * 32)
    assert wrong.value.field == "code"
    clients.enrol(world.server.url, f"  {code.lower()} ", "Portátil", "d" * 32)
    with pytest.raises(ValidationError, match="used already"):
        clients.enrol(world.server.url, code, "Otro", "d" * 32)


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("https://crm.example/", "https://crm.example"),
        ("  crm.example ", "https://crm.example"),
        ("crm.example:8443", "https://crm.example:8443"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://192.168.1.10:8000", "http://192.168.1.10:8000"),
        ("http://office.local", "http://office.local"),
        ("HTTPS://CRM.example", "https://CRM.example"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_the_address_however_it_is_typed(typed: str, used: str):
    assert clients.address(typed) == used


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "https://"),
        ("https://", "https://"),
        ("ftp://crm.example", "https://"),
        ("crm example", "https://"),
        ("https://crm.example:puerto", "https://"),
        ("https://[::1", "https://"),
        ("http://crm.example", "Add the s"),
    ],
)
def test_what_is_no_address_is_said_beside_its_field(typed: str, sentence: str):
    with pytest.raises(ValidationError, match=sentence) as wrong:
        clients.address(typed)
    assert wrong.value.field == "server"


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_a_year_off_is_measured_and_loses_nothing(world: World, years: int):
    import time

    wrong_ms = years * 365 * 86_400_000
    laptop = world.laptop()
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    report = laptop.synced(clock=lambda: time.time_ns() // 1_000_000 + wrong_ms)
    assert abs(report.clock_offset_ms + wrong_ms) < 60_000
    assert abs(laptop.state().clock_offset_ms + wrong_ms) < 60_000
    assert world.get("account", account) is not None
    laptop.edit(Account, account, phone="600")
    laptop.synced()
    assert world.get("account", account)["phone"] == "600"


def test_waiting_grows_with_failures_up_to_five_minutes():
    assert clients.backoff(0, chance=lambda: 1.0) == 1
    assert clients.backoff(5, chance=lambda: 1.0) == 32
    assert clients.backoff(99, chance=lambda: 1.0) == 300
    assert clients.backoff(99, chance=lambda: 0.0) == 0


def test_bytes_that_are_not_what_their_name_says_are_not_kept(world: World):
    laptop = world.laptop()
    with answering(http("200 OK", b"something else")) as url:
        laptop.set_state(server_url=url)
        client = engine.client_of(laptop.database)
        with pytest.raises(Offline):
            client.download("ab" * 32)
        client.close()
