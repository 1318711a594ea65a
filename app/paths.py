"""Where data, logs, backups and resources are, on each system and when frozen."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

APP = "Viajante"


def resources() -> Path:
    """Return the folder of icons, fonts, words and outlines that ship with the program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return (Path(frozen) if frozen else Path(__file__).resolve().parent.parent) / "resources"


def workspace() -> Path:
    """Return the folder of this user's database, files, backups and settings."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def cache() -> Path:
    """Return a folder whose content can be made anew at any time."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))
