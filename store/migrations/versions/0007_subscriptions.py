"""What people follow by their own wish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what is followed may be given up again."""
    op.create_table(
        "subscription",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", "priority", "area", name="pk_subscription"),
    )
