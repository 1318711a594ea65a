"""Fields that find as one types: the list below, the keys, and those who are faster than it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.views.widgets.command_palette import CommandPalette, Found, FoundList, folded
from app.views.widgets.page import Ref
from app.views.widgets.picker import Choice, Picker
from tests.views.desks import press, typed

# said by the offscreen platform of a list that opens above the others
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key
NAMES = ("Aceite Picual", "Aceite Arbequina", "Café natural")


class Waiting:
    """Answers when it is told to, as a database does on another thread."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    def __call__(self, words, done) -> None:
        self.asked.append((words, done))

    def heard(self, words: str) -> bool:
        return bool(self.asked) and self.asked[-1][0] == words

    def answer(self, which: int = -1) -> None:
        words, done = self.asked[which]
        done([Choice(name, name) for name in NAMES if words.lower() in name.lower()])


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def picker(qtbot, waiting):
    window = QWidget()
    made, other = Picker("Product", waiting, create=True), QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(made)
    layout.addWidget(other)
    made.other = other
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    made.list.hide()


def listed(picker: Picker) -> list[str]:
    return [picker.list.item(n).text() for n in range(picker.list.count())]


def test_arrows_choose_and_enter_takes(qtbot, picker, waiting):
    typed(picker, "aceite")
    qtbot.waitUntil(lambda: [words for words, _done in waiting.asked[-1:]] == ["aceite"])
    waiting.answer()
    assert picker.list.isVisible()
    assert listed(picker) == ["Aceite Picual", "Aceite Arbequina", "Create “aceite”"]
    press(KEY.Key_Down)
    with qtbot.waitSignal(picker.chosen) as taken:
        press(KEY.Key_Return)
    assert taken.args[0].id == "Aceite Arbequina"
    assert not picker.list.isVisible()


def test_the_last_row_creates_what_was_typed(qtbot, picker, waiting):
    typed(picker, "Miel")
    qtbot.waitUntil(lambda: waiting.heard("Miel"))
    waiting.answer()
    with qtbot.waitSignal(picker.created) as made:
        press(KEY.Key_Return)
    assert made.args[0] == "Miel"


def test_enter_before_the_list_takes_the_first_when_it_comes(qtbot, picker, waiting):
    typed(picker, "caf")
    press(KEY.Key_Return)
    with qtbot.waitSignal(picker.chosen) as taken:
        waiting.answer()
    assert taken.args[0].id == "Café natural"


def test_enter_never_takes_from_the_list_of_other_words(qtbot, picker, waiting):
    typed(picker, "aceite")
    qtbot.waitUntil(lambda: waiting.heard("aceite"))
    waiting.answer()
    chosen = []
    picker.chosen.connect(chosen.append)
    typed(picker, "nat")
    press(KEY.Key_Return)
    assert chosen == []
    waiting.answer()
    assert [choice.id for choice in chosen] == ["Café natural"]


def test_a_late_answer_for_other_words_shows_nothing(qtbot, picker, waiting):
    typed(picker, "aceite")
    qtbot.waitUntil(lambda: waiting.heard("aceite"))
    typed(picker, "nat")
    waiting.answer(0)
    assert not picker.list.isVisible()


def test_leaving_and_escape_close_the_list_and_keep_the_words(qtbot, picker, waiting):
    typed(picker, "aceite")
    qtbot.waitUntil(lambda: waiting.heard("aceite"))
    waiting.answer()
    press(KEY.Key_Escape)
    assert (picker.list.isVisible(), picker.text()) == (False, "aceite")
    waiting.answer()
    picker.other.setFocus()
    assert not picker.list.isVisible()


def test_showing_a_choice_asks_nobody(qtbot, picker, waiting):
    picker.show_choice(Choice("1", "Bar Central"))
    assert picker.text() == "Bar Central"
    picker.show_choice(None)
    assert picker.text() == ""
    picker.other.setFocus()
    picker.setFocus()
    assert waiting.asked == []


def places(*titles: str, group: str = "Go to") -> list[Found]:
    return [Found(title, "", Ref(title.lower()), "house", group) for title in titles]


def test_headings_are_never_chosen(qtbot):
    found = FoundList()
    qtbot.addWidget(found)
    found.show_found([*places("Today"), *places("Bar", group="Customers")], "")
    assert [found.item(n).text() for n in range(4)] == ["Go to", "Today", "Customers", "Bar"]
    steps = []
    for step in (1, 1, -1):
        steps.append(found.current().title)
        found.move_by(step)
    assert steps == ["Today", "Bar", "Today"]
    found.show_found([], "zzz")
    assert found.current() is None
    found.move_by(1)
    assert found.current() is None


def test_letters_are_compared_without_accents():
    assert folded("Xàtiva · Núñez") == "xativa · nunez"
    assert len(folded("Ñoño")) == 4


class Later:
    """A source of the palette that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list = []
        self.taken: list[Found] = []

    def begin(self, done) -> None:
        done(places("Today"))

    def find(self, _words, done) -> None:
        self.asked.append(done)

    def take(self, found, *, in_window) -> None:
        self.taken.append(found)


def test_an_answer_to_a_palette_that_was_closed_is_dropped(qtbot):
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    window.show()
    source = Later()
    palette = CommandPalette(window, source)
    typed(palette.field, "bar")
    qtbot.waitUntil(lambda: bool(source.asked))
    palette.layer.close_layer()
    qtbot.waitUntil(lambda: palette.layer not in window.children())
    source.asked[-1](places("Bar"))
    assert source.taken == []
