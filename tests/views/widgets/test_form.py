"""Forms: checked on leaving, kept while typing, merged with what comes under them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app import i18n
from app.errors import ValidationError
from app.models.sync_state import Draft
from app.services import drafts
from app.views.widgets.button import Button
from app.views.widgets.field import Field
from app.views.widgets.form import Form, Verdict
from app.views.widgets.form_drafts import FormDrafts
from tests.views.desks import desk_on, idle, press, typed

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
NAMES = ("name", "phone", "email")
VALUES = {"name": "Casa Amparo", "phone": "600 000 331", "email": "", "note": "By the door"}


def _phone(value: str) -> Verdict | None:
    if not value or value.replace(" ", "").isdigit():
        return None
    return Verdict("Digits, such as 600 000 331.", can_be_used="x" in value)


@pytest.fixture
def form(qtbot) -> Form:
    window, made = QWidget(), Form()
    box = QVBoxLayout(window)
    box.addWidget(made.bar)
    for name in NAMES:
        field = Field(name.capitalize(), QLineEdit(), required=name == "name")
        box.addWidget(made.add(name, field, _phone if name == "phone" else None))
    box.addWidget(made.add("note", Field("Note", QPlainTextEdit())))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.window = window
    made.show(VALUES)
    return made


def edit(form: Form, name: str) -> QLineEdit:
    return form.fields[name].editor


def shown(form: Form) -> dict[str, str]:
    return {name: field.value() for name, field in form.fields.items()}


def test_labels_are_buddies_and_required_is_marked_for_eye_and_ear(form):
    field = form.fields["name"]
    assert field.label.buddy() is field.editor
    assert field.label.text() == "Name *"
    assert field.editor.accessibleName() == "Name"
    assert field.editor.accessibleDescription() == "required"
    assert form.fields["phone"].editor.accessibleName() == "Phone"


def test_a_field_is_checked_when_it_is_left_and_not_before(form):
    left = []
    form.left.connect(left.append)
    typed(edit(form, "phone"), "abc")
    assert not form.fields["phone"].error
    press(KEY.Key_Tab)
    assert form.fields["phone"].error == "Digits, such as 600 000 331."
    assert edit(form, "phone").accessibleDescription() == "Digits, such as 600 000 331."
    assert (left, edit(form, "phone").text()) == ([], "abc")
    typed(edit(form, "phone"), "600x")
    press(KEY.Key_Tab)
    assert not form.fields["phone"].error
    assert form.fields["phone"].said == "Digits, such as 600 000 331.", "amber says it too"
    assert edit(form, "phone").property("warn") is True
    assert left == ["phone"]


def test_leaving_without_a_change_says_nothing(form):
    left = []
    form.left.connect(left.append)
    edit(form, "phone").setFocus()
    press(KEY.Key_Tab)
    typed(edit(form, "phone"), VALUES["phone"])
    press(KEY.Key_Tab)
    assert left == []


def test_submitting_goes_to_the_first_red_and_clears_nothing(qtbot, form):
    typed(edit(form, "name"), " ")
    typed(edit(form, "phone"), "abc")
    typed(edit(form, "email"), "me@here.com")
    assert not form.submit()
    qtbot.waitUntil(edit(form, "name").hasFocus)
    assert form.fields["name"].error == "Fill this in."
    assert form.fields["phone"].error
    assert (edit(form, "phone").text(), edit(form, "email").text()) == ("abc", "me@here.com")
    typed(edit(form, "name"), "Casa")
    assert not form.submit()
    qtbot.waitUntil(edit(form, "phone").hasFocus)
    typed(edit(form, "phone"), "600")
    assert form.submit()
    assert not any(field.error for field in form.fields.values())


def test_what_the_database_refuses_is_said_beside_its_field(form):
    assert form.show_error(ValidationError("email", "There is no such address."))
    assert form.fields["email"].error == "There is no such address."
    assert not form.show_error(ValidationError("street", "No."))
    assert not form.fields["email"].error


def test_a_sync_fills_what_was_not_touched_and_says_so(form):
    i18n.use("es")
    form.merge({**VALUES, "phone": "600 111 222", "note": "By the back"})
    assert edit(form, "phone").text() == "600 111 222"
    assert form.fields["note"].value() == "By the back"
    assert form.bar.words.text() == "Actualizado por la sincronización: Phone, note."
    assert not form.touched()
    form.show(VALUES)
    assert form.bar.isHidden()


def test_what_is_not_of_a_sync_is_filled_without_a_word(form):
    form.merge({**VALUES, "phone": "600 111 222"}, by_sync=False)
    assert edit(form, "phone").text() == "600 111 222"
    assert form.bar.isHidden()


def offers(form: Form, name: str) -> dict[str, Button]:
    found = form.fields[name].findChildren(Button)
    return {button.text(): button for button in found if button.isVisible()}


def test_for_a_touched_field_both_versions_are_offered(form):
    typed(edit(form, "phone"), "600 999 999")
    form.merge({**VALUES, "phone": "600 111 222", "email": "casa@amparo.es"})
    assert edit(form, "phone").text() == "600 999 999", "what is being typed stays"
    assert edit(form, "email").text() == "casa@amparo.es"
    assert "Updated by the sync: Email" in form.bar.words.text()
    assert "Changed here and by the sync: Phone" in form.bar.words.text()
    assert "600 111 222" in offers(form, "phone")["Theirs"].accessibleName()
    QTest.mouseClick(offers(form, "phone")["Theirs"], LEFT)
    assert edit(form, "phone").text() == "600 111 222"
    assert not form.is_touched("phone")
    assert not offers(form, "phone")


def test_mine_is_kept_and_saved(qtbot, form):
    typed(edit(form, "phone"), "600 999 999")
    form.merge({**VALUES, "phone": "600 111 222"})
    with qtbot.waitSignal(form.left) as said:
        QTest.mouseClick(offers(form, "phone")["Mine"], LEFT)
    assert said.args == ["phone"]
    assert edit(form, "phone").text() == "600 999 999"
    assert not form.fields["phone"].is_contested


def test_leaving_a_field_with_two_versions_chooses_none(qtbot, form):
    typed(edit(form, "phone"), "600 999 999")
    form.merge({**VALUES, "phone": "600 111 222"})
    with qtbot.assertNotEmitted(form.left):
        press(KEY.Key_Tab)
    assert form.fields["phone"].is_contested
    typed(edit(form, "phone"), "600 111 222")
    press(KEY.Key_Tab)
    assert not form.fields["phone"].is_contested, "there is one version again"


def test_the_same_words_from_both_sides_are_no_conflict(form):
    typed(edit(form, "phone"), "600 111 222")
    form.merge({**VALUES, "phone": "600 111 222"})
    assert not form.fields["phone"].is_contested
    assert not form.touched()


def test_what_comes_back_of_ones_own_change_is_no_news(form):
    typed(edit(form, "phone"), "600111222")
    press(KEY.Key_Tab)
    form.saving("phone")
    assert not form.touched()
    form.merge({**VALUES, "phone": "600 111 222"}, by_sync=True)
    assert edit(form, "phone").text() == "600 111 222"
    assert form.bar.isHidden()
    assert not form.fields["phone"].is_contested


@pytest.fixture
def desk(qapp, database, files, tmp_path):
    with desk_on(database, files, tmp_path) as made:
        yield made


def kept(database, row_id="1"):
    with database.read() as session:
        return drafts.find(session, "test", row_id)


def test_what_is_typed_is_kept_and_shown_again_after_a_crash(qtbot, form, desk, database):
    first = FormDrafts(desk, form.window, form, "test")
    first._timer.setInterval(20)
    first.begin("1")
    idle(qtbot, desk)
    typed(edit(form, "phone"), "600 99")
    qtbot.waitUntil(lambda: kept(database) == {"phone": "600 99"})
    form.fields["note"].editor.setPlainText("He said")
    qtbot.waitUntil(lambda: kept(database) == {"phone": "600 99", "note": "He said"})
    form.show(VALUES)  # as a program that starts anew does
    again = FormDrafts(desk, form.window, form, "test")
    again.begin("1")
    qtbot.waitUntil(lambda: edit(form, "phone").text() == "600 99")
    assert shown(form)["note"] == "He said"
    assert form.bar.words.text() == "What you were typing is here again: Phone, note"
    assert form.touched() == {"phone": "600 99", "note": "He said"}
    form.saving("phone")
    form.saving("note")
    again.keep()
    qtbot.waitUntil(lambda: kept(database) is None)
    idle(qtbot, desk)


def test_what_is_typed_last_into_one_record_is_kept_when_the_next_is_shown(
    qtbot, form, desk, database
):
    keeper = FormDrafts(desk, form.window, form, "test")
    keeper.begin("1")
    idle(qtbot, desk)
    typed(edit(form, "phone"), "600 99")
    keeper.begin("2")
    form.show({**VALUES, "phone": "1"})
    qtbot.waitUntil(lambda: kept(database, "1") == {"phone": "600 99"})
    idle(qtbot, desk)
    assert kept(database, "2") is None
    assert edit(form, "phone").text() == "1"


def test_the_draft_of_one_record_is_not_shown_in_another(qtbot, form, desk, database):
    with database.write() as session:
        session.add(Draft(form="test", row_id="2", fields={"phone": "1"}, at=datetime.now(UTC)))
    keeper = FormDrafts(desk, form.window, form, "test")
    keeper.begin("1")
    idle(qtbot, desk)
    assert edit(form, "phone").text() == VALUES["phone"]
    keeper.begin("2")
    qtbot.waitUntil(lambda: edit(form, "phone").text() == "1")


def test_a_choice_is_a_value_too(qtbot):
    form, box = Form(), QComboBox()
    qtbot.addWidget(box)
    for key in ("a", "b"):
        box.addItem(key.upper(), key)
    field = form.add("kind", Field("Kind", box))
    qtbot.addWidget(field)
    form.merge({"kind": "b"})
    assert (box.currentText(), field.value()) == ("B", "b")


def test_return_saves_as_leaving_does(qtbot, form):
    typed(edit(form, "phone"), "600 999 999")
    with qtbot.waitSignal(form.left) as said:
        press(KEY.Key_Return)
    assert said.args == ["phone"]


def test_typed_back_to_what_it_was_a_field_is_red_no_more(form):
    typed(edit(form, "phone"), "abc")
    press(KEY.Key_Tab)
    assert form.fields["phone"].error
    typed(edit(form, "phone"), VALUES["phone"])
    press(KEY.Key_Tab)
    assert not form.fields["phone"].error


def test_what_is_ready_can_be_saved_and_the_rest_says_why_not(form):
    typed(edit(form, "name"), "Casa")
    typed(edit(form, "phone"), "abc")
    typed(edit(form, "email"), "me@here.com")
    form.merge({**VALUES, "email": "casa@amparo.es"})
    assert form.ready() == ["name"]
    assert form.fields["phone"].error
    assert form.contested == ["email"]


def test_typing_that_goes_on_after_saving_is_no_conflict_with_its_echo(form):
    typed(edit(form, "phone"), "600")
    form.saving("phone")
    typed(edit(form, "phone"), "600 99")
    form.merge({**VALUES, "phone": "600"})
    assert not form.contested
    assert form.touched() == {"phone": "600 99"}


def test_two_versions_are_two_again_after_a_crash(form):
    typed(edit(form, "phone"), "600 999 999")
    theirs = {**VALUES, "phone": "600 111 222"}
    form.merge(theirs)
    draft = form.draft()
    form.show(theirs)
    form.restore(draft)
    assert edit(form, "phone").text() == "600 999 999"
    assert form.contested == ["phone"]
    QTest.mouseClick(offers(form, "phone")["Theirs"], LEFT)
    assert edit(form, "phone").text() == "600 111 222"
    assert form.draft() == {}


def test_what_was_refused_is_typed_and_no_more_or_taken_back(form):
    typed(edit(form, "phone"), "600 99")
    form.saving("phone")
    assert not form.touched()
    form.not_saved("phone")
    assert form.touched() == {"phone": "600 99"}
    form.take_back("phone")
    assert edit(form, "phone").text() == VALUES["phone"]


def test_the_form_itself_types_nothing(qtbot, form):
    with qtbot.assertNotEmitted(form.typed):
        form.show({**VALUES, "note": "By the back"})
        form.merge({**VALUES, "note": "By the side"})


def test_a_choice_is_said_in_its_words_and_leaves_at_once(qtbot):
    form, box = Form(), QComboBox()
    qtbot.addWidget(box)
    for key, words in (("", "–"), ("toll", "Toll"), ("meal", "Meal")):
        box.addItem(words, key)
    field = form.add("kind", Field("Kind", box))
    qtbot.addWidget(field)
    with qtbot.waitSignal(form.left) as said:
        box.setCurrentIndex(1)
        box.activated.emit(1)
    assert said.args == ["kind"]
    form.merge({"kind": "meal"})
    assert box.currentData() == "toll"
    theirs = next(b for b in field.findChildren(Button) if b.text() == "Theirs")
    assert theirs.accessibleName() == "Kind: take theirs, Meal"
