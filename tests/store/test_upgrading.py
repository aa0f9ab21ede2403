"""A database of every version there was is brought up to date, and keeps its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import product
from typing import Any, Final

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    select,
)
from sqlalchemy.exc import DBAPIError

from bot.audit import Entry, Outcome
from bot.people import ANYONE, Surface
from metrics.errors import StoreError
from store import migrations
from store.alert_tables import CHANGING
from store.audit import SqlAudit
from store.database import Database
from tests.store.conftest import new_postgresql
from tests.store.samples import MORNING

HEAD: Final = migrations.heads()[0]

REVISIONS: Final = sorted(
    one.revision for one in ScriptDirectory.from_config(migrations.configuration()).walk_revisions()
)

VALUES: Final[Mapping[type[Any], Any]] = {
    Boolean: True,
    Integer: 1,
    Float: 0.5,
    Date: date(2013, 12, 11),
    DateTime: datetime(2013, 12, 12, 6, 0),  # noqa: DTZ001 - as it is kept
    JSON: [],
    LargeBinary: b"\x00figures",
    String: "words",
}
"""What stands in a column of each type; the first that fits."""

CHOSEN: Final[Mapping[tuple[str, str], Any]] = {
    ("snapshot", "kind"): "daily",
    ("notification", "state"): "waiting",
    ("notification", "message"): None,  # nothing was told yet
    ("job_run", "state"): "failed",
    ("horizon_change", "change"): "noted",
}
"""What stands in columns that do not take every value."""

BY_TRIGGER: Final = frozenset({"audit_checkpoint"})
"""Tables whose rows must stand for other rows; their own tests write them."""

Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The first row of an audit log, as the product writes it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('audit') / 'desk.db'}")
    database.upgrade()
    entry = Entry(
        at=MORNING,
        person=ANYONE,
        surface=Surface.PRIVATE,
        place="C1",
        text="/priority 12",
        outcome=Outcome.ANSWERED,
        detail="priority",
        snapshot="",
    )
    SqlAudit(database).record(entry)
    with database._engine.connect() as connection:
        row = connection.execute(select(tables(connection)["audit"])).mappings().one()
        found = dict(row)
    database.close()
    return found


def tables(connection: Connection) -> Mapping[str, Table]:
    """Return the tables that are there, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    names = [one.name for one in found.sorted_tables if one.name != "alembic_version"]
    return {name: found.tables[name] for name in names}


def a_row(table: Table) -> dict[str, Any]:
    """Return a row with something in every column."""
    row = {}
    for column in table.columns:
        fitting = (value for kind, value in VALUES.items() if isinstance(column.type, kind))
        value = CHOSEN.get((table.name, column.name), next(fitting))
        row[column.name] = value
    return row


def fill(connection: Connection, audited: dict[str, Any]) -> Rows:
    """Write a row into every table; return them."""
    written = {}
    for name, table in tables(connection).items():
        if name in BY_TRIGGER:
            continue
        row = audited if name == "audit" else a_row(table)
        connection.execute(table.insert().values(row))
        written[name] = row
    return written


@pytest.fixture(
    scope="module",
    params=product(["sqlite", "postgresql"], [one for one in REVISIONS if one != HEAD]),
    ids=" at ".join,
)
def grown(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    audited: dict[str, Any],
) -> Iterator[tuple[Database, Rows]]:
    """A database that was at a revision, full, and was then brought up to date; its old rows."""
    backend, revision = request.param
    name = f"grown_from_{revision}"
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp(name) / 'desk.db'}"
    else:
        url = new_postgresql(request.getfixturevalue("server"), name)
    database = Database(url)
    with database._engine.begin() as connection:
        command.upgrade(migrations.configuration(connection), revision)
        written = fill(connection, audited)
    database.upgrade()
    yield database, written
    database.close()


def test_every_row_is_kept_as_it_was(grown: tuple[Database, Rows]) -> None:
    database, written = grown

    with database._engine.connect() as connection:
        for name, table in tables(connection).items():
            if name not in written:
                continue
            [row] = connection.execute(select(table)).mappings().all()
            assert {key: row[key] for key in written[name]} == written[name], name


def test_what_was_written_once_is_still_refused_a_change(grown: tuple[Database, Rows]) -> None:
    database, written = grown

    for name in written:
        if name in CHANGING:
            continue
        with (
            pytest.raises(DBAPIError, match="is written once"),
            database._engine.begin() as connection,
        ):
            connection.execute(tables(connection)[name].delete())


def test_it_is_at_the_newest_revision_and_can_be_used(grown: tuple[Database, Rows]) -> None:
    database, written = grown

    assert database.check() == []
    if "audit" in written:
        assert SqlAudit(database).head().length == 1


def test_a_migration_that_fails_leaves_the_database_at_its_revision(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk is full in the middle of it."""
    database = Database(empty_url)
    with database._engine.begin() as connection:
        command.upgrade(migrations.configuration(connection), "0001")

    def fails_at_the_end(connection: Connection) -> None:
        command.upgrade(migrations.configuration(connection), HEAD)
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "upgrade", fails_at_the_end)
        with pytest.raises(StoreError):
            database.upgrade()

    assert database.revision() == "0001"
    database.upgrade()
    assert database.check() == []
    database.close()
