"""One rotating file of what happened; never customer data above DEBUG."""

from __future__ import annotations

import logging
import platform
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import app

FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_BYTES, _COPIES = 1_000_000, 3


def start(folder: Path, level: int = logging.INFO) -> Path:
    """Log to `viajante.log` in `folder` from now on, and return that file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "viajante.log"
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_COPIES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return path


def details(trace: str) -> str:
    """Return what «Copy details» puts on the clipboard: the versions and the trace, no data."""
    return "\n".join(
        (
            f"Viajante {app.__version__}",
            f"Python {platform.python_version()} on {platform.platform()}",
            f"Executable {Path(sys.executable).name}",
            "",
            trace,
        )
    )
