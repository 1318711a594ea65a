"""The journal on its way: chunks that keep groups whole, and servers that lost their memory."""

from __future__ import annotations

from sqlalchemy import select

from app.models.account import Account, Contact
from app.models.database import Changes
from app.models.journal import Operation
from app.models.sync_state import RowMeta
from app.server import tables
from app.sync import sending
from app.sync.protocol import Limits, PushAnswer, Result
from tests.sync.laptops import Laptop, World


def add_many(laptop: Laptop, count: int, *, notes: str = "") -> None:
    """Add customers in one transaction of the user, as an import does."""
    with laptop.database.write() as session:
        session.add_all(
            Account(name=f"Cliente {n}", owner_id=laptop.user, notes=notes) for n in range(count)
        )


def sizes(laptop: Laptop, limits: Limits) -> list[list[int]]:
    """Return how many operations each group of each chunk has, acknowledging chunk by chunk."""
    found = []
    with laptop.database.apply(Changes()) as connection:
        while (push := sending.freeze(connection, limits)) is not None:
            assert sending.freeze(connection, limits) == push, "sent again unchanged"
            found.append([len(group.ops) for group in push.groups])
            results = [Result(op.n, "applied") for group in push.groups for op in group.ops]
            results.append(Result(999_999, "applied"))  # of an operation that we never made
            answer = PushAnswer(push.push_id, 0, 0, results)
            sending.answered(connection, Changes(), push, answer)
    return found


def test_groups_are_never_split_and_large_ones_travel_alone(world: World):
    laptop = world.laptop()
    for count in (3, 4, 12, 2, 5, 5):
        add_many(laptop, count)
    assert sizes(laptop, Limits(ops=10)) == [[3, 4], [12], [2, 5], [5]]


def test_chunks_end_when_they_are_heavy(world: World):
    laptop = world.laptop()
    for _n in range(4):
        add_many(laptop, 1, notes="x" * 4000)
    assert sizes(laptop, Limits(push_bytes=12_000)) == [[1, 1], [1, 1]]


def test_an_import_of_more_than_a_chunk_arrives_whole(world: World):
    laptop = world.laptop()
    add_many(laptop, 1200)
    report = laptop.synced()
    assert report.sent["account"] == 1200
    assert report.changed == 0
    laptop.synced()


def test_a_server_that_lost_its_last_commits_gets_them_again(world: World):
    laptop = world.laptop()
    laptop.add(Account, name="Uno", owner_id=laptop.user)
    laptop.synced()
    second = laptop.add(Account, name="Dos", owner_id=laptop.user)
    laptop.synced()
    with world.server.store.write() as connection:
        for table in (tables.record, tables.digest, tables.member):
            connection.execute(table.delete().where(table.c.root == second))
        connection.execute(tables.op.delete().where(tables.op.c.op_no == 2))
        connection.execute(tables.device.update().values(last_op_no=1))
    laptop.synced()
    assert world.get("account", second)["name"] == "Dos"


def test_a_gap_is_filled_from_the_journal(world: World):
    laptop = world.laptop()
    first = laptop.add(Account, name="Uno", owner_id=laptop.user)
    laptop.synced()
    with world.server.store.write() as connection:
        for table in (tables.record, tables.digest, tables.member):
            connection.execute(table.delete().where(table.c.root == first))
        connection.execute(tables.op.delete())
        connection.execute(tables.device.update().values(last_op_no=0))
    laptop.set_state(last_acked_op_no=0)  # as if the answer had said less than it did
    laptop.add(Account, name="Dos", owner_id=laptop.user)
    laptop.synced()
    assert world.get("account", first)["name"] == "Uno"
    assert [op.number for op in laptop.operations("acked")] == [1, 2]


def test_a_laptop_that_was_away_for_too_long_reads_everything_again(world: World):
    laptop = world.laptop()
    kept = laptop.add(Account, name="Se queda", owner_id=laptop.user)
    lost = laptop.add(Account, name="Se fue hace mucho", owner_id=laptop.user)
    laptop.synced()
    mine = laptop.add(Account, name="Sin enviar", owner_id=laptop.user)
    with world.server.store.write() as connection:
        for table in (tables.record, tables.digest, tables.member):
            connection.execute(table.delete().where(table.c.root == lost))
        connection.execute(tables.tenant.update().values(gc_seq=tables.tenant.c.seq + 1))
    laptop.synced()
    assert laptop.get(Account, kept).name == "Se queda"
    assert laptop.get(Account, lost) is None
    assert world.get("account", mine)["name"] == "Sin enviar"


def test_the_version_is_known_before_the_row_comes_back(world: World):
    laptop = world.laptop()
    account = laptop.add(Account, name="Uno", owner_id=laptop.user)
    contact = laptop.add(Contact, account_id=account, name="Ana")
    laptop.sync(cancelled=after_the_push(laptop))
    meta = laptop.get(RowMeta, ("account", account))
    assert meta.version == 1
    laptop.edit(Account, account, phone="600")
    [operation] = laptop.operations("pending")
    assert operation.base_version == 1
    laptop.synced()
    assert world.get("contact", contact)["name"] == "Ana"


def after_the_push(laptop: Laptop):
    """Return a `cancelled` that says yes as soon as nothing waits to be sent."""
    return lambda: not laptop.operations("pending", "in_flight")


def test_acknowledged_operations_are_forgotten_a_month_after_the_backup(world: World):
    laptop = world.laptop()
    for name in ("Uno", "Dos"):
        laptop.add(Account, name=name, owner_id=laptop.user)
    laptop.synced()
    hour = 3_600_000
    laptop.execute(Operation.__table__.update().values(hlc=hour << 16))
    laptop.set_state(backup_op_no=1)
    with laptop.database.apply(Changes()) as connection:
        sending.prune(connection, now_ms=hour + sending.KEPT_MS)
        assert len(connection.execute(select(Operation.number)).all()) == 2
        sending.prune(connection, now_ms=hour + sending.KEPT_MS + 1)
        assert connection.scalars(select(Operation.number)).all() == [2]
