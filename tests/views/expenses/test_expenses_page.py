"""A month of expenses: loaded, added by a line or a photo, edited, undone, claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.models.document import Document
from app.models.expense import Expense, ExpenseReport
from app.models.sync_state import Draft
from app.services import expense_reports, expenses
from app.views.expenses.claim import file_name
from app.views.widgets import photo_strip
from app.views.widgets.layer import Layer
from app.views.widgets.page import Ref
from tests.documents.papers import text_of
from tests.views.desks import NOW, TODAY, cells, idle, press, typed, words
from tests.views.expenses.conftest import make_page

KEY = Qt.Key
D = Decimal


def opened(qtbot, page, count: int, id_: str = "", **options) -> None:
    page.show_ref(Ref("expenses", id_, options=options))
    listed(qtbot, page, count)


def listed(qtbot, page, count: int) -> None:
    """Wait until `count` rows are shown and read."""
    qtbot.waitUntil(lambda: page.model.rowCount() == count)
    qtbot.waitUntil(lambda: all(row[0] for row in cells(page.view)))
    idle(qtbot, page.desk)


def write_line(qtbot, page, line: str, count: int) -> None:
    typed(page.quick, line)
    press(KEY.Key_Return)
    listed(qtbot, page, count)
    qtbot.waitUntil(lambda: page.panel.shown is not None)


def one(database, expense_id: str) -> Expense:
    with database.read() as session:
        return session.get(Expense, expense_id)


def add(database, **more) -> str:
    with database.write() as session:
        values = {"kind": "parking", "spent_on": TODAY, "amount": D("4.10"), "place": "Xàtiva",
                  "reason": "Visita", **more}  # fmt: skip
        return expenses.add(session, **values).id


# loading


def test_an_empty_month_explains_itself(qtbot, page, company):
    opened(qtbot, page, 0)
    assert "No expenses in this month" in words(page.body)
    assert page.head.name.text() == "November 2026"
    assert page.steps.accessibleName() == "1/4: Draft"
    assert not page.submit_button.isVisible()
    assert not page.pdf_button.isVisible()
    assert page.receipt.choose.isVisible()


def test_the_day_s_kilometres_and_per_diem_are_there_and_explained(qtbot, page, route):
    opened(qtbot, page, 2)
    rows = {row[1].split(",")[0]: row for row in cells(page.view)}
    assert rows["Mileage of the route"][1:5] == [
        "Mileage of the route, 1 stop · 221\u00a0km · Xàtiva", "", "Automatic", "€57.46",
    ]  # fmt: skip
    assert rows["Per diem without a night"][4] == "€26.67"
    assert page.figures.values["mileage"].text() == "€57.46"
    assert page.figures.notes["mileage"].text() == "221\u00a0km × €0.26"
    assert page.figures.values["to_receive"].text() == "€84.13"
    with page.desk.tasks._database.read() as session:
        driven = session.scalar(select(Expense.id).where(Expense.kind == "mileage"))
    page.view.choose(driven)
    said = "221\u00a0km × €0.26 = €57.46. €57.46 exempt, €0.00 taxable. Rate in force since 17/07"
    qtbot.waitUntil(lambda: page.panel.explained.words.text().startswith(said))
    assert not page.receipt.isVisible()
    assert page.panel.fields.amount.isReadOnly()


def test_kilometres_can_be_changed_and_are_then_the_user_s(qtbot, page, route, database):
    opened(qtbot, page, 2)
    with database.read() as session:
        driven = session.scalar(select(Expense.id).where(Expense.kind == "mileage"))
    page.view.choose(driven)
    qtbot.waitUntil(lambda: page.panel.fields.kilometres.text() == "221")
    typed(page.panel.fields.kilometres, "200,5")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: page.panel.fields.amount.text() == "€52.13")
    assert "Changed by you." in page.panel.explained.words.text()
    assert one(database, driven).metres == 200_500


def test_a_night_away_changes_the_per_diem(qtbot, page, route, database):
    opened(qtbot, page, 2)
    with database.read() as session:
        away = session.scalar(select(Expense.id).where(Expense.kind == "per_diem"))
    page.view.choose(away)
    qtbot.waitUntil(page.panel.fields.overnight.isVisible)
    page.panel.fields.overnight.click()
    qtbot.waitUntil(lambda: page.panel.title.text() == "Per diem with a night")
    qtbot.waitUntil(lambda: page.figures.values["per_diem"].text() == "€53.34")


def test_months_are_walked_through(qtbot, page, database):
    add(database, spent_on=date(2026, 10, 7))
    opened(qtbot, page, 0)
    page.head.earlier.click()
    listed(qtbot, page, 1)
    assert page.head.name.text() == "October 2026"
    page.head.later.click()
    listed(qtbot, page, 0)
    page.head.later.click()
    assert page.head.name.text() == "December 2026"
    idle(qtbot, page.desk)


def test_a_place_opens_its_month_and_going_back_restores_it(qtbot, page, database):
    made = add(database, spent_on=date(2026, 10, 7))
    opened(qtbot, page, 1, "2026-10-07")
    state = page.state()
    assert state == {"month": "2026-10-01", "id": made}
    page.show_month(date(2026, 11, 1))
    listed(qtbot, page, 0)
    page.restore(state)
    listed(qtbot, page, 1)
    assert page.view.current_id == made


# adding


def test_a_line_adds_an_expense_and_undo_takes_it_back(qtbot, page, database, toasts):
    opened(qtbot, page, 0, new=True, account="")
    qtbot.waitUntil(page.quick.hasFocus)
    write_line(qtbot, page, "aparcamiento 4,10 xàtiva", 1)
    assert page.quick.text() == ""
    shown = page.panel.shown.expense
    assert (shown.kind, shown.amount, shown.place) == ("parking", D("4.10"), "Xàtiva")
    assert shown.spent_on == TODAY
    assert cells(page.view)[0][3] == "Receipt missing"
    assert "1 expense to complete" in page.banner._words.accessibleName()
    said, undo = toasts[-1]
    assert said == "Parking added"
    undo()
    listed(qtbot, page, 0)


def test_begun_at_a_customer_it_is_theirs(qtbot, page, company):
    opened(qtbot, page, 0, new=True, account=company.account)
    write_line(qtbot, page, "comida 18", 1)
    qtbot.waitUntil(page.panel.customer.isVisible)
    assert page.panel.customer.words.text() == "Restaurante El Socarrat"
    write_line(qtbot, page, "peaje 3", 2)
    qtbot.waitUntil(lambda: page.panel.shown.expense.kind == "toll")
    assert not page.panel.customer.isVisible()


def test_each_new_expense_is_the_one_that_is_shown(qtbot, page, toasts):
    opened(qtbot, page, 0)
    for n, (line, kind) in enumerate((("peaje 3,20", "toll"), ("comida 18", "customer_meal")), 1):
        write_line(qtbot, page, line, n)
        qtbot.waitUntil(lambda kind=kind: page.panel.shown.expense.kind == kind)


def test_an_empty_line_says_what_to_write(qtbot, page):
    opened(qtbot, page, 0)
    page.quick.setFocus()
    press(KEY.Key_Return)
    qtbot.waitUntil(page.quick_line.problem.isVisible)
    assert page.quick_line.problem.text() == "Write what it was, how much, and where."
    typed(page.quick, "p")
    assert not page.quick_line.problem.isVisible()
    assert page.escape()
    assert not page.escape()


def test_what_is_added_after_submitting_goes_into_the_next_month(qtbot, page, database, toasts):
    add(database)
    with database.write() as session:
        expense_reports.submit(session, TODAY, now=NOW)
    opened(qtbot, page, 1)
    write_line(qtbot, page, "peaje 3,20", 1)
    qtbot.waitUntil(lambda: page.month == date(2026, 12, 1))
    assert toasts[-1][0] == "Toll added to December 2026"
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    assert page.panel.shown.expense.spent_on == TODAY


def test_in_an_earlier_month_its_last_day_is_taken(qtbot, page):
    opened(qtbot, page, 0, "2026-10-01")
    write_line(qtbot, page, "hotel 62 Dénia", 1)
    qtbot.waitUntil(lambda: page.panel.shown.expense.spent_on == date(2026, 10, 31))


# editing


def test_fields_are_saved_as_they_are_left(qtbot, page, database):
    made = add(database, place="", reason="")
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    fields = page.panel.fields
    assert fields.form.fields["place"].editor.property("warn")
    for name, value in (("place", "Gandia"), ("reason", "Visita"), ("supplier", "Parking Centro"),
                        ("invoice_number", "T-19"), ("supplier_tax_id", "B12345674")):  # fmt: skip
        typed(fields.lines[name], value)
        press(KEY.Key_Return)
    typed(fields.amount, "40+4,20")
    press(KEY.Key_Tab)
    fields.tax.box.setCurrentIndex(fields.tax.box.findText("10%"))
    fields.tax.box.activated.emit(fields.tax.box.currentIndex())
    fields.paid.box.setCurrentIndex(1)
    fields.paid.box.activated.emit(fields.paid.box.currentIndex())
    fields.note.setFocus()
    fields.note.setPlainText("Planta -1")
    fields.lines["place"].setFocus()
    qtbot.waitUntil(lambda: one(database, made).note == "Planta -1")
    idle(qtbot, page.desk)
    kept = one(database, made)
    assert (kept.place, kept.reason, kept.supplier) == ("Gandia", "Visita", "Parking Centro")
    assert (kept.amount, kept.tax_rate, kept.tax_amount) == (D("44.20"), D(10), D("4.02"))
    assert (kept.supplier_tax_id, kept.invoice_number) == ("B12345674", "T-19")
    assert kept.paid_by_company
    qtbot.waitUntil(lambda: fields.tax_amount.text() == "€4.02")
    assert page.figures.values["to_receive"].text() == "–"  # the company's card paid it


def test_kind_and_day_can_be_changed(qtbot, page, database):
    made = add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    fields = page.panel.fields
    fields.kind.box.setCurrentIndex(fields.kind.box.findText("Toll"))
    fields.kind.box.activated.emit(fields.kind.box.currentIndex())
    qtbot.waitUntil(lambda: page.panel.title.text() == "Toll")
    typed(fields.day, "05/10/2026")
    press(KEY.Key_Return)
    listed(qtbot, page, 0)
    kept = one(database, made)
    assert (kept.kind, kept.spent_on) == ("toll", date(2026, 10, 5))


def test_a_wrong_tax_id_is_said_beside_its_field_and_not_stored(qtbot, page, database):
    made = add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    line = page.panel.fields.lines["supplier_tax_id"]
    field = page.panel.fields.form.fields["tax_id"]
    typed(line, "B12345")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: field.error == "3 characters short: a tax ID has 9.")
    assert line.text() == "B12345"
    assert one(database, made).supplier_tax_id == ""
    typed(line, "")
    press(KEY.Key_Delete)
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: not field.error)


def test_what_the_vat_needs_and_twins_are_amber(qtbot, page, database):
    first, second = add(database), add(database)
    with database.write() as session:
        expenses.update(session, second, tax_rate=D(21))
    opened(qtbot, page, 2)
    states = {row[3] for row in cells(page.view)}
    assert states == {"Receipt missing", "Entered twice?"}
    page.view.choose(second)
    qtbot.waitUntil(page.panel.twin.isVisible)
    warned = page.panel.fields.form.fields["tax_id"]
    assert warned._words.text() == "Without a tax ID the VAT is not deducted."
    page.view.choose(first)
    qtbot.waitUntil(lambda: not page.panel.twin.isVisible())


def test_complete_walks_through_what_is_missing(qtbot, page, database):
    bare = add(database, amount=None)
    rest = add(database, kind="toll")
    opened(qtbot, page, 2)
    page.banner.complete.click()
    qtbot.waitUntil(lambda: page.view.current_id in {bare, rest})
    first = page.view.current_id
    page.banner.complete.click()
    assert {first, page.view.current_id} == {bare, rest}
    assert "go in December" in page.banner._words.accessibleName()
    idle(qtbot, page.desk)


def test_delete_removes_and_undo_brings_back(qtbot, page, database, toasts):
    add(database)
    add(database, kind="toll")
    opened(qtbot, page, 2)
    page.view.selectAll()
    page.view.setFocus()
    press(KEY.Key_Delete)
    listed(qtbot, page, 0)
    assert page.panel.expense_id == ""
    said, undo = toasts[-1]
    assert said == "2 expenses removed"
    undo()
    listed(qtbot, page, 2)
    page.panel.trash.click()
    listed(qtbot, page, 1)


# photos


def test_a_photo_becomes_the_receipt_and_undo_takes_it_off(
    qtbot, page, database, photo, toasts, files
):
    made = add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    page.attach([photo])
    qtbot.waitUntil(lambda: not page.receipt.picture.isNull())
    idle(qtbot, page.desk)
    with database.read() as session:
        kept = session.get(Document, session.get(Expense, made).document_id)
    assert (kept.kind, kept.name, kept.about_id) == ("receipt", "ticket.jpg", made)
    assert files.size(kept.sha256) == kept.size
    assert cells(page.view)[0][2:4] == ["Receipt", "Ready"]
    said, undo = toasts[-1]
    assert said == "Receipt attached"
    undo()
    qtbot.waitUntil(page.receipt.choose.isVisible)
    assert one(database, made).document_id is None


def test_a_photo_without_an_expense_begins_one_that_lacks_its_amount(qtbot, page, photo):
    opened(qtbot, page, 0)
    page.attach([photo, photo])
    listed(qtbot, page, 2)
    assert {row[3] for row in cells(page.view)} == {"Amount missing"}
    assert {row[2] for row in cells(page.view)} == {"Receipt"}


def test_the_picker_a_drop_and_the_clipboard_bring_photos(
    qtbot, page, database, photo, monkeypatch
):
    add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    monkeypatch.setattr(photo_strip, "choose_pictures", lambda _parent: [photo])
    page.receipt.choose.click()
    qtbot.waitUntil(lambda: not page.receipt.picture.isNull())
    page.photo_button.click()
    listed(qtbot, page, 2)
    idle(qtbot, page.desk)
    before = page.panel._sha256
    page.receipt.setFocus()
    image = QImage(30, 50, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(page.receipt, KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.panel._sha256 not in {before, ""})
    pasted = page.panel._sha256
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(photo))])
    drag = (Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(page.receipt, QDragEnterEvent(QPoint(5, 5), *drag))
    QApplication.sendEvent(page.receipt, QDropEvent(QPointF(5, 5), *drag))
    qtbot.waitUntil(lambda: page.panel._sha256 != pasted)
    idle(qtbot, page.desk)


def test_a_receipt_is_turned_and_seen_large(qtbot, page, database, tmp_path):
    add(database)
    wide = QImage(300, 100, QImage.Format.Format_RGB32)
    wide.fill(Qt.GlobalColor.white)
    path = tmp_path / "wide.png"
    assert wide.save(str(path))
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    page.attach([path])
    qtbot.waitUntil(lambda: page.receipt.picture.width() == 300)
    page.receipt.turn.click()
    qtbot.waitUntil(lambda: page.receipt.picture.height() == 300)
    page.receipt.zoom.click()
    (layer,) = page.findChildren(Layer)
    assert layer.isVisible()
    press(KEY.Key_Escape)
    assert not layer.isVisible()
    idle(qtbot, page.desk)


def test_a_file_that_is_no_picture_is_said_and_nothing_is_added(qtbot, page, database, tmp_path):
    made = add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    bad = tmp_path / "nota.jpg"
    bad.write_bytes(b"no picture at all")
    page.attach([bad])
    qtbot.waitUntil(page.bar.isVisible)
    assert "not a picture that can be read" in page.bar.words.text()
    page.bar.clear()
    page.attach([tmp_path / "gone.jpg"])
    qtbot.waitUntil(page.bar.isVisible)
    assert page.bar.words.text().startswith("gone.jpg cannot be read. Nothing was added.")
    assert one(database, made).document_id is None


# drafts


def test_what_is_being_typed_is_kept_and_comes_back_after_a_kill(
    qtbot, page, desk, database, toasts
):
    add(database, kind="toll")
    made = add(database, reason="")
    opened(qtbot, page, 2)
    page.view.choose(made)
    qtbot.waitUntil(lambda: page.panel.expense_id == made and page.panel.shown is not None)
    idle(qtbot, desk)
    typed(page.panel.fields.lines["reason"], "Visita a El Soc")
    qtbot.waitUntil(lambda: page.panel.typing.text() == "Saved on this computer", timeout=5000)
    assert one(database, made).reason == ""  # only the draft has it
    page.desk.tasks.changed.disconnect(page.refresh)
    page.panel.shown = None  # killed: nothing more is saved by this one
    again = make_page(qtbot, desk, toasts)
    again.show_ref(Ref("expenses"))
    qtbot.waitUntil(lambda: again.panel.typing.text() != "")
    assert again.view.current_id == made
    assert again.panel.fields.lines["reason"].text() == "Visita a El Soc"
    qtbot.waitUntil(lambda: one(database, made).reason == "Visita a El Soc")
    idle(qtbot, desk)
    with database.read() as session:
        assert session.scalar(select(Draft.row_id)) is None


def test_the_quick_line_comes_back_too(qtbot, page, desk, database, toasts):
    opened(qtbot, page, 0)
    typed(page.quick, "aparcam")
    qtbot.waitUntil(lambda: _draft(database) == {"text": "aparcam"}, timeout=5000)
    again = make_page(qtbot, desk, toasts)
    again.show_ref(Ref("expenses"))
    qtbot.waitUntil(lambda: again.quick.text() == "aparcam")
    write_line(qtbot, again, "aparcamiento 3", 1)
    idle(qtbot, desk)
    assert _draft(database) is None


def _draft(database):
    with database.read() as session:
        return session.scalar(select(Draft.fields))


# the claim


def test_the_pdf_is_written_and_opened(qtbot, page, database, photo, opened_files):
    add(database)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    page.attach([photo])
    qtbot.waitUntil(lambda: not page.receipt.picture.isNull())
    page.pdf_button.click()
    qtbot.waitUntil(lambda: bool(opened_files))
    (path,) = opened_files
    assert path == page.desk.settings.path.parent / "documents" / "Expenses 2026-11.pdf"
    text = text_of(path.read_bytes())
    for said in ("November 2026", "Xàtiva: Visita", "€4.10", "Receipt 1: Parking, 19/11"):
        assert said in text


def test_submitting_asks_with_the_totals_and_what_is_missing(qtbot, page, database, route, toasts):
    add(database)
    bare = add(database, amount=None, kind="toll", place="AP7")
    opened(qtbot, page, 4)
    page.primary()
    qtbot.waitUntil(lambda: page.layer is not None)
    said = words(page.layer.layer)
    for each in ("Submit the claim of November 2026", "€57.46", "€26.67", "€4.10", "€88.23",
                 "I declare that", "Moves to December", "Receipt missing"):  # fmt: skip
        assert each in said, each
    press(KEY.Key_Escape)
    with database.read() as session:
        assert session.scalar(select(ExpenseReport.state)) == "draft"
    page.submit_button.click()
    qtbot.waitUntil(lambda: page.layer is not None and page.layer.layer.isVisible())
    QTest.keyClick(page.layer.button, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    listed(qtbot, page, 3)
    qtbot.waitUntil(lambda: page.steps.accessibleName() == "2/4: Submitted")
    assert toasts[-1] == ("Claim submitted: it is sent with the next sync", None)
    assert not page.submit_button.isVisible()
    assert "Submitted on Thu 19 Nov." in page.banner._words.accessibleName()
    qtbot.waitUntil(lambda: _claim(database).pdf_document_id is not None)
    with database.read() as session:
        kept = session.get(Document, _claim(database).pdf_document_id)
    assert kept.name == file_name(TODAY)
    assert "Submitted" in text_of(page.desk.files.read(kept.sha256))
    assert one(database, bare).report_id != _claim(database).id


def _claim(database) -> ExpenseReport:
    with database.read() as session:
        return expense_reports.find_report(session, TODAY)


def test_a_submitted_expense_says_why_it_cannot_change(qtbot, page, database, photo, toasts):
    made = add(database)
    with database.write() as session:
        expense_reports.submit(session, TODAY, now=NOW)
    opened(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    assert page.panel.lock.words.text().startswith("Submitted on Thu 19 Nov: it can no longer")
    fields = page.panel.fields
    assert all(line.isReadOnly() for line in fields.lines.values())
    assert fields.amount.isReadOnly()
    assert fields.kind.fixed.isVisible()
    assert fields.kind.fixed.text() == "Parking"
    assert not fields.kind.box.isVisible()
    assert not page.panel.trash.isVisible()
    assert not page.receipt.choose.isVisible()
    page.view.setFocus()
    press(KEY.Key_Delete)
    qtbot.waitUntil(page.bar.isVisible)
    assert "has been submitted and cannot change" in page.bar.words.text()
    assert one(database, made).removed_at is None


def test_without_a_rate_the_page_says_so(qtbot, page, database, route):
    from app.models.expense import TravelRate

    with database.write() as session:
        for rate in session.scalars(select(TravelRate)):
            rate.removed_at = NOW
    page.show_ref(Ref("expenses"))
    qtbot.waitUntil(page.bar.isVisible)
    assert "no mileage rate for 19/11/2026" in page.bar.words.text()


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_speaks_both_languages(qtbot, desk, database, toasts, language):
    from app import i18n

    add(database)
    i18n.use(language)
    page = make_page(qtbot, desk, toasts)
    opened(qtbot, page, 1)
    said = {"es": ("Enviar liquidación", "4,10\u00a0€", "Aparcamiento, Xàtiva · Visita"),
            "en": ("Submit claim", "€4.10", "Parking, Xàtiva · Visita")}[language]  # fmt: skip
    assert page.submit_button.text() == said[0]
    assert cells(page.view)[0][4] == said[1]
    assert cells(page.view)[0][1] == said[2]
