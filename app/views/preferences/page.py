"""Settings: each change applies at once and can be undone; what the company decides has a lock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.i18n import _
from app.routing.place_names import fold
from app.services.joining import Enrol
from app.views import theme
from app.views.messages import MessageBar
from app.views.preferences.about import About
from app.views.preferences.appearance import Appearance
from app.views.preferences.choices import Choices
from app.views.preferences.connection import Connection
from app.views.preferences.day import Day
from app.views.preferences.erase_layer import Sender
from app.views.preferences.keyboard import Keyboard
from app.views.preferences.lists import Lists
from app.views.preferences.papers import Papers
from app.views.preferences.parts import Section, SectionList
from app.views.preferences.privacy import Privacy
from app.views.preferences.profile import Profile
from app.views.preferences.security import Security
from app.views.widgets.layout import column, row, scroll, text
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from app.models.database import Changes, Database

Maker = Callable[[], Section]
FIRST = "appearance"


class PreferencesPage(Page):
    """Sections at the left with a search on top; no OK button.

    `enrol` connects this computer again, `sender` sends what waits before the data is erased;
    `erase_asked` when the user has decided that, and the window is to close.
    """

    lock_asked = Signal()
    erase_asked = Signal()

    def __init__(
        self, desk: Desk, database: Database, choices: Choices, enrol: Enrol, sender: Sender
    ) -> None:
        super().__init__(desk)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.section = FIRST
        self.sections: dict[str, Section] = {}
        self._makers: dict[str, tuple[str, str, Maker]] = {
            "profile": (_("My profile"), Profile.icon, partial(Profile, desk, choices)),
            "appearance": (_("Appearance"), Appearance.icon, partial(Appearance, desk, choices)),
            "day": (_("Working day"), Day.icon, partial(Day, desk, choices)),
            "keyboard": (_("Keyboard"), Keyboard.icon, partial(Keyboard, desk, choices)),
            "sync": (_("Sync"), Connection.icon, partial(Connection, desk, choices, enrol)),
            "documents": (_("Documents"), Papers.icon, partial(Papers, desk, choices)),
            "lists": (_("Import and export"), Lists.icon, partial(Lists, desk, choices)),
            "safety": (_("Security"), Security.icon,
                       partial(Security, desk, choices, database, sender)),
            "privacy": (_("Privacy"), Privacy.icon, partial(Privacy, desk, choices)),
            "about": (_("About"), About.icon, partial(About, desk, choices)),
        }  # fmt: skip
        self.bar = MessageBar()
        self.search = SearchBox(_("Search the settings"))
        self.search.searched.connect(self.find_words)
        listed = [(key, title, icon) for key, (title, icon, _make) in self._makers.items()]
        self.list = SectionList(listed, self._choose)
        self.nothing = text(_("No setting has these words."), "muted")
        self.nothing.hide()
        self._lay_out()
        choices.said.connect(self.toast_requested)
        self.choose(FIRST)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setMaximumWidth(theme.px(900))
        self._cards = column(self.nothing, gap=12)
        inside.setLayout(column(self._cards, None, gap=0, margins=(0, 0, 4, 0)))
        self.body: QScrollArea = scroll(inside)
        menu = scroll(self.list)
        menu.setAccessibleName(_("Sections"))
        left = QWidget()
        left.setFixedWidth(theme.px(224))
        left.setLayout(column(self.search, 4, (menu, 1), gap=6))
        whole = row(left, (self.body, 1), gap=18)
        self.setLayout(column(self.bar, (whole, 1), gap=12, margins=(20, 14, 20, 16)))

    # sections

    def made(self, key: str) -> Section:
        """Return a section, made the first time that it is needed."""
        if key not in self.sections:
            section = self._makers[key][2]()
            section.said.connect(self.toast_requested)
            section.open_requested.connect(self._open)
            if isinstance(section, Security):
                section.lock_asked.connect(self.lock_asked)
                section.erase_asked.connect(self.erase_asked)
                section.close_asked.connect(lambda: self.window().close())
            self.sections[key] = section
            before = sum(1 for each in list(self._makers)[: list(self._makers).index(key)]
                         if each in self.sections)  # fmt: skip
            self._cards.insertWidget(1 + before, section)
            section.hide()
        return self.sections[key]

    def _open(self, ref: Ref) -> None:
        """A place inside of the settings is here; any other is the window's."""
        if ref.screen == "settings":
            self._choose(ref.tab)
        else:
            self.open_requested.emit(ref)

    def _choose(self, key: str) -> None:
        self.search.blockSignals(True)  # or the words that go would bring everything back
        self.search.clear()
        self.search.blockSignals(False)
        self.choose(key)

    def choose(self, key: str) -> None:
        """Show one section."""
        self.section = key if key in self._makers else FIRST
        shown = self.made(self.section)
        self.nothing.hide()
        for each in self.sections.values():
            each.setVisible(each is shown)
        shown.search([])
        shown.load()
        self.list.mark(self.section)
        self.body.verticalScrollBar().setValue(0)

    def find_words(self, words: str) -> None:
        """Show every row that has these words, of whatever section."""
        wanted = fold(words).split()
        if not wanted:
            self.choose(self.section)
            return
        self.list.mark("")
        found = False
        for key in self._makers:
            section = self.made(key)
            if not section.isVisible():
                section.load()
            hit = section.search(wanted)
            section.setVisible(hit)
            found = found or hit
        self.nothing.setVisible(not found)

    # the page

    def show_ref(self, ref: Ref) -> None:
        self.crumbs_changed.emit([_("Settings")])
        self.bar.clear()
        self._choose(ref.tab or self.section)

    def refresh(self, changes: Changes) -> None:
        for each in self.sections.values():
            if each.isVisible():
                each.refresh(changes)

    def state(self) -> dict[str, Any]:
        return {"section": self.section, "words": self.search.text()}

    def restore(self, state: dict[str, Any]) -> None:
        self._choose(state.get("section", FIRST))
        if state.get("words"):
            self.search.setText(state["words"])

    def filter_list(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def escape(self) -> bool:
        if not self.search.text():
            return False
        self._choose(self.section)
        return True
