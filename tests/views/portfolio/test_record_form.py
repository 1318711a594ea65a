"""The data of a customer while it is typed in: syncs that come under it, drafts, checks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from app.models.account import Account, Contact
from app.models.database import Changes
from app.services import accounts, drafts
from app.views.portfolio.record_form import DRAFT, RecordForm
from app.views.widgets.button import Button
from tests.views.desks import idle, press, typed

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def record(qtbot, desk, company, database):
    made = RecordForm(desk)
    made.account_id = company.account
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    show(made, database)
    idle(qtbot, desk)
    yield made
    idle(qtbot, desk)


def show(record: RecordForm, database) -> None:
    with database.read() as session:
        account = accounts.get(session, record.account_id)
    record.show_record(account)


def synced(record: RecordForm, database, kind=Account, **values) -> Changes:
    """Change the customer as a sync does, and tell the form, as the page does."""
    changes = Changes()
    with database.apply(changes) as connection:
        column = Account.id if kind is Account else Contact.account_id
        connection.execute(update(kind).where(column == record.account_id).values(**values))
        changes.altered[kind].add(record.account_id)
    record.heard(by_sync=changes.by_sync)
    show(record, database)
    return changes


def edit(record: RecordForm, name: str):
    return record.form.fields[name].editor


def test_a_sync_fills_an_untouched_field_and_says_which(record, database):
    changes = synced(record, database, phone="+34600111222", sector="Bar")
    assert changes.by_sync
    assert edit(record, "phone").text() == "600 11 12 22"
    assert record.form.bar.words.text() == "Updated by the sync: Phone, sector."
    assert record.form.bar.isVisible()


def test_the_telephone_of_a_contact_is_named_with_its_owner(record, database):
    synced(record, database, Contact, job="Dirección")
    assert record.form.bar.words.text() == "Updated by the sync: Job, Vicent Sanchis."


def test_both_versions_of_a_touched_field_are_offered_and_mine_is_saved(qtbot, record, database):
    typed(edit(record, "sector"), "Arrocería")
    synced(record, database, sector="Bar", website="socarrat.example")
    assert edit(record, "sector").text() == "Arrocería"
    assert edit(record, "website").text() == "socarrat.example"
    mine = next(b for b in record.findChildren(Button) if b.text() == "Mine")
    with qtbot.waitSignal(record.account_changed) as said:
        QTest.mouseClick(mine, LEFT)
    assert said.args == [{"sector": "Arrocería"}]


def test_ones_own_change_and_its_echo_say_nothing(qtbot, record, desk, database):
    record.account_changed.connect(
        lambda changes: desk.tasks.write(
            record, accounts.update, lambda _done: None, record.account_id, **changes
        )
    )
    typed(edit(record, "phone"), "962270099")
    press(KEY.Key_Tab)
    idle(qtbot, desk)
    show(record, database)
    assert edit(record, "phone").text() == "962 27 00 99"
    assert record.form.bar.isHidden()


def test_what_is_red_is_not_sent_and_what_is_amber_is(qtbot, record):
    with qtbot.assertNotEmitted(record.account_changed):
        typed(edit(record, "tax_id"), "B1234")
        press(KEY.Key_Tab)
    assert "4 characters short" in record.form.fields["tax_id"].error
    with qtbot.waitSignal(record.account_changed) as said:
        typed(edit(record, "email"), "casa.example")
        press(KEY.Key_Tab)
    assert said.args == [{"email": "casa.example"}]
    assert record.form.fields["email"].said.startswith("An address looks like")


def test_typing_is_kept_and_shown_again_when_the_program_was_killed(
    qtbot, record, desk, company, database
):
    record.drafts._timer.setInterval(20)
    typed(edit(record, "legal_name"), "El Socarrat, S.")

    def kept():
        with database.read() as session:
            return drafts.find(session, DRAFT, company.account)

    qtbot.waitUntil(lambda: kept() == {"legal_name": "El Socarrat, S."})
    anew = RecordForm(desk)
    anew.account_id = company.account
    qtbot.addWidget(anew)
    show(anew, database)
    qtbot.waitUntil(lambda: edit(anew, "legal_name").text() == "El Socarrat, S.")
    assert "is here again: Legal name" in anew.form.bar.words.text()
    with qtbot.waitSignal(anew.account_changed) as said:
        anew.leave()
    assert said.args == [{"legal_name": "El Socarrat, S."}]
    qtbot.waitUntil(lambda: kept() is None)


def test_a_contact_that_is_being_typed_keeps_both_versions(qtbot, record, database):
    person = next(iter(record.contacts.people.values()))
    typed(person.edits["job"], "Cocina")
    synced(record, database, Contact, job="Dirección", email="vicent@socarrat.example")
    assert person.edits["job"].text() == "Cocina"
    assert person.edits["email"].text() == "vicent@socarrat.example"
    assert "Updated by the sync: Email, Vicent Sanchis" in record.form.bar.words.text()
    theirs = next(b for b in record.findChildren(Button) if b.text() == "Theirs")
    with qtbot.assertNotEmitted(record.contacts.changed):
        QTest.mouseClick(theirs, LEFT)
    assert person.edits["job"].text() == "Dirección"


def test_a_contact_is_checked_and_saved_on_leaving_a_field(qtbot, record):
    person = next(iter(record.contacts.people.values()))
    with qtbot.waitSignal(record.contacts.changed) as said:
        typed(person.edits["phone"], "600 000 331")
        press(KEY.Key_Tab)
    assert said.args[1] == {"phone": "+34600000331"}
    typed(person.edits["email"], "vicent")
    with qtbot.waitSignal(record.contacts.changed):
        press(KEY.Key_Tab)
    assert person.form.fields["email"].said.startswith("An address looks like")
