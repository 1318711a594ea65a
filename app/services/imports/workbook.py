"""The rows of an Excel file as text; formulas stay formulas, so that they can be refused."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from xml.etree.ElementTree import ParseError

from app.errors import UserError
from app.i18n import _

_MOST_UNPACKED = 600_000_000  # a small file may unpack to what no computer can hold
_MOST_ROWS = 300_000


def rows(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """Return the rows, with their numbers, of the sheet that holds most.

    Raises `UserError` when it cannot be read; nothing was imported.
    """
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise UserError(
                    _("{name} is too large to be a list. Nothing was imported.").format(name=name),
                    _("Split it into smaller files."),
                )
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; we read values only
            warnings.simplefilter("ignore", UserWarning)
            return _fullest(content)
    except (
        zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError,
        OSError, EOFError, NotImplementedError, IndexError, AttributeError, zipfile.LargeZipFile,
    ) as error:  # fmt: skip
        # a damaged or foreign file fails wherever openpyxl happens to stumble over it
        raise UserError(
            _("{name} is not an Excel file that can be read. Nothing was imported.").format(
                name=name
            ),
            _("Open it in a spreadsheet and save it again as .xlsx or CSV."),
        ) from error


def _fullest(content: bytes) -> list[tuple[int, list[str]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    best: list[tuple[int, list[str]]] = []
    most = 0
    try:
        for sheet in book.worksheets:
            found = []
            for n, row in enumerate(islice(sheet.iter_rows(values_only=True), _MOST_ROWS), 1):
                cells = [_text(value) for value in row]
                while cells and not cells[-1]:  # formatted, but empty to the edge of the sheet
                    cells.pop()
                if cells:
                    found.append((n, cells))
            filled = sum(sum(map(bool, cells)) for _line, cells in found)
            if filled > most:
                best, most = found, filled
    finally:
        book.close()
    return best


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
        case bool() | int() | Decimal() | date() | time():
            return str(value)
    return "=" + str(getattr(value, "text", "") or "").lstrip("=")  # a formula over many cells
