"""The beginning of the portfolio's list is the beginning of all of it, few or very many."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import insert

from app.models.account import Account, Site
from app.models.base import new_id
from app.models.database import Changes
from app.services import account_list
from tests.company import seed
from tests.services.records import TODAY

NAMES = ("Bar {n}", "Àgora {n}", "«Bodega» {n}", "Mesón El {n}", "¡Olé! {n}", "Restaurante Bar {n}")
TOWNS = ("Gandia", "Xàtiva", "Alcoi")


@pytest.fixture(scope="module")
def many() -> int:
    return 900  # more than are put in order one by one


@pytest.fixture
def company(database, many):
    made = seed(database)
    accounts = [
        {
            "id": new_id(), "root": "", "name": NAMES[n % len(NAMES)].format(n=n),
            "kind": "prospect" if n % 3 else "customer", "grade": "ABC"[n % 3],
            "starred": n % 40 == 0, "owner_id": made.user, "phone": f"+34960{n:06}",
        }
        for n in range(many)
    ]  # fmt: skip
    sites = [
        {"id": new_id(), "root": "", "account_id": account["id"], "city": TOWNS[n % len(TOWNS)]}
        for n, account in enumerate(accounts)
    ]
    with database.apply(Changes()) as connection:
        connection.execute(insert(Account.__table__), accounts)
        connection.execute(insert(Site.__table__), sites)
    return made


def test_the_first_are_the_beginning_of_all(database, company, many):
    words = ("", "bar", "b", "bode", "ole", "agora", "gandia", "bar gandia", "rest bar", "12",
             "960000", "nadie", "«")  # fmt: skip
    grades: tuple[frozenset[str], ...] = (frozenset(), frozenset("B"))
    seen = set()
    with database.read() as session:
        for typed, view, grade in product(words, account_list.VIEWS, grades):
            asked = {"view": view, "grades": grade, "today": TODAY}
            whole = account_list.search(session, typed, **asked)
            first = account_list.first(session, typed, **asked)
            assert whole.begins_with(first.ids), (typed, view, grade)
            assert len(first.ids) == min(len(whole), account_list.FIRST), (typed, view, grade)
            assert first.is_whole is (len(whole) < account_list.FIRST), (typed, view, grade)
            shown = {row.id for row in first.rows}
            assert shown == set(first.ids[: account_list.SCREENFUL])
            assert len(set(whole)) == len(whole)
            seen.add(len(whole))
    assert max(seen) == many + 1
    assert 0 in seen


def test_names_that_begin_with_the_words_go_before_those_that_have_them(database, company):
    with database.read() as session:
        rows = account_list.first(session, "bar", today=TODAY).rows
        names = [row.name for row in rows]
        whole = account_list.search(session, "bar", today=TODAY)
        last = account_list.account_rows.rows(session, whole[-1:], today=TODAY)[0].name
    assert all(name.startswith("Bar ") for name in names)
    assert last.startswith("Restaurante Bar ")


def test_another_order_is_whole_at_once_and_ties_go_by_name(database, company, many):
    with database.read() as session:
        for sort in ("state", "visit", "-sales", "overdue", "-name"):
            first = account_list.first(session, sort=sort, today=TODAY)
            assert first.is_whole
            assert len(first.ids) == many + 1
            assert first.ids == account_list.search(session, sort=sort, today=TODAY)
        down = account_list.search(session, sort="-name", today=TODAY)
        up = account_list.search(session, sort="name", today=TODAY)
    assert list(down) == list(up)[::-1]


def test_counts_are_those_of_the_lists(database, company):
    with database.read() as session:
        counted = account_list.counts(session, TODAY)
        for view in account_list.VIEWS:
            assert counted[view] == len(account_list.search(session, view=view, today=TODAY)), view
        quick = account_list.quick_counts(session, TODAY, ("A", "B", "C", "unvisited", "no_order"))
    assert quick["A"] + quick["B"] + quick["C"] == counted["all"]
    assert quick["unvisited"] > 0
