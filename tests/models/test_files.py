"""The file store: what was added is read back whole, chunk by chunk, and never in the clear."""

import hashlib
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import UserError
from app.models.files import CHUNK, Files


def test_bytes_come_back_whole_under_their_hash(files):
    content = secrets.token_bytes(CHUNK * 2 + 17)
    sha256 = files.add(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert files.read(sha256) == content
    assert files.size(sha256) == len(content)
    assert files.total() == (1, len(content))


def test_the_same_bytes_are_kept_once(files):
    assert files.add(b"receipt") == files.add(b"receipt")
    assert files.total() == (1, 7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.integers(0, CHUNK * 2 + 10))
def test_reading_can_begin_anywhere(files, offset):
    content = bytes(range(256)) * (CHUNK * 2 // 256) + b"0123456789"
    sha256 = files.add(content)
    assert b"".join(files.chunks(sha256, offset)) == content[offset:]


def test_an_empty_file_is_a_file(files):
    assert files.read(files.add(b"")) == b""


def test_a_file_that_is_not_here_is_said(files):
    with pytest.raises(UserError, match="not on this computer"):
        files.read("0" * 64)


def test_the_store_is_encrypted_and_survives_closing(tmp_path):
    key = secrets.token_bytes(32)
    path = tmp_path / "files.sqlite"
    files = Files(path, key)
    sha256 = files.add(b"SECRET RECEIPT" * 100)
    files.close()
    assert b"SECRET RECEIPT" not in path.read_bytes()
    again = Files(path, key)
    assert again.read(sha256) == b"SECRET RECEIPT" * 100
    again.remove(sha256)
    assert again.size(sha256) is None
    again.close()


def test_another_key_does_not_open_it(tmp_path):
    path = tmp_path / "files.sqlite"
    Files(path, secrets.token_bytes(32)).close()
    with pytest.raises(UserError, match="key is another one"):
        Files(path, secrets.token_bytes(32))
