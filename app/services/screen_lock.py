"""What opens the window again after a while without anybody: a PIN, or the passphrase of the data.

A PIN guards the screen only: the data is encrypted with a key that it has no part in.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from app.errors import ValidationError
from app.i18n import _
from app.models import keys

FILE = "lock.json"
SHORTEST = 4


def kind(folder: Path) -> str:
    """Return what opens the screen of the workspace in `folder`: pin, passphrase, or "" nothing."""
    if (folder / FILE).exists():
        return "pin"
    return "passphrase" if (folder / keys.PASSPHRASE_FILE).exists() else ""


def set_pin(folder: Path, pin: str, *, field: str = "pin") -> None:
    """Let `pin` open the screen from now on.

    Raises `ValidationError` on `field` for one that is too short.
    """
    if len(pin.strip()) < SHORTEST:
        raise ValidationError(
            field, _("A PIN has {n} digits or letters at least.").format(n=SHORTEST)
        )
    salt = secrets.token_bytes(16)
    kept = {"salt": salt.hex(), "hash": keys.derive(pin, salt).hex()}
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps(kept), "utf-8")
    part.replace(folder / FILE)


def remove_pin(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)


def opens(folder: Path, words: str) -> bool:
    """Tell whether `words` open the screen; takes a moment on purpose."""
    path = folder / FILE
    if not path.exists():
        return keys.opens(folder, words)
    try:
        kept = json.loads(path.read_text("utf-8"))
        salt, known = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["hash"])
    except (ValueError, KeyError, TypeError):
        return keys.opens(folder, words)  # spoiled: only what opens the data may open the screen
    return secrets.compare_digest(keys.derive(words, salt), known)
