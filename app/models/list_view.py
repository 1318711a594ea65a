"""How the user has arranged the lists on this computer: own views, and columns per view."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class ListView(Base):
    """A view of a list: one's own with a title, or a built-in one whose columns were changed.

    It stays here: widths suit this screen. It is in the encrypted file because filters name people
    and places.
    """

    __tablename__ = "list_view"

    list: Mapped[str] = mapped_column(primary_key=True)  # such as portfolio
    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")  # "" for a built-in view
    position: Mapped[int] = mapped_column(default=0)
    content: Mapped[Any] = mapped_column(Json, default_factory=dict)
