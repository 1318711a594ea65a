"""An expense that is open while a sync changes it: filled where nobody types, else a choice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from app.models.database import Changes
from app.models.expense import Expense
from app.services import drafts, expense_reports, expense_view, expenses
from app.views.widgets.button import Button
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, idle, press, typed

KEY, LEFT, D = Qt.Key, Qt.MouseButton.LeftButton, Decimal


@pytest.fixture
def expense(database, company) -> str:
    with database.write() as session:
        return expenses.add(
            session, kind="parking", spent_on=TODAY, amount=D("4.10"), place="Xàtiva",
            reason="Visit",
        ).id  # fmt: skip


@pytest.fixture
def panel(qtbot, page, expense):
    page.show_ref(Ref("expenses"))
    qtbot.waitUntil(lambda: page.panel.shown is not None)
    idle(qtbot, page.desk)
    return page.panel


def one(database, expense_id: str) -> Expense:
    with database.read() as session:
        return session.get(Expense, expense_id)


def synced(database, expense_id: str, **values) -> None:
    """Change the expense as a sync does: no words to the journal, and the page hears of it."""
    changes = Changes()
    with database.apply(changes) as connection:
        connection.execute(update(Expense).where(Expense.id == expense_id).values(**values))
        changes.altered[Expense].add(expense_id)


def button(panel, words: str) -> Button:
    return next(b for b in panel.findChildren(Button) if b.text() == words and b.isVisible())


def test_what_nobody_types_in_is_filled_and_named(qtbot, panel, database, expense):
    synced(
        database, expense, amount=D("1234.50"), kind="toll", paid_by_company=True, place="Gandia",
        tax_rate=D(21), supplier_tax_id="B12345674",
    )  # fmt: skip
    bar = panel.fields.form.bar
    qtbot.waitUntil(bar.isVisible)
    assert bar.words.text() == (
        "Updated by the sync: Type, amount, VAT included, tax ID of the supplier, paid with, place."
    )
    fields = panel.fields
    assert (fields.amount.text(), fields.amount.amount) == ("€1,234.50", D("1234.50"))
    assert fields.kind.chosen == "toll"
    assert fields.paid.chosen is True
    assert fields.tax.chosen == D(21)
    assert fields.lines["place"].text() == "Gandia"
    assert fields.form.touched() == {}


def test_an_amount_that_is_being_typed_stays_and_both_are_offered(qtbot, panel, database, expense):
    typed(panel.fields.amount, "44,2")
    synced(database, expense, amount=D("5.20"), place="Gandia")
    form = panel.fields.form
    qtbot.waitUntil(lambda: form.contested == ["amount"])
    assert panel.fields.amount.text() == "44,2"
    assert "Changed here and by the sync: Amount" in form.bar.words.text()
    assert "€5.20" in button(panel, "Theirs").accessibleName()
    QTest.mouseClick(button(panel, "Mine"), LEFT)
    qtbot.waitUntil(lambda: one(database, expense).amount == D("44.20"))
    idle(qtbot, panel._desk)
    assert not form.contested


def test_theirs_takes_the_place_of_what_was_typed(qtbot, panel, database, expense):
    typed(panel.fields.lines["reason"], "Visita a El Soc")
    synced(database, expense, reason="Fair")
    qtbot.waitUntil(lambda: panel.fields.form.contested == ["reason"])
    press(KEY.Key_Tab)
    idle(qtbot, panel._desk)
    assert one(database, expense).reason == "Fair", "nobody has chosen yet"
    QTest.mouseClick(button(panel, "Theirs"), LEFT)
    assert panel.fields.lines["reason"].text() == "Fair"
    panel.leave()
    idle(qtbot, panel._desk)
    assert one(database, expense).reason == "Fair"


def test_ones_own_changes_say_nothing(qtbot, panel, database, expense):
    typed(panel.fields.amount, "40+4,20")
    press(KEY.Key_Return)
    typed(panel.fields.lines["place"], "Gandia")
    press(KEY.Key_Tab)
    box = panel.fields.kind.box
    box.setCurrentIndex(box.findText("Toll"))
    box.activated.emit(box.currentIndex())
    idle(qtbot, panel._desk)
    kept = one(database, expense)
    assert (kept.amount, kept.place, kept.kind) == (D("44.20"), "Gandia", "toll")
    assert panel.fields.form.bar.isHidden()
    assert not panel.fields.form.contested


def test_a_number_that_is_refused_is_kept_as_a_draft(qtbot, page, panel, database, expense):
    typed(panel.fields.lines["supplier_tax_id"], "B12345")
    press(KEY.Key_Return)
    field = panel.fields.form.fields["tax_id"]
    assert field.error == "3 characters short: a tax ID has 9."
    page.retire()
    idle(qtbot, page.desk)
    with database.read() as session:
        assert drafts.find(session, expense_view.FORM, expense) == {"tax_id": "B12345"}
    assert one(database, expense).supplier_tax_id == ""


def test_what_the_database_refuses_is_said_at_its_field(qtbot, panel, database, expense):
    typed(panel.fields.amount, "-3")
    press(KEY.Key_Return)
    field = panel.fields.form.fields["amount"]
    qtbot.waitUntil(lambda: field.error == "An expense cannot be negative.")
    idle(qtbot, panel._desk)
    assert one(database, expense).amount == D("4.10")
    typed(panel.fields.amount, "3")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: one(database, expense).amount == D(3))
    assert not field.error


def test_an_expense_without_a_day_is_not_saved(qtbot, panel, database, expense):
    typed(panel.fields.day, "")
    press(KEY.Key_Delete)
    press(KEY.Key_Return)
    assert panel.fields.form.fields["spent_on"].error == "Fill this in."
    idle(qtbot, panel._desk)
    assert one(database, expense).spent_on == TODAY


def test_a_claim_that_goes_out_elsewhere_closes_what_was_being_typed(
    qtbot, panel, database, expense
):
    typed(panel.fields.lines["reason"], "Visita a El Soc")
    with database.write() as session:
        expense_reports.submit(session, TODAY, now=NOW)
    qtbot.waitUntil(panel.lock.isVisible)
    assert panel.fields.lines["reason"].text() == "Visit"
    panel.leave()
    idle(qtbot, panel._desk)
    assert one(database, expense).reason == "Visit"


def test_enter_opens_the_expense_where_its_panel_is_a_drawer(qtbot, page, panel):
    page.resize(940, 620)
    qtbot.waitUntil(lambda: not panel.isVisible())
    page.view.setFocus()
    press(KEY.Key_Return)
    qtbot.waitUntil(panel.isVisible)
    qtbot.waitUntil(panel.fields.amount.hasFocus)
