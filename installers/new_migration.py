"""Write the next migration from what changed in the models: `make migration NAME="what it adds"`.

The database that the models are compared with is made by the migrations there are, and thrown away.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from functools import partial
from pathlib import Path

from alembic import command
from alembic.operations.ops import MigrationScript

from app.models import schema


def leave_search_out(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """The full-text index is made in SQL and has no model: nothing proposes to drop it."""
    for script in scripts:
        for operations in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            operations.ops[:] = [
                operation
                for operation in operations.ops
                if not getattr(operation, "table_name", "").startswith("search_")
            ]


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connector = partial(schema.connect, Path(folder) / "empty.sqlite", secrets.token_bytes(32))
        config = schema.alembic_config(connector)
        command.upgrade(config, "head")
        number = f"{int(schema.HEAD) + 1:04}"
        command.revision(
            config,
            message,
            autogenerate=True,
            rev_id=number,
            process_revision_directives=leave_search_out,
        )
    print(f'Read it, then set HEAD = "{number}" in app/models/schema.py.')


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit('Say what it adds: make migration NAME="second phone of a contact"')
    main(sys.argv[1])
