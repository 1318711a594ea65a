"""Whatever a wire can do to a message gets a clear answer and changes nothing."""

from __future__ import annotations

import gzip
import http.client
import json

import msgspec
import pytest
import zstandard

from app.models.base import new_id
from app.sync import protocol
from app.sync.protocol import PREFIX, PushAnswer
from tests.server.laptop import AnswerError, call


def post(laptop, path, body, encoding="", **headers):
    sent = {"Authorization": f"Bearer {laptop.me.access}", "Content-Encoding": encoding, **headers}
    return laptop.session.post(laptop.url + PREFIX + path, data=body, headers=sent, timeout=30)


def good(laptop):
    """Return a push that would be applied if it arrived whole."""
    return msgspec.json.encode(
        laptop.message([laptop.op("I", "account", new_id(), {"name": "Bar"})])
    )


BROKEN = {
    "nothing": (lambda raw: b"", ""),
    "half a message": (lambda raw: raw[: len(raw) // 2], ""),
    "no JSON": (lambda raw: b"<html>Welcome to the hotel</html>", ""),
    "another message": (lambda raw: b'{"cursor": 1}', ""),
    "a list": (lambda raw: b"[]", ""),
    "no UTF-8": (lambda raw: raw.replace(b"Bar", b"\xff\xfe\xff"), ""),
    "text for a number": (lambda raw: raw.replace(b'"first":1', b'"first":"1"'), ""),
    "truncated zstd": (lambda raw: zstandard.compress(raw)[:-20], "zstd"),
    "zstd that is none": (lambda raw: raw, "zstd"),
    "truncated gzip": (lambda raw: gzip.compress(raw)[:-20], "gzip"),
    "gzip that is none": (lambda raw: raw, "gzip"),
    "an encoding of the future": (lambda raw: raw, "br"),
    "deep nesting": (lambda raw: b"[" * 100_000, ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_messages(world, name):
    laptop = world.laptop()
    spoil, encoding = BROKEN[name]
    answer = post(laptop, "/push", spoil(good(laptop)), encoding)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] == "bad_message"
    laptop.number = 0
    assert laptop.do("I", "account", new_id(), {"name": "Sano"}).s == "applied"
    assert [row["name"] for row in world.rows("account")] == ["Sano"]


@pytest.mark.parametrize(
    ("compress", "encoding"), [(zstandard.compress, "zstd"), (gzip.compress, "gzip")]
)
def test_a_bomb_is_not_unpacked(world, compress, encoding):
    laptop = world.laptop()
    bomb = compress(b" " * 20_000_000)
    assert len(bomb) < 100_000
    answer = post(laptop, "/push", bomb, encoding)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_body_that_is_too_long(world):
    laptop = world.laptop()
    for path, size in (("/push", 5_000_000), ("/pull", 2_000_000), ("/enroll", 100_000)):
        answer = post(laptop, path, b" " * size)
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large"), path


def test_a_body_that_hides_its_length(world):
    laptop = world.laptop()
    answer = post(laptop, "/hello", iter([b" " * 50_000] * 4))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_more_operations_than_a_push_holds(world):
    laptop = world.laptop()
    groups = [[laptop.op("I", "account", new_id(), {"name": "Bar"})] for _n in range(501)]
    with pytest.raises(AnswerError) as caught:
        laptop.push(*groups)
    assert (caught.value.status, caught.value.failure.error) == (413, "too_large")
    assert world.rows("account") == []


def test_a_request_that_is_cut_off(world):
    laptop = world.laptop()
    raw = good(laptop)
    connection = http.client.HTTPConnection("127.0.0.1", world.server.port, timeout=30)
    connection.putrequest("POST", PREFIX + "/push")
    connection.putheader("Authorization", f"Bearer {laptop.me.access}")
    connection.putheader("Content-Length", str(len(raw)))
    connection.endheaders(raw[:50])
    connection.close()
    laptop.number = 0
    assert laptop.do("I", "account", new_id(), {"name": "Sano"}).s == "applied"


def test_without_a_token(world):
    laptop = world.laptop()
    for path in ("/hello", "/push", "/pull", "/backfill", "/digest", "/rows"):
        answer = laptop.session.post(laptop.url + PREFIX + path, data=b"{}", timeout=30)
        assert (answer.status_code, answer.json()) == (401, {"error": "token"}), path


def test_addresses_and_methods_that_are_none(world):
    laptop = world.laptop()
    assert post(laptop, "/nothing", b"").json()["error"] == "no_such_route"
    answer = laptop.session.get(laptop.url + PREFIX + "/pull", timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (405, "no_such_route")
    assert laptop.session.get(laptop.url + "/health", timeout=30).json() == {"ok": True}


def test_headers_that_are_none(world):
    answer = post(world.laptop(), "/pull", b"{}", **{"X-Proto": "one"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_message")


def test_answers_are_compressed_as_asked_and_carry_the_request_id(world):
    laptop = world.laptop()
    body = msgspec.json.encode(laptop.message())
    for accepted, encoding in (("zstd, gzip", "zstd"), ("gzip", "gzip"), ("identity", "")):
        answer = laptop.session.post(
            laptop.url + PREFIX + "/push",
            data=body,
            headers={
                "Authorization": f"Bearer {laptop.me.access}",
                "Accept-Encoding": accepted,
                "X-Request-Id": "r1",
            },
            stream=True,
            timeout=30,
        )
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert answer.headers["X-Request-Id"] == "r1"
        raw = answer.raw.read(decode_content=False)
        assert protocol.unpack(raw, encoding, PushAnswer).upto == 0


def test_unknown_keys_are_ignored(world):
    laptop = world.laptop()
    message = json.loads(good(laptop))
    message["weather"] = message["groups"][0]["weather"] = "rain"
    headers = {"Authorization": f"Bearer {laptop.me.access}", "Content-Encoding": ""}
    raw = json.dumps(message).encode()
    answer = call(laptop.session, laptop.url, "/push", raw, PushAnswer, **headers)
    assert [result.s for result in answer.results] == ["applied"]


def test_a_fault_of_ours_says_nothing_of_the_inside(world, monkeypatch, caplog):
    laptop = world.laptop()
    monkeypatch.setattr("app.server.hello.now_ms", lambda: 1 // 0)
    with pytest.raises(AnswerError) as caught:
        laptop.hello()
    assert caught.value.status == 500
    assert caught.value.response.json() == {"error": "error"}
    assert "ZeroDivisionError" in caplog.text


def test_a_busy_database_asks_to_come_back(world, monkeypatch):
    from app.server.store import Busy

    laptop = world.laptop()

    def busy(*_args):
        raise Busy("locked")

    monkeypatch.setattr("app.server.pushing._push", busy)
    with pytest.raises(AnswerError) as caught:
        laptop.do("I", "account", new_id(), {"name": "Bar"})
    assert (caught.value.status, caught.value.failure.error) == (503, "busy")
    assert int(caught.value.response.headers["Retry-After"]) > 0
