"""Garbage is looked for on the thread of the windows, and not in the middle of large work."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from app import garbage
from app.settings import Settings
from app.views import application
from app.views.tasks import Tasks


class Ring:
    """Something that only a look for garbage ends: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def looks() -> Iterator[list[threading.Thread]]:
    """Yield on which threads Python has looked."""
    seen: list[threading.Thread] = []

    def look(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(threading.current_thread())

    gc.callbacks.append(look)
    yield seen
    gc.callbacks.remove(look)


def rings() -> int:
    """Make more garbage than Python would leave alone."""
    return len([Ring() for _n in range(5 * gc.get_threshold()[0])])


def test_work_on_a_thread_of_the_tasks_looks_for_nothing(
    qtbot: Any, database: Any, tmp_path: Any, looks: list[threading.Thread]
) -> None:
    program = application.create(Settings(tmp_path / "settings.json", theme="claro"))
    tasks, done = Tasks(database), []
    for _n in range(20):
        tasks.run(program, rings, done.append)
    qtbot.waitUntil(lambda: len(done) == 20)
    assert set(looks) <= {threading.main_thread()}
    kept = weakref.ref(Ring())
    assert kept() is not None
    rings()
    qtbot.waitUntil(lambda: kept() is None)  # the program's own timer has looked
    assert set(looks) == {threading.main_thread()}
    tasks.close()


def test_as_far_as_python_would_have_by_now(looks: list[threading.Thread]) -> None:
    gc.collect()
    looks.clear()
    garbage.look()
    assert looks == [], "there is nothing to look for yet"
    rings()
    garbage.look()
    assert looks == [threading.main_thread()]


def test_not_while_something_large_is_under_way(looks: list[threading.Thread]) -> None:
    with garbage.later():
        with garbage.later():
            rings()
        garbage.look()
        assert looks == []
    garbage.look()
    assert len(looks) == 1


def test_who_has_no_windows_is_looked_after_by_python_again() -> None:
    gc.enable()
    with pytest.raises(ZeroDivisionError), garbage.later():
        assert not gc.isenabled()
        _nothing = 1 / 0
    assert gc.isenabled()
    garbage.take_over()
