"""Messages survive the wire, and nothing that a wire does to them is taken for a message."""

from __future__ import annotations

import gzip

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.sync import protocol
from app.sync.protocol import (
    Group,
    Hello,
    Op,
    Pull,
    PullAnswer,
    Push,
    Table,
    TooLargeError,
    inflate,
    pack,
    unpack,
)

CHANGE = Op(1, "o", "account", "r", "r", "U", 7 << 16, 1, 3, {"phone": {"b": "", "v": "é"}})
PUSH = Push("p", "e", 1, [Group("g", [CHANGE])])


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity", ""])
def test_there_and_back(encoding):
    assert unpack(pack(PUSH, encoding or "identity"), encoding, Push) == PUSH


def test_the_same_message_is_the_same_bytes():
    for encoding in ("zstd", "gzip", "identity"):
        assert pack(PUSH, encoding) == pack(PUSH, encoding)


def test_removals_are_called_del_on_the_wire():
    answer = PullAnswer(5, more=False, gone=[("visit", "r", 5, 2)])
    raw = msgspec.json.decode(pack(answer, "identity"))
    assert raw["del"] == [["visit", "r", 5, 2]]
    assert raw["to"] == 5
    assert unpack(pack(answer), "zstd", PullAnswer) == answer


def test_rows_in_columns():
    answer = PullAnswer(1, more=True, tables=[Table("account", ["_id", "name"], [["r", "Bar"]])])
    assert unpack(pack(answer), "zstd", PullAnswer).tables[0].r == [["r", "Bar"]]


def test_defaults_of_requests_do_not_travel():
    assert msgspec.json.decode(pack(Pull("e", 0), "identity")) == {"epoch": "e", "cursor": 0}


def test_a_hello_speaks_the_version():
    hello = unpack(pack(Hello("d", 1, "1", "", 0, 0, 0, 0, "db")), "zstd", Hello)
    assert hello.proto == [protocol.PROTOCOL]


def test_keys_of_the_future_are_ignored():
    raw = b'{"epoch":"e","cursor":3,"weather":"rain"}'
    assert unpack(raw, "", Pull) == Pull("e", 3)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"", ""),
        (b"<html>", ""),
        (b"{}", ""),
        (b'{"epoch":"e","cursor":"3"}', ""),
        (b'{"epoch":"e","cursor":3', ""),
        (b"{}", "zstd"),
        (b"{}", "gzip"),
        (b"{}", "br"),
        (gzip.compress(b'{"epoch":"e","cursor":3}', mtime=0)[:-12], "gzip"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff", "gzip"),
    ],
)
def test_what_is_no_message(body, encoding):
    with pytest.raises(ValueError):
        unpack(body, encoding, Pull)


@given(st.integers(0, 200))
def test_a_truncated_message_is_none(length):
    for encoding in ("zstd", "gzip"):
        whole = pack(PUSH, encoding)
        if length < len(whole):
            with pytest.raises(ValueError):
                unpack(whole[:length], encoding, Push)


@given(st.binary(max_size=200), st.sampled_from(["zstd", "gzip", ""]))
def test_noise_is_no_message(noise, encoding):
    with pytest.raises(ValueError):
        unpack(noise, encoding, Push)


@pytest.mark.parametrize("compress", [zstandard.compress, gzip.compress])
def test_no_more_is_unpacked_than_the_limit(compress):
    encoding = "zstd" if compress is zstandard.compress else "gzip"
    bomb = compress(b"x" * 1_000_000)
    assert len(bomb) < 2_000
    assert len(inflate(bomb, encoding, 1_000_000)) == 1_000_000
    with pytest.raises(TooLargeError):
        inflate(bomb, encoding, 999_999)
