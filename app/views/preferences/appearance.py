"""Appearance: how it looks; the theme of the system, or one's own."""

from __future__ import annotations

from app import i18n
from app.i18n import _
from app.views import theme
from app.views.keymap import printed
from app.views.preferences.choices import Choices
from app.views.preferences.parts import OneOf, Section, SettingRow, Switch
from app.views.widgets.page import Desk

SCALES = (90, 100, 110, 125, 150)


class Appearance(Section):
    """Theme, text size, sidebar."""

    key, icon = "appearance", "contrast"
    chosen = ("theme", "text_scale", "density", "sidebar_collapsed")

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("Appearance"))
        self.theme = OneOf(
            choices, "theme", _("Theme"),
            [("", _("System")), ("claro", _("Light")), ("oscuro", _("Dark")), ("sol", _("Sun"))],
        )  # fmt: skip
        self.scale = OneOf(
            choices, "text_scale", _("Text size"),
            [(scale, i18n.percent(scale)) for scale in SCALES],
        )  # fmt: skip
        self.density = OneOf(
            choices, "density", _("Rows of tables"),
            [("comfortable", _("Comfortable")), ("compact", _("Compact"))],
        )  # fmt: skip
        self.sidebar = Switch(choices, "sidebar_collapsed")
        theme_words = _("System follows this computer's own. Sun is for bright light. {key} changes"
                        " it from anywhere.")  # fmt: skip
        self.fill([
            SettingRow(_("Theme"), theme_words.format(key=printed(desk.settings, "theme")),
                       self.theme, also=_("colours contrast night high contrast")),
            SettingRow(_("Text size"), _("Of everything on the screen, at once."), self.scale,
                       also=_("zoom letters font bigger smaller")),
            SettingRow(_("Rows of tables"), _("Compact shows more of them at once."), self.density,
                       also=_("density height lists")),
            SettingRow(_("Small sidebar"),
                       _("Only icons: {key}. In a narrow window it is small anyway.").format(
                           key=printed(desk.settings, "sidebar")), self.sidebar,
                       also=_("menu collapse")),
        ])  # fmt: skip
        theme.look.changed.connect(self.load)

    def load(self) -> None:
        """Show what the keys may have changed meanwhile."""
        self.theme.show_value(self.choices.value("theme"))
        self.sidebar.setChecked(self.choices.value("sidebar_collapsed"))
        self._look()
