"""One synchronisation at a time per profile, between processes too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.errors import UserError
from app.i18n import _


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; `UserError` when another run holds it.

    The system lets go of it when the process ends, however it ends.
    """
    with path.open("a+b") as stream:
        try:
            _lock(stream)
        except OSError as error:
            raise UserError(
                _("Another sync of this data is under way. Nothing was lost."),
                _("Wait until it has ended."),
            ) from error
        try:
            yield
        finally:
            _unlock(stream)


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(stream: IO[bytes]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_UN)
