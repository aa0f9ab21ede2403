"""A copy is made while the database is used, is whole or is not there, and comes back."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot.alerts.model import Destination
from bot.audit import Entry, Outcome
from bot.delivery import Delivery, Elsewhere
from bot.people import ANYONE, Surface
from metrics.errors import StoreError
from store import migrations
from store.audit import SqlAudit
from store.backup import Manifest, back_up, manifest_file, newest, read_manifest, restore
from store.database import Database
from store.outbox import SqlOutbox, plain_post
from store.restoring import LOOKED_FOR, settle, told_since
from store.tables import CatalogueFileRow, CatalogueRow
from tests.bot.test_delivery import Platform
from tests.bot.test_main import threatdesk

NIGHT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
MORNING = NIGHT + timedelta(hours=5)
NOON = NIGHT + timedelta(hours=10)
BOARD = Destination(platform="slack", address="C1")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Database]:
    """A database with a row of audit in it."""
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    database.upgrade()
    write(database, "first")
    yield database
    database.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the copy goes."""
    return tmp_path / "copies" / "desk-1.db"


def write(database: Database, words: str, at: datetime = NIGHT) -> None:
    """Let somebody ask something."""
    SqlAudit(database).record(
        Entry(
            at=at,
            person=ANYONE,
            surface=Surface.PRIVATE,
            place="",
            text=words,
            outcome=Outcome.ANSWERED,
            detail="",
            snapshot="",
        )
    )


def asked(database: Database) -> list[str]:
    """Return what was asked, oldest first."""
    return [one.entry.text for one in reversed(tuple(SqlAudit(database).search()))]


def made(database: Database, copy: Path, now: datetime = NIGHT) -> Manifest:
    return back_up(database, copy, now=now, product_version="1.0")


def put_back(copy: Path, to: Path, *, replace: bool = False, now: datetime = NOON) -> Path | None:
    """Restore a copy; return where what was there is now."""
    database = Database(f"sqlite:///{to}")
    try:
        return restore(copy, database, replace=replace, now=now)[1]
    finally:
        database.close()


def test_a_copy_holds_everything_up_to_its_moment(
    desk: Database, copy: Path, tmp_path: Path
) -> None:
    manifest = made(desk, copy)
    write(desk, "later")

    put_back(copy, tmp_path / "new.db")

    restored = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert asked(restored) == ["first"]
    assert SqlAudit(restored).head().hash == manifest.audit_head
    restored.close()


def test_a_copy_is_one_file_that_its_owner_alone_reads_and_a_manifest(
    desk: Database, copy: Path
) -> None:
    made(desk, copy)

    assert sorted(copy.parent.iterdir()) == [copy, manifest_file(copy)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_not_overwritten(desk: Database, copy: Path) -> None:
    made(desk, copy)

    with pytest.raises(StoreError, match="already a file"):
        made(desk, copy)


def test_of_a_log_that_was_changed_no_copy_is_made(desk: Database, copy: Path) -> None:
    file = desk.file
    assert file is not None
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET words = 'never asked'")

    with pytest.raises(StoreError, match="row 1 was changed"):
        made(desk, copy)

    assert list(copy.parent.iterdir()) == []


def test_of_a_damaged_database_no_copy_is_made(desk: Database, copy: Path) -> None:
    for number in range(200):
        write(desk, f"{number} " * 200)
    desk.close()
    assert desk.file is not None
    with desk.file.open("r+b") as stream:  # a page in the middle of the audit log
        stream.seek(desk.file.stat().st_size // 4096 // 2 * 4096)
        stream.write(b"\xff" * 4096)

    with pytest.raises(StoreError, match=r"damaged|malformed|audit log is not|cannot be used"):
        made(desk, copy)

    assert not copy.exists()


def test_a_full_disk_is_said_and_leaves_nothing(
    desk: Database, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.backup._put_in_place", full)

    with pytest.raises(StoreError, match="No space left on device"):
        made(desk, copy)

    assert newest(copy.parent) is None
    assert not list(copy.parent.glob("*.part"))


@pytest.mark.parametrize("harm", ["cut off", "changed"])
def test_a_copy_that_was_cut_off_or_changed_is_not_restored(
    desk: Database, copy: Path, tmp_path: Path, harm: str
) -> None:
    made(desk, copy)
    held = copy.read_bytes()
    copy.write_bytes(held[:-4096] if harm == "cut off" else held.replace(b"first", b"fist!"))

    with pytest.raises(StoreError, match="not what was made"):
        put_back(copy, tmp_path / "new.db")

    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("harm", ["copy", "manifest", "unreadable"])
def test_a_copy_without_its_other_half_is_not_restored(
    desk: Database, copy: Path, tmp_path: Path, harm: str
) -> None:
    made(desk, copy)
    if harm == "unreadable":
        manifest_file(copy).write_text("{}")
    else:
        (copy if harm == "copy" else manifest_file(copy)).unlink()

    with pytest.raises(StoreError, match=r"no copy|manifest .* is missing|cannot be read"):
        put_back(copy, tmp_path / "new.db")


def test_a_database_that_is_there_is_kept_unless_it_is_to_be_replaced(
    desk: Database, copy: Path
) -> None:
    made(desk, copy)
    desk.close()
    assert desk.file is not None

    with pytest.raises(StoreError, match="There is a database"):
        put_back(copy, desk.file)


def test_a_database_that_is_replaced_is_set_aside_whole(
    desk: Database, copy: Path, tmp_path: Path
) -> None:
    made(desk, copy)
    write(desk, "later")
    desk.close()
    assert desk.file is not None

    aside = put_back(copy, desk.file, replace=True)

    assert aside is not None
    old = Database(f"sqlite:///{aside}")
    assert asked(old) == ["first", "later"]
    old.close()
    assert asked(desk) == ["first"]


def test_a_database_that_is_in_use_is_not_replaced(desk: Database, copy: Path) -> None:
    made(desk, copy)
    assert desk.file is not None

    with desk.reading(), pytest.raises(StoreError, match="in use"):
        put_back(copy, desk.file, replace=True)

    assert asked(desk) == ["first"]


def test_a_database_that_is_damaged_is_replaced(desk: Database, copy: Path) -> None:
    made(desk, copy)
    desk.close()
    assert desk.file is not None
    desk.file.write_bytes(b"no database at all " * 1000)

    put_back(copy, desk.file, replace=True)

    assert asked(desk) == ["first"]


def test_a_copy_of_a_newer_version_is_refused_and_the_database_stays(
    desk: Database, copy: Path, tmp_path: Path
) -> None:
    assert desk.file is not None
    its_revision(desk, "9999")
    made(desk, copy)
    its_revision(desk, migrations.heads()[0])
    write(desk, "later")
    desk.close()

    with pytest.raises(StoreError, match="made by a newer version"):
        put_back(copy, desk.file, replace=True)

    assert asked(desk) == ["first", "later"]


def its_revision(database: Database, revision: str) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": revision})


def test_a_copy_of_an_older_version_is_brought_up_to_date(
    desk: Database, copy: Path, tmp_path: Path
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    with old._engine.begin() as connection:
        command.upgrade(migrations.configuration(connection), "0003")
    assert made(old, copy).revision == "0003"
    old.close()

    put_back(copy, tmp_path / "new.db")

    restored = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert restored.check() == []
    restored.close()


def test_the_newest_copy_is_found_by_when_it_was_made(desk: Database, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    made(desk, folder / "b.db", now=NIGHT)
    made(desk, folder / "a.db", now=NOON)

    found = newest(folder)

    assert found is not None
    assert (found[0].name, found[1]) == ("a.db", read_manifest(folder / "a.db"))


def test_what_waited_in_the_copy_and_was_told_since_is_not_told_again(
    desk: Database, copy: Path
) -> None:
    slack = Platform()
    tell(desk, "one", "told since", MORNING, send=False, slack=slack)
    made(desk, copy)
    deliver(desk, slack, MORNING)
    desk.close()
    assert desk.file is not None

    put_back(copy, desk.file, replace=True)
    deliver(desk, slack, NOON)

    assert slack.words(BOARD) == ["told since"]


def test_what_was_decided_since_and_is_decided_again_is_not_told_again(
    desk: Database, copy: Path
) -> None:
    slack = Platform()
    made(desk, copy)
    tell(desk, "A-1/1", "as decided in the morning", MORNING, send=True, slack=slack)
    desk.close()
    assert desk.file is not None

    put_back(copy, desk.file, replace=True)
    tell(desk, "A-1/1", "as decided at noon", NOON, send=True, slack=slack)
    tell(desk, "A-1/2", "new at noon", NOON, send=True, slack=slack)

    assert slack.words(BOARD) == ["as decided at noon", "new at noon"]


def test_after_some_days_nothing_is_looked_for_any_more(desk: Database) -> None:
    settle(desk, copied_at=NIGHT, now=NOON)

    with desk.reading() as session:
        assert told_since(session, NOON) == NIGHT
        assert told_since(session, NOON + LOOKED_FOR) is None


def test_restored_twice_on_a_day_the_older_copy_counts(desk: Database) -> None:
    settle(desk, copied_at=NIGHT, now=NOON)
    settle(desk, copied_at=MORNING, now=NOON)

    with desk.reading() as session:
        assert told_since(session, NOON) == NIGHT


def tell(
    database: Database, key: str, words: str, now: datetime, *, send: bool, slack: Platform
) -> None:
    SqlOutbox(database).put([plain_post(BOARD, key, words, now)], now=now)
    if send:
        deliver(database, slack, now)


def deliver(database: Database, slack: Platform, now: datetime) -> None:
    Delivery(
        SqlOutbox(database),
        {"slack": slack},
        elsewhere=Elsewhere(operators=None, fallback=None),
        name="worker",
        clock=lambda: now,
    ).deliver()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from store.database import Database
from tests.operations.test_backup import write, NIGHT
database = Database(sys.argv[1])
for number in range(1_000_000):
    write(database, f"row {number} " * 20)
    if number == 20:
        Path(sys.argv[2]).touch()
"""


@pytest.mark.parametrize("attempt", range(2))
def test_a_writer_that_is_killed_in_the_middle_of_a_copy_leaves_the_copy_whole(
    desk: Database, copy: Path, tmp_path: Path, attempt: int
) -> None:
    with desk.transaction() as session:  # something to copy
        session.add(CatalogueRow(version="c0ffee"))
        session.flush()
        session.add(CatalogueFileRow(version="c0ffee", name="plan.toml", text="#" * 30_000_000))
    writing = tmp_path / "writing"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{desk.file}", str(writing)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        wait_for(writing)
        copier = subprocess.Popen(
            [sys.executable, "-c", COPIER, f"sqlite:///{desk.file}", str(copy)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        wait_for(copy.with_name(copy.name + ".part"))
        time.sleep(0.008 * attempt)
        writer.send_signal(signal.SIGKILL)
        assert copier.wait(timeout=60) == 0
    finally:
        writer.kill()
        writer.wait()

    put_back(copy, tmp_path / "new.db")

    restored = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert len(asked(restored)) == read_manifest(copy).audit_length > 20
    restored.close()
    assert SqlAudit(desk).head().length >= read_manifest(copy).audit_length


COPIER = """
import sys
from pathlib import Path
from store.backup import back_up
from store.database import Database
from tests.operations.test_backup import NIGHT
back_up(Database(sys.argv[1]), Path(sys.argv[2]), now=NIGHT, product_version="1.0")
"""


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_commands_copy_and_restore_and_write_it_down(
    harbour: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_BACKUPS", str(harbour / "copies"))
    assert threatdesk("run", "--as-at", "2020-05-01") == 0
    capsys.readouterr()
    assert threatdesk("backup") == 0
    found = re.search(r"Copied to (\S+\.db):", capsys.readouterr().out)
    assert found is not None

    assert threatdesk("restore", found[1]) == 1
    assert "--replace" in capsys.readouterr().err
    assert threatdesk("restore", found[1], "--replace") == 0

    assert threatdesk("dashboard", "all-crime") == 0
    database = Database(f"sqlite:///{harbour / 'desk.db'}")
    ours = [one for one in asked(database) if one.startswith(("threatdesk b", "threatdesk rest"))]
    assert ours == [f"threatdesk backup {found[1]}", f"threatdesk restore {found[1]}"]
    database.close()


def test_of_the_copies_in_a_folder_the_newest_may_be_kept(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = harbour / "copies"
    monkeypatch.setenv("THREATDESK_BACKUPS", str(copies))
    threatdesk("upgrade")
    for day in ("20200501", "20200502"):
        threatdesk("backup", str(copies / f"threatdesk-{day}T020000Z.db"))
    (copies / "notes.txt").touch()

    assert threatdesk("backup", "--keep", "2") == 0

    left = sorted(one.name for one in copies.iterdir())
    assert len(left) == 5  # two copies, two manifests, and what is none of ours
    assert "threatdesk-20200501T020000Z.db" not in left


def test_without_a_place_it_is_said_what_is_missing(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("backup") == 1

    assert "THREATDESK_BACKUPS" in capsys.readouterr().err
