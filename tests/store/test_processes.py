"""Several processes at once, and one that is killed: nothing is half-written, nothing twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import SqlSnapshots
from store.tables import Base, SnapshotMadeRow, SnapshotRow
from tests.store.samples import CATALOGUE, a_snapshot

ROOT = Path(__file__).parents[2]


@contextmanager
def another_process(what: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that gets ready and waits for a line."""
    command = [sys.executable, "-m", "tests.store.another_process", what, url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start(*processes: subprocess.Popen[str]) -> None:
    """Let processes begin, together, once all of them are ready."""
    for process in processes:
        assert heard(process) == "ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


@pytest.fixture
def with_a_snapshot(database: Database) -> Database:
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE, {"areas.toml": ""})
        SqlSnapshots(session).save(a_snapshot(), load_ids=())
    return database


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


def test_a_writer_that_is_killed_leaves_what_was_there_and_nothing_of_its_own(
    with_a_snapshot: Database, url: str
) -> None:
    before = rows(with_a_snapshot)

    with another_process("die-at:snapshot_positions", url) as writer:
        start(writer)
        assert heard(writer) == "midway"
        writer.send_signal(signal.SIGKILL)
        writer.wait()

    assert rows(with_a_snapshot) == before
    with with_a_snapshot.reading() as session:
        newest = SqlSnapshots(session).newest()
    assert newest is not None
    assert newest.id == a_snapshot().id
    with with_a_snapshot.transaction() as session:  # and the next one can write
        SqlSnapshots(session).save(a_snapshot(value=1.0), load_ids=())


def test_two_processes_that_save_the_same_snapshot_leave_one(
    with_a_snapshot: Database, url: str
) -> None:
    with another_process("save", url) as one, another_process("save", url) as other:
        start(one, other)
        said = sorted([heard(one), heard(other)])

    assert said == ["known", "new"]
    with with_a_snapshot.reading() as session:
        for table in (SnapshotRow, SnapshotMadeRow):
            assert session.scalar(select(func.count()).select_from(table)) == 2


def test_two_processes_can_upgrade_at_once(empty_url: str) -> None:
    with (
        another_process("upgrade", empty_url) as one,
        another_process("upgrade", empty_url) as other,
    ):
        start(one, other)
        assert [one.wait(), other.wait()] == [0, 0]

    database = Database(empty_url)
    assert database.check() == []
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    database.close()
