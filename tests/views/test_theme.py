"""The look: every pair of colours can be read, every token of the style sheet is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase

from app.views import theme
from app.views.widgets import avatar

TONES = ("accent", "success", "warning", "danger", "info", "violet")
GROUNDS = ("bg", "sidebar", "surface", "surface_alt", "sunken", "hover", "selected", "overlay")
TEXT: list[tuple[str, str]] = [
    *((ink, ground) for ink in ("text", "text_muted", "text_subtle") for ground in GROUNDS),
    *(("primary_text", ground) for ground in (*GROUNDS, "primary_soft")),
    *(("on_primary", ground) for ground in ("primary", "primary_hover", "primary_press")),
    ("on_accent", "accent"), ("on_danger", "danger"), ("neutral_text", "neutral_soft"),
    *((f"{tone}_text", f"{tone}_soft") for tone in TONES),
    *((f"{tone}_text", ground) for tone in TONES
      for ground in ("surface", "bg", "selected", "hover", "surface_alt")),
    ("surface", "text"),  # the toast and tooltips
    ("map_label", "map_land"),
]  # fmt: skip
SHAPES: list[tuple[str, str]] = [
    *((tone, ground) for tone in (*TONES[1:], "primary") for ground in ("surface", "bg")),
    *(("border_strong", ground) for ground in ("surface", "bg", "sunken")),
    *(("focus", ground) for ground in ("surface", "bg", "sidebar", "selected")),
    *((f"data{n}", "surface") for n in range(1, 7)),
    ("route", "map_land"), ("route", "map_sea"),
]  # fmt: skip


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_weak(name: str, text: float) -> list[str]:
    """Return the pairs of a theme that are weaker than AA, or than `text` for words."""
    colours = theme.tokens()["themes"][name]
    wanted = [(pair, text) for pair in TEXT] + [(pair, 3.0) for pair in SHAPES]
    return [
        f"{ink} on {ground}: {found:.2f} < {least}"
        for (ink, ground), least in wanted
        if (found := contrast(QColor(colours[ink][:7]), QColor(colours[ground][:7]))) < least
    ]


@pytest.fixture(autouse=True)
def _light_again(qapp):
    yield
    theme.apply(qapp, "claro")


@pytest.mark.parametrize(("name", "text"), [("claro", 4.5), ("oscuro", 4.5), ("sol", 7.0)])
def test_every_pair_of_colours_can_be_read(name, text):
    assert too_weak(name, text) == []


def test_a_colour_that_cannot_be_read_would_be_found(monkeypatch):
    monkeypatch.setitem(theme.tokens()["themes"]["claro"], "text_muted", "#C8CFCC")
    assert any(line.startswith("text_muted on surface") for line in too_weak("claro", 4.5))


def test_contrast_is_what_wcag_says():
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", theme.NAMES)
def test_initials_can_be_read_on_every_avatar(qapp, name):
    theme.apply(qapp, name)
    for ground in avatar._COLOURS:
        shown = QColor(ground).lighter(75) if name == "oscuro" else QColor(ground)
        assert contrast(QColor("#FFFFFF"), shown) >= 4.5, ground


def test_every_theme_has_every_token():
    themes = theme.tokens()["themes"]
    assert set(themes) == set(theme.NAMES)
    assert {frozenset(colours) for colours in themes.values()} == {frozenset(themes["claro"])}


@pytest.mark.parametrize("name", theme.NAMES)
@pytest.mark.parametrize("scale", [0.9, 1.0, 1.5])
def test_the_style_sheet_is_complete_and_its_pictures_exist(qapp, name, scale):
    theme.apply(qapp, name, scale)
    sheet = theme.style_sheet()
    assert "{{" not in sheet
    assert f"font-size: {round(14 * scale)}px" in sheet
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    assert all(Path(picture).exists() for picture in pictures)


def test_inter_comes_with_the_program(qapp):
    theme.load_fonts()
    assert "Inter" in QFontDatabase.families()
    assert theme.font("base").pixelSize() == 14


def test_an_icon_takes_the_colour_of_the_theme(qapp):
    def ink(name: str) -> QColor:
        theme.apply(qapp, name)
        image = theme.pixmap("square", "text", 24).toImage()
        spots = (image.pixelColor(x, 12) for x in range(24))
        return max(spots, key=QColor.alpha)

    assert ink("claro").lightness() < 60
    assert ink("oscuro").lightness() > 200


def test_a_colour_with_transparency_is_read_as_the_tokens_write_it(qapp):
    theme.apply(qapp, "claro")
    assert theme.colour("scrim").getRgb() == (0x13, 0x21, 0x1F, 0x66)
    assert theme.colour("text", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
    assert theme.colour("#123456").name() == "#123456"


def test_a_status_has_its_tone_and_an_unknown_one_is_grey():
    assert theme.tone("presupuesto", "firmado") == "success"
    assert theme.tone("presupuesto", "unheard of") == theme.tone("unheard of", "x") == "neutral"
