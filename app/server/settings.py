"""What the server is told: where its records and files are, and where it listens."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app import paths

DATABASE = "VIAJANTE_SERVER_DATABASE"
FILES = "VIAJANTE_SERVER_FILES"
HOST = "VIAJANTE_SERVER_HOST"
PORT = "VIAJANTE_SERVER_PORT"


@dataclass(frozen=True)
class Settings:
    """`database` is an SQLAlchemy URL, or the path of an SQLite file; port 0 takes a free one."""

    database: str
    files: Path
    host: str = "127.0.0.1"
    port: int = 8080


def load(
    *,
    database: str | None = None,
    files: str | None = None,
    host: str | None = None,
    port: int | None = None,
) -> Settings:
    """Return the settings: what is given here wins, then the environment, then a default."""
    folder = paths.workspace() / "server"
    return Settings(
        database=database or os.environ.get(DATABASE) or str(folder / "server.sqlite"),
        files=Path(files or os.environ.get(FILES) or folder / "files"),
        host=host or os.environ.get(HOST) or "127.0.0.1",
        port=port if port is not None else int(os.environ.get(PORT) or 8080),
    )
