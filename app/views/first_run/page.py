"""The first start, three doors: one's company, an example, or this computer alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app import i18n
from app.errors import Offline, UserError
from app.i18n import _, ngettext
from app.services import screen_lock, syncing
from app.services.joining import Enrol
from app.services.syncing import Contents
from app.views import theme
from app.views.first_run.connecting import Connecting
from app.views.first_run.door import door
from app.views.messages import MessageBar
from app.views.widgets.button import Button, Segmented
from app.views.widgets.field import Field
from app.views.widgets.form import Form
from app.views.widgets.layout import Icon, column, row, scroll, text
from app.views.widgets.mark import Mark
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.secret_layer import SecretLayer

Begin = Callable[[str, str], None]  # who, and which company; on a worker
THEMES = ("claro", "oscuro", "sol")


class FirstRunPage(Page):
    """`enrol` makes this computer one of a company's laptops, `begin_alone` one of its own.

    `connected` when the program can begin; its word is the screen to open, "" for the usual one.
    `folder` is where the PIN of the screen is kept.
    """

    connected = Signal(str)
    theme_chosen = Signal(str)
    language_chosen = Signal(str)
    example_asked = Signal()

    def __init__(self, desk: Desk, enrol: Enrol, begin_alone: Begin, folder: Path) -> None:
        super().__init__(desk)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._begin_alone, self._folder = begin_alone, folder
        self.layer: SecretLayer | None = None
        self.bar, self.form = MessageBar(), Form()
        self.connecting = Connecting(desk, enrol, self)
        self.example_button = Button(_("Open the example"), icon="play", size="lg")
        self.person, self.company = QLineEdit(), QLineEdit()
        self.import_button = Button(_("Import my portfolio"), icon="upload", size="lg")
        self.empty_button = Button(_("Start without a list"), kind="ghost")
        self.language = Segmented(
            ["Español", "English"], int(i18n.language() == "en"), name=_("Language")
        )
        self.theme = Segmented(
            [_("Light"), _("Dark"), _("Sun")], THEMES.index(theme.name()), name=_("Theme")
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = row(None, Icon("languages", "text_muted", 18), self.language, 4, self.theme, gap=8)
        title = text(_("Welcome to Viajante"), "h1", wrap=True)
        promise = text(
            _("Your portfolio, your routes and your quotes, with or without signal."), "muted",
            wrap=True,
        )  # fmt: skip
        for label in (title, promise):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        doors = row(
            None, (self.connecting.frame, 100), (self._example_door(), 100),
            (self._alone_door(), 100), None, gap=16,
        )  # fmt: skip
        said = text(
            _("Your data is kept encrypted on this computer. The key does not leave it."), "muted"
        )
        trust = row(None, Icon("shield-check", "text_muted", 16), said, None, gap=8)
        inside = QWidget()
        inside.setLayout(
            column(
                None, row(None, Mark(44), None), title, promise, 8, doors, 8, trust, None, gap=6,
                margins=(24, 0, 24, 12),
            )
        )  # fmt: skip
        self.setLayout(column(row(top, margins=(24, 14, 24, 0)), self.bar, (scroll(inside), 1),
                              gap=6))  # fmt: skip

    def _example_door(self) -> QFrame:
        return door(
            "presentation", "warning", _("Try it with example data"),
            _("126 invented customers with visits, quotes and expenses, on a server of its own on"
              " this computer. Nothing of it leaves, and it is erased with one click."),
            QWidget(), text("", "muted"), self.example_button,
        )  # fmt: skip

    def _alone_door(self) -> QFrame:
        fields = QWidget()
        fields.setLayout(
            column(
                self.form.add("person", Field(_("Your name"), self.person)),
                self.form.add("company", Field(_("Name under which you sell"), self.company)),
                gap=6,
            )
        )  # fmt: skip
        return door(
            "hard-drive", "success", _("Work alone on this computer"),
            _("Without a server, with your list from Excel or CSV. It cannot be joined with a"
              " company's server later; you can export it as files."),
            fields, text("", "muted"), self.empty_button, self.import_button,
        )  # fmt: skip

    def _connect(self) -> None:
        self.connecting.began.connect(self.bar.clear)
        self.connecting.failed.connect(self._failed)
        self.connecting.connected.connect(self._arrived)
        self.example_button.clicked.connect(self.example_asked)
        self.import_button.clicked.connect(lambda: self.begin("import"))
        self.empty_button.clicked.connect(lambda: self.begin(""))
        self.person.returnPressed.connect(self.company.setFocus)
        self.company.returnPressed.connect(lambda: self.begin(""))
        self.language.clicked.connect(
            lambda: self.language_chosen.emit(("es", "en")[self.language.index])
        )
        self.theme.clicked.connect(lambda: self.theme_chosen.emit(THEMES[self.theme.index]))
        theme.look.changed.connect(self._show_theme)

    def _show_theme(self) -> None:
        """The key that changes the theme works here too."""
        self.theme.index = THEMES.index(theme.name())
        self.theme.update()

    def show_ref(self, ref: Ref) -> None:
        self.connecting.look_up()
        self.connecting.address.setFocus()

    def primary(self) -> None:
        """Connect with what is typed."""
        self.connecting.connect_now()

    # what came of it

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Offline):
            self.bar.show_message(
                "warning",
                error.message,
                _("The first time needs the server: check the address and the connection."),
                (_("Open the example"), self.example_asked.emit),
            )
        elif isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _arrived(self) -> None:
        """The records are here; photos follow. Say how much it is, and offer to guard it."""
        self.desk.tasks.read(self, syncing.contents, self._offer_pin)

    def _offer_pin(self, contents: Contents) -> None:
        counts = dict(contents.tables)
        customers, products = counts.get("account", 0), counts.get("product", 0)
        here = ", ".join((
            ngettext("{n} customer", "{n} customers", customers).format(n=i18n.number(customers)),
            ngettext("{n} product", "{n} products", products).format(n=i18n.number(products)),
        ))  # fmt: skip
        words = _("{what} are here; photos follow. A PIN locks the screen after a while without"
                  " you.")  # fmt: skip
        self.layer = SecretLayer(
            self, self.desk, _("Connected"), words.format(what=here), _("Use this PIN"),
            self._set_pin, _nothing, asks_new=_("New PIN, four signs or more"), later=_("Later"),
        )  # fmt: skip
        self.layer.closed.connect(lambda: self.connected.emit(""))

    def _set_pin(self, _old: str, new: str) -> None:
        screen_lock.set_pin(self._folder, new, field="new")

    # alone

    def begin(self, screen: str) -> None:
        """Make a company of one person here, then go to `screen`."""
        self.form.clear_errors()
        self.bar.clear()
        for button in (self.import_button, self.empty_button):
            button.setEnabled(False)
        task = self.desk.tasks.run(
            self, self._begin_alone, lambda _none: self.connected.emit(screen),
            self.person.text(), self.company.text(),
        )  # fmt: skip
        self.desk.tasks.or_else(task, self._not_begun)

    def _not_begun(self, error: Exception) -> None:
        for button in (self.import_button, self.empty_button):
            button.setEnabled(True)
        if not self.form.show_error(error):
            self._failed(error)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.connecting.stop_looking()


def _nothing() -> None:
    """Do nothing more: the layer's end is heard anyway."""
