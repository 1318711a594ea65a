"""What was opened last on this computer, for the palette to offer again; it never leaves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ID, Base


class Opened(Base):
    """The last time that the screen of one record was opened."""

    __tablename__ = "opened"

    row_id: Mapped[str] = mapped_column(ID, primary_key=True)
    screen: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(index=True)
