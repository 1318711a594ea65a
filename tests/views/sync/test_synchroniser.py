"""The pill tells what is counted; runs begin by themselves, one at a time, and can be stopped."""

from __future__ import annotations

import pytest

from app.models.account import Account
from app.models.sync_state import Conflict
from app.views import synchroniser as timing
from app.views.synchroniser import Synchroniser
from tests.sync.laptops import Laptop, World


def pill(qtbot, synchroniser: Synchroniser, key: str) -> str:
    qtbot.waitUntil(lambda: synchroniser.pill.key == key)
    return synchroniser.pill.words


def add_customer(laptop: Laptop, name: str = "Bar Núñez") -> str:
    return laptop.add(Account, name=name, owner_id=laptop.user)


def test_it_synchronises_by_itself_after_the_start(qtbot, monkeypatch, synchroniser, laptop, world):
    monkeypatch.setattr(timing, "AFTER_START_MS", 0)
    account = add_customer(laptop)
    with qtbot.waitSignal(synchroniser.finished) as heard:
        synchroniser.start()
    assert heard.args[0].sent == {"account": 1}
    assert pill(qtbot, synchroniser, "up_to_date").startswith("Up to date · ")
    assert world.get("account", account) is not None


def test_changes_go_by_themselves_a_moment_later(qtbot, monkeypatch, synchroniser, laptop, world):
    monkeypatch.setattr(timing, "AFTER_START_MS", 0)
    monkeypatch.setattr(timing, "AFTER_CHANGES_MS", 0)
    with qtbot.waitSignal(synchroniser.finished):
        synchroniser.start()
    pill(qtbot, synchroniser, "up_to_date")
    with qtbot.waitSignal(synchroniser.finished):
        account = add_customer(laptop)
    assert world.get("account", account) is not None


def test_without_network_it_says_how_much_waits(qtbot, synchroniser, laptop: Laptop, world: World):
    world.server.stop()
    add_customer(laptop)
    with qtbot.waitSignal(synchroniser.finished) as heard:
        synchroniser.sync_now()
    assert heard.args[0].error is not None
    qtbot.waitUntil(lambda: synchroniser.pill.words == "Offline · 1 to send")
    assert synchroniser.pill.tone == "warning"
    world.server.start()
    with qtbot.waitSignal(synchroniser.finished):
        synchroniser.sync_now()
    pill(qtbot, synchroniser, "up_to_date")


def test_a_conflict_asks_for_a_look(qtbot, synchroniser, laptop: Laptop):
    account = add_customer(laptop)
    laptop.synced()
    laptop.add(Conflict, entity="account", row_id=account, field="phone", root=account)
    laptop.execute(Account.metadata.tables["operation"].delete())
    with qtbot.waitSignal(synchroniser.finished):
        synchroniser.sync_now()
    assert pill(qtbot, synchroniser, "to_review") == "1 change to review"


def test_one_run_at_a_time(qtbot, synchroniser):
    finished = []
    synchroniser.finished.connect(finished.append)
    synchroniser.sync_now()
    assert synchroniser.running
    assert synchroniser.pill.key == "sending"
    synchroniser.sync_now()
    pill(qtbot, synchroniser, "up_to_date")
    assert len(finished) == 1


def test_a_run_can_be_cancelled(qtbot, synchroniser, laptop: Laptop):
    add_customer(laptop)
    with qtbot.waitSignal(synchroniser.finished) as heard:
        synchroniser.sync_now()
        synchroniser.cancel()
    assert heard.args[0].cancelled
    assert pill(qtbot, synchroniser, "pending") == "1 change to send"


def test_a_computer_that_is_not_connected_does_not_try(qtbot, synchroniser, laptop: Laptop):
    laptop.set_state(server_url="")
    synchroniser.start()
    assert pill(qtbot, synchroniser, "offline") == "Offline"
    with qtbot.waitSignal(synchroniser.finished) as heard:
        synchroniser.sync_now()
    assert "not connected" in str(heard.args[0].error)


def test_a_bug_in_a_run_is_told_and_the_next_run_works(
    qtbot, monkeypatch, caplog, synchroniser, desk
):
    from app.sync import engine

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as broken_engine:
        broken_engine.setattr(engine, "run", broken)
        with qtbot.waitSignal(desk.tasks.failed):
            synchroniser.sync_now()
        assert not synchroniser.running
    with qtbot.waitSignal(synchroniser.finished):
        synchroniser.sync_now()
    pill(qtbot, synchroniser, "up_to_date")


@pytest.mark.parametrize("tries", [0, 1, 5, 30])
def test_after_failures_it_waits_longer_but_never_longer_than_asked(synchroniser, tries: int):
    from app.errors import Offline

    synchroniser._stopped = False
    synchroniser._tries = tries
    synchroniser._plan_next(Offline(""))
    assert 5_000 <= synchroniser._next.interval() <= 300_000
    synchroniser._plan_next(None)
    assert synchroniser._next.interval() == 600_000
