"""Everything can be taken out: every row, every document, and an agenda that a calendar reads."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import ics
from app.errors import UserError
from app.models.activity import Activity, ActivityKind
from app.models.entities import SYNCED
from app.services import documents, takeout
from app.services.imports import plan, reading
from tests.company import seed

AT = datetime(2026, 11, 19, 10, 28, tzinfo=UTC)


@pytest.fixture
def company(database):
    return seed(database)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))


def test_zip_has_a_table_of_each_kind_and_the_documents(database, files, company, tmp_path):
    sha256 = files.add(b"%PDF a paper")
    with database.write() as session:
        session.add(
            Activity(
                kind=ActivityKind.VISIT, account_id=company.account, owner_id=company.user,
                planned_at=AT, title="Carta; nueva, de otoño",
            )
        )  # fmt: skip
        documents.add(
            session, name="Oferta/2026.pdf", kind="quote", mime="application/pdf", sha256=sha256,
            size=12, account_id=company.account,
        )  # fmt: skip
        documents.add(
            session, name="Lejos.pdf", kind="quote", mime="application/pdf", sha256="f" * 64,
            size=9, account_id=company.account,
        )  # fmt: skip
    said: list[tuple[int, int]] = []
    target = tmp_path / "all.zip"
    with database.read() as session:
        taken = takeout.everything(session, files, target, lambda n, of: said.append((n, of)))
    assert (taken.documents, taken.missing) == (1, 1)
    assert said[-1] == (taken.rows, taken.rows)
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert len([name for name in names if name.endswith(".csv")]) == len(SYNCED) - 2
        [account] = rows(archive, "account")
        assert account["name"] == "Restaurante El Socarrat"
        assert (account["postcode"], account["city"]) == ("46800", "Xàtiva")
        read = reading.read(archive.read("account.csv"), "account.csv")
        with database.read() as session:
            again = plan.plan(session, read, "accounts")
        assert {"name", "street", "postcode", "city", "phone"} <= set(again.columns)
        assert again.read == 1
        assert [row["price"] for row in rows(archive, "price_list_line")][:2] == ["38.9000"] * 1 + [
            "17.4500"
        ]
        [paper] = [name for name in names if name.startswith("documents/")]
        assert paper.endswith("-Oferta_2026.pdf")
        assert archive.read(paper) == b"%PDF a paper"
        agenda = archive.read("agenda.ics").decode()
    assert "SUMMARY:Visit · Restaurante El Socarrat · Carta\\; nueva\\, de otoño" in agenda
    assert "LOCATION:C/ de la Fontana\\, 12\\, 46800 Xàtiva" in agenda
    assert "DTSTART:20261119T102800Z" in agenda


def test_removed_rows_and_secrets_stay(database, files, company, tmp_path):
    with database.write() as session:
        from app.models.account import Account

        session.get(Account, company.account).removed_at = AT
    target = tmp_path / "all.zip"
    with database.read() as session:
        takeout.everything(session, files, target, lambda _n, _of: None)
    with zipfile.ZipFile(target) as archive:
        assert rows(archive, "account") == []
        assert not any("sync_state" in name or "conflict" in name for name in archive.namelist())


def test_place_where_nothing_can_be_written_is_said_and_leaves_nothing(
    database, files, company, tmp_path
):
    target = tmp_path / "nowhere" / "all.zip"
    with database.read() as session, pytest.raises(UserError):
        takeout.everything(session, files, target, lambda _n, _of: None)
    with database.read() as session, pytest.raises(UserError):
        takeout.write_agenda(session, target)
    assert not target.parent.exists()


def test_cut_takeout_leaves_the_older_file(database, files, company, tmp_path):
    target = tmp_path / "all.zip"
    target.write_bytes(b"of yesterday")

    def cut(_n: int, _of: int) -> None:
        raise KeyboardInterrupt

    with database.read() as session, pytest.raises(KeyboardInterrupt):
        takeout.everything(session, files, target, cut)
    assert target.read_bytes() == b"of yesterday"
    assert sorted(path.name for path in tmp_path.glob("all*")) == ["all.zip"]


def test_agenda_by_itself(database, company, tmp_path):
    with database.write() as session:
        for kind, when in ((ActivityKind.CALL, {"due_on": date(2026, 11, 20)}),
                           (ActivityKind.TASK, {})):  # fmt: skip
            session.add(Activity(kind=kind, owner_id=company.user, title="Llamar", **when))
        session.add(
            Activity(kind=ActivityKind.VISIT, owner_id=company.colleague, planned_at=AT, title="x")
        )
    target = Path(tmp_path / "a.ics")
    with database.read() as session:
        assert takeout.write_agenda(session, target) == 1, "no day, or a colleague's: not there"
    words = target.read_bytes().decode()
    assert "DTSTART;VALUE=DATE:20261120" in words
    assert "DTEND;VALUE=DATE:20261121" in words


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200),
    st.integers(0, 600),
)
def test_what_is_written_can_be_read_again(title: str, minutes: int):
    made = ics.render([ics.Entry("1", title, AT, minutes)], stamp=AT)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    lines = unfolded(made)
    said = [line[8:] for line in lines if line.startswith("SUMMARY:")]
    read = re.sub(r"\\([\\;,])", r"\1", said[0]) if said else ""
    assert read == title
    end = AT + timedelta(minutes=minutes)
    assert f"DTEND:{end:%Y%m%dT%H%M%SZ}" in lines
