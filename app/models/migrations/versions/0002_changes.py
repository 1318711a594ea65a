"""What happened to each row, so that it can be told and taken back."""

import sqlalchemy as sa
from alembic import op

from app.models import base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", base.UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_command")),
        sa.UniqueConstraint("id", name=op.f("uq_command_id")),
    )
    op.create_index("ix_command_standing_n", "command", ["standing", "n"])
    op.create_index(op.f("ix_command_at"), "command", ["at"])
    op.create_table(
        "change",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=32), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fields", base.Json(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_change")),
    )
    op.create_index("ix_change_row_id_n", "change", ["row_id", "n"])
    op.create_index(op.f("ix_change_command_id"), "change", ["command_id"])


def downgrade() -> None:
    message = "A released migration is not taken back"
    raise NotImplementedError(message)
