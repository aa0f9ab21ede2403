"""The migrations make the tables that the code expects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from store import migrations
from store.database import Database
from store.tables import Base


@pytest.fixture
def migrated(empty_url: str) -> Iterator[Connection]:
    database = Database(empty_url)
    database.upgrade()
    with database._engine.connect() as connection:
        yield connection
    database.close()


def checks(connection: Connection) -> dict[str, set[tuple[str, str]]]:
    """The check constraints of every table: name and rule."""
    found = inspect(connection)
    return {
        table: {(str(one["name"]), one["sqltext"]) for one in found.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_upgrading_from_nothing_gives_the_tables_of_the_code(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated)

    assert compare_metadata(context, Base.metadata) == []


def test_and_their_check_constraints(migrated: Connection) -> None:
    """Alembic does not compare these, so the two are made and read back."""
    by_migration = checks(migrated)
    context = MigrationContext.configure(migrated)
    for table in reversed(Base.metadata.sorted_tables):
        context.bind.exec_driver_sql(f"DROP TABLE {table.name}")  # type: ignore[union-attr]
    Base.metadata.create_all(migrated)

    assert by_migration == checks(migrated)
    assert sum(map(len, by_migration.values())) == 5


def test_there_is_one_newest_revision() -> None:
    assert len(migrations.heads()) == 1


def test_every_table_has_only_named_constraints() -> None:
    unnamed = [
        (table.name, constraint)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert unnamed == []
