"""How far it is to join a company: written by a worker, looked at by a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.sync.report import Progress


@dataclass
class Joining:
    """The company's name as soon as it is known, and what is under way."""

    progress: Progress | None = None
    company: str = ""

    def note(self, progress: Progress) -> None:
        self.progress = progress

    def joined(self, company: str) -> None:
        self.company = company


# address, code, name of this computer, and who hears how far it is; raises `UserError`
Enrol = Callable[[str, str, str, Joining], None]
