"""Old daily figures are let go by rule: the database deletes nothing that is not written down.

The figures of a snapshot may be deleted once a row of `snapshot_let_go` says when it was let go.
Only daily figures can be: a month end is kept for ever.  What a snapshot was about stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LET_GO = "EXISTS (SELECT 1 FROM snapshot_let_go WHERE snapshot_id = {row}.snapshot_id)"
IS_DAILY = "EXISTS (SELECT 1 FROM snapshot WHERE id = NEW.snapshot_id AND kind = 'daily')"


def upgrade() -> None:
    """Make the table, and let only what it names be deleted."""
    op.create_table(
        "snapshot_let_go",
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name="pk_snapshot_let_go"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name="fk_snapshot_let_go_snapshot_id"
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_on_sqlite()
    else:
        _guard_on_postgresql()


def _guard_on_sqlite() -> None:
    op.execute("DROP TRIGGER snapshot_positions_refuses_delete")
    op.execute(
        "CREATE TRIGGER snapshot_positions_refuses_delete BEFORE DELETE ON snapshot_positions "
        f"WHEN NOT {LET_GO.format(row='OLD')} "
        "BEGIN SELECT RAISE(ABORT, 'snapshot_positions is written once: no DELETE'); END"
    )
    op.execute(
        "CREATE TRIGGER snapshot_let_go_takes_daily BEFORE INSERT ON snapshot_let_go "
        f"WHEN NOT {IS_DAILY} "
        "BEGIN SELECT RAISE(ABORT, 'snapshot_let_go takes daily figures only'); END"
    )
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER snapshot_let_go_refuses_{change.lower()} BEFORE {change} "
            "ON snapshot_let_go "
            f"BEGIN SELECT RAISE(ABORT, 'snapshot_let_go is written once: no {change}'); END"
        )
    op.execute(
        "CREATE TRIGGER snapshot_let_go_refuses_replace BEFORE INSERT ON snapshot_let_go "
        f"WHEN {LET_GO.format(row='NEW')} "
        "BEGIN SELECT RAISE(ABORT, 'snapshot_let_go is written once: no REPLACE'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(
        f"""
        CREATE FUNCTION refuse_unless_let_go() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT {LET_GO.format(row="OLD")} THEN
                RAISE EXCEPTION '% is written once: no %', TG_TABLE_NAME, TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION let_go_daily_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT {IS_DAILY} THEN
                RAISE EXCEPTION 'snapshot_let_go takes daily figures only'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute("DROP TRIGGER snapshot_positions_refuses_change ON snapshot_positions")
    op.execute(
        "CREATE TRIGGER snapshot_positions_refuses_change BEFORE UPDATE OR TRUNCATE "
        "ON snapshot_positions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER snapshot_positions_refuses_delete BEFORE DELETE "
        "ON snapshot_positions FOR EACH ROW EXECUTE FUNCTION refuse_unless_let_go()"
    )
    op.execute(
        "CREATE TRIGGER snapshot_let_go_takes_daily BEFORE INSERT "
        "ON snapshot_let_go FOR EACH ROW EXECUTE FUNCTION let_go_daily_only()"
    )
    op.execute(
        "CREATE TRIGGER snapshot_let_go_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON snapshot_let_go FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
