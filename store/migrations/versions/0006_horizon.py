"""Horizon-scanning items of the briefing: written once, taking one away is a row as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, then have the database refuse to change what is in it."""
    op.create_table(
        "horizon_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_horizon_change"),
        sa.UniqueConstraint("number", "change", name="uq_horizon_change_number_change"),
        sa.CheckConstraint(
            "change IN ('noted', 'removed')", name=op.f("ck_horizon_change_change_is_known")
        ),
        sqlite_autoincrement=True,
    )
    if op.get_context().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        op.execute(
            "CREATE TRIGGER horizon_change_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON horizon_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _refuse_changes_on_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER horizon_change_refuses_{change.lower()} "
            f"BEFORE {change} ON horizon_change "
            f"BEGIN SELECT RAISE(ABORT, 'horizon_change is written once: no {change}'); END"
        )
    # INSERT OR REPLACE deletes a row without asking the trigger for DELETE, whichever of its keys
    # the new row shares.
    op.execute(
        "CREATE TRIGGER horizon_change_refuses_replace BEFORE INSERT ON horizon_change "
        "WHEN EXISTS (SELECT 1 FROM horizon_change WHERE id = NEW.id "
        "OR (number = NEW.number AND change = NEW.change)) "
        "BEGIN SELECT RAISE(ABORT, 'horizon_change is written once: no REPLACE'); END"
    )
