"""The quote at the customer's table: typed, totalled, issued, printed, signed."""

from __future__ import annotations

import hashlib
import io
from decimal import Decimal

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app import i18n
from app.models.document import Document
from app.models.quote import Quote, QuoteLine, QuoteState, Signature
from app.services import quote_lines, quote_totals, quotes
from app.views.quotes import paper
from app.views.quotes.page import QuotePage
from app.views.undo import UndoStack
from app.views.widgets.page import Ref
from tests.views.desks import TODAY, idle, press, typed, words
from tests.views.quotes.bought import bought_twice

D, KEY = Decimal, Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LINES = (  # typed, quantity, discount
    ("AC-105", "24", "5"), ("cafe grano", "30", "8"), ("anchoas", "20", ""),
    ("CV-430", "12", "3"), ("vino tinto", "8", "8+2"), ("VN-120", "2", ""),
)  # fmt: skip


@pytest.fixture
def page(qtbot, desk, company):
    made = QuotePage(desk)
    qtbot.addWidget(made)
    made.resize(1158, 716)
    desk.tasks.changed.connect(made.refresh)
    made.show()
    made.activateWindow()
    made.show_ref(Ref("quote", options={"new": True, "account": company.account}))
    qtbot.waitUntil(lambda: made.shown is not None)
    qtbot.waitUntil(made.add_field.hasFocus)
    return made


def stored(database, page) -> Quote:
    with database.read() as session:
        return quote_totals.get(session, page.quote_id)


def lines(database, page) -> list[QuoteLine]:
    with database.read() as session:
        return quote_totals.lines(session, page.quote_id)


def settled(qtbot, page) -> None:
    """Wait until the screen shows what is stored."""
    idle(qtbot, page.desk)
    qtbot.waitUntil(lambda: not page.desk.tasks.busy)


def add(qtbot, page, text: str) -> None:
    """Add a product as a person does: a few letters, Enter."""
    count = len(page.table.rows)
    typed(page.add_field, text)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: len(page.table.rows) == count + 1)
    qtbot.waitUntil(page.table.rows[-1].isVisible)


def pdf_words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    found = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return found


def issued(qtbot, page, database) -> Quote:
    add(qtbot, page, "2 cafe")
    page.primary()
    qtbot.waitUntil(lambda: page.shown.quote.number != "")
    settled(qtbot, page)
    qtbot.waitUntil(lambda: stored(database, page).pdf_document_id is not None)
    return stored(database, page)


def test_a_whole_quote_with_the_keyboard_alone(qtbot, page, database):
    for n, (text, quantity, discount) in enumerate(LINES):
        add(qtbot, page, text)
        row = page.table.rows[n]
        row.quantity.setFocus(Qt.FocusReason.TabFocusReason)
        typed(row.quantity, quantity)
        press(KEY.Key_Tab)
        assert row.price.hasFocus(), "Tab goes on to the price"
        press(KEY.Key_Tab)
        assert row.discount.hasFocus(), "and to the discount"
        if discount:
            typed(row.discount, discount)
        press(KEY.Key_Return)
        page.add_field.setFocus(Qt.FocusReason.TabFocusReason)
    typed(page.foot.general, "2")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: stored(database, page).general_discount == (D(2),))
    settled(qtbot, page)
    kept, rows = stored(database, page), lines(database, page)
    assert [str(row.amount) for row in rows[:4]] == ["886.92", "481.62", "292.00", "153.65"]
    assert rows[4].discount == (D(8), D(2))
    assert page.table.rows[4].discount.text() == "8+2%"
    qtbot.waitUntil(lambda: page.foot.total.text() == i18n.money(kept.total))
    for label, amount in (
        (page.foot.sum, kept.lines_sum), (page.foot.base, kept.base), (page.foot.tax, kept.tax),
    ):  # fmt: skip
        assert label.text() == i18n.money(amount)
    assert page.foot.tax_words.text() == "VAT 4·10·21%"
    assert [row.amount.text() for row in page.table.rows] == [i18n.money(r.amount) for r in rows]
    page.primary()
    qtbot.waitUntil(lambda: page.head.state.words == "Issued")
    assert stored(database, page).number == "P26-K7-00001", "of this computer's own series"


def test_the_paper_follows_and_says_the_same(qtbot, page, database):
    add(qtbot, page, "24 AC-105")
    settled(qtbot, page)
    qtbot.waitUntil(lambda: "Aceite de oliva" in pdf_words(page.preview.pdf or _blank()))
    total = i18n.money(stored(database, page).total)
    page.language.choose(1)
    qtbot.waitUntil(lambda: stored(database, page).language == "en")
    qtbot.waitUntil(lambda: "Taxable base" in pdf_words(page.preview.pdf))
    assert total in pdf_words(page.preview.pdf)
    qtbot.waitUntil(lambda: page.preview.page_count() == 1)


def _blank() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_quantity_first_and_a_scanner_that_is_faster_than_the_list(qtbot, page, database):
    add(qtbot, page, "24 CF-210")  # the letters and Enter come at once
    [line] = lines(database, page)
    assert (line.reference, line.quantity) == ("CF-210", D(24))
    assert page.add_field.text() == ""
    assert page.add_field.hasFocus()
    typed(page.add_field, "nothing like this")
    press(KEY.Key_Return)
    settled(qtbot, page)
    assert len(lines(database, page)) == 1


def test_a_line_that_is_being_typed_is_kept(qtbot, page, database):
    add(qtbot, page, "AC-105")
    add(qtbot, page, "CF-210")
    first, second = page.table.rows
    typed(first.quantity, "99")
    with database.write() as session:
        quote_lines.set_line(session, second.id, today=TODAY, quantity=D(7))
    qtbot.waitUntil(lambda: second.quantity.text() == "7")
    assert first.quantity.text() == "99"
    assert lines(database, page)[0].quantity == D(1), "it is not left yet"
    with database.write() as session:
        quote_lines.remove_line(session, second.id)
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: lines(database, page)[0].quantity == D(99))


def test_a_line_moves_with_what_is_typed_in_it(qtbot, page, database):
    for text in ("AC-105", "CF-210", "CV-418"):
        add(qtbot, page, text)
    row = page.table.rows[2]
    typed(row.price, "15")
    press(KEY.Key_Up, ALT)
    qtbot.waitUntil(lambda: page.table.rows[1] is row)
    assert row.price.hasFocus()
    assert row.price.text() == "15"
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: lines(database, page)[1].unit_price == D(15))
    assert [line.reference for line in lines(database, page)] == ["AC-105", "CV-418", "CF-210"]
    assert [each.id for each in page.table.rows] == [line.id for line in lines(database, page)]
    page.table.rows[0].remove.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_Tab)
    assert row.quantity.hasFocus(), "Tab goes on as the lines stand"


def test_the_keys_of_a_line_are_those_of_the_key_map(qtbot, page, desk, database):
    for text in ("AC-105", "CF-210"):
        add(qtbot, page, text)
    desk.settings.keys["duplicate"] = "Ctrl+Shift+D"
    page.table.rows[0].quantity.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_D, Qt.KeyboardModifier.ControlModifier)
    press(KEY.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(lines(database, page)) == 3)
    found = [line.reference for line in lines(database, page)]
    assert sorted(found) == ["AC-105", "AC-105", "CF-210"], "and the old key does nothing"


def test_what_is_typed_but_not_left_is_issued_too(qtbot, page, database):
    add(qtbot, page, "CF-210")
    typed(page.table.rows[0].discount, "8+2")
    page.primary()
    qtbot.waitUntil(lambda: stored(database, page).state == QuoteState.ISSUED)
    assert lines(database, page)[0].discount == (D(8), D(2))


def test_what_cannot_be_read_stays_and_is_not_issued(qtbot, page, database):
    add(qtbot, page, "CF-210")
    row = page.table.rows[0]
    typed(row.quantity, "many")
    page.primary()
    settled(qtbot, page)
    assert stored(database, page).state == QuoteState.DRAFT
    assert row.quantity.text() == "many"
    assert row.quantity.accessibleDescription().startswith("Write a number")


def test_an_empty_quote_is_not_issued_and_says_what_is_missing(qtbot, page, database):
    page.primary()
    qtbot.waitUntil(page.bar.isVisible)
    assert "Add the first product" in page.bar.words.text()
    assert stored(database, page).number == ""


def test_a_discount_over_the_limit_warns_and_can_be_brought_down(qtbot, page, database):
    add(qtbot, page, "vino tinto")
    typed(page.table.rows[0].discount, "10")
    press(KEY.Key_Return)
    qtbot.waitUntil(page.banner.isVisible)
    assert "10% off Vino tinto crianza 2022: your limit is 8%" in page.banner._words.text()
    assert page.table.rows[0].discount.property("warn") is True
    assert page.to_limit.text() == "Make it 8%"
    qtbot.mouseClick(page.to_limit, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.banner.isVisible())
    assert lines(database, page)[0].discount == (D(8),)


def test_a_removed_line_comes_back(qtbot, page, database):
    add(qtbot, page, "AC-105")
    page.table.rows[0].remove.setFocus()
    with qtbot.waitSignal(page.toast_requested) as said:
        press(KEY.Key_Delete)
    qtbot.waitUntil(lambda: not page.table.rows)
    assert said.args == ["Line removed", True]
    UndoStack(page.desk.tasks).undo()
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    press_on = page.table.rows[0].remove
    qtbot.waitUntil(press_on.isVisible)


def test_usual_products_are_one_click(qtbot, page, company, database):
    bought_twice(database, company.account, company.products[1])
    page._load()
    qtbot.waitUntil(lambda: "Usually orders:" in words(page.adding))
    chip = next(b for b in page.adding.findChildren(type(page.to_limit)) if "Café" in b.text())
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row.name.text()[:4] for row in page.table.rows] == ["Café"])
    qtbot.waitUntil(lambda: "Usually orders:" not in words(page.adding))


def test_an_issued_quote_is_frozen_and_its_paper_kept(qtbot, page, desk, database):
    quote = issued(qtbot, page, database)
    assert not page.adding.isVisible()
    assert page.table.rows[0].quantity.isReadOnly()
    assert not page.table.rows[0].remove.isVisible()
    assert page.head.price_list.isHidden()
    assert page.head.fixed_list.text() == "Hostelería 2"
    with database.read() as session:
        kept = session.get(Document, quote.pdf_document_id)
    pdf = desk.files.read(kept.sha256)
    assert quote.number in pdf_words(pdf)
    qtbot.waitUntil(lambda: page.preview.pdf == pdf)


def test_the_customer_signs_on_the_pad(qtbot, page, desk, database):
    quote = issued(qtbot, page, database)
    with database.read() as session:
        unsigned = session.get(Document, quote.pdf_document_id).sha256
    page.preview.setFocus()
    qtbot.keyClick(page.preview, KEY.Key_F)
    layer = page.signing
    assert not page.foot.margin_box.isVisible(), "the customer is looking"
    assert layer.name.text() == "Vicent Sanchis"
    assert "Café en grano" in words(layer.layer)
    layer.sign()
    assert "ticks the box" in layer.form.fields["strokes"]._words.text()
    layer.accept.setChecked(True)
    layer.sign()
    qtbot.waitUntil(lambda: bool(layer.form.fields["tax_id"].error))
    typed(layer.tax_id, "00000000T")
    layer.sign()
    qtbot.waitUntil(lambda: layer.form.fields["strokes"].error == "Sign in the box.")
    for points in (((40, 60), (120, 20), (200, 90)), ((220, 50), (300, 80))):
        QTest.mousePress(layer.pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
        for point in points[1:]:
            QTest.mouseMove(layer.pad, QPoint(*point))
        QTest.mouseRelease(layer.pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))
    drawn = layer.pad.strokes()
    layer.accept.setFocus()
    press(KEY.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.head.state.words == "Signed")
    with database.read() as session:
        signature = session.scalars(select(Signature)).one()
    assert (signature.signer, signature.signer_tax_id) == ("Vicent Sanchis", "00000000T")
    assert [len(stroke) for stroke in signature.strokes] == [3, 2]
    assert signature.strokes == drawn
    assert signature.pdf_sha256 == unsigned, "what was signed is the paper that was issued"
    qtbot.waitUntil(lambda: page.signing is None)
    assert page.foot.margin_box.isVisible()
    qtbot.waitUntil(lambda: stored(database, page).pdf_document_id != quote.pdf_document_id)
    with database.read() as session:
        kept = session.get(Document, stored(database, page).pdf_document_id)
    assert "Vicent Sanchis" in pdf_words(desk.files.read(kept.sha256))
    assert hashlib.sha256(desk.files.read(unsigned)).hexdigest() == unsigned


def test_signing_can_be_given_up(qtbot, page, database):
    quote = issued(qtbot, page, database)
    page.sign()
    press(KEY.Key_Escape)
    assert page.signing is None
    assert stored(database, page).state == quote.state == QuoteState.ISSUED


def test_a_draft_is_not_signed(qtbot, page):
    page.sign()
    assert page.signing is None
    assert not page.head.sign.isVisible()


def test_a_new_version_keeps_number_and_lines(qtbot, page, database):
    quote = issued(qtbot, page, database)
    with qtbot.waitSignal(page.open_requested) as asked:
        qtbot.mouseClick(page.head.new_version, Qt.MouseButton.LeftButton)
    page.show_ref(asked.args[0])
    qtbot.waitUntil(lambda: page.shown.quote.id == asked.args[0].id)
    assert page.shown.quote.number == f"{quote.number} v2"
    assert page.head.state.words == "Draft"
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)
    assert not page.table.rows[0].quantity.isReadOnly()


def test_the_pdf_opens_in_the_desktops_own_program(qtbot, page, database, monkeypatch):
    opened = []
    monkeypatch.setattr(paper, "open_file", opened.append)
    quote = issued(qtbot, page, database)
    qtbot.waitUntil(lambda: quote.number in pdf_words(page.preview.pdf or _blank()))
    qtbot.mouseClick(page.paper.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].name == f"{quote.number}.pdf"
    assert opened[0].read_bytes()[:5] == b"%PDF-"


def test_opening_another_quote_shows_nothing_of_the_first(qtbot, page, company, database):
    add(qtbot, page, "AC-105")
    with database.write() as session:
        other = quotes.draft(session, company.account, today=TODAY).id
    kept = page.state()
    page.show_ref(Ref("quote", other))
    qtbot.waitUntil(lambda: page.shown.quote.id == other)
    assert page.table.rows == []
    page.show_ref(Ref("quote"))
    page.restore(kept)
    qtbot.waitUntil(lambda: len(page.table.rows) == 1)


def test_a_quote_that_is_gone_is_said_calmly(qtbot, page, database):
    gone = page.quote_id
    with database.write() as session:
        quotes.remove(session, gone)
    page.show_ref(Ref("quote", gone))
    qtbot.waitUntil(page.bar.isVisible)
    assert "This quote is no longer here." in page.bar.words.text()
