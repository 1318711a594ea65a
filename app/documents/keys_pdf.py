"""The keys of Viajante on a sheet of paper, to lie beside the keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from app import i18n
from app.documents.page import (
    BOLD,
    FOOT,
    HEIGHT,
    INK,
    LEFT,
    LINE,
    MUTED,
    PRIMARY,
    REGULAR,
    RIGHT,
    SEMIBOLD,
    Paper,
    shortened,
    width_of,
)
from app.i18n import _

_GAP, _STEP = 22.0, 15.0
_TOP = HEIGHT - 96
_COLUMN = (RIGHT - LEFT - _GAP) / 2


@dataclass(frozen=True)
class KeySheet:
    """Places with their lines of (what it does, keys as they are printed)."""

    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    language: str = "es"


def render(sheet: KeySheet) -> bytes:
    """Return the sheet as PDF: two columns, a place is not cut from its first line."""
    with i18n.speaking(sheet.language):
        paper = Paper(
            title=_("The keys of Viajante"), author="Viajante", subject=_("Keyboard"),
            language=sheet.language,
        )  # fmt: skip
        paper.footer = _("Single keys work outside of text fields; all of them can be changed in"
                         " Settings.")  # fmt: skip
        _head(paper)
        column, y = 0, _TOP
        for name, lines in sheet.places:
            for n, (what, keys) in enumerate(lines):
                needed = _STEP * (2.6 if n == 0 else 1)
                if y - needed < FOOT:
                    column, y = column + 1, _TOP
                    if column == 2:
                        paper.new_page()
                        _head(paper)
                        column = 0
                x = LEFT + column * (_COLUMN + _GAP)
                if n == 0:
                    y -= _STEP * 0.6 if y < _TOP else 0
                    paper.write(x, y, name, SEMIBOLD, 9.5, PRIMARY)
                    y -= _STEP
                _line(paper, x, y, what, keys)
                y -= _STEP
        return paper.close()


def _head(paper: Paper) -> None:
    paper.write(LEFT, HEIGHT - 62, _("The keys of Viajante"), BOLD, 17, INK)
    paper.rule(HEIGHT - 74)


def _line(paper: Paper, x: float, y: float, what: str, keys: str) -> None:
    width = width_of(keys, SEMIBOLD, 8) + 10
    paper.box(x + _COLUMN - width, y - 3.4, width, 12, stroke=LINE, radius=3)
    paper.write(x + _COLUMN - width + 5, y, keys, SEMIBOLD, 8, MUTED)
    paper.write(x, y, shortened(what, REGULAR, 8.5, _COLUMN - width - 8), REGULAR, 8.5, INK)
