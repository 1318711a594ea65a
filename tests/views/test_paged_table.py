"""The long table: ids now, rows when looked at, and what changed fetched anew."""

from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from sqlalchemy import select

from app.models.account import Account
from app.views.paged_table import PAGE, Column, PagedTable
from app.views.tasks import Tasks
from tests.company import seed


class Line(NamedTuple):
    id: str
    name: str
    phone: str


def lines(session, ids):
    found = session.execute(
        select(Account.id, Account.name, Account.phone).where(Account.id.in_(ids))
    )
    return [Line(*row) for row in found]


COLUMNS = [
    Column("name", "Name", lambda row: row.name),
    Column("phone", "Phone", lambda row: row.phone, width=120, right=True),
]


@pytest.fixture
def tasks(qapp, database):
    made = Tasks(database)
    yield made
    made.close()


@pytest.fixture
def table(qtbot, tasks, database):
    seed(database)
    with database.write() as session:
        session.add_all([Account(name=f"Cliente {n:04d}") for n in range(950)])
    with database.read() as session:
        ids = list(session.scalars(select(Account.id).order_by(Account.name)))
    model = PagedTable(tasks, COLUMNS, lines)
    model.show_ids(ids)
    return model


def test_it_passes_qts_own_model_tester(qtmodeltester, table):
    qtmodeltester.check(table)


def test_rows_come_when_they_are_looked_at(qtbot, tasks, table):
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(table)
    view.show()
    first = table.index(0, 0)
    qtbot.waitUntil(lambda: first.data() == "Cliente 0000")
    last = table.index(table.rowCount() - 1, 0)
    assert last.data() == ""  # not fetched yet
    qtbot.waitUntil(lambda: last.data() == "Restaurante El Socarrat")
    assert table.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


def test_a_change_refetches_and_keeps_the_old_value_meanwhile(qtbot, tasks, table, database):
    index = table.index(3, 0)
    qtbot.waitUntil(lambda: index.data() == "Cliente 0003")
    id_ = table.id_at(3)
    with database.write() as session:
        session.get(Account, id_).name = "Nuevo nombre"
    table.refresh({id_})
    assert index.data() == "Cliente 0003"
    qtbot.waitUntil(lambda: index.data() == "Nuevo nombre")
    assert table.row_of(id_) == 3


def test_few_pages_are_kept(qtbot, tasks, table, monkeypatch):
    monkeypatch.setattr("app.views.paged_table.KEPT", 3)
    for page in range(table.rowCount() // PAGE):
        index = table.index(page * PAGE, 0)
        qtbot.waitUntil(lambda index=index: index.data() != "")
    assert len(table._rows) == 3 * PAGE
