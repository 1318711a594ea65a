"""The one window: sidebar, top bar and the screens; the only place that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.services import search, shell
from app.views import application, theme
from app.views.messages import MessageBar, report_bug
from app.views.navigation import PARENT, SCREENS, History, Place, Sidebar
from app.views.top_bar import TopBar
from app.views.widgets.command_palette import CommandPalette, Found
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.toast import Toast

if TYPE_CHECKING:
    from app.models.database import Changes
    from app.views.synchroniser import PillState, Synchroniser

_WIDE, _NARROW = 1680, 1340  # effective widths of UI.md section 4
_BADGES_MS = 300
_ICONS = {"account": "store", "contact": "user", "quote": "file-text", "document": "paperclip"}
_FINDABLE = tuple(_ICONS)  # what has a screen to open


class MainWindow(QWidget):
    """Shows one screen at a time, remembers the way, and carries messages to the user."""

    def __init__(
        self,
        desk: Desk,
        synchroniser: Synchroniser,
        screens: dict[str, Callable[[], Page]],
    ) -> None:
        super().__init__()
        self.desk, self.synchroniser, self.screens = desk, synchroniser, screens
        self.pages: dict[str, Page] = {}
        self.history = History()
        self._seen_bugs: set[str] = set()
        self._undo: list[tuple[str, Callable[[], None]]] = []
        self.setWindowTitle("Viajante")
        self.setObjectName("Window")
        self.sidebar, self.top = Sidebar(), TopBar()
        self.bar = MessageBar()
        self.stack = QStackedWidget()
        self.toast = Toast(self)
        self._lay_out()
        self._connect()
        self._bind_keys()
        self._badges = QTimer(self, singleShot=True, interval=_BADGES_MS)
        self._badges.timeout.connect(self._count)
        self._take_geometry()

    # construction

    def _lay_out(self) -> None:
        content = QVBoxLayout()
        content.setSpacing(0)
        content.setContentsMargins(0, 0, 0, 0)
        content.addWidget(self.top)
        content.addWidget(self.bar)
        content.addWidget(self.stack, 1)
        whole = QHBoxLayout(self)
        whole.setSpacing(0)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.sidebar)
        whole.addLayout(content, 1)

    def _connect(self) -> None:
        self.sidebar.chosen.connect(lambda key: self.open(Ref(key)))
        self.top.back.connect(lambda: self.step(-1))
        self.top.forward.connect(lambda: self.step(1))
        self.top.search.connect(self.show_palette)
        self.top.theme_asked.connect(self.next_theme)
        self.top.new.connect(self.begin)
        self.top.pill.clicked.connect(lambda: self.open(Ref("sync")))
        self.synchroniser.state_changed.connect(self._show_pill)
        self.desk.tasks.changed.connect(self._changed)
        self.desk.tasks.failed.connect(self._failed)

    def _bind_keys(self) -> None:
        for screen in SCREENS:
            self._key(screen.shortcut, partial(self.open, Ref(screen.key)))
        self._key("Ctrl+K", self.show_palette)
        self._key("Alt+Left", lambda: self.step(-1))
        self._key("Alt+Right", lambda: self.step(1))
        self._key("Ctrl+Z", self.undo)
        self._key("Ctrl+Return", self._primary)
        self._key("Ctrl+B", self._toggle_sidebar)
        self._key("F5", self.synchroniser.sync_now)
        self._key("F9", self.next_theme)
        for key, what in (("V", "visit"), ("P", "quote"), ("G", "expenses")):
            self._single(key, partial(self.begin, what))
        self._single("N", self.top.show_new)
        self._key("Ctrl+F", self._filter)
        self._single("/", self._filter)
        for saved in ("Ctrl+S", "Ctrl+G"):
            self._key(saved, lambda: self.say(_("It is already saved."), None))

    def _key(self, keys: str, do: Callable[[], Any]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(do)

    def _single(self, key: str, do: Callable[[], Any]) -> None:
        """Bind a key that works only outside of text fields, and can be switched off."""

        def act() -> None:
            typing = isinstance(QApplication.focusWidget(), QLineEdit | QTextEdit | QPlainTextEdit)
            if self.desk.settings.single_keys and not typing:
                do()

        self._key(key, act)

    # going places

    def start(self) -> None:
        """Open the first screen: Today, or the first run where no company is known yet."""
        self.desk.tasks.read(self, shell.is_enrolled, self._start)

    def _start(self, enrolled: bool) -> None:  # noqa: FBT001 - the outcome of a task
        self.sidebar.setVisible(enrolled)
        self.top.setVisible(enrolled)
        if not enrolled:
            self._show(self.history.visit(Ref("first_run")))
            return
        self.desk.tasks.read(self, shell.person, self._greet)
        self.open(Ref("today"))
        self.synchroniser.start()

    def _greet(self, person: shell.Person) -> None:
        self.sidebar.set_person(person.name, person.zone)
        self.setWindowTitle(f"Viajante · {person.company}")
        self._count()

    def open(self, ref: Ref) -> None:
        """Go to `ref`, leaving the place we are at so that going back restores it."""
        if ref.screen not in self.screens:
            message = f"No screen {ref.screen}"
            raise KeyError(message)
        self._leave()
        self._show(self.history.visit(ref))

    def step(self, by: int) -> None:
        self._leave()
        place = self.history.step(by)
        if place is not None:
            self._show(place)

    def _leave(self) -> None:
        here = self.history.here
        if here is not None and here.ref.screen in self.pages:
            here.state = self.pages[here.ref.screen].state()

    def _show(self, place: Place) -> None:
        page = self._page(place.ref.screen)
        self.bar.clear()
        self.stack.setCurrentWidget(page)
        self.sidebar.set_current(PARENT.get(place.ref.screen, place.ref.screen))
        self.top.set_crumbs(self._default_crumbs(place.ref))
        self.top.set_history(
            can_go_back=self.history.can_go_back, can_go_forward=self.history.can_go_forward
        )
        page.show_ref(place.ref)
        if place.state:
            page.restore(place.state)
        page.setFocus()

    def _page(self, key: str) -> Page:
        if key not in self.pages:
            page = self.screens[key]()
            page.open_requested.connect(self.open)
            page.toast_requested.connect(self.say)
            page.back_requested.connect(lambda: self.step(-1))
            page.crumbs_changed.connect(lambda parts, page=page: self._crumbs(page, parts))
            self.pages[key] = page
            self.stack.addWidget(page)
        return self.pages[key]

    @property
    def page(self) -> Page:
        """The screen that is shown."""
        current = self.stack.currentWidget()
        assert isinstance(current, Page)  # noqa: S101 - nothing else is ever put there
        return current

    def _default_crumbs(self, ref: Ref) -> list[str]:
        titles = {screen.key: screen.title() for screen in SCREENS}
        known = titles.get(PARENT.get(ref.screen, ref.screen))
        return [known] if known else []

    def _crumbs(self, page: Page, parts: list[str]) -> None:
        if page is self.stack.currentWidget():
            self.top.set_crumbs(parts)

    # what happened

    def _changed(self, changes: Changes) -> None:
        for page in self.pages.values():
            page.refresh(changes)
        self._badges.start()

    def _count(self) -> None:
        self.desk.tasks.read(self, shell.badges, self.sidebar.set_badges, self.desk.now())

    def _failed(self, _owner: object, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            import traceback

            text = "".join(traceback.format_exception(error))
            report_bug(self, text, self._seen_bugs)

    def say(self, words: str, undo: Callable[[], None] | None) -> None:
        """Say in a toast what happened; with `undo`, Ctrl+Z takes it back."""
        if undo is not None:
            self._undo.append((words, undo))
        self.toast.show_words(words, self.undo if undo is not None else None)

    def undo(self) -> None:
        """Take back the last thing that was said with an undo."""
        if self._undo:
            words, take_back = self._undo.pop()
            take_back()
            self.toast.show_words(_("Undone: {what}").format(what=words), None)

    # the window itself

    def show_palette(self) -> None:
        group = _("Go to")
        places = [
            Found(s.title(), "", Ref(s.key), s.icon, group, s.shortcut) for s in SCREENS
        ]  # fmt: skip
        self.palette_layer = CommandPalette.open_over(self, self._find, self.open, places)

    def _find(self, text: str, done: Callable[[list[Found]], None]) -> None:
        self.desk.tasks.read(
            self, search.find, lambda hits: done(places_of(hits)), text, kinds=_FINDABLE, limit=12
        )  # fmt: skip

    def _filter(self) -> None:
        """Go to the field that filters this list; where there is none, search everything."""
        if not self.page.filter_list():
            self.show_palette()

    def _show_pill(self, state: PillState) -> None:
        self.top.show_pill(state.words, state.tone, state.icon)

    def begin(self, what: str) -> None:
        """Begin something new: a visit, a quote, a customer, an expense."""
        account = self.page.account
        if what in {"visit", "quote"} and not account:
            self.open(Ref("portfolio", options={"for": what}))
        else:
            self.open(Ref(what, options={"new": True, "account": account}))

    def next_theme(self) -> None:
        order = ("claro", "oscuro", "sol")
        self.set_theme(order[(order.index(theme.name()) + 1) % 3])

    def set_theme(self, name: str) -> None:
        program = QApplication.instance()
        assert isinstance(program, QApplication)  # noqa: S101
        settings = self.desk.settings
        settings.theme = name
        theme.apply(program, name or theme.system_theme(), settings.text_scale / 100)
        self.desk.tasks.run(self, settings.save, lambda _: None)
        self._fit()

    def set_language(self, language: str) -> None:
        """Speak `language` from now on; the screens are made anew in it."""
        program = QApplication.instance()
        assert isinstance(program, QApplication)  # noqa: S101
        i18n.use(language)
        application.speak(program)
        self._leave()
        for page in self.pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        self.sidebar.retranslate()
        self.top.retranslate()
        self.bar.retranslate()
        self.synchroniser.retranslate()
        if self.history.here is not None:
            self._show(self.history.here)

    def _primary(self) -> None:
        self.page.primary()

    def _toggle_sidebar(self) -> None:
        self.desk.settings.sidebar_collapsed = not self.desk.settings.sidebar_collapsed
        self.desk.tasks.run(self, self.desk.settings.save, lambda _: None)
        self._fit()

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.page.escape():
            self.step(-1)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.toast.place()

    def _fit(self) -> None:
        effective = self.width() / (self.desk.settings.text_scale / 100)
        collapsed = effective < _NARROW or self.desk.settings.sidebar_collapsed
        self.sidebar.set_collapsed(collapsed=collapsed, wide=effective >= _WIDE)

    def _take_geometry(self) -> None:
        self.setMinimumSize(1024, 600)
        kept = QSettings("Viajante", "window").value("geometry")
        if kept is None or not self.restoreGeometry(kept):
            self.resize(1366, 768)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()  # what is being typed is saved before the last write
        QSettings("Viajante", "window").setValue("geometry", self.saveGeometry())
        self._badges.stop()
        self.synchroniser.stop()
        self.desk.tasks.close()
        event.accept()


def places_of(hits: list[search.Hit]) -> list[Found]:
    """Return what was found as places to go: first what can be done with the best customer."""
    groups = {
        "account": _("Customers"), "contact": _("Contacts"), "quote": _("Quotes"),
        "document": _("Documents"),
    }  # fmt: skip
    places: list[Found] = []
    best = next((hit for hit in hits[:1] if hit.entity == "account"), None)
    if best is not None:
        options = {"new": True, "account": best.row_id}
        places = [
            Found(words.format(name=best.title), "", Ref(screen, options=dict(options)), icon,
                  _("Actions"))
            for screen, words, icon in (
                ("visit", _("Log a visit to {name}"), "map-pin"),
                ("quote", _("New quote for {name}"), "file-text"),
            )
        ]  # fmt: skip
    for entity, group in groups.items():
        for hit in hits:
            if hit.entity == entity and (hit.account_id or entity == "quote"):
                places.append(
                    Found(hit.title, hit.subtitle, _ref_of(hit), _ICONS[entity], group,
                          avatar=entity == "account")
                )  # fmt: skip
    return places


def _ref_of(hit: search.Hit) -> Ref:
    if hit.entity == "quote":
        return Ref("quote", hit.row_id)
    tab = {"contact": "record", "document": "documents"}.get(hit.entity, "")
    return Ref("customer", hit.account_id or "", tab)
