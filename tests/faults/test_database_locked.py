"""Another process holds SQLite's write lock for longer than anybody waits."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.answer import Request
from bot.app import App
from bot.people import Person, Role
from config.settings import Settings
from store.database import Database
from tests.bot.test_delivery import telling
from tests.conftest import SALTMARSH
from tests.faults.duty import NOON, Duty, Runner, held
from tests.operations.fake_desk import ROOT, installation

BUSY: Final = "?timeout=0.1"
"""How long is waited for the lock, in seconds: of SQLite's driver, in the URL."""

JANE: Final = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)

OUTAGE: Final = timedelta(minutes=40)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{file}{BUSY}")
    made.upgrade()
    yield made
    made.close()


def test_a_worker_waits_and_then_does_and_tells_everything_once(
    database: Database, file: Path
) -> None:
    runner = Runner()
    duty = Duty(database, jobs=[runner.job()])
    duty.put(telling("a"), telling("b"))

    with held(file):
        duty.go_on(OUTAGE, step=timedelta(minutes=10))
        assert (runner.done, duty.told()) == ([], [])
    duty.look()
    duty.look()

    assert (len(runner.done), duty.told()) == (1, ["a", "b"])


def test_operators_are_told_afterwards_once_from_when_to_when(
    database: Database, file: Path
) -> None:
    duty = Duty(database)

    with held(file):
        duty.go_on(OUTAGE, step=timedelta(minutes=10))
    duty.look()
    duty.look()

    [said] = duty.heard()
    assert said == (
        "The worker could not use the database from 12:00 to 12:40 on 10 March 2026. "
        f"The database (SQLite, {file}) cannot be used: database is locked. "
        "It goes on by itself: nothing was lost, and what was due is being done and told now. "
        "Questions asked meanwhile were not answered."
    )


def test_the_log_has_a_line_when_it_goes_and_one_when_it_is_back(
    database: Database, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    duty = Duty(database)

    with held(file), caplog.at_level(logging.WARNING):
        duty.go_on(OUTAGE, step=timedelta(minutes=10))
    duty.look()

    first, last = caplog.messages
    assert first.startswith("Waiting for the database.")
    assert "see which, and end it" in first
    assert last == "The database is back; it was away from 12:00 to 12:40 on 10 March 2026."


def test_a_short_wait_is_no_news_to_operators(database: Database, file: Path) -> None:
    duty = Duty(database)

    with held(file):
        duty.look()
    duty.look()

    assert duty.heard() == []


def test_a_message_that_was_posted_as_the_lock_was_taken_is_not_posted_again(
    database: Database, file: Path
) -> None:
    duty = Duty(database)
    duty.put(telling("a"), telling("b"))
    post, locks = duty.slack.post, [held(file)]

    def post_and_lock(*about: object, **more: object) -> str:
        message = post(*about, **more)  # type: ignore[arg-type]
        locks[0].__enter__()
        return message

    duty.slack.post = post_and_lock  # type: ignore[method-assign]
    duty.worker.deliver()
    duty.slack.post = post  # type: ignore[method-assign]
    locks[0].__exit__(None, None, None)
    duty.go_on(timedelta(minutes=5))

    assert duty.told() == ["a", "b"]


@pytest.fixture
def app(tmp_path: Path, file: Path) -> Iterator[App]:
    settings = Settings(
        database_url=f"sqlite:///{file}{BUSY}",
        plan=str(SALTMARSH),
        data=tmp_path,
        _env_file=None,
    )
    with App(settings=settings) as made:
        yield made


def test_an_asker_gets_a_sentence_with_a_reference_and_an_answer_afterwards(
    app: App, file: Path
) -> None:
    question = Request(text="/threatdesk help", person=JANE, at=NOON)
    app.database.upgrade()

    with held(file):
        refused = app.desk.settle(question)
    answered = app.desk.settle(question)

    assert refused.reply.summary == (
        "This was not answered: every answer is recorded, and the record failed."
    )
    assert refused.reference in str(refused.reply)
    assert "not answered" not in str(answered.reply)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchall() == [(1,)]


def test_a_load_balancer_is_told_that_no_answer_can_be_given(
    database: Database, file: Path
) -> None:
    before = database.is_ready()
    with held(file):
        meanwhile = database.is_ready()

    assert (before, meanwhile, database.is_ready()) == (True, False, True)


def test_status_ends_with_1_and_a_sentence(tmp_path: Path, database: Database, file: Path) -> None:
    environment = installation(tmp_path)
    environment["THREATDESK_DATABASE_URL"] = f"sqlite:///{file}{BUSY}"

    with held(file):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "status"],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    assert done.returncode == 1
    assert "cannot be used: database is locked" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
