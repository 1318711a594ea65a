"""The database's key: in the keyring, behind a passphrase, or in the demo's file."""

import pytest

from app.errors import UserError
from app.models import keys


def refuse(_is_new: bool) -> str | None:
    raise AssertionError("no passphrase should be asked for")


def test_the_keyring_keeps_a_random_key(tmp_path, memory_keyring):
    key = keys.open_key(tmp_path, refuse)
    assert len(key) == 32
    assert keys.open_key(tmp_path, refuse) == key
    assert list(memory_keyring.values()) == [key.hex()]
    assert keys.open_key(tmp_path / "other", refuse) != key


def test_without_a_keyring_a_passphrase_wraps_the_key(tmp_path):
    asked = []

    def ask(is_new: bool) -> str:
        asked.append(is_new)
        return "tres gatos negros"

    key = keys.open_key(tmp_path, ask)
    assert keys.open_key(tmp_path, ask) == key
    assert asked == [True, False]
    kept = (tmp_path / keys.PASSPHRASE_FILE).read_text()
    assert key.hex() not in kept
    assert "gatos" not in kept


def test_a_wrong_passphrase_is_refused(tmp_path):
    keys.open_key(tmp_path, lambda _new: "one")
    with pytest.raises(UserError, match="not the passphrase"):
        keys.open_key(tmp_path, lambda _new: "two")
    with pytest.raises(UserError, match="stays closed"):
        keys.open_key(tmp_path, lambda _new: None)


def test_a_lost_keyring_entry_never_makes_a_new_key_for_old_data(tmp_path, memory_keyring):
    keys.open_key(tmp_path, refuse)
    (tmp_path / "viajante.sqlite").write_bytes(b"data")
    memory_keyring.clear()
    with pytest.raises(UserError):
        keys.open_key(tmp_path, lambda _new: None)
    assert memory_keyring == {}


def test_the_demo_keeps_its_key_in_a_file(tmp_path):
    key = keys.from_file(tmp_path)
    assert keys.from_file(tmp_path) == key == keys.open_key(tmp_path, refuse)
    assert (tmp_path / keys.KEY_FILE).stat().st_mode & 0o077 == 0


def test_forgetting_destroys_every_copy(tmp_path, memory_keyring):
    keys.open_key(tmp_path, refuse)
    keys.forget(tmp_path)
    assert memory_keyring == {}
    keys.from_file(tmp_path)
    keys.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
