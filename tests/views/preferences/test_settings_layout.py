"""Every section of the settings, in each language and text size, at each size of window."""

from __future__ import annotations

import contextlib

import pytest

from app.views import theme
from app.views.widgets.page import Ref
from tests.views.desks import idle, window_on
from tests.views.looking import clipped, nameless, outside_parent

SIZES = ((1280, 650), (1366, 768), (1920, 1080))
SECTIONS = ("profile", "appearance", "day", "keyboard", "sync", "documents", "lists", "safety",
            "privacy", "about")  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en", "xx"])
@pytest.mark.parametrize("scale", [100, 150])
def test_nothing_is_cut_in_any_section(
    qtbot, qapp, company, database, files, tmp_path, language, scale
):
    found = []
    with window_on(database, files, tmp_path, language=language, scale=scale) as window:
        window.synchroniser._stopped = True
        for width, height in SIZES:
            window.resize(width, height)
            for section in SECTIONS:
                window.open(Ref("settings", tab=section))
                idle(qtbot, window.desk)
                with contextlib.suppress(qtbot.TimeoutError):
                    qtbot.waitUntil(lambda: not clipped(window.page), timeout=200)
                page = window.page
                for fault in (*clipped(page), *outside_parent(page), *nameless(page)):
                    found.append(f"{section} {width}x{height}: {fault}")
        window.open(Ref("first_run"))
        idle(qtbot, window.desk)
        found += [f"first run: {fault}" for fault in (*clipped(window.page),
                                                      *nameless(window.page))]  # fmt: skip
    theme.apply(qapp, "claro")
    assert found == [], "\n".join(found)
