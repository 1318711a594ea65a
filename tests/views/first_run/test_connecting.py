"""Connecting a computer at its first start, with a real server and with everything but one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import main
from app.models.database import Database
from app.models.files import Files
from app.models.sync_state import SyncState
from app.models.team import User
from app.services import screen_lock, syncing
from app.settings import Settings
from app.sync import client
from app.views.first_run.page import FirstRunPage
from tests.serving import Serving, serving
from tests.views.desks import desk_on, idle, words


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path / "server") as running:
        yield running


@pytest.fixture
def page(qtbot, database: Database, files: Files, tmp_path: Path) -> Iterator[FirstRunPage]:
    with desk_on(database, files, tmp_path) as desk:
        workspace = main.Workspace(tmp_path, Settings(tmp_path / "s.json"), database, files)
        made = FirstRunPage(
            desk, partial(main._enrol, workspace), partial(main._begin_alone, workspace), tmp_path
        )
        qtbot.addWidget(made)
        made.show()
        made.show_ref(None)
        idle(qtbot, desk)
        yield made


def _code(server: Serving) -> str:
    tenant = server.company()
    return server.code(tenant, server.user(tenant))


def _type(page: FirstRunPage, address: str, code: str, name: str = "Portátil de Ana") -> None:
    page.connecting.address.setText(address)
    page.connecting.code.setText(code)
    page.connecting.computer.setText(name)


def _answer(qtbot, page: FirstRunPage) -> None:
    """Press the button and wait until it can be pressed again."""
    page.connecting.button.click()
    assert not page.connecting.button.isEnabled()
    qtbot.waitUntil(page.connecting.button.isEnabled, timeout=20_000)


def _people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def _device(database: Database) -> str:
    with database.read() as session:
        state = session.get(SyncState, 1)
        return (state.device_id or "") if state is not None else ""


def test_good_code_brings_everything_here(qtbot, page, database, server, tmp_path):
    _type(page, server.url, _code(server))
    page.connecting.button.click()
    qtbot.waitUntil(lambda: page.layer is not None, timeout=20_000)
    assert "0 customers, 0 products are here" in words(page.layer)
    assert _people(database) == 1
    assert _device(database)
    with qtbot.waitSignal(page.connected) as asked:
        page.layer.close_layer()
    assert asked.args == [""]
    assert screen_lock.kind(tmp_path) == ""


def test_pin_may_be_set_at_once(qtbot, page, server, tmp_path):
    _type(page, server.url, _code(server))
    page.connecting.button.click()
    qtbot.waitUntil(lambda: page.layer is not None, timeout=20_000)
    for name, pin in (("new", "12"), ("again", "12")):
        page.layer.edits[name].setText(pin)
    page.layer.go.click()
    qtbot.waitUntil(lambda: bool(page.layer.form.fields["new"].error))
    for name in ("new", "again"):
        page.layer.edits[name].setText("1234")
    with qtbot.waitSignal(page.connected):
        page.layer.go.click()
    assert screen_lock.opens(tmp_path, "1234")


def test_company_is_named_while_its_records_come(qtbot, page, server):
    tenant = server.company("Frutas Sala")
    code = server.code(tenant, server.user(tenant))
    _type(page, server.url, code)
    shown: set[str] = set()
    page.connecting.button.click()

    def arrived() -> bool:
        page.connecting._show_progress()
        shown.update(page.connecting.status.text().splitlines())
        return page.layer is not None

    qtbot.waitUntil(arrived, timeout=20_000)
    assert "Frutas Sala" in shown


def test_invitation_pasted_whole_is_taken_apart(page):
    page.connecting.address.setText("https://crm.example  ABCDE-FGHIJ")
    page.connecting.address.editingFinished.emit()
    assert page.connecting.address.text() == "https://crm.example"
    assert page.connecting.code.text() == "ABCDE-FGHIJ"


def test_wrong_code_is_said_beside_the_code(qtbot, page, database, server):
    _type(page, server.url, "0000-0000")
    _answer(qtbot, page)
    assert page.connecting.form.fields["code"].error
    assert not page.connecting.form.fields["server"].error
    assert page.connecting.code.text() == "0000-0000"
    assert _device(database) == ""


def test_no_server_is_said_in_the_bar_and_what_is_typed_stays(qtbot, page, server):
    server.stop()
    _type(page, server.url, "1234-5678", "Mi portátil")
    _answer(qtbot, page)
    assert page.bar.isVisible()
    assert "The first time needs the server" in page.bar.words.text()
    with qtbot.waitSignal(page.example_asked):
        page.bar._button.click()
    typed = (
        page.connecting.address.text(),
        page.connecting.code.text(),
        page.connecting.computer.text(),
    )
    assert typed == (server.url, "1234-5678", "Mi portátil")


class _Portal(BaseHTTPRequestHandler):
    """A hotel's page that asks for a room number, whatever is asked of it."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        words = b"<html><body>Room number?</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _portal() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Portal) as portal:
        thread = threading.Thread(target=portal.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{portal.server_port}"
        finally:
            portal.shutdown()
            thread.join(10)


def test_page_of_a_hotel_is_no_server(qtbot, page, database):
    with _portal() as url:
        _type(page, url, "1234-5678")
        _answer(qtbot, page)
    assert page.bar.isVisible()
    assert "html" not in page.bar.words.text().lower()
    assert _device(database) == ""


@pytest.mark.parametrize("empty", ["server", "code", "name"])
def test_empty_field_is_asked_for_and_nothing_starts(page, empty):
    given = {"server": "http://127.0.0.1:9", "code": "1234-5678", "name": "Portátil"}
    given[empty] = "  "
    _type(page, given["server"], given["code"], given["name"])
    page.connecting.button.click()
    assert [name for name, field in page.connecting.form.fields.items() if field.error] == [empty]
    assert page.connecting.button.isEnabled()


def test_interrupted_download_goes_on_without_a_code(qtbot, page, database, server):
    answer = client.enrol(server.url, _code(server), "Portátil", "0" * 32)
    with database.write() as session:
        syncing.enrolled(session, answer, server.url)
    server.stop()
    page.show_ref(None)
    qtbot.waitUntil(page.connecting.address.isReadOnly)
    assert not page.connecting.form.fields["code"].isVisible()
    _answer(qtbot, page)
    assert page.bar.isVisible()
    device = _device(database)
    server.start()
    idle(qtbot, page.desk)
    page.connecting.button.click()
    qtbot.waitUntil(lambda: page.layer is not None, timeout=20_000)
    assert _people(database) == 1
    assert _device(database) == device
