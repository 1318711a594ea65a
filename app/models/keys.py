"""Where the database's key lives: the system's keyring, a passphrase, or the demo's key file.

The key is 32 random bytes. A keyring keeps it as it is; where there is none, argon2id of a
passphrase unwraps it (RFC 9106, second recommended option: 64 MiB, three passes); the demo keeps
it in a file beside its data and says so.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from app.errors import UserError, ValidationError
from app.i18n import _

SERVICE = "viajante"
KEY_FILE = "demo.key"
PASSPHRASE_FILE = "key.json"  # noqa: S105 - a file name
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4


def from_file(folder: Path) -> bytes:
    """Return the key in `folder`'s key file, made at the first call. For the demo and for tests."""
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_bytes(32).hex(), "ascii")
    return bytes.fromhex(path.read_text("ascii").strip())


def open_key(folder: Path, ask: Callable[[bool], str | None]) -> bytes:
    """Return the key of the database in `folder`.

    Tries the demo's key file, then the system's keyring, then a passphrase: `ask(is_new)` returns
    what the user typed, or None when they gave up. Raises `UserError` for a wrong passphrase.
    """
    if (folder / KEY_FILE).exists():
        return from_file(folder)
    if (folder / PASSPHRASE_FILE).exists():
        return _from_passphrase(folder, ask)
    return _from_keyring(folder) or _from_passphrase(folder, ask)


def _from_keyring(folder: Path) -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    name = str(folder.resolve())
    try:
        known = keyring.get_password(SERVICE, name)
        if known:
            return bytes.fromhex(known)
        if any(folder.glob("*.sqlite")):
            return None  # the data is older than this keyring: a new key would not open it
        key = secrets.token_bytes(32)
        keyring.set_password(SERVICE, name, key.hex())
        return key if keyring.get_password(SERVICE, name) == key.hex() else None
    except (KeyringError, RuntimeError):
        return None


def _from_passphrase(folder: Path, ask: Callable[[bool], str | None]) -> bytes:
    path = folder / PASSPHRASE_FILE
    phrase = ask(not path.exists())
    if not phrase:
        raise UserError(
            _("Without its passphrase the data stays closed. Nothing was changed."),
            _("Start Viajante again and type it."),
        )
    if not path.exists():
        return _new_wrapped(path, phrase)
    key = _unwrapped(path, phrase)
    if key is None:
        raise UserError(
            _("That is not the passphrase of this data. Nothing was changed."),
            _("Try again; without the passphrase nobody can open it."),
        )
    return key


def _unwrapped(path: Path, phrase: str) -> bytes | None:
    """Return the key that `phrase` opens, or None when it is another one."""
    kept = json.loads(path.read_text("utf-8"))
    mask = derive(phrase, bytes.fromhex(kept["salt"]))
    key = bytes(a ^ b for a, b in zip(mask[:32], bytes.fromhex(kept["wrapped"]), strict=True))
    return key if secrets.compare_digest(_proof(key), kept["proof"]) else None


def opens(folder: Path, phrase: str) -> bool:
    """Tell whether `phrase` is the passphrase of the data in `folder`."""
    path = folder / PASSPHRASE_FILE
    return path.exists() and _unwrapped(path, phrase) is not None


def change_passphrase(folder: Path, old: str, new: str) -> None:
    """Open the same key with another passphrase. Raises `ValidationError` for a wrong old one."""
    key = _unwrapped(folder / PASSPHRASE_FILE, old)
    if key is None:
        raise ValidationError("old", _("That is not the passphrase of this data."))
    _wrap(folder / PASSPHRASE_FILE, key, new)


def protect(folder: Path, phrase: str) -> None:
    """Take the key out of the keyring: from now on `phrase` opens it, at each start.

    Raises `UserError` when the keyring does not give it.
    """
    import keyring
    from keyring.errors import KeyringError

    name = str(folder.resolve())
    try:
        known = keyring.get_password(SERVICE, name)
        if known:
            _wrap(folder / PASSPHRASE_FILE, bytes.fromhex(known), phrase)
            keyring.delete_password(SERVICE, name)
            return
    except (KeyringError, RuntimeError) as error:
        raise _no_keyring() from error
    raise _no_keyring()


def _no_keyring() -> UserError:
    return UserError(
        _("The keyring of this computer does not answer. Nothing was changed."),
        _("Unlock it and try again."),
    )


def _new_wrapped(path: Path, phrase: str) -> bytes:
    key = secrets.token_bytes(32)
    _wrap(path, key, phrase)
    return key


def _wrap(path: Path, key: bytes, phrase: str) -> None:
    """Write `key` as only `phrase` opens it; whole or not at all, or the data would be lost."""
    salt = secrets.token_bytes(16)
    wrapped = bytes(a ^ b for a, b in zip(derive(phrase, salt), key, strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(
        json.dumps({"salt": salt.hex(), "wrapped": wrapped.hex(), "proof": _proof(key)}), "utf-8"
    )
    part.replace(path)


def derive(phrase: str, salt: bytes) -> bytes:
    """Return 32 bytes of argon2id over `phrase`; slow on purpose."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(phrase.encode(), salt, _PASSES, _MEMORY_KIB, _LANES, 32, Type.ID)


def _proof(key: bytes) -> str:
    return hashlib.blake2b(key, digest_size=16, person=b"viajante-key").hexdigest()


def forget(folder: Path) -> None:
    """Destroy the key of the database in `folder`, which makes the data unreadable."""
    import keyring
    from keyring.errors import KeyringError

    for name in (KEY_FILE, PASSPHRASE_FILE):
        (folder / name).unlink(missing_ok=True)
    try:
        keyring.delete_password(SERVICE, str(folder.resolve()))
    except (KeyringError, RuntimeError):
        return
