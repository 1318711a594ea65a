"""The server works on a machine that has nothing of the desktop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BARE_MACHINE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {
            "PySide6", "shiboken6", "sqlcipher3", "reportlab", "requests"
        }:
            raise ImportError(name + " is not on a server")
        return None
sys.meta_path.insert(0, Absent())
"""


def _bare(folder: Path) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(BARE_MACHINE, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder)}


def _run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_bare_machine_has_no_desktop(tmp_path: Path):
    done = _run(_bare(tmp_path / "bare"), "-c", "import PySide6")
    assert done.returncode == 1
    assert "is not on a server" in done.stderr


def test_company_is_made_without_the_desktop(tmp_path: Path):
    done = _run(
        _bare(tmp_path / "bare"), "-m", "app.server", "company", "add", "Bodega Ejemplo",
        "--database", str(tmp_path / "server.sqlite"), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["company"]


def test_server_serves_without_the_desktop_until_its_input_closes(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-m", "app.server", "run", "--database", str(tmp_path / "server.sqlite"),
         "--files", str(tmp_path / "files"), "--port", "0", "--while-stdin"],
        cwd=ROOT, env=_bare(tmp_path / "bare"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdin is not None
        url = server.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/health", timeout=20) as answer:
            assert json.load(answer) == {"ok": True}
        server.stdin.close()
        assert server.wait(20) == 0
