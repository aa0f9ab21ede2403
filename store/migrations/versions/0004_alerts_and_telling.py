"""Alerts and their lives, what is told of them, and the runs of jobs.

What an alert went through, what was decided and what people judged is written once; how an alert
stands, and how telling and running go, changes.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WRITTEN_ONCE: Final = {
    "alert_transition": ("number", "revision"),
    "alert_feedback": ("id",),
    "decided": ("snapshot_id", "rules"),
}
"""The tables whose rows are written once, each with its primary key."""


def upgrade() -> None:
    """Make the tables, then have the database refuse to change what is written once."""
    _make_alert_tables()
    _make_telling_tables()
    _make_run_tables()
    if op.get_context().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()


def _make_alert_tables() -> None:
    op.create_table(
        "alert",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime()),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_alert"),
    )
    is_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "ix_alert_open",
        "alert",
        ["concern", "measure", "area"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "alert_transition",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_alert_transition"),
        sa.ForeignKeyConstraint(["number"], ["alert.number"], name="fk_alert_transition_number"),
    )
    op.create_index("ix_alert_transition_at", "alert_transition", ["at"])
    op.create_table(
        "alert_feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_feedback"),
        sa.ForeignKeyConstraint(["number"], ["alert.number"], name="fk_alert_feedback_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_feedback_number", "alert_feedback", ["number"])
    op.create_table(
        "decided",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "rules", name="pk_decided"),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name="fk_decided_snapshot_id"),
    )


def _make_telling_tables() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("alert", sa.String()),
        sa.Column("message_of", sa.String()),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String()),
        sa.Column("lease_until", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("message", sa.String()),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("key", name="uq_notification_key"),
        sa.CheckConstraint(
            "state IN ('waiting', 'told', 'failed')", name=op.f("ck_notification_state_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'told') = (message IS NOT NULL)",
            name=op.f("ck_notification_told_has_message"),
        ),
        sqlite_autoincrement=True,
    )
    is_waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["platform", "address", "id"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.create_index(
        "ix_notification_message_of_platform_address",
        "notification",
        ["message_of", "platform", "address"],
    )


def _make_run_tables() -> None:
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("job", "day", name="pk_job_run"),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'failed')", name=op.f("ck_job_run_state_is_known")
        ),
    )
    op.create_table(
        "sign_of_life",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name="pk_sign_of_life"),
    )


def _refuse_changes_on_sqlite() -> None:
    for table, key in WRITTEN_ONCE.items():
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once: no {change}'); END"
            )
        # INSERT OR REPLACE deletes a row without asking the trigger for DELETE.
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
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
