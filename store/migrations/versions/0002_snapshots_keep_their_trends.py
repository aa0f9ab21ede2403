"""Snapshots keep the months and weeks behind their figures.

Those that were kept before have none: the column stays NULL, and their ids hold.  Adding a column
changes no row, so the triggers that refuse changes stay in force throughout.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to the figures of snapshots."""
    op.add_column("snapshot_positions", sa.Column("trends", sa.LargeBinary()))
