"""A file as rows of text: its encoding, delimiter and header found out, its faults said calmly."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass

from app.errors import UserError
from app.i18n import _

MOST_COLUMNS = 500
MOST_BYTES = 60_000_000
_DELIMITERS = ";,\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"%PDF", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Source:
    """What a file holds: the titles of its columns, and its rows with their line numbers.

    `encoding` and `delimiter` say how it was read ("xlsx" has neither).
    """

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    delimiter: str


def read(content: bytes, name: str) -> Source:
    """Read a CSV or XLSX file.

    Raises:
        UserError: the file is empty, a picture, too large, or cannot be read; nothing was imported.
    """
    if not content.strip():
        raise UserError(
            _("{name} is empty. Nothing was imported.").format(name=name),
            _("Choose the file again, or export it anew."),
        )
    if len(content) > MOST_BYTES:
        raise UserError(
            _("{name} is too large to be a list. Nothing was imported.").format(name=name),
            _("Split it into smaller files."),
        )
    if content[:2] == b"PK":
        return _xlsx(content, name)
    if content.startswith(_PICTURES):
        raise UserError(
            _("{name} is not a list but a picture or document. Nothing was imported.").format(
                name=name
            ),
            _("Choose a CSV or Excel file (.xlsx)."),
        )
    text, encoding = _decoded(content, name)
    return _csv(text, name, encoding)


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _unreadable(name) from error
    try:
        return _mended(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    if content[1:200:2].count(0) > 60:
        return content.decode("utf-16-le", "replace"), "utf-16"
    if b"\x00" in content:
        raise _unreadable(name)
    text = content.decode("cp1252", "replace")
    if text.count("\ufffd") > len(text) // 200 + 1:
        raise _unreadable(name)
    return text.replace("\ufffd", "?"), "cp1252"


def _mended(text: str) -> str:
    """Undo UTF-8 that was once read as Windows-1252: «CafÃ©» is «Café»."""
    if not re.search(r"Ã[\x80-\xbf©±³¡º­¼]|Â[ºª·]", text):
        return text
    lines = []
    for line in text.split("\n"):
        try:
            lines.append(line.encode("cp1252").decode("utf-8"))
        except UnicodeError:
            lines.append(line)
    return "\n".join(lines)


def _unreadable(name: str) -> UserError:
    return UserError(
        _("The letters of {name} cannot be read: its encoding is broken. Nothing was imported.")
        .format(name=name),
        _("Save it again as «CSV UTF-8», or as Excel (.xlsx)."),
    )  # fmt: skip


def _csv(text: str, name: str, encoding: str) -> Source:
    first, _newline, rest = text.partition("\n")
    said = re.match(r"\s*sep=(.)\s*$", first)
    start = 2 if said else 1
    body = rest if said else text
    delimiter = said[1] if said else _delimiter(body)
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num + start - 1, row) for row in reader)
    except csv.Error as error:
        raise UserError(
            _("{name} is broken at line {line}. Nothing was imported.").format(
                name=name, line=reader.line_num + start - 1
            ),
            _("Open it in a spreadsheet and save it again."),
        ) from error
    return _source(name, rows, encoding, delimiter)


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines most evenly, outside of quotes."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:20] if line.strip()]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        if not counts or not counts[0]:
            continue
        even = sum(count == counts[0] for count in counts) / len(counts)
        score = counts[0] * (0.3 + even)
        if score > most:
            best, most = delimiter, score
    return best


def _xlsx(content: bytes, name: str) -> Source:
    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out; we read values only
        warnings.simplefilter("ignore", UserWarning)
        return _sheet(content, name)


def _sheet(content: bytes, name: str) -> Source:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = max(book.worksheets, key=lambda s: (s.max_row or 0) * (s.max_column or 0))
        if (sheet.max_column or 0) > MOST_COLUMNS:
            raise _too_wide(name, sheet.max_column or 0)
        rows = [
            (n, [_cell(value) for value in row])
            for n, row in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UserError(
            _("{name} is not an Excel file that can be read. Nothing was imported.").format(
                name=name
            ),
            _("Open it in a spreadsheet and save it again as .xlsx or CSV."),
        ) from error
    return _source(name, rows, "xlsx", "")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _too_wide(name: str, columns: int) -> UserError:
    return UserError(
        _("{name} has {n} columns: that is no list of customers or products. Nothing was"
          " imported.").format(name=name, n=columns),
        _("Check the delimiter, or leave only the columns that matter."),
    )  # fmt: skip


def _source(name: str, rows: list[tuple[int, list[str]]], encoding: str, delimiter: str) -> Source:
    widest = max((len(row) for _line, row in rows[:200]), default=0)
    if widest > MOST_COLUMNS:
        raise _too_wide(name, widest)
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise UserError(
            _("{name} is empty. Nothing was imported.").format(name=name),
            _("Choose the file again, or export it anew."),
        )
    at = _header(filled)
    titles = tuple(cell.strip().lstrip("\ufeff") for cell in filled[at][1])
    kept = tuple(
        (line, tuple(_clean(cell) for cell in (*row, *[""] * (len(titles) - len(row)))))
        for line, row in filled[at + 1 :]
    )
    return Source(name, titles, kept, encoding, delimiter)


def _header(rows: list[tuple[int, list[str]]]) -> int:
    """Return which of the first rows names the columns: the one with most cells of words."""
    best, most = 0, -1.0
    for n, (_line, row) in enumerate(rows[:8]):
        words = [c for c in row if c.strip() and not re.fullmatch(r"[\d.,\s:/\-]+", c.strip())]
        distinct = len({c.strip().lower() for c in words})
        score = distinct - n * 0.6
        if score > most:
            best, most = n, score
    return best


def _clean(cell: str) -> str:
    text = cell.replace("\u00a0", " ").replace("\r", "").strip()
    # exporters put an apostrophe before what a spreadsheet would take for a formula
    return text[1:] if re.match(r"'[=+\-@\d]", text) else text


def is_formula(cell: str) -> bool:
    """Tell whether a cell is a formula, which is never imported: «=2+2», "@SUM(A1)"."""
    return bool(re.match(r"[=@]", cell) or re.match(r"[+\-][A-Za-z(]", cell))
