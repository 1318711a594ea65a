"""A file becomes rows of text, whatever it is written in; what is no list is refused calmly."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import UserError
from app.services.imports import reading
from app.services.imports.reading import Source

LIST = "Nombre;Población;Teléfono\nBar Iñigo;Xàtiva;962 270 001\n«Café» Núria;Alcoi;965 540 002\n"
ROWS = [("Bar Iñigo", "Xàtiva", "962 270 001"), ("«Café» Núria", "Alcoi", "965 540 002")]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def cells(source: Source) -> list[tuple[str, ...]]:
    return [row for _line, row in source.rows]


def workbook(*rows: tuple[object, ...], more: dict[str, list[tuple[object, ...]]] | None = None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, content in (more or {}).items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def refusal(content: bytes, name: str = "lista.csv") -> str:
    with pytest.raises(UserError) as caught:
        reading.read(content, name)
    error = caught.value
    assert name in error.message, "says which file"
    assert error.message.endswith("Nothing was imported."), "says what is safe"
    assert error.hint.endswith("."), "says what to do"
    return str(error)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16"),
     ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"), ("mac_roman", "mac_roman")],
)  # fmt: skip
def test_the_encoding_is_found_out(encoding: str, said: str) -> None:
    source = reading.read(LIST.encode(encoding), "lista.csv")
    assert cells(source) == ROWS
    assert (source.encoding, source.delimiter, source.header) == (said, ";", 1)


def test_a_list_of_the_days_of_ms_dos_is_read() -> None:
    text = "Nombre;Población\nPeluquería Muñoz;Alcañiz\nBar Ángel;León\n"
    source = reading.read(text.encode("cp850"), "lista.csv")
    assert source.encoding == "cp850"
    assert cells(source) == [("Peluquería Muñoz", "Alcañiz"), ("Bar Ángel", "León")]


def test_letters_that_were_encoded_twice_are_mended() -> None:
    text = "Nombre,Población\nCafé Íñigo Àvila,Logroño\n"
    twice = text.encode().decode("latin-1").encode()
    assert cells(reading.read(twice, "lista.csv")) == [("Café Íñigo Àvila", "Logroño")]


def test_two_encodings_in_one_file_are_told_apart_byte_by_byte() -> None:
    mixed = "Nombre;Población\nMuñoz;León\n".encode() + "Peña;Málaga\n".encode("cp1252")
    source = reading.read(mixed, "lista.csv")
    assert source.encoding == "mixed"
    assert cells(source) == [("Muñoz", "León"), ("Peña", "Málaga")]


def test_an_encoding_that_nobody_can_read_is_refused() -> None:
    broken = "Nombre;Población\n".encode() + bytes(range(0x80, 0x100)) * 40
    assert "encoding is broken" in refusal(broken)


def test_a_person_may_say_the_encoding_and_the_delimiter() -> None:
    source = reading.read("a#b\nñ#2\n".encode("cp1252"), "x", encoding="cp1252", delimiter="#")
    assert (source.titles, cells(source)) == (("a", "b"), [("ñ", "2")])


@pytest.mark.parametrize("delimiter", reading.DELIMITERS)
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    rows = [["Nombre", "Nota"], ["Bar, S.L.; A|B", 'dijo "no"'], ["Otro", "1,5\n2;5"]]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    source = reading.read(stream.getvalue().encode(), "lista.csv")
    assert source.delimiter == delimiter
    assert cells(source) == [tuple(row) for row in rows[1:]]


def test_a_list_of_one_column_is_not_cut_at_its_commas() -> None:
    source = reading.read(b"Nombre\nBar Pepe, S.L.\nHotel Ana\n", "lista.csv")
    assert (source.delimiter, cells(source)) == ("", [("Bar Pepe, S.L.",), ("Hotel Ana",)])


def test_excel_says_the_delimiter_in_a_line_of_its_own() -> None:
    source = reading.read(b"sep=|\r\nNombre|Tel\r\nAna|1\r\n", "lista.csv")
    assert (source.delimiter, source.rows) == ("|", ((3, ("Ana", "1")),))


def test_a_line_number_is_where_the_row_begins() -> None:
    text = 'Nombre,Notas\nAna,"uno\ndos\ntres"\n\nLuis,x\n'
    assert [line for line, _row in reading.read(text.encode(), "l.csv").rows] == [2, 6]


def test_titles_are_found_below_what_a_report_puts_above() -> None:
    text = "Listado de clientes\n\nFecha: 01/02/2026\nNombre;NIF;Población\nAna;;Alcoi\n"
    source = reading.read(text.encode(), "lista.csv")
    assert (source.titles, source.header) == (("Nombre", "NIF", "Población"), 4)
    assert source.rows == ((5, ("Ana", "", "Alcoi")),)


def test_without_titles_the_first_row_is_a_row() -> None:
    source = reading.read(b"Ana Ruiz,ana@example.com\nLuis Roca,luis@example.com\n", "lista.csv")
    assert (source.header, source.titles) == (0, ("Column 1", "Column 2"))
    assert [line for line, _row in source.rows] == [1, 2]


def test_a_person_may_say_that_there_are_no_titles() -> None:
    named = reading.read(b"Nombre,Ciudad\nAna,Alcoi\n", "lista.csv")
    assert cells(reading.without_titles(named)) == [("Nombre", "Ciudad"), ("Ana", "Alcoi")]


def test_short_rows_are_filled_and_long_ones_kept() -> None:
    source = reading.read(b"Nombre,Ciudad\nAna\nLuis,Alcoi,extra\n", "lista.csv")
    assert cells(source) == [("Ana", ""), ("Luis", "Alcoi", "extra")]


def test_marks_of_other_programs_are_cleaned_away() -> None:
    text = "Nombre,Tel,Sector\nR&amp;D &quot;x&quot;,'+376 800,--None--\nN\u0303u,NULL,#N/A\n"
    assert cells(reading.read(text.encode(), "l.csv")) == [('R&D "x"', "+376 800", ""),
                                                           ("Ñu", "", "")]  # fmt: skip


def test_two_titles_may_be_the_same() -> None:
    source = reading.read(b"Nombre,Tel,Tel\nAna,1,2\n", "lista.csv")
    assert (source.titles, cells(source)) == (("Nombre", "Tel", "Tel"), [("Ana", "1", "2")])


def test_a_workbook_is_read_from_its_fullest_sheet() -> None:
    content = workbook(
        ("portada",),
        more={"Clientes": [("Nombre", "CP", "Alta", "Riesgo", None),
                           ("Ana", 8001.0, dt.datetime(2026, 2, 1), 1250.5),
                           (None, None), ("Luis", "01001", dt.date(2025, 1, 31), True)]},
    )  # fmt: skip
    source = reading.read(content, "lista.xlsx")
    assert (source.encoding, source.titles) == ("xlsx", ("Nombre", "CP", "Alta", "Riesgo"))
    assert source.rows == (
        (2, ("Ana", "8001", "2026-02-01", "1250.5")), (4, ("Luis", "01001", "2025-01-31", "True")),
    )  # fmt: skip


def test_formulas_of_a_workbook_stay_formulas() -> None:
    source = reading.read(workbook(("Nombre", "Precio"), ("Ana", "=1+1")), "lista.xlsx")
    assert reading.is_formula(cells(source)[0][1])


@pytest.mark.parametrize("cell", ["=2+2", "=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd|' /C calc'!A0",
                                  "-2+3+cmd|' /C calc'!D2", "+Hoja1!A3"])  # fmt: skip
def test_formulas_are_recognised(cell: str) -> None:
    assert reading.is_formula(cell)


@pytest.mark.parametrize("cell", ["+376 (80) 11 22", "+34962270001", "-12,50", "+Visión (Gandia)",
                                  "@Home", "+Bar!", "a=b", "-"])  # fmt: skip
def test_telephones_and_names_are_no_formulas(cell: str) -> None:
    assert not reading.is_formula(cell)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "lista.csv", "is empty"),
        (b" \r\n ; ; \n", "lista.csv", "is empty"),
        (b"Nombre;Tel\n", "lista.csv", "no rows"),
        (PNG, "lista.csv", "picture"),
        (PNG, "lista.xlsx", "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(900), "foto.csv", "picture"),
        (b"%PDF-1.7 \xe2\xe3", "lista.csv", "picture or document"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "lista.xlsx", "password"),
        (OLE, "lista.xls", "old format"),
        (b"PK\x03\x04 and then nothing", "lista.xlsx", "not an Excel file"),
        (b"<html><table><tr><td>Ana", "lista.xls", "not a table"),
        (b'{"name": "Ana"}', "lista.csv", "not a table"),
        (b"BEGIN:VCARD\nFN:Ana\nEND:VCARD\n", "ana.vcf", "not a table"),
        (b"Nombre;Tel\nAna\x00;1\n", "lista.csv", "NUL"),
        (b"\x00" * 400, "lista.csv", "NUL"),
        (b";".join(b"c%d" % n for n in range(10_000)) + b"\n", "lista.csv", "10000 columns"),
        (b'Nombre;Nota\nAna;"' + b"x" * 5_100_000, "lista.csv", "broken at line 2"),
        (b"x" * (reading.MOST_BYTES + 1), "lista.csv", "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_is_refused(content: bytes, name: str, words: str) -> None:
    assert words in refusal(content, name)


def test_a_wide_workbook_and_other_archives_are_refused() -> None:
    assert "600 columns" in refusal(workbook(tuple(f"c{n}" for n in range(600)), ("x",)), "l.xlsx")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
    assert "not an Excel file" in refusal(stream.getvalue(), "carta.xlsx")
    cut = workbook(("Nombre",), ("Ana",))
    assert "not an Excel file" in refusal(cut[: len(cut) // 2], "cortado.xlsx")


def test_a_file_that_cannot_be_opened_says_so(tmp_path) -> None:
    for path in (tmp_path / "falta.csv", tmp_path):
        with pytest.raises(UserError, match=r"cannot be read\. Nothing was imported\."):
            reading.read_file(path)


LETTERS = "abcXYZ 0123456789áéíóúñüçÁÉÍÓÚÑàèòï,;|'\"&.-/()\n"
CELL = st.text(LETTERS, max_size=12).map(
    lambda text: " ".join(text.split("\n")).strip() if text.strip("\n ") == "" else text.strip()
).filter(lambda text: not text.startswith("'"))  # fmt: skip


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8).filter(
        lambda rows: all(any(row) for row in rows)
    ),
    delimiter=st.sampled_from(reading.DELIMITERS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_in_any_dialect_is_read_back(rows, delimiter, encoding, quoting, newline):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=newline)
    writer.writerow(["Nombre", "Población", "Observaciones"])
    writer.writerows(rows)
    content = stream.getvalue().encode(encoding)
    source = reading.read(content, "lista.csv", delimiter=delimiter)
    assert source.titles == ("Nombre", "Población", "Observaciones")
    assert cells(source) == rows


def test_a_delimiter_that_is_guessed_splits_the_titles() -> None:
    @given(
        delimiter=st.sampled_from(reading.DELIMITERS),
        names=st.lists(st.text("abcñé ,;|", min_size=1, max_size=9), min_size=1, max_size=9),
    )
    def check(delimiter: str, names: list[str]) -> None:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(["Nombre", "Teléfono", "Población", "Notas"])
        writer.writerows([name, "1", "2", "3"] for name in names)
        source = reading.read(stream.getvalue().encode(), "lista.csv")
        assert (source.delimiter, len(source.titles)) == (delimiter, 4)

    check()
