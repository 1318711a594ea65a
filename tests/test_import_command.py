"""`viajante import`: what it prints, what it returns, and that a bad file harms nothing."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from app import main as program
from app.__main__ import main
from app.models import keys
from app.models.account import Account
from app.models.base import Base
from tests.company import seed

LIST = "Nombre;Población\nBar Luz;Alcoi\n;Gandia\nHotel Mar;Cullera\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "workspace"
    keys.from_file(made)
    workspace = program.open_workspace(made, lambda _new: None)
    seed(workspace.database)
    workspace.close()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lista.csv"
    path.write_text(LIST, "utf-8")
    return path


def content(folder: Path) -> str:
    """Return a hash of every row of the workspace."""
    workspace = program.open_workspace(folder, lambda _new: None)
    try:
        with workspace.database.read() as session:
            rows = [
                (table.name, *sorted(repr(tuple(row)) for row in session.execute(select(table))))
                for table in Base.metadata.sorted_tables
            ]
    finally:
        workspace.close()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def names(folder: Path) -> set[str]:
    workspace = program.open_workspace(folder, lambda _new: None)
    try:
        with workspace.database.read() as session:
            assert session.scalar(select(func.count()).select_from(Account))
            return set(session.scalars(select(Account.name)))
    finally:
        workspace.close()


def run(folder: Path, file: Path, *more: str, kind: str = "accounts") -> int:
    return main(["import", str(file), "--as", kind, "--workspace", str(folder), *more])


def test_json_has_exactly_these_keys(folder, file, capsys) -> None:
    assert run(folder, file, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "read": 3, "added": 2, "updated": 0, "unchanged": 0,
        "refused": [{"line": 3, "reason": "It has no name."}],
    }  # fmt: skip
    assert {"Bar Luz", "Hotel Mar"} < names(folder)
    assert run(folder, file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 2


def test_a_dry_run_says_the_same_and_writes_nothing(folder, file, capsys) -> None:
    before = content(folder)
    assert run(folder, file, "--json", "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["added"] == 2
    assert content(folder) == before


def test_words_for_a_person(folder, file, capsys) -> None:
    file.write_text("Nombre;Teléfono\nBar Luz;12\n;\n;1\n", "utf-8")
    assert run(folder, file) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 read: 1 added, 0 updated, 0 unchanged, 1 refused", "Line 4: It has no name.",
        "Line 2: Phone to check: 12",
    ]  # fmt: skip


def test_articles(folder, file, capsys) -> None:
    file.write_text("Ref;Nombre;Precio\nAC-105;Aceite nuevo;39,90\nZ-1;Sal;1,20\n", "utf-8")
    assert run(folder, file, "--json", kind="products") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["updated"]) == (1, 1)


def formula_book() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Nombre", "Población"])
    book.active.append(["=HYPERLINK(A1)", "Alcoi"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


BAD = {
    "empty.csv": b"",
    "mixed.csv": "Nombre;Población\n".encode() + bytes(range(0x80, 0x100)) * 40,
    "wrong-delimiter.csv": b"Nombre#Poblacion\nAna#Alcoi\n",
    "wide.csv": b";".join(b"c%d" % n for n in range(10_000)) + b"\n",
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "picture.xlsx": b"\xff\xd8\xff\xe0" + bytes(900),
    "locked.xlsx": OLE + "EncryptedPackage".encode("utf-16-le"),
    "corrupt.xlsx": b"PK\x03\x04" + bytes(300),
    "only-titles.csv": b"Nombre;Poblacion\n",
    "nul.csv": b"Nombre;Poblacion\nAna\x00;Alcoi\n",
    "huge.csv": b'Nombre;Nota\nAna;"' + b"x" * 5_100_000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_says_what_failed_and_harms_nothing(folder, tmp_path, capsys, name) -> None:
    before = content(folder)
    (tmp_path / name).write_bytes(BAD[name])
    assert run(folder, tmp_path / name, "--json") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert name in said.err
    failed, _dot, advice = said.err.partition("Nothing was imported.")
    assert failed.strip(), "what failed"
    assert len(advice.strip()) > 10, "what to do"
    assert content(folder) == before


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [("cmd.csv", b"Nombre;Poblacion\n=cmd|' /C calc'!A0;Alcoi\n"), ("f.xlsx", formula_book())],
)
def test_a_formula_is_refused_with_its_line(folder, tmp_path, capsys, name, bytes_) -> None:
    before = content(folder)
    (tmp_path / name).write_bytes(bytes_)
    assert run(folder, tmp_path / name, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["added"] == 0
    (refused,) = report["refused"]
    assert refused["line"] == 2
    assert refused["reason"].startswith("A cell holds a formula, which is never imported: =")
    assert content(folder) == before


def test_a_file_or_a_workspace_that_is_not_there(folder, file, tmp_path, capsys) -> None:
    assert run(folder, tmp_path / "falta.csv") == 1
    assert "falta.csv cannot be read. Nothing was imported." in capsys.readouterr().err
    assert run(tmp_path / "nowhere", file) == 1
    assert "There is no workspace in" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_a_wrong_command_line_is_told_apart(folder, file, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run(folder, file, kind="invoices")
    assert caught.value.code == 2
    assert "invoices" in capsys.readouterr().err
