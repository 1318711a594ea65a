"""A list as a file: what is shown, in real numbers and days, whole or not at all."""

import csv
import threading
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
from app.documents import spreadsheet
from app.errors import UserError
from app.services import export
from app.services.export import StoppedError


class Line(NamedTuple):
    id: str
    name: str
    sales: Decimal
    seen: date | None


def lines(_session, ids):
    return [
        Line(id_, f"=Bar {id_}", Decimal("1234.50"), date(2026, 11, 19)) for id_ in ids
        if id_ != "gone"
    ]  # fmt: skip


COLUMNS = [
    ("Customer", lambda row: row.name), ("Sales", lambda row: row.sales),
    ("Last visit", lambda row: row.seen),
]  # fmt: skip


def written(database, path, ids, **more):
    more = {"progress": lambda n: None, "stop": threading.Event()} | more
    with database.read() as session:
        return export.write(session, path, COLUMNS, ids, lines, **more)


def test_csv_is_what_a_spanish_excel_opens(database, tmp_path):
    i18n.use("es")
    path = tmp_path / "cartera.csv"
    assert written(database, path, ["2", "gone", "1"]) == 2
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "Customer;Sales;Last visit", "'=Bar 2;1234,50;2026-11-19", "'=Bar 1;1234,50;2026-11-19",
    ]  # fmt: skip


def test_csv_is_what_an_english_excel_opens(database, tmp_path):
    i18n.use("en")
    path = tmp_path / "portfolio.csv"
    written(database, path, ["1"])
    assert path.read_text("utf-8-sig").splitlines()[1] == "'=Bar 1,1234.50,2026-11-19"


def test_xlsx_has_real_numbers_and_days_and_no_formula(database, tmp_path):
    path = tmp_path / "cartera.xlsx"
    assert written(database, path, ["2", "1"]) == 2
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["Customer", "Sales", "Last visit"]
    name, sales, seen = rows[1]
    assert (name.value, name.data_type) == ("=Bar 2", "s")
    assert (sales.value, sales.data_type) == (1234.5, "n")
    assert seen.is_date
    assert seen.value == datetime(2026, 11, 19)
    assert sheet.freeze_panes == "A2"


def test_progress_is_told_and_a_stop_leaves_what_was_there(database, tmp_path):
    path, told, stop = tmp_path / "cartera.xlsx", [], threading.Event()
    path.write_bytes(b"before")
    ids = [str(n) for n in range(1200)]

    def progress(n):
        told.append(n)
        if n >= 1000:
            stop.set()

    with pytest.raises(StoppedError):
        written(database, path, ids, progress=progress, stop=stop)
    assert told == [500, 1000]
    assert path.read_bytes() == b"before"
    assert not list(tmp_path.glob(".*")), "nothing half-written is left"


def test_a_folder_that_is_not_there_is_a_sentence(database, tmp_path):
    with pytest.raises(UserError, match="could not be written"):
        written(database, tmp_path / "nowhere" / "cartera.csv", ["1"])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_becomes_a_formula(words):
    safe = spreadsheet._safe(words)
    assert safe in {words, "'" + words}
    if safe[:1] in {"=", "@", "\t", "\r", "\n"}:
        raise AssertionError(repr(safe))
    if safe[:1] in {"+", "-"}:
        assert not any(letter.isalpha() or letter in "|!(&" for letter in safe if letter != "(")


def test_a_telephone_stays_a_telephone_and_a_line_break_its_cell(tmp_path):
    path = tmp_path / "list.csv"
    spreadsheet.write_csv(
        path, ["a"], [["+34 962 27 00 01"], ["two\nlines; «»"], [None], [True]], language="es"
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert rows[1:] == [["+34 962 27 00 01"], ["two\nlines; «»"], [""], ["1"]]


def test_what_xml_cannot_hold_is_left_out(tmp_path):
    path = tmp_path / "list.xlsx"
    spreadsheet.write_xlsx(path, ["a"], [["Bar\x00 Nou\x1f"], ["x" * 40_000]])
    sheet = openpyxl.load_workbook(path).active
    assert sheet["A2"].value == "Bar Nou"
    assert len(sheet["A3"].value) == 32_767
