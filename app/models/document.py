"""Photos, receipts and PDFs: the row that names a file; its bytes are in files.sqlite."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import APPEND, ID, LATEST, Base, Root, Synced


class Document(Synced, Base):
    """A file of an account, of a record (`about_id`), of a user, or of the company.

    Immutable but for its name: an edited receipt is a new document. `thumbnail` is a JPEG of at
    most 20 kB as base64, so that a photo can be seen before its bytes arrive.
    """

    __tablename__ = "document"
    __root__ = Root(account="account_id", user="user_id")
    __table_args__ = (Index("ix_document_about", "about_id"),)

    name: Mapped[str] = mapped_column(info=LATEST)
    kind: Mapped[str] = mapped_column(info=APPEND)  # photo, receipt, quote, route, expenses, logo…
    mime: Mapped[str] = mapped_column(info=APPEND)
    sha256: Mapped[str] = mapped_column(index=True, info=APPEND)
    size: Mapped[int] = mapped_column(info=APPEND)
    account_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("account.id"), default=None, index=True, info=APPEND
    )
    about: Mapped[str] = mapped_column(default="", info=APPEND)  # entity name of about_id
    about_id: Mapped[str | None] = mapped_column(ID, default=None, info=APPEND)
    user_id: Mapped[str | None] = mapped_column(ID, default=None, info=APPEND)
    is_received: Mapped[bool] = mapped_column(default=False, info=APPEND)
    taken_at: Mapped[datetime | None] = mapped_column(default=None, info=APPEND)
    thumbnail: Mapped[str] = mapped_column(default="", info=APPEND)
