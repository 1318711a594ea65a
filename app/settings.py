"""What the user has chosen on this computer: one small JSON file, written atomically.

What *happened* (cursor, last sync) is in the database; what the company decides is in its tables.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
_writing = threading.Lock()  # two choices in quick succession are saved by two threads


@dataclass
class Settings:
    """Chosen things. `path` is where they are kept; unknown keys survive a round trip."""

    path: Path = field(repr=False)
    language: str = ""  # "" follows the system
    theme: str = ""  # "" follows the system: claro or oscuro
    text_scale: int = 100  # percent, 90 to 150
    density: str = "comfortable"
    sidebar_collapsed: bool = False
    single_keys: bool = True
    keys: dict[str, str] = field(default_factory=dict)  # by action of views.keymap, remapped
    sync_every_minutes: int = 10
    photos_on_metered: bool = False
    lock_after_minutes: int = 10  # 0 never; without a PIN or a passphrase nothing locks
    hints_seen: bool = False
    muted_rules: list[str] = field(default_factory=list)  # of services.alerts
    put_off: dict[str, str] = field(default_factory=dict)  # pending things until an ISO day
    unknown: dict[str, Any] = field(default_factory=dict, repr=False)

    def save(self) -> None:
        """Write the file; raises OSError when its folder cannot be written."""
        with _writing:
            values = {
                f.name: getattr(self, f.name)
                for f in dataclasses.fields(self)
                if f.name not in {"path", "unknown"}
            }
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_suffix(".part")
            written = json.dumps(self.unknown | values, indent=2, ensure_ascii=False)
            part.write_text(written, "utf-8")
            part.replace(self.path)


_ALLOWED: dict[str, frozenset[Any]] = {
    "language": frozenset({"", "es", "en"}),
    "theme": frozenset({"", "claro", "oscuro", "sol"}),
    "text_scale": frozenset(range(90, 151)),
    "density": frozenset({"comfortable", "compact"}),
    "lock_after_minutes": frozenset(range(121)),
    "sync_every_minutes": frozenset(range(1, 1441)),
}


def load(path: Path) -> Settings:
    """Read the file; a missing one gives the defaults, a bad value its default and a log line."""
    settings = Settings(path)
    try:
        kept = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return settings
    except (OSError, ValueError) as error:
        logger.info("Settings %s cannot be read, the defaults are used: %s", path, error)
        return settings
    if not isinstance(kept, dict):
        logger.info("Settings %s are not an object, the defaults are used", path)
        return settings
    names = {f.name for f in dataclasses.fields(Settings)} - {"path", "unknown"}
    for name, value in kept.items():
        if name not in names:
            settings.unknown[name] = value
        elif type(value) is type(getattr(settings, name)) and _is_allowed(name, value):
            setattr(settings, name, value)
        else:
            logger.info("Setting %s has the bad value %r, the default is used", name, value)
    return settings


def _is_allowed(name: str, value: Any) -> bool:
    if name == "keys":
        return all(isinstance(key, str) and key for key in value.values())
    return name not in _ALLOWED or value in _ALLOWED[name]
