"""The office's server in this process: opened, killed, copied, and put back, on either engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, event, make_url, update

from app.models.base import new_id
from app.server import api, backups, tables
from app.server.settings import Settings
from app.server.store import Store

_DROP = ("DROP DATABASE IF EXISTS {own}", "DROP DATABASE IF EXISTS {copy}")


class SimServer:
    """`url` is that of a PostgreSQL server, where a database is made; "" is SQLite in `folder`."""

    def __init__(self, folder: Path, url: str, before_commit: Callable[[Connection], None]) -> None:
        self.folder, self.url = folder, url
        self._before_commit = before_commit
        self.blobs = folder / "blobs"
        if url:
            self._own = f"viajante_simulation_{os.getpid()}"
            place = make_url(url).set(drivername="postgresql+psycopg", database=self._own)
            self._place = url
            self._admin(*_DROP, "CREATE DATABASE {own}")
            self.url = place.render_as_string(hide_password=False)
        self.open()

    def open(self) -> None:
        self.store = Store(self.url or str(self.folder / "server.sqlite"))
        event.listen(self.store.engine, "commit", self._before_commit)
        self.application: Any = api.create(self.store, Settings(str(self.store.url), self.blobs))

    def close(self) -> None:
        self.store.close()

    def restart(self) -> None:
        """Begin again after a death: whatever was not committed is gone."""
        self.close()
        self.open()

    def copy(self) -> None:
        """Make a backup as the server's own command does; PostgreSQL copies its own way."""
        if self.url:
            self.close()  # a database that is spoken to cannot be copied
            self._admin("DROP DATABASE IF EXISTS {copy}", "CREATE DATABASE {copy} TEMPLATE {own}")
            self.open()
            return
        target = self.folder / "server.copy"
        target.unlink(missing_ok=True)
        backups.back_up(self.store, target)

    def put_back(self, *, same_epoch: bool = False) -> None:
        """Put the backup in the place of the database; its history begins anew, if it is told."""
        self.close()
        if self.url:
            self._admin("DROP DATABASE {own}", "CREATE DATABASE {own} TEMPLATE {copy}")
        else:
            for old in self.folder.glob("server.sqlite*"):
                old.unlink()
            shutil.copy(self.folder / "server.copy", self.folder / "server.sqlite")
        self.open()
        if same_epoch:
            return
        with self.store.write() as connection:
            connection.execute(update(tables.tenant).values(epoch=new_id()))

    def remove(self) -> None:
        """Be no more."""
        self.close()
        if self.url:
            self._admin(*_DROP)

    def _admin(self, *statements: str) -> None:
        names = {"own": Identifier(self._own), "copy": Identifier(f"{self._own}_copy")}
        address = make_url(self._place).set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(SQL(statement).format(**names))
