"""The second run: for a few windows that failed, and for nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import twice

WINDOW = "tests/views/test_it.py::test_waits"
ONCE = """
from pathlib import Path
def test_waits():
    mark = Path(__file__).with_suffix(".mark")
    seen = mark.exists()
    mark.touch()
    assert seen{end}
"""


def test_a_few_windows_deserve_it_and_nothing_else() -> None:
    assert twice.deserve_another_run([WINDOW])
    assert not twice.deserve_another_run([])
    assert not twice.deserve_another_run([WINDOW, "tests/sync/test_merge.py::test_text"])
    assert not twice.deserve_another_run([f"{WINDOW}{n}" for n in range(twice.MOST + 1)])


@pytest.mark.parametrize(
    ("folder", "end", "status"), [("views", "", 0), ("views", " is None", 1), ("sync", "", 1)]
)
def test_what_fails_twice_or_is_no_window_fails(
    tmp_path: Path, folder: str, end: str, status: int
) -> None:
    test = tmp_path / "tests" / folder / "test_it.py"
    test.parent.mkdir(parents=True)
    test.write_text(ONCE.format(end=end))
    (tmp_path / "pytest.ini").touch()
    name = f"tests/{folder}/test_it.py"
    ran = subprocess.run(
        [sys.executable, twice.__file__, "-p", "no:randomly", name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == status
    assert ("UNSTEADY, to be mended:\n  " + name in ran.stdout) == (status == 0)
