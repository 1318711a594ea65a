"""Views of lists and the columns they show."""

import sqlalchemy as sa
from alembic import op

from app.models import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_view",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", base.Json(), nullable=False),
        sa.PrimaryKeyConstraint("list", "key", name=op.f("pk_list_view")),
    )


def downgrade() -> None:
    message = "A released migration is not taken back"
    raise NotImplementedError(message)
