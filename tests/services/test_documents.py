"""Photos and files: bytes once under their hash, rows after them, pictures fit to travel."""

import base64
import hashlib
import io
import logging
import random

import pytest
from PIL import Image
from sqlalchemy import select

from app.errors import UserError
from app.models.document import Document
from app.models.journal import Operation
from app.models.sync_state import FileQueueEntry
from app.services import documents, undo
from tests.company import seed


@pytest.fixture
def made(database):
    return seed(database)


def picture(width=40, height=30, *, format_="JPEG", mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, (width, height), "red").save(out, format_, **more)
    return out.getvalue()


def noise(width, height):
    out = io.BytesIO()
    pixels = random.Random(1).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(out, "PNG")
    return out.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


def keep(database, files, content, **more):
    """Keep bytes and then name them, as every screen does."""
    sha256 = files.add(content)
    with database.write() as session:
        return documents.add(
            session, kind="photo", mime="image/jpeg", sha256=sha256, size=len(content),
            **{"name": "foto.jpg", **more},
        ).id  # fmt: skip


def test_the_same_photo_twice_is_two_documents_and_one_file(database, files, made):
    content, thumbnail = documents.prepare_photo(picture())
    first = keep(database, files, content, account_id=made.account, thumbnail=thumbnail)
    second = keep(database, files, content, account_id=made.account, name="otra.jpg")
    with database.read() as session:
        rows = [documents.get(session, id_) for id_ in (first, second)]
        queued = session.scalars(select(FileQueueEntry)).all()
    assert files.total() == (1, len(content))
    assert {row.sha256 for row in rows} == {hashlib.sha256(content).hexdigest()}
    assert {entry.document_id for entry in queued} == {first, second}
    assert {(e.direction, e.state, e.size) for e in queued} == {("up", "queued", len(content))}
    assert files.read(rows[0].sha256) == content


def test_a_crash_between_bytes_and_row_leaves_no_row_without_bytes(database, files, made):
    content = picture()
    sha256 = files.add(content)
    with pytest.raises(ZeroDivisionError), database.write() as session:
        documents.add(session, name="x", kind="photo", mime="image/jpeg", sha256=sha256, size=1)
        _ = 1 / 0
    with database.read() as session:
        assert session.scalars(select(Document)).all() == []
        assert session.scalars(select(FileQueueEntry)).all() == []
    keep(database, files, content)  # taken again, it is the same file
    assert files.total() == (1, len(content))


def test_a_document_is_its_customers_or_ones_own(database, files, made):
    theirs = keep(database, files, b"a", account_id=made.account, about_id="v" * 32)
    mine = keep(database, files, b"b", about_id="v" * 32)
    other = keep(database, files, b"c", account_id=made.account)
    with database.read() as session:
        roots = {op.row_id: op.root for op in session.scalars(select(Operation))}
        assert [d.id for d in documents.of(session, "v" * 32)] == [theirs, mine]
        assert [d.id for d in documents.of_account(session, made.account)] == [other, theirs]
    assert roots == {theirs: made.account, mine: f"U:{made.user}", other: made.account}


def test_a_removed_document_is_not_listed_and_comes_back(database, files, made):
    id_ = keep(database, files, b"a", account_id=made.account, about_id="v" * 32)
    with database.write() as session:
        documents.remove(session, id_)
        documents.remove(session, "f" * 32)
        assert documents.of(session, "v" * 32) == []
        assert documents.of_account(session, made.account) == []
    with database.write() as session:
        undo.take_back(session)
        assert [d.id for d in documents.of(session, "v" * 32)] == [id_]
    assert files.size(hashlib.sha256(b"a").hexdigest()) == 1, "bytes stay: it can be undone"


@pytest.mark.parametrize(
    ("size", "expected"),
    [((4000, 3000), (1600, 1200)), ((300, 9000), (53, 1600)), ((640, 480), (640, 480))],
)
def test_a_photo_is_made_fit_to_travel(size, expected):
    content, thumbnail = documents.prepare_photo(picture(*size))
    made, small = opened(content), opened(base64.b64decode(thumbnail))
    assert (made.format, made.size) == ("JPEG", expected)
    assert max(small.size) <= documents.THUMBNAIL_SIDE
    assert small.format == "JPEG"


def test_a_photo_that_was_held_sideways_stands_upright_and_tells_no_place():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x8825] = {1: "N", 2: (38.0, 59.0, 24.0)}
    content, _thumbnail = documents.prepare_photo(picture(400, 300, exif=exif))
    made = opened(content)
    assert made.size == (300, 400)
    assert dict(made.getexif()) == {}


@pytest.mark.parametrize(
    ("format_", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("GIF", "P"), ("BMP", "RGB"), ("WEBP", "RGBA"),
     ("TIFF", "CMYK"), ("PNG", "LA"), ("JPEG", "L")],
)  # fmt: skip
def test_any_kind_of_picture_becomes_a_jpeg(format_, mode):
    colour = 1 if mode in {"1", "P"} else None
    out = io.BytesIO()
    Image.new(mode, (20, 10), colour or 0).save(out, format_)
    content, thumbnail = documents.prepare_photo(out.getvalue())
    assert (opened(content).mode, opened(content).size) == ("RGB", (20, 10))
    assert thumbnail


def test_the_most_restless_picture_has_a_thumbnail_of_twenty_kilobytes():
    _content, thumbnail = documents.prepare_photo(noise(1200, 1200))
    assert len(thumbnail) <= documents.THUMBNAIL_BYTES
    assert opened(base64.b64decode(thumbnail)).size[0] >= 96


def test_what_is_no_picture_is_said_and_nothing_is_added():
    for content in (b"", b"%PDF-1.7 ...", b"\xff\xd8\xff", b"GIF89a", bytes(2000)):
        with pytest.raises(UserError, match="not a picture that can be read") as caught:
            documents.prepare_photo(content)
        assert caught.value.hint


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells what it skips in a TIFF
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # and that a picture would be huge
def test_a_damaged_picture_is_never_worse_than_a_sentence(format_, caplog, monkeypatch):
    """Cut and flip a picture at random; what comes out is a picture or our own sentence."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)  # a flipped size takes no gigabyte
    caplog.set_level(logging.CRITICAL, "PIL")
    out = io.BytesIO()
    source = opened(noise(60, 40))
    source.save(out, format_)
    whole, chance = out.getvalue(), random.Random(format_)
    outcomes = set()
    for _round in range(200):
        damaged = bytearray(whole[: chance.choice([len(whole), chance.randint(1, len(whole))])])
        for _flip in range(chance.randint(1, 6)):
            damaged[chance.randrange(min(400, len(damaged)))] ^= 1 << chance.randrange(8)
        try:
            content, _thumbnail = documents.prepare_photo(bytes(damaged))
            outcomes.add(opened(content).format)
        except UserError as error:
            outcomes.add(error.message)
    outcomes.discard("JPEG")  # a flipped pixel is still a picture
    assert outcomes == {"This file is not a picture that can be read. Nothing was added."}


def test_a_png_with_a_broken_part_inside_is_said():
    broken = bytearray(noise(60, 40))
    at = broken.index(b"IDAT", broken.index(b"IDAT"))
    broken[at + 4 + 30 :] = b"\x00\x00\x00\x04\xd1\x9f_\x05" + bytes(40)
    with pytest.raises(UserError, match="not a picture"):
        documents.prepare_photo(bytes(broken))


def test_thumbnails_of_those_that_have_one():
    common = {"kind": "photo", "mime": "image/jpeg", "sha256": "a" * 64, "size": 1}
    rows = [Document(name="a", thumbnail="AA", **common), Document(name="b", **common)]
    assert [photo[-2:] for photo in documents.thumbnails(rows)] == [("a", "AA")]
