"""The quote on paper: every figure is there as text, nothing leaves the page, same bytes twice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app import i18n
from app.documents.page import Paper
from app.documents.quote_document import RateRow
from app.documents.quote_pdf import render
from tests.documents.papers import (
    COMPANY,
    LINES,
    QUOTE,
    SIGNED,
    boxes_outside,
    overlapping,
    page_count,
    text_of,
)

D = Decimal


def test_every_figure_is_real_text():
    text = text_of(render(QUOTE))
    for words in (
        "Presupuesto", "P26-K7-00347", "19/12/2026", "Restaurante El Socarrat, S.L.",
        "Aceite de oliva virgen extra Picual", "38,90 €", "886,92 €", "Muestra sin cargo",
        "−42,94 €", "2.103,89 €", "194,10 €", "2.297,99 €", "Página 1 de 1", "Cláusulas",
        "Conforme del cliente", "Registro Mercantil",
    ):  # fmt: skip
        assert words in text, words


def test_the_document_speaks_its_own_language_and_leaves_the_screens_alone():
    i18n.use("es")
    text = text_of(render(replace(QUOTE, language="en", tax_name="VAT")))
    for words in ("Quote", "Valid until", "€2,297.99", "Free sample", "Page 1 of 1"):
        assert words in text, words
    assert i18n.language() == "es"


def test_the_same_values_give_the_same_bytes():
    assert render(SIGNED) == render(SIGNED)
    assert render(SIGNED) != render(QUOTE)


def test_fonts_are_embedded_and_language_and_title_are_set():
    pdf = render(QUOTE)
    assert pdf.count(b"/FontFile2") >= 3
    assert b"/Lang (es-ES)" in pdf
    assert b"/ToUnicode" in pdf
    assert b"Helvetica" not in pdf.replace(b"/BaseFont /Helvetica", b"", 1)


def test_a_signature_is_drawn_with_its_evidence():
    text = text_of(render(SIGNED))
    for words in ("Vicent Sanchis Moll", "DNI 00000000T · Xàtiva · 19/11/2026 11:52", "9f2c9f2c…"):
        assert words in text, words
    assert "Nombre, NIF, fecha y firma" in text_of(render(QUOTE))


@pytest.mark.parametrize("count", [0, 1, 15, 40, 200])
def test_any_number_of_lines_stays_on_its_pages(count):
    document = replace(QUOTE, lines=tuple(LINES[n % 6] for n in range(count)))
    pdf = render(document)
    assert boxes_outside(pdf) == []
    text = text_of(pdf)
    assert text.count("886,92 €") >= (count + 5) // 6
    if count == 200:
        pages = page_count(pdf)
        assert pages > 8
        assert text.count("Suma y sigue") == text.count("Suma anterior") >= 8
        assert f"Página {pages} de {pages}" in text


def test_long_names_wrap_and_no_logo_is_fine():
    long = replace(LINES[0], description="Aceite " * 40, reference="R" * 60, photo=None)
    document = replace(
        QUOTE,
        lines=(long,),
        company=replace(COMPANY, logo=None, name="Compañía " * 12),
        customer=("Restaurante " * 20, *QUOTE.customer[1:]),
        rep="Nombre Muy Largo " * 5,
        clauses=("palabra " * 400,),
    )
    pdf = render(document)
    assert boxes_outside(pdf) == []
    assert text_of(pdf).count("Aceite") == 40


def test_a_broken_photo_is_left_out():
    document = replace(QUOTE, lines=(replace(LINES[0], photo=b"not a picture"),))
    assert "AC-105" in text_of(render(document))


def test_the_surcharge_has_its_own_column_only_where_it_applies():
    assert "Recargo" not in text_of(render(QUOTE))
    document = replace(
        QUOTE,
        surcharge=D("5.20"),
        by_rate=(RateRow(D(21), D(100), D(21), D("5.2"), D("5.20"), D("126.20")),),
    )
    text = text_of(render(document))
    for words in ("Recargo", "21 % + 5,2 %", "126,20 €", "Recargo de equivalencia"):
        assert words in text, words


def test_headings_optional_lines_and_a_draft():
    heading = replace(LINES[0], description="Conservas", is_heading=True)
    optional = replace(LINES[1], is_optional=True)
    text = text_of(render(replace(QUOTE, number="", lines=(heading, optional))))
    for words in ("Conservas", "Opcional", "Borrador"):
        assert words in text, words


def test_long_words_never_run_into_each_other():
    name = "Un nombre de producto que es largo, muy largo"
    lines = (
        replace(LINES[0], description=name, discount="8+2,5+1,25 %", is_sample=True,
                unit_price=D("12345.6789"), amount=D("1234567.89")),
        replace(LINES[1], description=name, is_sample=True, is_optional=True),
    )  # fmt: skip
    document = replace(
        QUOTE, lines=lines, rep="Nombre Muy Largo " * 5, base=D("12345678.90"),
        total=D("12345678.90"), tax=D("1234567.89"),
    )  # fmt: skip
    assert overlapping(render(document)) == []


def test_words_that_overlap_would_be_found():
    paper = Paper(title="x", author="x", subject="x", language="es")
    paper.write(100, 500, "uno dos tres")
    paper.write(120, 502, "cuatro")
    assert overlapping(paper.close())
