"""The look: tokens turned into a palette, one style sheet, fonts, and icons tinted by token.

Widgets ask at the moment of painting, and a change of theme must reach all of them at once, so
the theme in use is module state, as the language is in `app.i18n`. Nothing else in the views is.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from app import paths

NAMES = ("claro", "oscuro", "sol")
_Role = QPalette.ColorRole
_ROLES = (
    (_Role.Window, "bg"), (_Role.WindowText, "text"), (_Role.Base, "surface"),
    (_Role.AlternateBase, "surface_alt"), (_Role.Text, "text"), (_Role.Button, "surface"),
    (_Role.ButtonText, "text"), (_Role.Highlight, "primary"), (_Role.HighlightedText, "on_primary"),
    (_Role.PlaceholderText, "text_subtle"), (_Role.ToolTipBase, "text"),
    (_Role.ToolTipText, "surface"), (_Role.Link, "primary_text"), (_Role.Accent, "primary"),
    (_Role.Mid, "border"),
)  # fmt: skip
_STYLED = "viajante_styled"
_SHEET_ICONS = (("chevron-down", "text_muted"), ("chevron-up", "text_muted"))


@cache
def tokens() -> dict[str, Any]:
    """Return resources/theme/tokens.json, the single source of every colour and size."""
    path = paths.resources() / "theme" / "tokens.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


class _Look(QObject):
    """What is in use; `changed` tells those who cache what they painted."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.scale = "claro", 1.0
        self.is_compact = False
        self.pixmaps: dict[tuple[str, str, int, float, float], QPixmap] = {}

    @property
    def colours(self) -> dict[str, str]:
        found: dict[str, str] = tokens()["themes"][self.name]
        return found


look = _Look()


def name() -> str:
    return look.name


def scale() -> float:
    """Return the text scale: 1.0 is 100 %."""
    return look.scale


def load_fonts() -> None:
    """Register the bundled Inter with Qt; once, after the QApplication exists."""
    for path in sorted((paths.resources() / "fonts").glob("Inter-*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def system_theme() -> str:
    """Return the theme that goes with the system's own: claro, oscuro, or sol for high contrast."""
    hints = QGuiApplication.styleHints()
    hints.unsetColorScheme()  # or we would read what we have set ourselves
    if getattr(hints, "accessibility", None) is not None:
        accessibility = hints.accessibility()
        high = getattr(getattr(Qt, "ContrastPreference", None), "HighContrast", None)
        if high is not None and accessibility.contrastPreference() == high:
            return "sol"
    return "oscuro" if hints.colorScheme() == Qt.ColorScheme.Dark else "claro"


def apply(program: QApplication, theme: str, text_scale: float = 1.0) -> None:
    """Dress the whole program in `theme` at `text_scale` (1.0 is 100 %)."""
    look.name = theme if theme in NAMES else "claro"
    look.scale = text_scale
    look.pixmaps.clear()
    if program.property(_STYLED) is None:  # a new style polishes every widget once more
        program.setStyle(QStyleFactory.create("Fusion"))
        program.setProperty(_STYLED, True)
    _tell_qt(dark=look.name == "oscuro")
    program.setFont(font("base"))
    palette = QPalette()
    for role, token in _ROLES:
        palette.setColor(role, colour(token))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colour("text_disabled"))
    program.setPalette(palette)
    program.setStyleSheet(style_sheet())
    look.changed.emit()


def _tell_qt(*, dark: bool) -> None:
    """Let the frame of the window fit; where the system's scheme does, leave that in force.

    Then Qt tells us when the system's changes.
    """
    hints = QGuiApplication.styleHints()
    hints.unsetColorScheme()
    if (hints.colorScheme() == Qt.ColorScheme.Dark) != dark:
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)


def style_sheet() -> str:
    """Return the template of resources/theme with every token filled in."""
    template = (paths.resources() / "theme" / "viajante.qss.tmpl").read_text("utf-8")
    values = dict(look.colours)
    source = tokens()
    for group in ("space", "radius", "size"):
        factor = look.scale if group == "size" else 1
        values |= {f"{group}.{key}": f"{round(v * factor)}px" for key, v in source[group].items()}
    for key, size in source["font"]["size"].items():
        values[f"font.{key}"] = f"{round(size * look.scale)}px"
    values |= {f"weight.{key}": str(v) for key, v in source["font"]["weight"].items()}
    for icon_name, token in _SHEET_ICONS:
        values[f"icon.{icon_name}"] = _icon_file(icon_name, token)
    values["icon.check_on"] = _icon_file("check", "on_primary")
    return re.sub(r"\{\{\s*([\w.\-]+)\s*\}\}", lambda m: _for_sheet(values[m.group(1)]), template)


def _for_sheet(value: str) -> str:
    if value.startswith("#") and len(value) == 9:
        red, green, blue, alpha = (int(value[i : i + 2], 16) for i in (1, 3, 5, 7))
        return f"rgba({red},{green},{blue},{alpha})"
    return value


def _icon_file(icon_name: str, token: str) -> str:
    """Return a tinted copy of an icon on disk: a style sheet can only point at files."""
    folder = paths.cache() / "icons"
    path = folder / f"{icon_name}-{look.name}-{token}.svg"
    content = _svg(icon_name, look.colours[token], 2)
    if not path.exists() or path.read_bytes() != content:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return path.as_posix()


def colour(token: str, alpha: float | None = None) -> QColor:
    """Return a token's colour; a «#rrggbb» passes through. `alpha` from 0 to 1."""
    return QColor(_colour(look.colours.get(token, token), alpha))


@lru_cache(maxsize=512)
def _colour(value: str, alpha: float | None) -> QColor:
    if value.startswith("#") and len(value) == 9:  # tokens say #rrggbbaa, Qt reads #aarrggbb
        made = QColor(value[:7])
        made.setAlpha(int(value[7:], 16))
    else:
        made = QColor(value)
    if alpha is not None:
        made.setAlphaF(alpha)
    return made


def tone_pair(tone: str) -> tuple[str, str]:
    """Return the tokens of a tone's fill and of its words."""
    return f"{tone}_soft", f"{tone}_text"


def tone(domain: str, status: str) -> str:
    """Return the tone of a status, by the token file's table; neutral for an unknown one."""
    found: str = tokens()["status"].get(domain, {}).get(status, "neutral")
    return found


def px(size: float) -> int:
    """Return logical pixels at the text scale in use."""
    return round(size * look.scale)


def set_density(name: str) -> None:
    """Show the rows of tables «comfortable» or «compact» from now on."""
    look.is_compact = name == "compact"
    look.changed.emit()


def row_height(size: int) -> int:
    """Return the height of a table's row: `size` at 100 %, 8 less where rows are compact."""
    return px(size - 8 if look.is_compact else size)


def font(size: str | int = "base", weight: str = "regular", *, italic: bool = False) -> QFont:
    """Return Inter at a token's size (or in pixels at 100 %), with figures of equal width."""
    return QFont(_font(size, weight, italic, look.scale))  # a copy: the caller may change it


@lru_cache(maxsize=256)
def _font(size: str | int, weight: str, italic: bool, scale: float) -> QFont:  # noqa: FBT001
    source = tokens()["font"]
    made = QFont(source["fallback"])
    made.setPixelSize(round(source["size"].get(size, size) * scale))
    made.setWeight(QFont.Weight(source["weight"][weight]))
    made.setItalic(italic)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for feature in source["features"]:
        made.setFeature(QFont.Tag(feature), 1)
    return made


@cache
def _svg_source(icon_name: str) -> str:
    return (paths.resources() / "icons" / f"{icon_name}.svg").read_text("utf-8")


def _svg(icon_name: str, hex_colour: str, stroke: float) -> bytes:
    source = _svg_source(icon_name).replace("currentColor", hex_colour[:7])
    return source.replace('stroke-width="2"', f'stroke-width="{stroke}"').encode()


def pixmap(
    icon_name: str, token: str = "text_muted", size: int = 16, dpr: float = 1.0,  # noqa: S107
    *, stroke: float = 1.75,
) -> QPixmap:  # fmt: skip
    """Return a Lucide icon in a token's colour; `size` in logical pixels at 100 %."""
    side = px(size)
    key = (icon_name, token, side, dpr, stroke)
    if key not in look.pixmaps:
        made = QPixmap(round(side * dpr), round(side * dpr))
        made.fill(Qt.GlobalColor.transparent)
        renderer = QSvgRenderer(QByteArray(_svg(icon_name, colour(token).name(), stroke)))
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, side * dpr, side * dpr))
        painter.end()
        made.setDevicePixelRatio(dpr)
        look.pixmaps[key] = made
    return look.pixmaps[key]


def draw_icon(
    p: QPainter, icon_name: str, x: float, y: float, size: int = 16, token: str = "text_muted",  # noqa: S107
    *, stroke: float = 1.75,
) -> None:  # fmt: skip
    """Paint an icon with its upper left corner at `x`, `y`."""
    device = p.device()
    dpr = device.devicePixelRatioF() if device is not None else 1.0
    p.drawPixmap(round(x), round(y), pixmap(icon_name, token, size, dpr, stroke=stroke))


def icon(icon_name: str, token: str = "text_muted", size: int = 18) -> QIcon:  # noqa: S107
    """Return an icon for Qt's own widgets, with its disabled look."""
    made = QIcon()
    made.addPixmap(pixmap(icon_name, token, size, 2.0))
    made.addPixmap(pixmap(icon_name, "text_disabled", size, 2.0), QIcon.Mode.Disabled)
    return made
