"""A database for each force: a file beside the file, a schema in the PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from metrics.errors import StoreError
from store.alerts import ALERTS_LOCK, SqlAlerts
from store.database import Database
from store.locks import hold
from store.register import REGISTER_LOCK
from store.schemas import beside, make_schema
from tests.store.conftest import drop_postgresql, new_postgresql

NUMBERS = count(1)


def test_beside_a_file_is_another_file() -> None:
    assert beside("sqlite:////var/desk.db", "saltmarsh") == "sqlite:////var/region/saltmarsh.db"
    assert beside("sqlite:///data/desk.db", "a-b") == "sqlite:///data/region/a-b.db"


def test_in_a_server_it_is_a_schema_and_other_options_stay() -> None:
    url = beside("postgresql://u:p@h/desk?options=-cstatement_timeout%3D9", "north-bay")

    assert "statement_timeout" in url
    assert url.endswith("search_path%3Dforce_north_bay")
    assert "u:p@" in url


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(StoreError) as raised:
        beside("://u:secret@", "saltmarsh")

    assert "secret" not in str(raised.value)


def test_a_server_that_is_away_is_not_said_to_refuse_a_schema() -> None:
    with pytest.raises(StoreError, match=r"cannot be reached") as raised:
        make_schema(beside("postgresql://desk:hunter2@localhost:1/desk", "saltmarsh"))

    assert "hunter2" not in f"{raised.value} {raised.value.hint}"


def test_two_forces_keep_apart_in_one_postgresql_database(server: Engine) -> None:
    name = f"region_{next(NUMBERS)}"
    main = new_postgresql(server, name)
    try:
        for force in ("saltmarsh", "shingle"):
            url = beside(main, force)
            make_schema(url)
            make_schema(url)  # again changes nothing
            database = Database(url)
            database.upgrade()
            assert database.check() == []
            database.close()
        found = _tables(main)
    finally:
        drop_postgresql(server, name)

    assert found["force_saltmarsh"] == found["force_shingle"]
    assert "alert" in found["force_shingle"]
    assert "public" not in found


def test_forces_are_brought_up_to_date_at_once_by_the_threads_of_one_process(
    tmp_path: Path,
) -> None:
    """A scrape, a question and the worker each open forces by themselves."""
    databases = [Database(beside(f"sqlite:///{tmp_path / 'desk.db'}", f"f{n}")) for n in range(6)]
    with ThreadPoolExecutor(len(databases)) as pool:
        list(pool.map(Database.upgrade, databases))

    assert [database.check() for database in databases] == [[]] * len(databases)
    for database in databases:
        database.close()


TRY = text("SELECT pg_try_advisory_xact_lock(:key)")
"""Whether a key is free, as it is without a schema."""


@pytest.fixture
def main(server: Engine) -> Iterator[str]:
    """The URL of an installation's own database."""
    name = f"region_{next(NUMBERS)}"
    yield new_postgresql(server, name)
    drop_postgresql(server, name)


@pytest.fixture
def forces(main: str) -> Iterator[tuple[Database, Database]]:
    """Two forces in it, and nobody waits for a lock for longer than a moment."""
    with ExitStack() as opened:
        found = []
        for force in ("saltmarsh", "shingle"):
            patient = make_url(main).update_query_dict({"options": "-clock_timeout=300"})
            url = beside(patient.render_as_string(hide_password=False), force)
            make_schema(url)
            database = Database(url)
            opened.callback(database.close)
            found.append(database)
        yield found[0], found[1]


def test_decisions_of_two_forces_do_not_wait_for_each_other(
    forces: tuple[Database, Database],
) -> None:
    one, other = forces

    with one.transaction() as session, other.transaction() as elsewhere:
        SqlAlerts(session).hold()
        SqlAlerts(elsewhere).hold()


def test_decisions_of_one_force_do(forces: tuple[Database, Database]) -> None:
    one, _ = forces

    with one.transaction() as session:
        SqlAlerts(session).hold()
        with pytest.raises(StoreError, match="lock timeout"), one.transaction() as another:
            SqlAlerts(another).hold()


def test_the_register_of_a_force_does_not_wait_for_its_alerts(
    forces: tuple[Database, Database],
) -> None:
    one, _ = forces

    with one.transaction() as session, one.transaction() as another:
        hold(session, ALERTS_LOCK)
        hold(another, REGISTER_LOCK)


def test_an_installation_by_itself_holds_the_key_that_it_always_held(
    main: str, forces: tuple[Database, Database]
) -> None:
    """A process of the version before may still be running beside one of this."""
    own = Database(main)
    with own.transaction() as session:
        hold(session, ALERTS_LOCK)
        for_itself = _is_free(own)
    with forces[0].transaction() as session:
        hold(session, ALERTS_LOCK)
        for_a_force = _is_free(own)
    own.close()

    assert (for_itself, for_a_force) == (False, True)


def _is_free(database: Database) -> bool:
    with database.transaction() as session:
        return bool(session.scalar(TRY, {"key": ALERTS_LOCK}))


def _tables(url: str) -> dict[str, set[str]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    query = text(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    found: dict[str, set[str]] = {}
    with engine.connect() as connection:
        for schema, table in connection.execute(query):
            found.setdefault(schema, set()).add(table)
    engine.dispose()
    return found
