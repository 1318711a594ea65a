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

from app.models import schema


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connector = partial(schema.connect, Path(folder) / "empty.sqlite", secrets.token_bytes(32))
        config = schema.alembic_config(connector)
        command.upgrade(config, "head")
        number = f"{int(schema.HEAD) + 1:04}"
        command.revision(config, message, autogenerate=True, rev_id=number)
    print(f'Read it, then set HEAD = "{number}" in app/models/schema.py.')


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit('Say what it adds: make migration NAME="second phone of a contact"')
    main(sys.argv[1])
