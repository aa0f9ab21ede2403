"""The oldest rows of the audit log may be removed by rule, and what they were is vouched for.

Nobody deletes a row: a checkpoint is put in, and the database itself then removes the rows that it
stands for, from the first one on, all of them and at once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDS_FOR = (
    "EXISTS (SELECT 1 FROM audit WHERE id = NEW.through AND hash = NEW.hash) "
    "AND NEW.rows = (SELECT count(*) FROM audit WHERE id <= NEW.through)"
)
"""The rows that a checkpoint stands for are there, and are those that it says."""

IS_RECENT = "EXISTS (SELECT 1 FROM audit WHERE id <= NEW.through AND at > {a_year_ago})"
"""Whatever a rule says, and whoever puts the checkpoint in."""

WRITTEN_ONCE = "audit_checkpoint is written once: no"
NO_SUCH_ROWS = "audit_checkpoint stands for the first rows of audit, as they are"
TOO_RECENT = "audit keeps every row for a year"


def upgrade() -> None:
    """Make the table, and let it, and nothing else, remove rows of the audit log."""
    op.create_table(
        "audit_checkpoint",
        sa.Column("through", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("through", name="pk_audit_checkpoint"),
        sa.CheckConstraint("rows > 0", name=op.f("ck_audit_checkpoint_something_was_removed")),
    )
    if op.get_context().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_checkpoint_refuses_{change.lower()} "
            f"BEFORE {change} ON audit_checkpoint "
            f"BEGIN SELECT RAISE(ABORT, '{WRITTEN_ONCE} {change}'); END"
        )
    recent = IS_RECENT.format(a_year_ago="strftime('%Y-%m-%d %H:%M:%S', 'now', '-1 year')")
    is_there = "EXISTS (SELECT 1 FROM audit_checkpoint WHERE through = NEW.through)"
    op.execute(
        "CREATE TRIGGER audit_checkpoint_refuses_replace BEFORE INSERT ON audit_checkpoint "
        f"BEGIN SELECT CASE WHEN {is_there} THEN RAISE(ABORT, '{WRITTEN_ONCE} REPLACE') "
        f"WHEN NOT ({STANDS_FOR}) THEN RAISE(ABORT, '{NO_SUCH_ROWS}') "
        f"WHEN {recent} THEN RAISE(ABORT, '{TOO_RECENT}') END; END"
    )
    op.execute(
        "CREATE TRIGGER audit_checkpoint_removes AFTER INSERT ON audit_checkpoint "
        "BEGIN DELETE FROM audit WHERE id <= NEW.through; END"
    )
    op.execute("DROP TRIGGER audit_refuses_delete")
    op.execute(
        "CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit "
        "WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE through >= OLD.id) "
        "BEGIN SELECT RAISE(ABORT, 'audit is written once: no DELETE'); END"
    )


def _on_postgresql() -> None:
    recent = IS_RECENT.format(a_year_ago="(now() AT TIME ZONE 'utc') - interval '1 year'")
    op.execute(
        f"""
        CREATE FUNCTION audit_checkpoint_stands() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT ({STANDS_FOR}) THEN
                RAISE EXCEPTION '{NO_SUCH_ROWS}'
                    USING ERRCODE = 'integrity_constraint_violation';
            ELSIF {recent} THEN
                RAISE EXCEPTION '{TOO_RECENT}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION audit_checkpoint_removes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM audit WHERE id <= NEW.through;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION audit_refuses_delete() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM audit_checkpoint WHERE through >= OLD.id) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% is written once: no %', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for when, what in (("BEFORE", "stands"), ("AFTER", "removes")):
        op.execute(
            f"CREATE TRIGGER audit_checkpoint_{what} {when} INSERT ON audit_checkpoint "
            f"FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_{what}()"
        )
    op.execute(
        "CREATE TRIGGER audit_checkpoint_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP TRIGGER audit_refuses_change ON audit")
    op.execute(
        "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuses_delete()"
    )
