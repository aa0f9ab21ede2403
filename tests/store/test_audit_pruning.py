"""Old rows may be removed by rule, from the first one on, and a checkpoint vouches for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.audit import Checkpoint, Head
from metrics.errors import UserError
from store.audit import SqlAudit, Wanted
from store.database import Database
from tests.store.samples import allow_changes
from tests.store.test_audit import JANE, NOON, an_entry

LATER = NOON + timedelta(days=800)
RULE = "kept for 2 years"


@pytest.fixture
def audit(database: Database) -> SqlAudit:
    """Three rows of three days."""
    kept = SqlAudit(database)
    for day, words in enumerate(("one", "two", "three")):
        kept.record(an_entry(words, at=NOON + timedelta(days=day)))
    return kept


def prune(audit: SqlAudit, *, days: float) -> Checkpoint | None:
    before = NOON + timedelta(days=days)
    return audit.prune(before=before, rule=RULE, by=JANE, place="terminal:jane", now=LATER)


def tamper(database: Database, *statements: str) -> None:
    """Do what only the owner of the database could."""
    with database.transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            for trigger in ("refuses_update", "refuses_delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_{trigger}"))
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_checkpoint_{trigger}"))
        else:
            allow_changes(session, "audit")
        for one in statements:
            session.execute(text(one))


def words_of(audit: SqlAudit) -> list[str]:
    return [kept.entry.text for kept in audit.each()]


def test_what_is_older_goes_and_a_row_tells_of_it(audit: SqlAudit) -> None:
    made = prune(audit, days=1.5)

    assert made is not None
    assert (made.through, made.rows, made.by, made.rule) == (2, 2, "jane.smith", RULE)
    assert (made.first_at, made.last_at) == (NOON, NOON + timedelta(days=1))
    assert words_of(audit) == ["three", "audit prune"]
    [told] = audit.search(Wanted(words="checkpoint"))
    assert told.entry.person == JANE
    assert told.entry.place == "terminal:jane"
    assert told.entry.detail == (
        "2 rows removed, up to 2, of 11 December 2013 to 12 December 2013: kept for 2 years; "
        f"checkpoint {made.digest}"
    )


def test_the_chain_is_whole_afterwards_and_goes_on(audit: SqlAudit) -> None:
    before = audit.head()
    made = prune(audit, days=1.5)
    audit.record(an_entry("five"))

    found = audit.examine()

    assert (found.broken, found.why) == (None, "")
    assert found.rows == 3
    assert found.head.length == before.length + 2
    assert found.checkpoints == (made,)


def test_where_every_row_was_old_the_chain_carries_on_from_the_last(audit: SqlAudit) -> None:
    made = prune(audit, days=30)

    assert made is not None
    assert made.through == 3
    assert audit.verify() is None
    assert audit.head().length == 4


def test_checkpoints_chain_too(audit: SqlAudit) -> None:
    prune(audit, days=0.5)
    prune(audit, days=1.5)

    assert audit.verify() is None
    assert [one.through for one in audit.examine().checkpoints] == [1, 2]


def test_nothing_is_written_where_nothing_is_old(audit: SqlAudit) -> None:
    assert prune(audit, days=0) is None
    assert words_of(audit) == ["one", "two", "three"]


def test_a_row_whose_clock_was_ahead_keeps_what_came_after_it(audit: SqlAudit) -> None:
    """Only a prefix goes: what is old but stands after something newer stays."""
    audit.record(an_entry("four", at=NOON))

    prune(audit, days=1.5)

    assert words_of(audit) == ["three", "four", "audit prune"]


def test_a_broken_chain_is_not_pruned(database: Database, audit: SqlAudit) -> None:
    tamper(database, "UPDATE audit SET words = 'nothing' WHERE id = 1")

    with pytest.raises(UserError, match="Row 1 is not what was written"):
        prune(audit, days=1.5)

    assert len(words_of(audit)) == 3


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_checkpoint SET rule = 'a wish'", 2),
        ("UPDATE audit_checkpoint SET hash = previous", 2),
        ("UPDATE audit_checkpoint SET by = 'nobody'", 2),
        ("DELETE FROM audit_checkpoint", 3),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("DELETE FROM audit WHERE id = 4", 2),  # the row that told of it
    ],
)
def test_what_is_done_to_a_checkpoint_shows(
    database: Database, audit: SqlAudit, change: str, broken: int
) -> None:
    prune(audit, days=1.5)

    tamper(database, change)

    assert audit.examine().broken == broken


def test_a_row_that_is_back_after_its_removal_shows(database: Database, audit: SqlAudit) -> None:
    prune(audit, days=1.5)
    columns = "at, person_id, person_name, role, surface, place, words, outcome, detail, snapshot"
    tamper(
        database,
        f"INSERT INTO audit (id, {columns}, previous, hash) "  # noqa: S608 - our own names
        f"SELECT 2, {columns}, previous, hash FROM audit WHERE id = 3",
    )

    assert audit.examine().broken == 2


CHECKPOINT = (
    "INSERT INTO audit_checkpoint "
    "SELECT {through}, {hash}, {rows}, at, at, at, 'nobody', 'a wish', hash, hash "
    "FROM audit WHERE id = {through}"
)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"through": 2, "hash": "previous", "rows": 2}, "stands for the first rows of audit"),
        ({"through": 2, "hash": "hash", "rows": 1}, "stands for the first rows of audit"),
        ({"through": 4, "hash": "hash", "rows": 4}, "audit keeps every row for a year"),
    ],
)
def test_the_database_takes_no_checkpoint_that_is_not_true_or_too_recent(
    database: Database, audit: SqlAudit, values: dict[str, object], why: str
) -> None:
    audit.record(an_entry("now", at=datetime.now(UTC)))

    with pytest.raises(IntegrityError, match=why), database.transaction() as session:
        session.execute(text(CHECKPOINT.format(**values)))

    assert audit.head().length == 4


def test_rows_after_a_checkpoint_still_cannot_be_deleted(
    database: Database, audit: SqlAudit
) -> None:
    prune(audit, days=1.5)

    with pytest.raises(IntegrityError, match="no DELETE"), database.transaction() as session:
        session.execute(text("DELETE FROM audit WHERE id = 3"))


def test_a_removal_past_the_product_leaves_a_chain_that_nothing_vouches_for(
    database: Database, audit: SqlAudit
) -> None:
    """Whoever may write to the database can put a checkpoint in: it shows."""
    with database.transaction() as session:
        session.execute(text(CHECKPOINT.format(through=2, hash="hash", rows=2)))

    assert audit.examine().broken == 2


def test_a_noted_end_tells_a_log_that_was_cut_short(database: Database, audit: SqlAudit) -> None:
    noted = audit.head()
    tamper(database, "DELETE FROM audit WHERE id = 3")

    found = audit.examine(noted)

    assert audit.verify() is None
    assert (found.broken, found.why) == (3, "Row 3 was noted, and the log ends at 2.")


def test_a_noted_end_tells_a_log_that_was_written_anew(audit: SqlAudit) -> None:
    assert audit.examine(Head(length=2, hash="0" * 64)).broken == 2


def test_a_noted_end_that_was_removed_by_rule_is_no_break(audit: SqlAudit) -> None:
    noted = audit.head()
    prune(audit, days=30)

    assert audit.examine(noted).broken is None


def test_an_end_is_read_as_it_was_noted(audit: SqlAudit) -> None:
    assert Head.read(f" {audit.head()}\n".upper()) == audit.head()


@pytest.mark.parametrize("written", ["", "12", "12:ab", "x:" + "0" * 64])
def test_what_was_not_noted_so_is_refused(written: str) -> None:
    with pytest.raises(UserError, match="is not the end of an audit log"):
        Head.read(written)
