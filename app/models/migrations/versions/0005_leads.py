"""How promising a prospect is, and where it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("lead_interest", "lead_fit", "lead_budget", "lead_timing"):
        op.add_column("account", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("lead_state", "lead_reason"):
        op.add_column("account", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    message = "A released migration is not taken back"
    raise NotImplementedError(message)
