"""Run pytest; windows that failed get one more run, alone, and who passes is named unsteady.

    python tests/twice.py [ARGUMENTS OF PYTEST…]   exits with 0 or with the status of pytest

Only tests of real windows, and three at most (decision 017): their events are timed by the
machine. Everything else fails at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

WINDOWS = ("tests/views/", "tests/journeys/")
MOST = 3
_VARIABLE = "VIAJANTE_TEST_FAILED"
_FAILED = 1  # pytest's own status for "some tests failed"


class Failures:
    """Writes the names of the tests that failed where the caller looks for them."""

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        reports = [
            report for kind in ("failed", "error") for report in terminalreporter.getreports(kind)
        ]
        names = dict.fromkeys(report.nodeid for report in reports)
        Path(os.environ[_VARIABLE]).write_text("\n".join(names), encoding="utf-8")


def deserve_another_run(failed: list[str]) -> bool:
    """Say whether these failures may be the machine's: a few, and of windows alone."""
    return 0 < len(failed) <= MOST and all(name.startswith(WINDOWS) for name in failed)


def run(arguments: list[str]) -> int:
    """Run the tests, and those that deserve it once more; return pytest's last status."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "failed"
        listed.touch()
        command = [sys.executable, __file__, "--once"]
        environment = os.environ | {_VARIABLE: str(listed)}
        status = subprocess.run([*command, *arguments], env=environment, check=False).returncode
        failed = listed.read_text(encoding="utf-8").splitlines()
    if status != _FAILED or not deserve_another_run(failed):
        return status
    print("Once more, alone:", *failed, sep="\n  ", flush=True)
    again = [sys.executable, "-m", "pytest", "-n", "0", *failed]
    status = subprocess.run(again, check=False).returncode
    if status == 0:
        print("UNSTEADY, to be mended:", *failed, sep="\n  ", flush=True)
    return status


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        del sys.path[0]  # this folder, which is no place to import from
        sys.exit(pytest.main(sys.argv[2:], plugins=[Failures()]))
    sys.exit(run(sys.argv[1:]))
