"""Pages in the order of seq, digests that agree with the rows, a scope that does not leak."""

from __future__ import annotations

import pytest

from app.models.base import new_id
from app.sync.catalogue import cell_hash, row_hash
from app.sync.protocol import (
    Backfill,
    BackfillAnswer,
    Digest,
    DigestAnswer,
    Pull,
    PullAnswer,
    Rows,
    RowsAnswer,
)
from tests.server.laptop import AnswerError, Pulled


def digest_of(pulled: Pulled):
    found = {}
    for entity, rows in pulled.rows.items():
        total = sum(
            cell_hash(entity, row_id, pulled.versions[row_id], row_hash(fields))
            for row_id, fields in rows.items()
        )
        found[entity] = (len(rows), f"{total % 2**64:016x}")
    return found


def backfilled(laptop, root, limit=2):
    pulled, after = Pulled(), ""
    while True:
        page = laptop.call("/backfill", Backfill(root, after, limit), BackfillAnswer)
        for table in page.tables:
            pulled.table(table)
        if page.done:
            return pulled
        after = page.next


def test_pages_are_gapless_and_each_row_comes_once(world):
    laptop = world.laptop()
    for number in range(12):
        world.add("account", name=f"Bar {number}", owner_id=laptop.me.user)
    pulled = laptop.pull(limit=5)
    assert len(pulled["account"]) == 12
    assert pulled.seqs == list(range(1, laptop.cursor + 1))
    assert pulled.grants == []  # it read from the beginning
    assert pulled.digest == digest_of(pulled)


def test_a_row_edited_often_travels_once(world, to):
    laptop, other = world.laptop(), world.laptop()
    account = laptop.add("account", name="Bar 0")
    for number in range(5):
        change = to(name=(f"Bar {number}", f"Bar {number + 1}"))
        laptop.do("U", "account", account, change)
    pulled = other.pull()
    assert pulled["account"][account]["name"] == "Bar 5"
    assert pulled.seqs.count(max(pulled.seqs)) == 1


def test_nothing_new_is_an_empty_page_with_the_digest(world):
    laptop = world.laptop()
    first = laptop.pull()
    again = laptop.pull()
    assert (again.rows, again.gone, again.digest) == ({}, [], first.digest)


def test_a_removed_row_is_told_and_leaves_the_digest(world):
    laptop, other = world.laptop(), world.laptop()
    account = laptop.add("account", name="Bar")
    assert other.pull().digest["account"][0] == 1
    laptop.do("D", "account", account)
    pulled = other.pull()
    assert pulled.gone == [("account", account)]
    assert "account" not in pulled.digest


def test_digest_narrows_down_to_the_row(world):
    laptop = world.laptop()
    one, two = laptop.add("account", name="Uno"), laptop.add("account", name="Dos")
    pulled = laptop.pull()

    def ask(**more):
        return laptop.call("/digest", Digest(**more), DigestAnswer).cells

    level_one = {entity: (n, total) for entity, n, total in ask(level=1)}
    assert level_one == pulled.digest
    roots = {root for _entity, root, _n, _sum in ask(level=2, tables=["account"])}
    assert roots == {one, two}
    body = pulled["account"][one]
    assert ask(level=3, roots=[one]) == [["account", one, 1, str(row_hash(body))]]
    assert ask(level=3, roots=[one, two], tables=["site"]) == []


def test_rows_by_id(world):
    laptop, stranger = world.laptop(), world.laptop("Berta")
    mine, gone = laptop.add("account", name="Bar"), laptop.add("account", name="Kiosco")
    laptop.do("D", "account", gone)
    foreign = stranger.add("account", name="Otro")
    wanted = [("account", mine), ("account", gone), ("account", foreign), ("nope", new_id())]
    answer = laptop.call("/rows", Rows(wanted), RowsAnswer)
    assert [row[0] for table in answer.tables for row in table.r] == [mine]
    assert [(entity, row_id) for entity, row_id, _seq, _ver in answer.gone] == [("account", gone)]
    assert answer.unknown == wanted[2:]


def test_out_of_scope_rows_are_never_pulled(world, to):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar = ana.add("account", name="Bar de Ana")
    ana.add("contact", account_id=bar, name="Luis")
    ana.add("expense", user_id=ana.me.user, kind="parking", spent_on="2026-03-01")
    ana.do("X", "account", bar)  # parked, in Ana's device alone
    pulled = berta.pull()
    assert set(pulled.rows) == {"company", "user"}
    assert "account" not in pulled.digest
    assert backfilled(berta, bar).rows == {}
    result = berta.do("U", "account", bar, to(name=("Bar de Ana", "Robado")))
    assert (result.s, result.reason, result.note) == ("parked", "scope", "")
    taken = berta.do("I", "account", bar, {"name": "Robado"})
    assert (taken.s, taken.reason) == ("parked", "scope")
    reference = berta.do("I", "contact", new_id(), {"account_id": bar, "name": "Luis"})
    nothing = berta.do("I", "contact", new_id(), {"account_id": new_id(), "name": "Luis"})
    assert (reference.reason, reference.note) == (nothing.reason, nothing.note)
    assert world.get("account", bar)["name"] == "Bar de Ana"


def test_another_company_sees_and_learns_nothing(world):
    laptop = world.laptop()
    bar = laptop.add("account", name="Bar")
    server = world.server
    other_tenant = server.company("La Competencia")
    from tests.server.laptop import enrol

    spy = enrol(server.url, server.code(other_tenant, server.user(other_tenant, role="admin")))
    world.laptops.append(spy)
    pulled = spy.pull()
    assert {entity: len(rows) for entity, rows in pulled.rows.items()} == {"company": 1, "user": 1}
    assert backfilled(spy, bar).rows == {}
    assert spy.call("/rows", Rows([("account", bar)]), RowsAnswer).unknown == [("account", bar)]
    assert spy.call("/digest", Digest(3, [], [bar]), DigestAnswer).cells == []
    result = spy.do("U", "account", bar, {"name": {"b": "Bar", "v": "Robado"}})
    assert (result.s, result.reason) == ("parked", "fk")
    spy.me.device = laptop.me.device
    assert spy.hello().last_op_no == 1  # its own: the token says who asks, not the message


def test_a_new_owner_gets_the_whole_customer_and_the_old_one_loses_it(world):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar = world.add("account", name="Bar", owner_id=ana.me.user)
    contact = ana.add("contact", account_id=bar, name="Luis")
    ana.pull(), berta.pull()
    world.edit("account", bar, owner_id=berta.me.user)
    lost, won = ana.pull(), berta.pull()
    assert (lost.revokes, lost.rows) == ([bar], {})
    assert (won.grants, won.revokes) == ([bar], [])
    whole = backfilled(berta, bar, limit=1)
    assert (set(whole["account"]), set(whole["contact"])) == ({bar}, {contact})
    assert backfilled(ana, bar).rows == {}
    sums = digest_of(whole)
    assert {name: won.digest[name] for name in sums} == sums


def test_given_away_and_back_between_two_syncs_is_nothing(world):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar = world.add("account", name="Bar", owner_id=ana.me.user)
    ana.pull(), berta.pull()
    world.edit("account", bar, owner_id=berta.me.user)
    world.edit("account", bar, owner_id=ana.me.user, phone="600")
    mine, hers = ana.pull(), berta.pull()
    assert (mine.grants, mine.revokes) == ([], [])
    assert mine["account"][bar]["phone"] == "600"
    assert (hers.grants, hers.revokes, hers.rows) == ([], [], {})


def test_a_late_edit_of_the_former_owner_is_taken(world, to):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar = world.add("account", name="Bar", owner_id=ana.me.user)
    ana.pull()
    world.edit("account", bar, owner_id=berta.me.user)
    message = ana.message([ana.op("U", "account", bar, to(phone=("", "600 11 22 33")))])
    message.scope_seq = ana.cursor
    [result] = ana.send(message)
    assert (result.s, result.note) == ("applied", "by_former_owner")
    assert berta.pull()["account"][bar]["phone"] == "600 11 22 33"
    ana.pull()
    message = ana.message([ana.op("U", "account", bar, to(phone=("", "611")))])
    message.scope_seq = ana.cursor
    [result] = ana.send(message)
    assert (result.s, result.reason) == ("parked", "scope")


def test_a_manager_sees_the_team_and_the_office_everything(world):
    team = world.add("team", name="Norte")
    ana = world.laptop("Ana", team_id=team)
    marta = world.laptop("Marta", "manager", team_id=team)
    olga = world.laptop("Olga", "office")
    berta = world.laptop("Berta")
    bar, kiosco = ana.add("account", name="Bar"), berta.add("account", name="Kiosco")
    berta.add("contact", account_id=kiosco, name="Luis")
    world.edit("account", bar, owner_id=ana.me.user)
    assert set(marta.pull()["account"]) == {bar}
    assert set(olga.pull()["account"]) == {bar, kiosco}
    world.edit("user", berta.me.user, team_id=team)
    world.edit("account", kiosco, owner_id=berta.me.user)
    assert marta.pull().grants == [kiosco]
    world.edit("user", berta.me.user, team_id=None)
    assert marta.pull().revokes == [kiosco]


def test_a_rep_who_joins_the_office_is_granted_everything_and_back(world):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar, kiosco = ana.add("account", name="Bar"), berta.add("account", name="Kiosco")
    ana.pull()
    world.edit("user", ana.me.user, role="office")
    assert kiosco in ana.pull().grants
    world.edit("user", ana.me.user, role="rep")
    revoked = ana.pull().revokes
    assert kiosco in revoked
    assert bar not in revoked


def test_a_manager_who_is_appointed_gets_the_team(world):
    team = world.add("team", name="Norte")
    ana, marta = world.laptop("Ana", team_id=team), world.laptop("Marta", team_id=team)
    bar = world.add("account", name="Bar", owner_id=ana.me.user)
    marta.pull()
    world.edit("user", marta.me.user, role="manager")
    assert marta.pull().grants == [bar]
    world.edit("user", marta.me.user, role="rep")
    assert marta.pull().revokes == [bar]


def test_an_imported_portfolio_needs_no_backfill(world):
    laptop = world.laptop()
    laptop.pull()
    ops = []
    for number in range(20):
        account = new_id()
        ops.append([
            laptop.op("I", "account", account, {"name": f"Bar {number}"}),
            laptop.op("I", "site", new_id(), {"account_id": account}),
        ])  # fmt: skip
    laptop.push(*ops)
    pulled = laptop.pull(limit=7)
    assert (len(pulled["account"]), len(pulled["site"]), pulled.grants) == (20, 20, [])


def test_a_row_that_leaves_for_a_foreign_customer_is_told_by_exit(world):
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    bar, kiosco = ana.add("account", name="Bar"), berta.add("account", name="Kiosco")
    contact = ana.add("contact", account_id=bar, name="Luis")
    ana.pull(), berta.pull()
    world.edit("contact", contact, account_id=kiosco)
    assert ana.pull().exits == [("contact", contact)]
    pulled = berta.pull()
    assert (contact in pulled["contact"], pulled.exits) == (True, [])


def test_a_cursor_beyond_the_server_is_refused(world):
    laptop = world.laptop()
    laptop.cursor = 10_000
    with pytest.raises(AnswerError) as caught:
        laptop.pull()
    assert (caught.value.status, caught.value.failure.error) == (410, "cursor_expired")


def test_old_programs_push_but_do_not_pull(world):
    laptop = world.laptop()
    for headers in ({"X-Proto": "9"}, {"X-Schema": "0"}):
        with pytest.raises(AnswerError) as caught:
            laptop.call("/pull", Pull(laptop.me.epoch, 0), PullAnswer, **headers)
        assert (caught.value.status, caught.value.failure.error) == (426, "upgrade_required")
    laptop.session.headers["X-Proto"] = "9"
    assert laptop.do("I", "account", new_id(), {"name": "Bar"}).s == "applied"
