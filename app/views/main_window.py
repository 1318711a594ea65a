"""The one window: sidebar, top bar and the screens; the only place that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.i18n import _
from app.services import alerts, shell
from app.views import key_help, notice_centre, record_window, theme
from app.views.dressing import Dressing
from app.views.key_binding import KeyBinding
from app.views.messages import MessageBar, report_bug
from app.views.navigation import PARENT, SCREENS, History, Place, Sidebar
from app.views.notice_centre import Notice, NoticeCentre
from app.views.palette import Palette
from app.views.record_window import RecordWindow
from app.views.screens import Makers, Screens
from app.views.top_bar import TopBar
from app.views.undo import UndoStack
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.toast import Toast

if TYPE_CHECKING:
    from app.models.database import Changes
    from app.views.synchroniser import PillState, Synchroniser

_WIDE, _NARROW = 1680, 1340  # effective widths of UI.md section 4
_BADGES_MS = 300
_TITLE = "Viajante"


class MainWindow(QWidget):
    """Shows one screen at a time, remembers the way, and carries messages to the user."""

    def __init__(self, desk: Desk, synchroniser: Synchroniser, screens: Makers) -> None:
        super().__init__()
        self.desk, self.synchroniser = desk, synchroniser
        self.records: list[RecordWindow] = []
        self.notices = NoticeCentre()
        self._announced = ""
        self._person: shell.Person | None = None
        self._seen_bugs: set[str] = set()
        self.commands = UndoStack(desk.tasks)
        self.setWindowTitle(_TITLE)
        self.setObjectName("Window")
        self.sidebar, self.top = Sidebar(desk.settings), TopBar(desk.settings)
        self.bar = MessageBar()
        self.stack = Screens(desk, screens)
        self.toast = Toast(self)
        self.dressing = Dressing(desk, self.stack.drop_hidden, self.rebuild)
        self.next_theme, self.set_theme = self.dressing.next_theme, self.dressing.set_theme
        self.set_scale, self.set_language = self.dressing.set_scale, self.dressing.set_language
        self._lay_out()
        self._connect_frame()
        self._connect()
        self.keys = KeyBinding(self, desk.settings, self._deeds())
        self.finder = Palette(
            self, desk, go=self.open, go_in_window=self.open_window, deeds=self.keys.deeds,
            say=self.say,
        )  # fmt: skip
        self._badges = QTimer(self, singleShot=True, interval=_BADGES_MS)
        self._badges.timeout.connect(self._count)
        self._take_geometry()

    # construction

    def _lay_out(self) -> None:
        self._content = QVBoxLayout()
        self._content.setSpacing(0)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.addWidget(self.top)
        self._content.addWidget(self.bar)
        self._content.addWidget(self.stack, 1)
        self._whole = QHBoxLayout(self)
        self._whole.setSpacing(0)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self.sidebar)
        self._whole.addLayout(self._content, 1)

    def add_ribbon(self, ribbon: QWidget) -> None:
        """Keep a ribbon over everything, such as that of the example company."""
        self._content.insertWidget(0, ribbon)

    def _connect_frame(self) -> None:
        """Connect the sidebar and the top bar, which are made anew in another language."""
        self.sidebar.chosen.connect(lambda key: self.open(Ref(key)))
        self.top.back.connect(lambda: self.step(-1))
        self.top.forward.connect(lambda: self.step(1))
        self.top.search.connect(self.show_palette)
        self.top.theme_asked.connect(self.next_theme)
        self.top.customer_mode_asked.connect(self.switch_customer_mode)
        self.top.notices_asked.connect(self.show_notices)
        self.top.new.connect(self.begin)
        self.top.pill.clicked.connect(lambda: self.open(Ref("sync")))

    def _connect(self) -> None:
        theme.look.changed.connect(self._fit)
        self.stack.shown.connect(self._shown)
        self.stack.made.connect(self._made)
        self.commands.done.connect(lambda words: self.say(words, None))
        self.commands.refused.connect(lambda error: self._failed(self, error))
        self.synchroniser.state_changed.connect(self._show_pill)
        self.synchroniser.finished.connect(lambda run: self.notices.hear(run, self.desk.now()))
        self.desk.tasks.changed.connect(self._changed)
        self.desk.tasks.failed.connect(self._failed)
        self.desk.customer_mode.changed.connect(self._show_customer_mode)
        self.notices.changed.connect(lambda: self.top.show_unseen(self.notices.unseen))

    def _deeds(self) -> dict[str, Callable[[], Any]]:
        """Return what the keys of «everywhere» do."""
        deeds: dict[str, Callable[[], Any]] = {
            screen.key: partial(self.open, Ref(screen.key)) for screen in SCREENS
        }
        deeds |= {what: partial(self.begin, what) for what in ("visit", "quote", "expense", "task")}
        return deeds | {
            "palette": self.show_palette, "back": lambda: self.step(-1),
            "forward": lambda: self.step(1), "undo": self.undo, "redo": self.redo,
            "primary": self._primary,
            "save": lambda: self.say(_("It is already saved."), None),
            "help": self.show_help, "sync_now": self.synchroniser.sync_now,
            "next_pane": lambda: self.next_pane(1), "previous_pane": lambda: self.next_pane(-1),
            "customer_mode": self.switch_customer_mode, "theme": self.next_theme,
            "sidebar": self._toggle_sidebar, "notices": self.show_notices,
            "filter": self._filter, "new": self._show_new,
        }  # fmt: skip

    # going places

    def start(self) -> None:
        """Open the first screen: Today, or the first run where no company is known yet."""
        self.desk.tasks.read(self, shell.is_enrolled, self._start)

    def _start(self, enrolled: bool) -> None:  # noqa: FBT001 - the outcome of a task
        self.sidebar.setVisible(enrolled)
        self.top.setVisible(enrolled)
        if not enrolled:
            self.open(Ref("first_run"))
            return
        self.desk.tasks.read(self, shell.person, self._greet)
        self.open(Ref("today"))
        self.synchroniser.start()

    def _greet(self, person: shell.Person) -> None:
        self._person = person
        self.sidebar.set_person(person.name, person.zone)
        self.setWindowTitle(f"{_TITLE} · {person.company}")
        self._count()

    def open(self, ref: Ref) -> None:
        """Go to `ref`, leaving the place we are at so that going back restores it."""
        self.stack.open(ref)

    def step(self, by: int) -> None:
        self.stack.step(by)

    def _shown(self, place: Place, page: Page) -> None:
        self.bar.clear()
        self.finder.note_opened(place.ref)
        self.sidebar.set_current(PARENT.get(place.ref.screen, place.ref.screen))
        self.top.set_crumbs(self._default_crumbs(place.ref))
        history = self.stack.history
        self.top.set_history(can_go_back=history.can_go_back, can_go_forward=history.can_go_forward)

    def _made(self, page: Page) -> None:
        page.open_requested.connect(self.open)
        page.window_requested.connect(self.open_window)
        page.toast_requested.connect(self.say)
        page.crumbs_changed.connect(lambda parts, page=page: self._crumbs(page, parts))

    def open_window(self, ref: Ref) -> None:
        """Open a record in a window of its own; what it does is undone in either."""
        shared = {
            name: self.keys.deeds[name] for name in ("undo", "redo", "customer_mode", "theme")
        }
        made = RecordWindow(self.screens[ref.screen](), ref, self.desk.settings, shared)
        made.page.open_requested.connect(self.open)
        made.page.toast_requested.connect(lambda words, undo: self.say(words, undo, made.toast))
        made.closed.connect(self.records.remove)
        self.records.append(made)
        made.open()

    @property
    def screens(self) -> Makers:
        """How each screen is made, by its key; screens are made when they are first opened."""
        return self.stack.makers

    @property
    def pages(self) -> dict[str, Page]:
        return self.stack.pages

    @property
    def history(self) -> History:
        return self.stack.history

    @property
    def page(self) -> Page:
        """The screen that is shown."""
        return self.stack.page

    def _default_crumbs(self, ref: Ref) -> list[str]:
        titles = {screen.key: screen.title() for screen in SCREENS}
        known = titles.get(PARENT.get(ref.screen, ref.screen))
        return [known] if known else []

    def _crumbs(self, page: Page, parts: list[str]) -> None:
        if page is self.stack.currentWidget():
            self.top.set_crumbs(parts)

    # what happened

    def _changed(self, changes: Changes) -> None:
        for page in (*self.pages.values(), *(record.page for record in self.records)):
            page.refresh(changes)
        self._badges.start()

    def _count(self) -> None:
        quiet = alerts.quiet_of(self.desk.settings)
        self.desk.tasks.read(self, shell.badges, self._show_badges, self.desk.now(), quiet)

    def _show_badges(self, counts: dict[str, tuple[int, str]]) -> None:
        self.sidebar.set_badges({} if self.desk.customer_mode.on else counts)

    def _failed(self, owner: object, error: Exception) -> None:
        if isinstance(error, UserError):
            at = next((r for r in self.records if owner is r.page), None)
            (at or self.bar).show_error(error)
            words = f"{error.message} {error.hint}".strip()
            self.notices.add(Notice(self.desk.now(), words, "danger", needs=True))
        else:
            import traceback

            text = "".join(traceback.format_exception(error))
            report_bug(self, text, self._seen_bugs)

    def say(self, words: str, undo: object, on: Toast | None = None) -> None:
        """Say in a toast what happened.

        `undo` is True where it is a command that Ctrl+Z takes back, a callable that takes something
        else back, or None.
        """
        take_back = None if undo is None else self.commands.said(words, undo)
        (on or self.toast).show_words(words, take_back)
        self.notices.add(Notice(self.desk.now(), words))

    def undo(self) -> None:
        """Take back what was done last, on whatever screen and before the last start too."""
        self.commands.undo()

    def redo(self) -> None:
        self.commands.redo()

    # the window itself

    def show_palette(self) -> None:
        self.palette_layer = self.finder.open(self.page.account)

    def show_help(self) -> None:
        here = self.history.here
        screen = here.ref.screen if here is not None else ""
        key_help.open_help(self, self.desk.settings, screen, self.page.places)

    def show_notices(self) -> None:
        covered = self.desk.customer_mode.on
        notice_centre.open_notices(self, self.notices, self.open, covered=covered)

    def _filter(self) -> None:
        """Go to the field that filters this list; where there is none, search everything."""
        if not self.page.filter_list():
            self.show_palette()

    def _show_pill(self, state: PillState) -> None:
        if state.key != self._announced:  # its figures change too often to be read out
            self._announced = state.key
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, state.words))
        self.top.show_pill(state.words, state.tone, state.icon, state.tip)

    def begin(self, what: str) -> None:
        """Begin something new: a visit, a quote, an expense, a task, a prospect."""
        if self.page.act(what):
            return
        account = self.page.account
        screen = {"expense": "expenses", "task": "today", "prospect": "portfolio"}.get(what, what)
        if what in {"visit", "quote"} and not account:
            self.open(Ref("portfolio", options={"for": what}))
        else:
            new = what if what == "task" else True
            self.open(Ref(screen, options={"new": new, "account": account}))

    def _show_new(self) -> None:
        self.top.show_new()

    def next_pane(self, by: int) -> None:
        """Move the focus to the next part of the window: content, side, sidebar, top bar."""
        self.stack.next_pane(by, (self.sidebar, self.top))

    def switch_customer_mode(self) -> None:
        self.desk.customer_mode.switch(on=not self.desk.customer_mode.on)

    def _show_customer_mode(self) -> None:
        on = self.desk.customer_mode.on
        self.top.show_customer_mode(on=on)
        record_window.cover_others(self.records, self.page.account, covered=on)
        self._count()
        if not self.page.customer_safe or self.page is self.stack.cover:
            self.stack.leave()
            self.stack.show_again()  # covered, or uncovered
        self.toast.show_words(_("Customer mode is on") if on else _("Customer mode is off"), None)

    def rebuild(self) -> None:
        """Make frame and screens anew: in another language, at another size, with other keys."""
        self.stack.drop()
        self._remake_frame()
        self.keys.rebind()
        self.bar.retranslate()
        self.synchroniser.retranslate()
        self.stack.show_again()

    def _remake_frame(self) -> None:
        old, visible = (self.sidebar, self.top), not self.sidebar.isHidden()
        self.sidebar, self.top = Sidebar(self.desk.settings), TopBar(self.desk.settings)
        for before, after, place in (
            (old[0], self.sidebar, self._whole), (old[1], self.top, self._content),
        ):  # fmt: skip
            place.replaceWidget(before, after)
            before.hide()
            before.deleteLater()
            after.setVisible(visible)
        self._connect_frame()
        self._show_pill(self.synchroniser.pill)
        self.top.show_customer_mode(on=self.desk.customer_mode.on)
        self.top.show_unseen(self.notices.unseen)
        if self._person is not None:
            self._greet(self._person)
        self._fit()

    def _primary(self) -> None:
        self.page.primary()

    def _toggle_sidebar(self) -> None:
        self.desk.settings.sidebar_collapsed = not self.desk.settings.sidebar_collapsed
        self.desk.tasks.run(self, self.desk.settings.save, lambda _: None)
        self._fit()

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.page.escape():
            split = self.page.split
            if split is None or not split.close_drawer():
                self.step(-1)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = {Qt.MouseButton.BackButton: -1, Qt.MouseButton.ForwardButton: 1}
        if event.button() in buttons:
            self.step(buttons[event.button()])
        else:
            super().mousePressEvent(event)

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
        kept = QSettings(_TITLE, "window").value("geometry")
        if kept is None or not self.restoreGeometry(kept):
            self.resize(1366, 768)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stack.leave()  # what is being typed is saved before the last write
        for record in list(self.records):
            record.close()
        QSettings(_TITLE, "window").setValue("geometry", self.saveGeometry())
        self._badges.stop()
        self.synchroniser.stop()
        self.desk.tasks.close()
        event.accept()
