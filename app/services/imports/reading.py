"""A file as rows of text: its encoding, delimiter and header found out, its faults said calmly."""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median_low

from app.errors import UserError
from app.i18n import _
from app.services.imports import decoding, matching

MOST_COLUMNS = 500
MOST_BYTES = 60_000_000
DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"  # a list of one column has none
_LONGEST_CELL = 5_000_000
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"II*\x00", b"MM\x00*")
_VALUE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[\d.,\s:/+\-()]+|[=@].*|https?://.*")
_ENTITY = re.compile(r"&(?:amp|quot|lt|gt|apos|nbsp|#\d{1,6}|#x[\da-fA-F]{1,5});")
# what programs write where they have nothing
_NOTHING = frozenset(
    {"null", "\\n", "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "--none--",
     "--ninguno--", "--seleccionar--"}
)  # fmt: skip

Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """What a file holds: the titles of its columns, and its rows with their line numbers.

    `encoding` and `delimiter` say how it was read ("xlsx" has no delimiter, nor has a list of one
    column). `header` is the line of the titles, 0 when the file has none.
    """

    name: str
    titles: tuple[str, ...]
    rows: tuple[Line, ...]
    encoding: str
    delimiter: str
    header: int = 1


def read_file(path: Path, *, encoding: str = "", delimiter: str = "") -> Source:
    """Read the file at `path`; `UserError` when it cannot be opened either."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(path.name)
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            _("{name} cannot be read. Nothing was imported.").format(name=path.name),
            _("Check that it exists, that you may read it, and that no other program has it open."),
        ) from error
    return read(content, path.name, encoding=encoding, delimiter=delimiter)


def read_as(path: Path, *, encoding: str, delimiter: str, titles: bool) -> Source:
    """Read a file as a person said, with or without titles in its first row."""
    source = read_file(path, encoding=encoding, delimiter=delimiter)
    if titles and not source.header and len(source.rows) > 1:
        (line, first), *rows = source.rows
        return replace(source, titles=first, rows=tuple(rows), header=line)
    return source if titles else without_titles(source)


def read(content: bytes, name: str, *, encoding: str = "", delimiter: str = "") -> Source:
    """Read a CSV or XLSX file; `encoding` and `delimiter` are what a person chose, if so.

    Raises:
        UserError: the file is empty, a picture, too large, or cannot be read; nothing was imported.
    """
    if not content.strip(b' \t\r\n;,|"'):
        raise _empty(name)
    if len(content) > MOST_BYTES:
        raise _too_large(name)
    if content[:2] == b"PK":
        from app.services.imports import workbook

        return _source(name, workbook.rows(content, name), "xlsx", "")
    _refuse_others(content, name)
    text, known = decoding.decode(content, name, encoding)
    return _csv(text, name, known, delimiter)


def without_titles(source: Source) -> Source:
    """Return the same file with its first row taken as a row instead of as titles."""
    if not source.header:
        return source
    first = (source.header, tuple(_clean(title) for title in source.titles))
    titles = tuple(_("Column {n}").format(n=n) for n in range(1, len(source.titles) + 1))
    return replace(source, titles=titles, rows=(first, *source.rows), header=0)


def is_formula(cell: str) -> bool:
    """Tell whether a cell is a formula, which is never imported: «=2+2», "@SUM(A1)", "+cmd|…".

    A telephone begins with + too, and so does the name of a shop: it takes a call or a command.
    """
    return bool(re.match(r"=|[+\-@]\S*?[A-Za-z]\w*(?:[(|]|![A-Z$])", cell))


def _refuse_others(content: bytes, name: str) -> None:
    """Raise for what is no list, whatever its name says."""
    head = content[:600].lstrip().lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UserError(
                _("{name} is protected with a password. Nothing was imported.").format(name=name),
                _("Open it in Excel, save it without the password, and choose it again."),
            )
        raise UserError(
            _("{name} is in the old format of Excel (.xls). Nothing was imported.").format(
                name=name
            ),
            _("Open it in a spreadsheet and save it again as .xlsx or CSV."),
        )
    is_bitmap = content[:2] == b"BM" and content[6:10] == bytes(4)
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if content.startswith(_PICTURES) or is_bitmap or is_webp:
        raise UserError(
            _("{name} is not a list but a picture or document. Nothing was imported.").format(
                name=name
            ),
            _("Choose a CSV or Excel file (.xlsx)."),
        )
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"{", b"begin:v")):
        raise UserError(
            _("{name} is not a table. Nothing was imported.").format(name=name),
            _("Choose a CSV or Excel file (.xlsx)."),
        )


def _empty(name: str) -> UserError:
    return UserError(
        _("{name} is empty. Nothing was imported.").format(name=name),
        _("Choose the file again, or export it anew."),
    )


def _too_large(name: str) -> UserError:
    return UserError(
        _("{name} is too large to be a list. Nothing was imported.").format(name=name),
        _("Split it into smaller files."),
    )


def _csv(text: str, name: str, encoding: str, delimiter: str) -> Source:
    first, _newline, rest = text.partition("\n")
    said = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", first)
    body, before = (rest, 1) if said else (text, 0)
    used = delimiter or (said[1] if said else _delimiter(body))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=used, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    line = before + 1
    try:
        for row in reader:
            rows.append((line, row))
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise UserError(
            _("{name} is broken at line {line}. Nothing was imported.").format(
                name=name, line=line
            ),
            _("A quotation mark may be open there. Open it in a spreadsheet and save it again."),
        ) from error
    return _source(name, rows, encoding, "" if used == _NO_DELIMITER else used)


def _delimiter(text: str) -> str:
    """Return what splits the first lines into the most columns, evenly; nothing does: no list."""
    sample = "\n".join(text.splitlines()[:60])
    best, most = _NO_DELIMITER, 0.0
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            rows = [row for row in reader if any(cell.strip() for cell in row)]
        except csv.Error:
            continue
        while len(rows) > 1 and len(rows[0]) == 1 and _is_heading(rows[0][0]):
            rows.pop(0)
        widths = [len(row) for row in rows]
        usual = median_low(widths) if widths else 1
        even = sum(width == usual for width in widths) / max(1, len(widths))
        score = (usual - 1) * (0.3 + even)
        if score > most:
            best, most = delimiter, score
    return best


def _is_heading(cell: str) -> bool:
    """Whether a line is what a report writes above its titles."""
    return not matching.is_known(cell) and not any(mark in cell for mark in DELIMITERS)


def _source(name: str, rows: list[tuple[int, list[str]]], encoding: str, delimiter: str) -> Source:
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise _empty(name)
    widest = max(len(row) for _line, row in filled[:200])
    if widest > MOST_COLUMNS:
        raise UserError(
            _("{name} has {n} columns: that is no list of customers or products. Nothing was"
              " imported.").format(name=name, n=widest),
            _("Check the delimiter, or leave only the columns that matter."),
        )  # fmt: skip
    at = _header(filled)
    line, header = filled[at]
    titles = tuple(cell.strip().lstrip("\ufeff") for cell in header)
    kept = tuple(
        (n, tuple(_clean(cell) for cell in (*row, *[""] * (len(titles) - len(row)))))
        for n, row in filled[at + 1 :]
    )
    made = Source(name, titles, kept, encoding, delimiter, line)
    if _looks_like_values(titles):
        return without_titles(made)
    if not kept:
        raise UserError(
            _("{name} has titles but no rows below them. Nothing was imported.").format(name=name),
            _("Check that the export has finished, or that nothing is filtered out, and export it"
              " anew."),
        )  # fmt: skip
    return made


def _header(rows: list[tuple[int, list[str]]]) -> int:
    """Return which of the first rows names the columns: the one with most titles, or words."""
    best, most = 0, -1.0
    for n, (_line, row) in enumerate(rows[:8]):
        words = {c.strip().lower() for c in row if c.strip() and not _VALUE.fullmatch(c.strip())}
        known = sum(matching.is_known(word) for word in words)
        score = len(words) + 3 * known - n * 0.6
        if score > most:
            best, most = n, score
    return best


def _looks_like_values(titles: tuple[str, ...]) -> bool:
    """Tell whether the first row is no header: nothing in it is a title, and something a value."""
    if any(matching.is_known(title) for title in titles):
        return False
    return any(_VALUE.fullmatch(title) for title in titles if title)


def _clean(cell: str) -> str:
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]", "", cell.replace("\u00a0", " ")).strip()
    if text.lower() in _NOTHING:
        return ""
    if "&" in text:  # exporters of web pages write R&amp;D
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # exporters put an apostrophe before what a spreadsheet would take for a formula
    return text[1:] if re.match(r"'[=+\-@\d]", text) else text
