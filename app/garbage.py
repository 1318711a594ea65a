"""Python's garbage is looked for on one thread, and not while something large is under way.

By itself Python looks on whatever thread happens to ask for memory. On a thread of the tasks that
ends widgets outside of the window's thread, which Qt does not survive. So a program with windows
takes the looking over and does it where they live.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_busy = 0  # how many ask for quiet; whoever changes it holds the lock


def take_over() -> None:
    """Stop Python from looking by itself; from now on somebody has to call `look`."""
    gc.disable()


def look() -> None:
    """Look as far as Python itself would have by now; on the thread of the windows alone."""
    if _busy:
        return
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return


@contextmanager
def later() -> Iterator[None]:
    """Look for no garbage meanwhile: it stops every thread, the window's too."""
    global _busy  # noqa: PLW0603 - there is one Python to look after
    with _lock:
        _busy += 1
        was_on = gc.isenabled()
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _busy -= 1
            if was_on:
                gc.enable()
