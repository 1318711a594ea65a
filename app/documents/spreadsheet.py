"""Tables as files: CSV and XLSX that a spreadsheet opens rightly in the user's country.

Text that a spreadsheet would take for a formula stays text. The file appears at once and whole, or
not at all.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Value = str | int | Decimal | bool | date | datetime | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER_LIKE = re.compile(r"[+-]?[\d\s().,]*")  # a telephone: nothing in it can be computed
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
_LONGEST = 32_767  # characters in a cell of XLSX
_WIDEST, _NARROWEST = 60, 16


def write_csv(
    path: Path, titles: Sequence[str], rows: Iterable[Sequence[Value]], *, language: str
) -> None:
    """Write UTF-8 with a mark, so that Excel reads it; «;» and decimal comma in Spanish."""
    comma = language == "es"
    with _whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";" if comma else ",")
        writer.writerow([_safe(title) for title in titles])
        writer.writerows([_written(value, comma=comma) for value in row] for row in rows)


def _written(value: Value, *, comma: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Decimal():
            plain = format(value, "f")
            return plain.replace(".", ",") if comma else plain
        case int():
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
    return _safe(value)


def _safe(words: str) -> str:
    """Return text as it is, marked as text where a spreadsheet would compute it."""
    if words.startswith(_FORMULA) and not _NUMBER_LIKE.fullmatch(words):
        return "'" + words
    return words


def write_xlsx(path: Path, titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a workbook of one sheet: real numbers and days, a first row that stays in sight."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for n, title in enumerate(titles, 1):
        width = min(max(len(title) + 4, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(n)].width = width
    try:
        sheet.append([_cell(sheet, title, bold=True) for title in titles])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # its rows wait in a file of their own
        raise
    with _whole(path) as part:
        book.save(part)


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if isinstance(value, str):
        made = WriteOnlyCell(sheet, _UNSEEN.sub("", value)[:_LONGEST])
        made.data_type = "s"  # never a formula
    else:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, datetime):
            made.number_format = "dd/mm/yyyy hh:mm"
        elif isinstance(value, date):
            made.number_format = "dd/mm/yyyy"
        elif isinstance(value, Decimal):
            made.number_format = "#,##0.00"
    if bold:
        made.font = Font(bold=True)
    return made


class _whole:  # noqa: N801 - reads as the context it is
    """Gives a file beside `path` to write into; it takes the name of `path` when all is well."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}.part")

    def __enter__(self) -> Path:
        return self._part

    def __exit__(self, failed: object, *_rest: object) -> None:
        if failed is None:
            self._part.replace(self._path)
        else:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)
