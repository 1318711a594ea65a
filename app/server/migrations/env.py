"""Alembic's environment: the caller's connection and transaction."""

from __future__ import annotations

from alembic import context

from app.server.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
