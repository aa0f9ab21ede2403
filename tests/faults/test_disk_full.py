"""There is no room on the disk: nothing is half written, and it goes on when there is room."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from bot.answer import Request
from bot.app import App
from bot.observing.logs import LOG_FILE, NAME, keep_log
from bot.people import Person, Role
from bot.runs import RETRY_AFTER, RunState
from bot.working import DAILY, daily_work, jobs_of
from config.settings import LogForm, Settings
from metrics.errors import StoreError, UserError
from store.audit import SqlAudit
from store.backup import back_up
from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH
from tests.faults.duty import Clock, Duty, Runner

SIZE: Final = 6 * 2**20
"""Bytes: the database of the small force takes one or two of them."""

LITTLE: Final = 2**20
"""Bytes in which a run can be claimed and given back, and its figures cannot be kept."""

LARGE: Final = text("CREATE TABLE large AS SELECT randomblob(3000000)")
"""Writes more than that."""

DAY: Final = date(2020, 5, 2)
MORNING: Final = datetime(2020, 5, 2, 5, 30, tzinfo=UTC)  # 06:30 in London

JANE: Final = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        made = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except OSError:
        made = False
    if not made:
        pytest.skip("left out: a disk that can be filled is mounted by root on Linux only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(disk: Path, *, room: int = 0) -> Iterator[None]:
    """Leave no room, or only so many bytes."""
    filler, spare = disk / "filler", disk / "spare"
    spare.write_bytes(b"\0" * room)
    with filler.open("wb", buffering=0) as stream:
        for size in (2**16, 2**12, 1):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError:
                continue
    spare.unlink()
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture
def app(disk: Path, tmp_path: Path) -> Iterator[App]:
    """The invented force, its database on the small disk and its records on another."""
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    settings = Settings(
        database_url=f"sqlite:///{disk / 'desk.db'}",
        plan=str(SALTMARSH),
        data=tmp_path,
        sources=tmp_path / "sources.toml",
        _env_file=None,
    )
    with App(settings=settings) as made:
        made.database.upgrade()
        yield made


def is_whole(app: App) -> bool:
    """Whether the database is as SQLite wants it, and the audit log as it was written."""
    assert app.database.file is not None
    with sqlite3.connect(app.database.file) as connection:
        [[said]] = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    return bool(said == "ok") and SqlAudit(app.database).verify() is None


def test_a_run_says_which_file_on_which_disk_and_keeps_nothing(app: App, disk: Path) -> None:
    with full(disk), pytest.raises(StoreError) as raised:
        daily_work(app, lambda: False, DAY, MORNING)

    assert str(raised.value) == (
        f"The database (SQLite, {disk / 'desk.db'}) cannot be used: database or disk is full."
    )
    assert raised.value.hint == f"Make room on the disk {disk}; nothing is half written."
    assert is_whole(app)
    with pytest.raises(UserError, match="There are no"):
        app.shelf.find(None, None)


def test_a_run_is_tried_until_there_is_room(app: App, disk: Path) -> None:
    daily = next(one for one in jobs_of(app) if one.name == DAILY)
    duty = Duty(app.database, jobs=[daily], clock=Clock(MORNING))

    with full(disk):
        duty.go_on(RETRY_AFTER * 6, step=timedelta(minutes=5))
        with pytest.raises(UserError, match="There are no"):
            app.shelf.find(None, None)
    duty.go_on(RETRY_AFTER + timedelta(minutes=5), step=timedelta(minutes=5))

    run = duty.run(DAY)
    assert run is not None
    assert run.state is RunState.DONE, run.detail
    assert app.shelf.find(None, None).snapshot.as_at == date(2020, 5, 1)
    assert is_whole(app)


def test_a_run_that_fails_for_want_of_room_all_morning_is_not_used_up(app: App, disk: Path) -> None:
    def write() -> None:
        with app.database.transaction() as session:
            session.execute(LARGE)

    runner = Runner(meanwhile=write)
    duty = Duty(app.database, jobs=[runner.job()], clock=Clock(MORNING))

    with full(disk, room=LITTLE):
        duty.go_on(RETRY_AFTER * 6, step=timedelta(minutes=5))
    assert runner.done == []
    duty.go_on(RETRY_AFTER + timedelta(minutes=5), step=timedelta(minutes=5))

    assert runner.done == [DAY]
    said, late = duty.heard()
    assert "is late: it was due at 06:30" in late
    assert said == (
        "The daily run for 2 May 2020 could not be done, and is tried again every 10 minutes. "
        f"The database (SQLite, {disk / 'desk.db'}) cannot be used: database or disk is full. "
        f"Make room on the disk {disk}; nothing is half written."
    )
    assert is_whole(app)


def test_operators_are_told_of_the_disk(app: App, disk: Path) -> None:
    daily = next(one for one in jobs_of(app) if one.name == DAILY)
    duty = Duty(app.database, jobs=[daily], clock=Clock(MORNING))

    with full(disk):
        duty.go_on(RETRY_AFTER * 6, step=timedelta(minutes=5))
    duty.go_on(timedelta(minutes=15))

    told = [one for one in duty.heard() if str(disk / "desk.db") in one]
    assert told, duty.heard()
    assert len(told) <= 2  # that it was put off, and that the database was away


def test_an_asker_gets_a_sentence_and_an_answer_when_there_is_room(app: App, disk: Path) -> None:
    question = Request(text="/threatdesk help", person=JANE, at=MORNING)

    with full(disk):
        refused = [app.desk.settle(question) for _ in range(60)][-1]
    answered = app.desk.settle(question)

    assert "every answer is recorded" in refused.reply.summary
    assert refused.reference in str(refused.reply)
    assert "not answered" not in str(answered.reply)
    assert is_whole(app)


@pytest.fixture
def kept_log(disk: Path) -> Iterator[Path]:
    """The log on the small disk."""
    root, level = logging.getLogger(), logging.getLogger().level
    keep_log(disk, LogForm.TEXT)
    yield disk / LOG_FILE
    for one in [one for one in root.handlers if one.get_name() == NAME]:
        root.removeHandler(one)
        one.close()
    root.setLevel(level)


def test_a_log_that_finds_no_room_stops_nobody_and_goes_on_afterwards(
    kept_log: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("bot.faults")
    log.warning("before")
    with full(disk):
        for number in range(300):
            log.warning("meanwhile %d %s", number, "x" * 80)
    log.warning("after")

    lines = kept_log.read_text(encoding="utf-8").splitlines()
    assert "before" in lines[0]
    assert lines[-1].endswith("after")
    assert "No space left on device" in capsys.readouterr().err


def test_a_copy_that_finds_no_room_leaves_nothing_and_says_which(
    app: App, disk: Path, tmp_path: Path
) -> None:
    to = disk / "copies" / "desk.db"
    now = MORNING

    with full(disk), pytest.raises(StoreError) as raised:
        back_up(app.database, to, now=now, product_version="1.0")
    left = [one.name for one in disk.rglob("*") if "copies" in str(one.parent)]
    made = back_up(app.database, to, now=now, product_version="1.0")

    assert str(raised.value).startswith(f"The copy {to} cannot be made: ")
    assert "Look for room on the disk" in raised.value.hint
    assert left == []
    assert made.size == to.stat().st_size
