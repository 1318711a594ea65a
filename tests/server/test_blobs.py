"""Files travel in pieces, resume where they stopped, and are read by scope alone."""

from __future__ import annotations

import base64
import hashlib
import random

import pytest

from app.server.blobs import Blobs
from app.sync.protocol import BLOB_CHUNK, PREFIX

PHOTO = random.Random(1).randbytes(BLOB_CHUNK + 1000)
SHA = hashlib.sha256(PHOTO).hexdigest()


class Wire:
    """The routes of one file, as one laptop calls them."""

    def __init__(self, laptop, sha=SHA):
        self.laptop, self.sha = laptop, sha

    def ask(self, method, **more):
        headers = {"Authorization": f"Bearer {self.laptop.me.access}", **more.pop("headers", {})}
        url = f"{self.laptop.url}{PREFIX}/blobs/{self.sha}"
        return self.laptop.session.request(method, url, headers=headers, timeout=30, **more)

    def begin(self, size=len(PHOTO)):
        return self.ask("POST", headers={"Upload-Length": str(size)})

    def patch(self, offset, chunk, **headers):
        return self.ask("PATCH", data=chunk, headers={"Upload-Offset": str(offset), **headers})

    def send(self, content=PHOTO):
        assert self.begin(len(content)).status_code == 201
        for start in range(0, len(content), BLOB_CHUNK):
            answer = self.patch(start, content[start : start + BLOB_CHUNK])
            assert answer.status_code == 204, answer.text
        return answer


def test_upload_in_pieces_and_read_back(world):
    wire = Wire(world.laptop())
    assert wire.ask("HEAD").status_code == 404
    begun = wire.begin()
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    digest = base64.b64encode(hashlib.sha256(PHOTO[:1000]).digest()).decode()
    first = wire.patch(0, PHOTO[:1000], **{"Upload-Checksum": f"sha256 {digest}"})
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    half = wire.ask("HEAD").headers
    assert (half["Upload-Offset"], half["Upload-Length"]) == ("1000", str(len(PHOTO)))
    assert wire.ask("GET").status_code == 404  # not whole yet
    again = wire.begin()  # the laptop was switched off: it goes on where it stopped
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "1000")
    rest = wire.patch(1000, PHOTO[1000:])
    assert rest.headers["Upload-Offset"] == str(len(PHOTO))
    stored = wire.ask("HEAD")
    assert (stored.status_code, stored.headers["Upload-State"]) == (200, "stored")
    assert "Upload-Offset" not in stored.headers
    assert wire.ask("GET").content == PHOTO


def test_download_in_pieces(world):
    wire = Wire(world.laptop())
    wire.send()
    whole = wire.ask("GET")
    assert whole.headers["ETag"] == f'"{SHA}"'
    part = wire.ask("GET", headers={"Range": "bytes=10-19", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.content) == (206, PHOTO[10:20])


def test_wrong_offset_is_told(world):
    wire = Wire(world.laptop())
    wire.begin()
    wire.patch(0, PHOTO[:1000])
    answer = wire.patch(500, PHOTO[500:1500])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "1000")
    assert answer.json() == {"error": "blob_offset", "expected": 1000}


@pytest.mark.parametrize("said", ["sha256 " + "0" * 64, "sha256 !", "md5 x", "x"])
def test_a_damaged_piece_is_refused(world, said):
    wire = Wire(world.laptop())
    wire.begin()
    answer = wire.patch(0, PHOTO[:1000], **{"Upload-Checksum": said})
    assert (answer.status_code, answer.json()["error"]) == (460, "blob_checksum")
    assert wire.ask("HEAD").headers["Upload-Offset"] == "0"


def test_a_file_that_is_not_what_its_name_says_is_not_stored(world):
    wire = Wire(world.laptop())
    wire.begin(1000)
    answer = wire.patch(0, PHOTO[1:1001])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (460, "0")
    assert wire.ask("GET").status_code == 404
    assert wire.ask("HEAD").headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("size", [0, 60 * 1024 * 1024])
def test_sizes_that_are_none(world, size):
    assert Wire(world.laptop()).begin(size).status_code == 413


def test_more_bytes_than_announced(world):
    wire = Wire(world.laptop())
    wire.begin(1000)
    assert wire.patch(0, PHOTO[:1001]).status_code == 413
    assert wire.patch(0, PHOTO).status_code == 413  # larger than a piece


@pytest.mark.parametrize("sha", ["x", "../../etc/passwd", "A" * 64, "0" * 63])
def test_names_that_are_none(world, sha):
    wire = Wire(world.laptop(), sha)
    assert {wire.ask("HEAD").status_code, wire.begin().status_code} == {404}


def test_missing_headers(world):
    wire = Wire(world.laptop())
    assert wire.ask("POST").status_code == 400
    wire.begin()
    assert wire.ask("PATCH", data=b"x").status_code == 400
    assert wire.ask("PATCH", data=b"x", headers={"Upload-Offset": "-1"}).status_code == 400


def test_a_file_is_read_by_those_who_see_a_document_that_names_it(world):
    ana, second, berta = world.laptop("Ana"), world.laptop("Ana"), world.laptop("Berta")
    Wire(ana).send()
    account = ana.add("account", name="Bar")
    assert Wire(second).ask("GET").status_code == 404
    ana.add(
        "document", name="Fachada", kind="photo", mime="image/jpeg", sha256=SHA,
        size=len(PHOTO), account_id=account,
    )  # fmt: skip
    assert Wire(second).ask("GET").content == PHOTO
    assert Wire(second).begin().status_code == 200  # it is there: nothing to send
    assert Wire(berta).ask("GET").status_code == 404
    assert Wire(berta).ask("HEAD").status_code == 404


def test_knowing_a_hash_is_not_having_the_file(world):
    """Berta has to send every byte, and has only hers to show for it."""
    ana, berta = world.laptop("Ana"), world.laptop("Berta")
    Wire(ana).send()
    assert Wire(berta).begin().status_code == 201
    assert Wire(berta).ask("GET").status_code == 404
    Wire(berta).send()
    assert Wire(berta).ask("GET").content == PHOTO


def test_another_company_has_its_own_files(world):
    from tests.server.laptop import enrol

    Wire(world.laptop()).send()
    other = world.server.company("La Competencia")
    spy = enrol(world.server.url, world.server.code(other, world.server.user(other, role="admin")))
    world.laptops.append(spy)
    assert Wire(spy).ask("HEAD").status_code == 404
    assert Wire(spy).begin().status_code == 201


def test_unfinished_uploads_are_forgotten_after_two_weeks(world, monkeypatch):
    wire = Wire(world.laptop())
    wire.begin()
    wire.patch(0, PHOTO[:1000])
    files = Blobs(world.store, world.server.folder)
    assert files.forget_unfinished() == 0
    from app.server import blobs

    now = blobs.now_ms()
    monkeypatch.setattr(blobs, "now_ms", lambda: now + 15 * 86_400_000)
    assert files.forget_unfinished() >= 1
    assert wire.ask("HEAD").status_code == 404
    assert list(world.server.folder.rglob(f"{SHA}*")) == []
