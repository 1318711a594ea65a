"""How the server's tables came to be: Alembic revisions, run when a store is opened."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from app.errors import UserError
from app.i18n import _

HEAD = "0001"  # the newest revision in versions/: tests compare
_LOCK = 0x5649414A  # of PostgreSQL's advisory locks: two servers that start together take turns


def config(connection: Connection) -> Config:
    """Return an Alembic configuration that works inside `connection`'s transaction."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date; `UserError` when a newer program made them."""
    options = {"immediate": True} if engine.dialect.name == "sqlite" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision == HEAD:
            return
        if revision is not None and revision > HEAD:
            raise UserError(
                _("These records were made by a newer version of the server. Nothing was changed."),
                _("Update this server and start it again."),
            )
        command.upgrade(config(connection), "head")
