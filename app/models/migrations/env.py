"""Alembic's environment: one encrypted file, batch mode, one transaction for all revisions."""

from __future__ import annotations

import sqlcipher3
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.models import entities, search
from app.models.base import Base

assert entities.SYNCED  # noqa: S101 - imported for the tables it defines

engine = create_engine(
    "sqlite://",
    creator=context.config.attributes["connect"],
    module=sqlcipher3.dbapi2,
    poolclass=NullPool,
)
with engine.connect() as connection:
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=False,
    )
    context.run_migrations()
    # a table that was made anew has other rowids, by which the index names its rows
    if connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE name = 'search_account'"
    ).all():
        search.rebuild(connection.exec_driver_sql)
    connection.exec_driver_sql("COMMIT")
