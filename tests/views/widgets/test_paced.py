"""What is asked for often is done at once, then once more, and never lost."""

from PySide6.QtCore import QObject

from app.views.widgets.paced import Paced


def test_the_first_asking_is_done_at_once_and_the_rest_together(qtbot):
    done, owner = [], QObject()
    paced = Paced(owner, lambda: done.append(len(done)), ms=30)
    for _n in range(20):
        paced.ask()
    assert done == [0]
    qtbot.waitUntil(lambda: done == [0, 1])
    qtbot.waitUntil(lambda: not paced._timer.isActive())
    assert done == [0, 1]
    paced.ask()
    assert done == [0, 1, 2], "after a rest it is done at once again"
