"""Photos, receipts and PDFs: made fit to travel, named, and queued for the server."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import UserError
from app.i18n import _
from app.models.base import now as saved_now
from app.models.document import Document
from app.models.sync_state import FileQueueEntry
from app.services import team

PHOTO_SIDE = 1600
THUMBNAIL_SIDE = 240
THUMBNAIL_BYTES = 20_000


def add(
    session: Session,
    *,
    name: str,
    kind: str,
    mime: str,
    sha256: str,
    size: int,
    account_id: str | None = None,
    about: str = "",
    about_id: str | None = None,
    thumbnail: str = "",
    taken_at: datetime | None = None,
) -> Document:
    """Name bytes that are in the file store, and queue them to go to the server.

    Without an account the document is the user's own.
    """
    document = Document(
        name=name, kind=kind, mime=mime, sha256=sha256, size=size, account_id=account_id,
        about=about, about_id=about_id, user_id=team.my_id(session), thumbnail=thumbnail,
        taken_at=taken_at,
    )  # fmt: skip
    session.add(document)
    session.flush()
    session.add(FileQueueEntry(sha256=sha256, direction="up", size=size, document_id=document.id))
    return document


def of(session: Session, about_id: str) -> list[Document]:
    """Return the documents of a record, in the order added."""
    return list(
        session.scalars(
            select(Document)
            .where(Document.about_id == about_id, Document.removed_at.is_(None))
            .order_by(Document.id)
        )
    )


def of_account(session: Session, account_id: str) -> list[Document]:
    return list(
        session.scalars(
            select(Document)
            .where(Document.account_id == account_id, Document.removed_at.is_(None))
            .order_by(Document.id.desc())
        )
    )


def get(session: Session, document_id: str) -> Document | None:
    return session.get(Document, document_id)


def remove(session: Session, document_id: str) -> None:
    document = session.get(Document, document_id)
    if document is not None:
        document.removed_at = saved_now()


def prepare_photo(content: bytes) -> tuple[bytes, str]:
    """Return a JPEG of at most 1600 pixels a side, the right way up, and its thumbnail as base64.

    Raises `UserError` when the file is no picture.
    """
    from PIL import Image, ImageOps

    # all that Pillow's readers raise on a damaged file; SyntaxError is what its PNG reader says
    unreadable = (
        OSError, ValueError, SyntaxError, TypeError, OverflowError, EOFError, struct.error,
        Image.DecompressionBombError,
    )  # fmt: skip
    try:
        with Image.open(io.BytesIO(content)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except unreadable as error:
        raise UserError(
            _("This file is not a picture that can be read. Nothing was added."),
            _("Take the photo again, or choose a JPEG or PNG file."),
        ) from error
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    return _jpeg(upright, 85), base64.b64encode(_thumbnail(upright)).decode("ascii")


def _jpeg(picture: object, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)  # type: ignore[attr-defined]
    return out.getvalue()


def _thumbnail(picture: object) -> bytes:
    """Return a JPEG that fits into 20 kB as base64."""
    small = picture.copy()  # type: ignore[attr-defined]
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    for quality in (75, 60, 45, 30, 15):
        made = _jpeg(small, quality)
        if len(made) * 4 // 3 < THUMBNAIL_BYTES:
            return made
    small.thumbnail((96, 96))
    return _jpeg(small, 40)


def thumbnails(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Return (name, thumbnail) of those that have one."""
    return [(d.name, d.thumbnail) for d in documents if d.thumbnail]
