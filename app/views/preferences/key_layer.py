"""The layer that listens for the new key of an action and says who has that key already."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.i18n import _
from app.settings import Settings
from app.views import keymap
from app.views.keymap import Action
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, text

_KEPT = frozenset({"Esc", "Tab", "Backtab", "Shift+Tab", "Shift+Backtab"})
_MOVES = frozenset({"Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown", "Backspace"})


class _Ear(QFrame):
    """Takes every key that is pressed, before anything else hears it."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("card", "true")
        self.words = text(_("Press the new key…"), "h2")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(self.words.text())
        self.setLayout(column(self.words, margins=(16, 18, 16, 18)))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in {
            QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride,
        }:  # fmt: skip
            key = keymap.text_of(event)
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if key and key not in _KEPT:
                self.pressed.emit(key)
                return True
        return super().event(event)


class KeyLayer(Layer):
    """`chosen` carries the whole table of changed keys; a key in use is swapped, never doubled."""

    chosen = Signal(dict)

    def __init__(self, over: QWidget, settings: Settings, action: Action) -> None:
        self._settings, self._action = settings, action
        self.key = ""
        self.ear = _Ear()
        self.said = text("", "muted", wrap=True)
        self.use = Button(_("Use this key"), icon="check", kind="primary")
        self.use.hide()
        give_up = Button(_("Cancel"), kind="ghost")
        now = keymap.written(keymap.keys(settings, action.name)[0])
        super().__init__(
            over,
            column(
                text(_("Key of «{action}»").format(action=action.title()), "h2", wrap=True),
                text(_("Now: {key}. Esc leaves it so.").format(key=now), "muted", wrap=True),
                self.ear, self.said, row(None, give_up, self.use), gap=10,
                margins=(22, 20, 22, 18),
            ),
            width=440, name=_("Key of «{action}»").format(action=action.title()),
        )  # fmt: skip
        self.ear.pressed.connect(self.hear)
        self.use.clicked.connect(self._take)
        give_up.clicked.connect(self.close_layer)
        self.ear.setFocus()

    def hear(self, key: str) -> None:
        """Look at a key that was pressed: say why it will not do, or who has it now."""
        self.key = ""
        self.ear.words.setText(keymap.written(key))
        problem = _problem(self._action, key)
        clashes = [] if problem else self._clashes(key)
        if any(self._is_taken(other) for other in clashes):
            problem, clashes = _("Too many places use this key: choose another one."), []
        if not problem:
            self.key = key
        if clashes:
            names = ", ".join(f"«{other.title()}»" for other in clashes)
            problem = _("It is the key of {names}, which would get {key} instead.").format(
                names=names, key=keymap.written(self._old)
            )
        self.use.setText(_("Swap the keys") if clashes else _("Use this key"))
        self.use.setVisible(bool(self.key))
        self.said.setText(problem)
        self.fit()
        if self.key:
            self.use.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def _old(self) -> str:
        return keymap.keys(self._settings, self._action.name)[0]

    def _clashes(self, key: str) -> list[Action]:
        return keymap.clashes(self._settings, self._action.name, key)

    def _is_taken(self, other: Action) -> bool:
        """Tell whether the old key, given to `other`, would meet that of a third one."""
        third = keymap.clashes(self._settings, other.name, self._old)
        return any(each.name != self._action.name for each in third)

    def _take(self) -> None:
        keys = dict(self._settings.keys)
        for other in self._clashes(self.key):
            keys[other.name] = self._old
        keys[self._action.name] = self.key
        for name in [name for name, key in keys.items() if (key,) == keymap.BY_NAME[name].keys]:
            del keys[name]
        self.close_layer()
        self.chosen.emit(keys)


def _problem(action: Action, key: str) -> str:
    """Return why a key cannot be the one of an action, or nothing."""
    if "Ctrl+Alt+" in key:
        return _("Ctrl Alt is AltGr on Spanish keyboards: it writes signs such as €.")
    bare = key.rpartition("+")[2] if not key.endswith("++") else "+"
    if bare in _MOVES and key == bare:
        return _("This key moves in lists and fields.")
    if key in {"Return", "Space"} and key not in action.keys:
        return _("This key presses the button that has the focus.")
    return ""
