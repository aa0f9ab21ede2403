"""The performance issue register: changes of issues and operations, and who was reminded of what.

All of it is written once: how an issue stands is worked out from its changes.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WRITTEN_ONCE: Final = {
    "issue_change": (("id",), ("number", "revision")),
    "operation_change": (("id",), ("operation", "revision")),
    "issue_reminded": (("number", "action", "matter", "due", "day"),),
}
"""The tables, each with its keys: a row may not take the place of one that shares a key."""


def upgrade() -> None:
    """Make the tables, then have the database refuse to change what is in them."""
    op.create_table(
        "issue_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue_change"),
        sa.UniqueConstraint("number", "revision", name="uq_issue_change_number_revision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_issue_change_at", "issue_change", ["at"])
    op.create_table(
        "operation_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operation_change"),
        sa.UniqueConstraint("operation", "revision", name="uq_operation_change_operation_revision"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "issue_reminded",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "number", "action", "matter", "due", "day", name="pk_issue_reminded"
        ),
    )
    if op.get_context().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()


def _refuse_changes_on_sqlite() -> None:
    for table, keys in WRITTEN_ONCE.items():
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once: no {change}'); END"
            )
        # INSERT OR REPLACE deletes a row without asking the trigger for DELETE, whichever of its
        # keys the new row shares.
        same = " OR ".join(
            "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys
        )
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from above
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {there} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is written once: no REPLACE'); END"
        )


def _refuse_changes_on_postgresql() -> None:
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
