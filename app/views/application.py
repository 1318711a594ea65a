"""The Qt program around the window: one instance, its look, and a net for what goes wrong."""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QWidget

from app import garbage, i18n
from app.errors import UserError
from app.i18n import _
from app.views import messages, theme

if TYPE_CHECKING:
    from app.services.backups import Backup
    from app.settings import Settings

_GARBAGE, _LOOK_MS = "garbage", 2000


def create(settings: Settings) -> QApplication:
    """Return the one QApplication, with fonts, theme and words as chosen in `settings`."""
    program = QApplication.instance()
    if not isinstance(program, QApplication):
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
            Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        )
        program = QApplication(sys.argv[:1])
    _look_after(program)
    program.setApplicationName("Viajante")
    program.setDesktopFileName("viajante")
    speak(program)
    theme.load_fonts()
    theme.look.is_compact = settings.density == "compact"
    theme.apply(program, settings.theme or theme.system_theme(), settings.text_scale / 100)
    return program


def _look_after(program: QApplication) -> None:
    """Look for garbage on the thread of the windows, and on no other, as long as they are."""
    garbage.take_over()
    if program.findChild(QTimer, _GARBAGE) is None:
        timer = QTimer(program, interval=_LOOK_MS)
        timer.setObjectName(_GARBAGE)
        timer.timeout.connect(garbage.look)
        timer.start()


def follow_system(settings: Settings, dress: Callable[[str], None]) -> Callable[[], object]:
    """Call `dress("")` when the system becomes light or dark while its theme is the chosen one.

    Return what ends that, to be called before the window goes.
    """

    def changed(_scheme: object) -> None:
        if not settings.theme and theme.system_theme() != theme.name():
            dress("")

    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(changed)
    return partial(hints.colorSchemeChanged.disconnect, changed)


def speak(program: QApplication) -> None:
    """Give Qt's own buttons and dialogs the language that the program speaks."""
    locale = QLocale("es_ES" if i18n.language() == "es" else "en_GB")
    QLocale.setDefault(locale)
    for old in program.findChildren(QTranslator):
        program.removeTranslator(old)
        old.deleteLater()
    translator = QTranslator(program)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(locale, "qtbase", "_", folder):
        program.installTranslator(translator)


class _Doorbell(QObject):
    """Answers the second start of the program: the window that is there comes to the front."""

    rang = Signal()

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.newConnection.connect(self.rang)
        QLocalServer.removeServer(name)
        self._server.listen(name)
        self.rang.connect(_raise_window)


def _raise_window() -> None:
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and window.isWindow():
            window.raise_()
            window.activateWindow()
            return


def is_first_instance(program: QApplication, folder: Path) -> bool:
    """Tell whether no other Viajante has this workspace open; else bring that one to the front."""
    name = "viajante-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    bell = QLocalSocket()
    bell.connectToServer(name)
    if bell.waitForConnected(300):
        bell.disconnectFromServer()
        return False
    _Doorbell(name, program)
    return True


@dataclass
class Outcome:
    """How the program ended."""

    status: int = 1


@contextmanager
def sentences_for_the_user() -> Iterator[Outcome]:
    """Say an expected failure of the start in a dialog; it ends the program with status 1."""
    outcome = Outcome()
    try:
        yield outcome
    except UserError as error:
        box = QMessageBox(QMessageBox.Icon.Warning, "Viajante", error.message)
        box.setInformativeText(error.hint)
        box.exec()


def ask_passphrase(is_new: bool) -> str | None:  # noqa: FBT001 - the shape that keys.open_key asks for
    """Ask for the passphrase of the data, twice when it is a new one; None when given up."""
    words = (
        _("This computer has no keyring. Choose a passphrase for your data: it is asked at each"
          " start, and without it nobody can open them.")
        if is_new
        else _("Passphrase of your data:")
    )  # fmt: skip
    hidden = QLineEdit.EchoMode.Password
    phrase, given = QInputDialog.getText(None, "Viajante", words, hidden)
    if not given or not phrase:
        return None
    if is_new:
        again, given = QInputDialog.getText(
            None, "Viajante", _("The same passphrase again:"), hidden
        )  # fmt: skip
        if not given:
            return None
        if again != phrase:
            return ask_passphrase(is_new)
    return phrase


def offer_backup(error: UserError, copies: list[Backup]) -> str:
    """Say that the data cannot be read, and offer the last copy; return its name or ""."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Viajante", error.message)
    last = copies[0]
    box.setInformativeText(
        _("There is a backup of {when}. What cannot be read is kept beside it.").format(
            when=f"{i18n.moment(last.at)}, {i18n.local(last.at).year}"
        )
    )
    back = box.addButton(_("Go back to the backup"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    return last.name if box.clickedButton() is back else ""


def catch_bugs(window: QWidget) -> None:
    """Show one dialog per distinct bug, log it, and let the program go on."""
    seen: set[str] = set()

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        messages.report_bug(window, text, seen)

    sys.excepthook = hook
