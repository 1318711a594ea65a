"""What the editors say of what they read, in both languages; days, the calendar, lengths."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QToolButton, QVBoxLayout, QWidget

from app import i18n
from app.services.day_marks import DayMark
from app.views.widgets.date_edit import DateEdit, written_day
from app.views.widgets.edits import DurationEdit, MoneyEdit, NumberEdit, PercentEdit, TimeEdit
from app.views.widgets.field import Field
from tests.views.desks import press, typed

# said by the offscreen platform of the calendar's own window
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY, D = Qt.Key, Decimal
ALT = Qt.KeyboardModifier.AltModifier
TODAY = date(2026, 11, 19)


@pytest.fixture
def put(qtbot):
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)

    def shown(part):
        window.layout().addWidget(part)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and part.isVisible())
        return part

    return shown


def day_edit(put, marks=None) -> DateEdit:
    return put(Field("Date", DateEdit("", lambda: TODAY, marks))).editor


@pytest.mark.parametrize(
    ("make", "typing", "said"),
    [
        (MoneyEdit, "abc", "Write an amount"), (PercentEdit, "120", "percentage from 0 to 100"),
        (NumberEdit, "x", "Write a number"), (TimeEdit, "25:00", "Write a time"),
        (DurationEdit, "1:75", "Write how long"),
        (lambda name: DateEdit(name, lambda: TODAY), "nunca", "Write a day"),
    ],
)  # fmt: skip
def test_each_says_what_to_type_for_its_own_kind(put, make, typing, said):
    field = put(Field("Thing", make("")))
    typed(field.editor, typing)
    press(KEY.Key_Return)
    assert said in field.error
    assert field.editor.accessibleDescription() == field.error
    assert field.editor.text() == typing, "nothing is cleared"
    press(KEY.Key_Escape)
    assert not field.error


@pytest.mark.parametrize(
    ("language", "typing", "written", "said"),
    [
        ("es", "1.234", "1.234,00\u00a0€", "1.234 se lee 1.234,00\u00a0€"),
        ("en", "1.234", "€1.23", "1.234 is read as €1.23"),
        ("es", "1,234", "1,23\u00a0€", "1,234 se lee 1,23\u00a0€"), ("en", "44,2", "€44.20", ""),
        ("es", "40+4,20", "44,20\u00a0€", ""), ("es", "2x17,45", "34,90\u00a0€", ""),
    ],
)  # fmt: skip
def test_how_an_ambiguous_amount_was_read_is_said(put, language, typing, written, said):
    i18n.use(language)
    field = put(Field("Amount", MoneyEdit("")))
    typed(field.editor, typing)
    press(KEY.Key_Return)
    assert field.editor.text() == written
    assert field.said == said


def test_a_chained_discount_says_what_it_is_in_all(put):
    i18n.use("es")
    field = put(Field("Descuento", PercentEdit("")))
    typed(field.editor, "8+2")
    press(KEY.Key_Return)
    assert field.editor.discount == (D(8), D(2))
    assert field.said == "9,84\u00a0% en total"
    typed(field.editor, "8")
    press(KEY.Key_Return)
    assert field.said == ""


def test_a_hint_comes_back_when_the_error_goes(put):
    field = put(Field("Amount", MoneyEdit(""), hint="Without VAT"))
    typed(field.editor, "?")
    press(KEY.Key_Return)
    assert field.error
    field.set_error("")
    assert field.error, "only typing takes back what cannot be read"
    typed(field.editor, "5")
    press(KEY.Key_Return)
    assert (field.error, field.said) == ("", "Without VAT")


@pytest.mark.parametrize(
    ("typing", "seconds", "written"),
    [("45", 2700, "45\u00a0min"), ("1h", 3600, "1\u00a0h"), ("1:15", 4500, "1\u00a0h\u00a015")],
)
def test_a_length_is_typed_and_stepped(qtbot, put, typing, seconds, written):
    edit = put(DurationEdit("How long"))
    typed(edit, typing)
    with qtbot.waitSignal(edit.edited):
        press(KEY.Key_Return)
    assert (edit.seconds, edit.text()) == (seconds, written)
    press(KEY.Key_Up)
    assert edit.seconds == seconds + 300
    press(KEY.Key_Down)
    press(KEY.Key_Down)
    assert edit.seconds == seconds - 300


def test_arrows_go_on_from_what_is_typed_to_the_next_five_minutes(put):
    edit = put(TimeEdit("Leave"))
    edit.show_seconds(9 * 3600)
    typed(edit, "1012")
    press(KEY.Key_Up)
    assert edit.text() == "10:15"
    typed(edit, "1012")
    press(KEY.Key_Down)
    assert edit.text() == "10:10"


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("es", date(2026, 11, 26), "jue 26 nov"),
        ("en", date(2026, 11, 26), "Thu 26 Nov"),
        ("es", date(2027, 12, 26), "dom 26 dic 2027"),
        ("en", date(2025, 3, 3), "Mon 3 Mar 2025"),
    ],
)
def test_a_day_has_its_year_only_where_it_needs_it(language, day, written):
    i18n.use(language)
    assert written_day(day, TODAY) == written


@pytest.mark.parametrize(
    ("language", "typing", "day"),
    [
        ("es", "jue", date(2026, 11, 26)),
        ("en", "next monday", date(2026, 11, 23)),
        ("es", "mañana", date(2026, 11, 20)),
        ("en", "in 2 weeks", date(2026, 12, 3)),
        ("es", "en 2 semanas", date(2026, 12, 3)),
        ("en", "+5", date(2026, 11, 24)),
    ],
)
def test_a_day_is_typed_as_people_say_it(put, language, typing, day):
    i18n.use(language)
    edit = day_edit(put)
    typed(edit, typing)
    press(KEY.Key_Return)
    assert edit.day == day
    edit.setModified(True)
    assert edit.commit(), "what it writes it can read"
    assert edit.day == day


def marks(first: date, last: date, done) -> None:
    known = {
        date(2026, 12, 8): DayMark(is_holiday=True, words="Inmaculada"),
        date(2026, 11, 23): DayMark(is_holiday=False, words="Closed"),
    }
    done({day: mark for day, mark in known.items() if first <= day <= last})


def test_a_marked_day_says_so_below_the_field(put):
    edit = day_edit(put, marks)
    typed(edit, "23")
    press(KEY.Key_Return)
    assert edit.parent().said == "Mon 23 Nov: Closed"
    assert edit.property("warn") is True, "it can be used, with consequences"
    typed(edit, "24")
    press(KEY.Key_Return)
    assert edit.parent().said == ""
    assert edit.property("warn") is False


def test_the_calendar_opens_moves_and_takes_by_keys(qtbot, put):
    i18n.use("es")
    edit = day_edit(put, marks)
    edit.show_day(date(2026, 11, 30))
    edit.setFocus()
    press(KEY.Key_Down, ALT)
    calendar = edit.calendar
    assert calendar.month.firstDayOfWeek() == Qt.DayOfWeek.Monday
    month = calendar.month.findChild(QToolButton, "qt_calendar_monthbutton")
    assert month.text() == "noviembre"
    assert calendar.month.findChild(QToolButton, "qt_calendar_nextmonth").accessibleName()
    view = calendar.month.findChild(QAbstractItemView)
    QTest.keyClick(view, KEY.Key_PageDown)
    for _n in range(22):
        QTest.keyClick(view, KEY.Key_Left)
    assert calendar.month.selectedDate() == QDate(2026, 12, 8)
    assert calendar.words.text() == "Martes, 8 de diciembre · Inmaculada"
    assert calendar.month.accessibleDescription() == calendar.words.text()
    with qtbot.waitSignal(edit.edited):
        QTest.keyClick(view, KEY.Key_Return)
    assert edit.day == date(2026, 12, 8)
    qtbot.waitUntil(lambda: edit.calendar is None)


def test_escape_closes_the_calendar_and_takes_nothing(qtbot, put):
    edit = day_edit(put)
    edit.show_day(TODAY)
    edit.setFocus()
    press(KEY.Key_Down, ALT)
    QTest.keyClick(edit.calendar.month.findChild(QAbstractItemView), KEY.Key_Left)
    QTest.keyClick(edit.calendar.month.findChild(QAbstractItemView), KEY.Key_Escape)
    qtbot.waitUntil(lambda: edit.calendar is None)
    assert edit.day == TODAY


def test_holidays_and_closing_days_look_different_from_others(qtbot, put):
    edit = day_edit(put, marks)
    edit.show_day(date(2026, 12, 1))
    edit.setFocus()
    press(KEY.Key_Down, ALT)
    month = edit.calendar.month
    view = month.findChild(QAbstractItemView)
    qtbot.waitUntil(view.isVisible)

    def ink(day: date) -> set[int]:
        picture = view.grab().toImage()
        ratio = picture.devicePixelRatio()
        for row in range(7):
            for column in range(7):
                index = view.model().index(row, column)
                if index.data() == day.day and (row > 1 or day.day < 8):
                    box = view.visualRect(index)
                    return {
                        picture.pixel(QPoint(round(x * ratio), round(y * ratio)))
                        for x in range(box.left() + 2, box.right() - 2)
                        for y in range(box.top() + 2, box.bottom() - 2)
                    }
        raise AssertionError(day)

    before = ink(date(2026, 12, 8))
    month.marks = {}
    month.updateCells()
    assert before != ink(date(2026, 12, 8))
    edit.calendar.close()
