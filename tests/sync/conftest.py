"""A company on a real server over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import serving
from tests.sync import laptops
from tests.sync.laptops import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path / "server") as server, laptops.world(tmp_path, server) as made:
        yield made
