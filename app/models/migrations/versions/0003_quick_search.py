"""A search per kind, lists read from indexes alone, and what was opened last."""

import sqlalchemy as sa
from alembic import op

from app.models import base
from app.models.search import DDL

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opened",
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("opened_at", base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_opened")),
    )
    op.create_index(op.f("ix_opened_opened_at"), "opened", ["opened_at"])
    connection = op.get_bind()
    former = connection.execute(
        sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search%'")
    )
    for (name,) in former.all():
        op.execute(f"DROP TRIGGER {name}")
    for table in ("search_text", "search_digits", "search_entry"):
        op.execute(f"DROP TABLE {table}")
    for statement in DDL:  # filled by env.py, as after every migration
        op.execute(statement)
    for table, name, columns in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
        op.create_index(name, table, columns)


INDEXES = (
    (
        "activity", "ix_activity_visits",
        ["account_id", "kind", "state", "removed_at", "done_at", "planned_at"],
    ),
    ("activity", "ix_activity_owner_due", ["owner_id", "due_on"]),
    (
        "activity", "ix_activity_owner_done",
        ["owner_id", "done_at", "kind", "state", "removed_at", "account_id"],
    ),
    ("site", "ix_site_first", ["account_id", "removed_at", "id", "city", "lat_e6", "lon_e6"]),
    ("invoice", "ix_invoice_account_issued", ["account_id", "issued_on", "base", "removed_at"]),
    ("receivable", "ix_receivable_due", ["due_on", "pending", "removed_at", "account_id"]),
    ("receivable", "ix_receivable_account_due", ["account_id", "due_on", "pending", "removed_at"]),
)  # fmt: skip


def downgrade() -> None:
    message = "Going back is restoring the copy that was made before"
    raise NotImplementedError(message)
