"""Nothing of the portfolio's layers is cut or nameless: longer words, larger, in little room."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.account import Account
from app.services.list_rules import Rule
from app.views import theme
from app.views.portfolio.list_page import PortfolioPage
from app.views.widgets.layer import Layer
from app.views.widgets.page import Ref
from tests.views.desks import idle, window_on
from tests.views.looking import clipped, nameless, outside_parent


@pytest.fixture(params=["es", "xx"])
def page(request, qtbot, qapp, company, database, files, tmp_path: Path):
    with database.write() as session:
        session.add(Account(name="Bar Alcoi", owner_id=company.user, kind="prospect", grade="B"))
    with window_on(database, files, tmp_path, language=request.param, scale=125) as window:
        window.synchroniser._stopped = True
        window.resize(1280, 650)
        window.open(Ref("portfolio"))
        made = window.page
        assert isinstance(made, PortfolioPage)
        qtbot.waitUntil(lambda: made.model.rowCount() == 2)
        yield made
    theme.apply(qapp, "claro")


def rules(page) -> None:
    page.filters.set(("A",), (Rule("last_visit", "not_within", "10"), Rule("sales", "least", "9")))
    page.filters.ask()


def qualify(page) -> None:
    with page.desk.tasks._database.read() as session:
        account = session.get(Account, page.model.ids[0])
    page.bulk.qualify(account)


def problem(page) -> None:
    page.edits.write(page.model.ids[0], "frequency", "a menudo")


SHOWN = {
    "peek": lambda page: page._peek(page.model.ids[0]),
    "bulk": lambda page: page.view.selectAll(),
    "columns": lambda page: page.views.choose_columns(),
    "view": lambda page: page.views.ask_new(),
    "rules": rules,
    "tag": lambda page: page.bulk.ask_tag(),
    "lead": qualify,
    "new": lambda page: page.add(),
    "map": lambda page: page.switch.as_map.click(),
    "problem": problem,
}


def test_nothing_is_cut_hidden_or_nameless(qtbot, page):
    window = page.window()
    for what, show in SHOWN.items():
        show(page)
        idle(qtbot, page.desk)

        def sound(what: str = what) -> None:
            faults = [*clipped(window), *outside_parent(window), *nameless(window)]
            assert faults == [], what

        qtbot.waitUntil(sound, timeout=2000)
        for layer in window.findChildren(Layer):
            layer.close_layer()
        page.escape()
