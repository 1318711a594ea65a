"""What a page says in place: nothing here yet, and mind this."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.views import theme
from app.views.widgets.button import Button
from app.views.widgets.layout import Icon, column, row, text

ICONS = {
    "info": "info", "warning": "triangle-alert", "danger": "circle-alert",
    "success": "circle-check", "accent": "clock",
}  # fmt: skip


SERIOUS = ("danger", "warning", "accent", "info", "success")
_BUTTONS = {"danger": "danger_ghost", "warning": "warning_ghost"}


class _Ring(QWidget):
    """An icon in a soft disc."""

    def __init__(self, icon: str, side: int = 56) -> None:
        super().__init__()
        self.icon = icon
        self.setFixedSize(theme.px(side), theme.px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("primary_soft"))
        p.drawEllipse(self.rect())
        side = 24
        at = (self.width() - theme.px(side)) / 2
        theme.draw_icon(p, self.icon, at, at, side, "primary_text")


class EmptyState(QWidget):
    """What is empty, why or what next, and the one useful action; never «no data».

    The reason takes at most `wide` pixels in a line.
    """

    def __init__(self, icon: str, title: str, why: str, *buttons: QWidget, wide: int = 440) -> None:
        super().__init__()
        heading, reason = text(title, "h2", wrap=True), text(why, "muted", wrap=True)
        for label in (heading, reason):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._why, self._wide = reason, wide
        self.say_why(why)
        self.setLayout(
            column(
                None, row(None, _Ring(icon), None), 4, heading, row(None, reason, None), 6,
                row(None, *buttons, None), None, gap=6, margins=(24, 24, 24, 24),
            )
        )  # fmt: skip

    def say_why(self, words: str) -> None:
        width = self._why.fontMetrics().horizontalAdvance(words) + 8
        self._why.setFixedWidth(min(max(width, theme.px(160)), theme.px(self._wide)))
        self._why.setText(words)


class Strip(QFrame):
    """Something that a page says in place; `tone` is "" while it says nothing."""

    changed = Signal()
    tone = ""

    def take_tone(self, tone: str, words: QWidget) -> None:
        """Speak in a tone, or be still."""
        self.tone = tone
        self.setProperty("banner", tone)
        words.setProperty("tone", tone)
        for part in (self, words):
            part.style().unpolish(part)
            part.style().polish(part)
        self.changed.emit()


class Banner(Strip):
    """A message above what it concerns, with the button that mends it."""

    def __init__(
        self, tone: str = "info", title: str = "", words: str = "", *buttons: QWidget
    ) -> None:
        super().__init__()
        self._icon = Icon(ICONS.get(tone, "info"), f"{tone}_text", 18)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setWordWrap(True)
        self.setLayout(row(self._icon, (self._words, 1), *buttons, gap=10, margins=(12, 8, 8, 8)))
        self.show_message(tone, title, words)

    def show_message(self, tone: str, title: str, words: str = "") -> None:
        """Say `title` in bold and `words` after it, in a tone."""
        self._icon.show_icon(ICONS.get(tone, "info"), f"{tone}_text")
        safe = [part.replace("&", "&amp;").replace("<", "&lt;") for part in (title, words)]
        bold = f"<b>{safe[0]}</b>" if title else ""
        self._words.setText("&nbsp; ".join(part for part in (bold, safe[1]) if part))
        self._words.setAccessibleName(f"{title} {words}".strip())
        self.take_tone(tone, self._words)

    def say_nothing(self) -> None:
        self.tone = ""
        self.hide()
        self.changed.emit()


class Banners(QWidget):
    """The notices of a page, of which the most serious is seen; the others wait behind it."""

    def __init__(self) -> None:
        super().__init__()
        self._notices: dict[str, Banner] = {}
        self._strips: list[Strip] = []
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.hide()

    def put(
        self, key: str, tone: str, title: str, words: str = "",
        button: tuple[str, Callable[[], None]] | None = None,
    ) -> None:  # fmt: skip
        """Say something under a `key`, in place of what it said; `button` mends it."""
        self._drop(key)
        buttons = []
        if button is not None:
            mend = Button(button[0], kind=_BUTTONS.get(tone, "soft"), size="sm")
            mend.clicked.connect(button[1])
            buttons.append(mend)
        banner = Banner(tone, title, words, *buttons)
        banner.hide()
        self._notices[key] = banner
        self._column.addWidget(banner)
        self._choose()

    def take_away(self, key: str) -> None:
        """Say no more of what was put under a key."""
        self._drop(key)
        self._choose()

    def hold(self, *strips: Strip) -> None:
        """Count in what stands elsewhere on the page; of two alike the first one is seen."""
        self._strips += strips
        for strip in strips:
            strip.changed.connect(self._choose)
        self._choose()

    @property
    def key(self) -> str:
        """The key of the notice that is seen; "" when there is none."""
        seen = self._seen()
        return next((key for key, banner in self._notices.items() if banner is seen), "")

    def _seen(self) -> Strip | None:
        said = [each for each in (*self._strips, *self._notices.values()) if each.tone]
        return min(said, key=lambda each: SERIOUS.index(each.tone), default=None)

    def _drop(self, key: str) -> None:
        if (banner := self._notices.pop(key, None)) is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def _choose(self) -> None:
        seen = self._seen()
        for each in (*self._strips, *self._notices.values()):
            each.setVisible(each is seen)
        self.setVisible(bool(self.key))
