"""Loads, snapshots and catalogues: written once, never changed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEYS: Final = {
    "load": ("id",),
    "load_counts": ("load_id",),
    "catalogue": ("version",),
    "catalogue_file": ("version", "name"),
    "snapshot": ("id",),
    "snapshot_positions": ("snapshot_id",),
    "snapshot_load": ("snapshot_id", "load_id"),
    "snapshot_made": ("snapshot_id", "made_at"),
}
"""The tables whose rows are written once, each with its primary key."""


def upgrade() -> None:
    """Make the tables, then have the database refuse to change what they hold."""
    _make_load_tables()
    _make_catalogue_tables()
    _make_snapshot_tables()
    if op.get_context().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()


def _make_load_tables() -> None:
    op.create_table(
        "load",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("cohort_days_changed", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("rejections", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_load"),
        sa.CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_load_span_has_both_ends")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_load_span_in_order")),
        sa.CheckConstraint(
            "rows_in >= 0 AND rows_rejected >= 0", name=op.f("ck_load_rows_not_negative")
        ),
        sa.CheckConstraint("cohort_days_changed >= 0", name=op.f("ck_load_days_not_negative")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_load_source_id", "load", ["source", "id"])
    op.create_table(
        "load_counts",
        sa.Column("load_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("covers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", name="pk_load_counts"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_load_counts_load_id"),
    )


def _make_catalogue_tables() -> None:
    op.create_table(
        "catalogue",
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_catalogue"),
    )
    op.create_table(
        "catalogue_file",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", "name", name="pk_catalogue_file"),
        sa.ForeignKeyConstraint(
            ["version"], ["catalogue.version"], name="fk_catalogue_file_version"
        ),
    )


def _make_snapshot_tables() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("catalogue_version", sa.String(), nullable=False),
        sa.Column("product_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
        sa.ForeignKeyConstraint(
            ["catalogue_version"], ["catalogue.version"], name="fk_snapshot_catalogue_version"
        ),
        sa.CheckConstraint(
            "kind IN ('daily', 'month_end')", name=op.f("ck_snapshot_kind_is_known")
        ),
    )
    op.create_index("ix_snapshot_as_at", "snapshot", ["as_at"])
    op.create_table(
        "snapshot_positions",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("positions", sa.LargeBinary(), nullable=False),
        sa.Column("assessments", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name="pk_snapshot_positions"),
        _belongs_to_snapshot("snapshot_positions"),
    )
    op.create_table(
        "snapshot_load",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("load_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "load_id", name="pk_snapshot_load"),
        _belongs_to_snapshot("snapshot_load"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_snapshot_load_load_id"),
    )
    op.create_table(
        "snapshot_made",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "made_at", name="pk_snapshot_made"),
        _belongs_to_snapshot("snapshot_made"),
    )


def _belongs_to_snapshot(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=f"fk_{table}_snapshot_id")


def _refuse_changes_on_sqlite() -> None:
    for table, key in KEYS.items():
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
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is written once: no %', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
