"""Every screen and layer, in both languages and both sizes: nothing is cut, all has a name."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.services import quote_lines, quotes
from app.views import theme
from app.views.quotes.signing import SigningLayer
from app.views.widgets.button import Button
from app.views.widgets.layout import column, row, text
from app.views.widgets.page import Ref
from tests.company import Seeded, seed
from tests.views.desks import NOW, TODAY, idle, window_on
from tests.views.looking import clipped, nameless

SIZES = ((1366, 768), (1280, 650))
PLACES = (
    "today", "routes", "portfolio", "customer", "quotes", "quote", "issued", "expenses", "sync",
    "settings", "import", "first_run", "new customer", "signature", "palette", "visit",
)  # fmt: skip
TABS = ("summary", "activity", "sales", "quotes", "documents", "terms", "record")


@pytest.fixture
def company(database) -> Seeded:
    return seed(database)


@pytest.fixture
def quote_ids(database, company) -> dict[str, str]:
    """A draft and an issued quote with all six products, discounts and long numbers."""
    made = {}
    with database.write() as session:
        for name in ("quote", "issued"):
            quote = quotes.draft(session, company.account, today=TODAY)
            for product in company.products:
                line = quote_lines.add_line(
                    session, quote.id, product, today=TODAY, quantity=Decimal(1240)
                )
                quote_lines.set_line(
                    session, line.id, today=TODAY, discount=(Decimal(8), Decimal("2.5"))
                )
            quotes.update(
                session, quote.id, general_discount=(Decimal(2),),
                valid_until=TODAY + timedelta(days=30),
            )  # fmt: skip
            made[name] = quote.id
        quotes.issue(session, made["issued"], now=NOW)
    return made


@pytest.fixture(params=["es", "en"])
def window(request, qtbot, qapp, company, quote_ids, database, files, tmp_path: Path):
    with window_on(database, files, tmp_path, language=request.param) as made:
        made.synchroniser._stopped = True
        yield made
    theme.apply(qapp, "claro")


def open_place(qtbot, window, place: str, company: Seeded, quote_ids: dict[str, str]) -> None:
    refs = {
        "customer": Ref("customer", company.account), "new customer": Ref("portfolio"),
        "quote": Ref("quote", quote_ids["quote"]), "issued": Ref("quote", quote_ids["issued"]),
        "signature": Ref("quote", quote_ids["issued"]), "palette": Ref("sync"),
        "visit": Ref("visit", options={"new": True, "account": company.account}),
    }  # fmt: skip
    window.open(refs.get(place, Ref(place)))
    idle(qtbot, window.desk)
    if place == "new customer":
        window.page.add()
    elif place == "signature":
        qtbot.waitUntil(lambda: window.page.shown is not None)
        window.page.sign()
        assert isinstance(window.page.signing, SigningLayer)
    elif place == "palette":
        window.show_palette()
    qtbot.waitUntil(lambda: not window.desk.tasks.busy)


def look(qtbot, window) -> None:
    """Fail with what is cut or has no name once everything has found its place."""
    for width, height in SIZES:
        window.resize(width, height)
        idle(qtbot, window.desk)
        with contextlib.suppress(qtbot.TimeoutError):
            qtbot.waitUntil(lambda: not clipped(window), timeout=1000)
        assert (window.width(), window.height()) == (width, height)
        assert clipped(window) == []
        assert nameless(window) == []


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_cut_and_every_control_has_a_name(qtbot, window, place, company, quote_ids):
    open_place(qtbot, window, place, company, quote_ids)
    look(qtbot, window)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_of_a_customer_too(qtbot, window, tab, company):
    window.open(Ref("customer", company.account, tab))
    idle(qtbot, window.desk)
    look(qtbot, window)


@pytest.fixture
def plain(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    return made


def test_words_that_are_cut_would_be_found(qtbot, plain):
    label, button, wrapped = (
        text("Base imponible"), Button("Firmar y guardar"), text("uno dos tres " * 9, wrap=True)
    )  # fmt: skip
    plain.setLayout(column(label, row(button, None), wrapped, None))
    plain.show()
    assert clipped(plain) == []
    label.setFixedWidth(40)
    button.setFixedWidth(60)
    wrapped.setFixedHeight(20)
    plain.layout().activate()
    found = "\n".join(clipped(plain))
    for words in ("Base imponible", "Firmar y guardar", "uno dos tres"):
        assert words in found


def test_words_beyond_the_window_would_be_found(qtbot, plain):
    label = QLabel("Total", plain)
    plain.show()
    label.move(10, 10)
    assert clipped(plain) == []
    label.move(290, 10)
    assert "beyond the window" in clipped(plain)[0]


def test_a_control_without_a_name_would_be_found(qtbot, plain):
    button = Button("", icon="x", tip="Close")
    plain.setLayout(column(button))
    plain.show()
    assert nameless(plain) == []
    button.setAccessibleName("")
    assert nameless(plain) == ["Button in QWidget"]
