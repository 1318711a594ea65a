"""About: the version, what is new, help, and whose work it is built on."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QWidget

import app
from app.errors import UserError
from app.i18n import _
from app.views.keymap import printed
from app.views.preferences.choices import Choices
from app.views.preferences.parts import Fact, Section, SettingRow
from app.views.widgets.button import Button
from app.views.widgets.layer import Layer
from app.views.widgets.layout import column, row, scroll, text
from app.views.widgets.page import Desk

_CHANGES = Path(app.__file__).resolve().parent.parent / "CHANGELOG.md"


def licences() -> list[tuple[str, str]]:
    """Return whose work is shown or built in, and its licence; docs/licences.md says why."""
    return [
        ("Viajante", "Apache 2.0"),
        ("Qt, PySide6, shiboken6", _("LGPL 3.0, used unmodified, as files that can be replaced")),
        (_("Inter, the letters"), "SIL Open Font License 1.1"),
        (_("Lucide, the icons"), "ISC; Feather: MIT"),
        (_("Municipalities and provinces"), "© Instituto Geográfico Nacional, CC BY 4.0"),
        (_("Outlines of other countries"), "Made with Natural Earth"),
        (_("Postal codes and places"), "© GeoNames, CC BY 4.0"),
        (_("Time zones of opening hours"), "© OpenStreetMap contributors, ODbL 1.0"),
        ("SQLCipher", "BSD, © Zetetic LLC"),
        ("PDFium", "BSD, Apache 2.0"),
        ("python-stdnum", "LGPL 2.1"),
        ("certifi", "MPL 2.0"),
    ]


class About(Section):
    """Version, news, help, licences."""

    key, icon = "about", "info"

    def __init__(self, desk: Desk, choices: Choices) -> None:
        super().__init__(desk, choices, _("About"))
        self.layer: Layer | None = None
        self.news_button = Button(_("What is new"), icon="sparkles")
        self.news_button.clicked.connect(self.show_news)
        helps = _("{help} shows the keys of each screen, {palette} finds everything.").format(
            help=printed(desk.settings, "help"), palette=printed(desk.settings, "palette")
        )
        rows = [SettingRow(_("Version"), "Viajante", Fact(app.__version__), also=_("update"))]
        if _CHANGES.exists():
            rows.append(
                SettingRow(_("What is new"), _("What has changed, newest first. In English."),
                           self.news_button, also=_("changelog changes"))
            )  # fmt: skip
        rows.append(SettingRow(_("Help"), helps, also=_("manual support")))
        rows += [
            SettingRow(what, "", Fact(licence), also=_("licence licences copyright"))
            for what, licence in licences()
        ]
        self.fill(rows)

    def show_news(self) -> None:
        """Show the changelog in a layer."""
        task = self.desk.tasks.run(self, _read_news, self._show_news)
        self.desk.tasks.or_else(task, self.refused)

    def _show_news(self, lines: list[tuple[str, str]]) -> None:
        inside = QWidget()
        inside.setLayout(column(*(text(words, kind, wrap=True) for kind, words in lines), None,
                                gap=8))  # fmt: skip
        shown = scroll(inside)
        shown.setMinimumHeight(min(420, self.window().height() - 160))
        close = Button(_("Close"), kind="ghost")
        self.layer = Layer(
            self,
            column(text(_("What is new"), "h2"), (shown, 1), row(None, close), gap=10,
                   margins=(22, 20, 22, 18)),
            width=620, name=_("What is new"),
        )  # fmt: skip
        close.clicked.connect(self.layer.close_layer)


def _read_news() -> list[tuple[str, str]]:
    """Return the changelog as (kind of label, words)."""
    try:
        whole = _CHANGES.read_text("utf-8")
    except OSError as error:
        raise UserError(_("The list of changes is not here.")) from error
    lines: list[tuple[str, str]] = []
    for block in re.split(r"\n(?=## |### |- )|\n\n", whole.partition("\n## ")[2]):
        words = " ".join(block.split()).replace("`", "")
        if words.startswith("### "):
            lines.append(("strong", words[4:]))
        elif words.startswith("- "):
            lines.append(("body", f"· {words[2:]}"))
        elif words:
            lines.append(("h3", words.removeprefix("## ").strip("[]")))
    return lines
