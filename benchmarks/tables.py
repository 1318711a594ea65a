"""A page of rows, and the jump to the end of a very long table, beside an empty one of Qt's."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from benchmarks import bare, figures, portfolio
from benchmarks.figures import Figure
from benchmarks.window import Painted, shows_rows, wait

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.main import Desktop

_PAGES = 100


class _Invoice(NamedTuple):
    id: str
    number: str
    name: str
    issued_on: str
    total: int


def page(desktop: Desktop) -> Figure:
    """Read pages of the list of customers here and there in it."""
    from app.services import account_list, account_rows

    database, today, chance = desktop.workspace.database, portfolio.TODAY, random.Random(1)
    with database.read() as session:
        ids = account_list.search(session, today=today)
    places = [chance.randrange(max(1, len(ids) - 100)) for _n in range(_PAGES)]
    taken, floors = [], []
    for place in places:
        wanted = ids[place : place + 100]

        def work(wanted: Sequence[str] = wanted) -> None:
            with database.read() as session:
                account_rows.rows(session, wanted, today=today)

        with bare.recorded(database) as statements:
            work()
        taken.append(figures.seconds(work))
        floors.append(bare.floor(database, statements, 1))
    return Figure(
        "A page of 100 customers, with visits, sales and debts",
        figures.percentile(taken, 0.99) * 1000, "ms", figures.percentile(floors, 0.99) * 1000,
        "the bare driver", f"p99 of {len(taken)}, median"
        f" {figures.percentile(taken, 0.5) * 1000:.1f} ms",
    )  # fmt: skip


def jump(desktop: Desktop, times: int) -> Figure:
    """Jump to the end of a table of all invoices, two for each customer, until it is painted."""
    with desktop.workspace.database.read() as session:
        ids = _ids(session)
    view, model, plain = _table(desktop, len(ids))
    taken, floors = [], []
    for _n in range(max(5, times * 5)):
        model.show_ids(())
        model.show_ids(ids)  # with nothing of the end kept
        view.scrollToTop()
        wait(lambda: shows_rows(model))
        model._rows.clear()
        painted = Painted(view, lambda: shows_rows(model, len(ids) - 1))
        painted.news()
        view.scrollToBottom()
        taken.append(wait(lambda painted=painted: painted.fresh))  # type: ignore[misc]
        floors.append(_empty_jump(plain))
    view.close()
    plain.close()
    return Figure(
        f"Jump to the end of {len(ids):,} rows, painted", figures.percentile(taken, 0.99) * 1000,
        "ms", figures.percentile(floors, 0.5) * 1000, "an empty table of Qt's", "p99",
    )  # fmt: skip


def _table(desktop: Desktop, rows: int) -> tuple[Any, Any, Any]:
    """Return our table with its model, and one of Qt's with as many empty rows."""
    from PySide6.QtGui import QStandardItemModel
    from PySide6.QtWidgets import QTableView

    from app.views.paged_table import Column, PagedTable
    from app.views.widgets.table_view import TableView

    view, plain = TableView("Invoices", 50), QTableView()
    columns = [
        Column("number", "Number", lambda row: row.number, width=140),
        Column("name", "Customer", lambda row: row.name),
        Column("issued_on", "Day", lambda row: row.issued_on, width=120),
        Column("total", "Total", lambda row: f"{row.total / 100:.2f}", width=120, right=True),
    ]
    model = PagedTable(desktop.window.desk.tasks, columns, _invoices)
    view.set_table(model)
    plain.setModel(QStandardItemModel(rows, len(columns)))
    for each in (view, plain):
        each.resize(1100, 620)
        each.show()
    return view, model, plain


def _empty_jump(plain: Any) -> float:
    plain.scrollToTop()
    plain.viewport().repaint()

    def work() -> None:
        plain.scrollToBottom()
        plain.viewport().repaint()

    return figures.seconds(work)


def _ids(session: Session) -> Any:
    from app.services.id_list import IdList

    every = "SELECT group_concat(id, '') FROM (SELECT id FROM invoice ORDER BY number)"
    return IdList(session.scalar(text(every)) or "")


def _invoices(session: Session, ids: Sequence[str]) -> list[_Invoice]:
    marks = ", ".join(f":id{n}" for n in range(len(ids)))
    rows = session.execute(
        text(
            "SELECT i.id, i.number, a.name, i.issued_on, i.total FROM invoice i"
            f" JOIN account a ON a.id = i.account_id WHERE i.id IN ({marks})"
        ),
        {f"id{n}": id_ for n, id_ in enumerate(ids)},
    )
    return [_Invoice(*row) for row in rows]
