"""The data of this computer erased: first the key, which makes the rest unreadable, then the files.

It is decided in the window, where everything is open, and done when nothing is open any more: at
the end of the program, or at the next start if that end never came.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from app.models import keys
from app.services import backups, screen_lock

MARK = "erase.wanted"
_FOLDERS = (backups.FOLDER, "documents", "server")
_FILES = ("settings.json", screen_lock.FILE, backups.ORDER)


def want(folder: Path) -> None:
    """Note that everything in the workspace `folder` is to go when it is closed."""
    (folder / MARK).touch()


def is_wanted(folder: Path) -> bool:
    return (folder / MARK).exists()


def carry_out(folder: Path) -> bool:
    """Erase what Viajante keeps in `folder`, if that is wanted; tell whether it was.

    Files that are not Viajante's stay, and so does the log, which holds no customer's data. What
    cannot be removed now is tried again at the next start; without its key it says nothing.
    """
    if not is_wanted(folder):
        return False
    keys.forget(folder)
    for name in backups.NAMES:
        for path in (*folder.glob(f"{name}*"), *folder.glob(f"{Path(name).stem}.restoring*")):
            path.unlink(missing_ok=True)
    for name in _FOLDERS:
        if (folder / name).exists():
            shutil.rmtree(folder / name)
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    (folder / MARK).unlink(missing_ok=True)
    return True
