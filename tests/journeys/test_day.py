"""A whole day of a rep, through the real window, with the plug pulled twice: network and power."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "enrol and first sync", "import", "plan the route", "network off", "close three visits",
    "quote, number, PDF, signature", "expense, receipt, mileage",
    "killed, started again, all there", "the office changes two of the same customers",
    "sync: preview, progress, receipt, conflict", "the server holds what the laptop holds",
]  # fmt: skip


def walk(out: Path, *options: str) -> dict[str, object]:
    """Run the command as a user would, and return day.json."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--walkthrough", str(out), *options],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    day = json.loads((out / "day.json").read_text("utf-8"))
    logs = "\n".join(path.read_text("utf-8")[-3000:] for path in sorted(out.glob("*.log")))
    assert day["ok"], f"{done.stdout}\n{done.stderr}\n{logs}"
    assert done.returncode == 0
    return day


def check(out: Path, day: dict[str, object]) -> None:
    steps = day["steps"]
    assert [step["name"] for step in steps] == NAMES
    assert all(step["ok"] for step in steps)
    for name in ("quote.pdf", "route.pdf", "expenses.pdf"):
        assert (out / name).read_bytes().startswith(b"%PDF")
    pictures = sorted((out / "screens").glob("*.png"))
    assert [int(path.name[:2]) for path in pictures] == list(range(1, len(pictures) + 1))
    assert len(pictures) >= 25
    themes = {
        theme: {path.name for path in (out / "themes" / theme).glob("*.png")}
        for theme in ("claro", "oscuro", "sol")
    }
    assert len(themes["claro"]) >= 20
    assert themes["claro"] == themes["oscuro"] == themes["sol"]
    last = steps[-1]
    assert last["differences"] == 0
    assert last["rows_equal"] > 1000
    assert last["files_missing"] == []


@pytest.mark.timeout(900)
def test_a_day_on_invented_lists_in_spanish(tmp_path):
    check(tmp_path, walk(tmp_path, "--lang", "es"))


@pytest.mark.timeout(900)
def test_a_day_in_andorra_in_english_and_in_the_dark(tmp_path, shared_data):
    portfolio = shared_data / "portfolio" / "prospects_andorra_2025.csv"
    products = shared_data / "catalogue" / "northwind" / "Products.csv"
    day = walk(
        tmp_path, "--portfolio", str(portfolio), "--products", str(products), "--lang", "en",
        "--theme", "oscuro",
    )  # fmt: skip
    check(tmp_path, day)
    read = day["steps"][1]["portfolio"]
    assert read["read"] == 1000
    assert read["added"] + read["refused"] == 1000
    assert day["steps"][2]["places_with_hours"] > 100


def test_a_step_that_does_not_hold_fails_the_day(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--walkthrough", str(tmp_path), "--portfolio",
         str(ROOT / "LICENSE")],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    day = json.loads((tmp_path / "day.json").read_text("utf-8"))
    assert not day["ok"]
    assert [step["ok"] for step in day["steps"]] == [True, False]


def test_a_list_that_is_not_there_is_said_at_once(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--walkthrough", str(tmp_path), "--portfolio",
         str(tmp_path / "none.csv"), "--lang", "en"],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "none.csv cannot be read" in done.stderr
