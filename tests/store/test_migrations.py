"""The migrations make the tables that the code expects."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId
from metrics.trends import no_trends
from store import migrations
from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import INPUTS, SqlSnapshots
from store.tables import Base
from tests.store.samples import BURGLARY, CATALOGUE, a_snapshot


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
    assert len(by_migration["notification"]) == 2  # so they are read back at all


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


OLD = a_snapshot(trends=no_trends())
"""A snapshot as the first version kept it."""


@pytest.fixture
def grown(empty_url: str) -> Iterator[Database]:
    """A database that was at the first revision when a snapshot was kept, and then upgraded."""
    database = Database(empty_url)
    with database._engine.begin() as connection:
        command.upgrade(migrations.configuration(connection), "0001")
        _keep_as_the_first_version_did(connection)
    database.upgrade()
    yield database
    database.close()


def _keep_as_the_first_version_did(connection: Connection) -> None:
    """Write the rows that the tables of the first revision had columns for."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        SqlCatalogues(session).save(CATALOGUE, {})
        session.commit()
    about = {"id": OLD.id, "at": OLD.made_at.replace(tzinfo=None), "catalogue": CATALOGUE}
    connection.execute(
        text("INSERT INTO snapshot VALUES (:id, :as_at, 'daily', :at, :catalogue, '0.1.0')"),
        {**about, "as_at": OLD.as_at.isoformat()},
    )
    connection.execute(
        text("INSERT INTO snapshot_positions VALUES (:id, :inputs, :positions, :assessments)"),
        {
            "id": OLD.id,
            "inputs": INPUTS.dump_json(OLD.inputs).decode(),
            "positions": zlib.compress(OLD.positions.to_bytes()),
            "assessments": zlib.compress(OLD.assessments.to_bytes()),
        },
    )
    connection.execute(text("INSERT INTO snapshot_made VALUES (:id, :at)"), about)


def test_a_snapshot_that_an_earlier_version_kept_is_read_and_its_id_holds(
    grown: Database,
) -> None:
    with grown.reading() as session:
        found = SqlSnapshots(session).newest()

    assert found is not None
    assert found.id == OLD.id
    assert found.positions.to_bytes() == OLD.positions.to_bytes()


def test_it_says_that_it_holds_no_months(grown: Database) -> None:
    with grown.reading() as session:
        found = SqlSnapshots(session).newest()

    assert found is not None
    with pytest.raises(UnknownName, match="earlier version"):
        found.trends.get(MeasureId(BURGLARY), AreaId("force"))


def test_snapshots_with_and_without_months_stand_side_by_side(grown: Database) -> None:
    with grown.transaction() as session:
        is_new = SqlSnapshots(session).save(a_snapshot(), load_ids=())

    with grown.reading() as session:
        store = SqlSnapshots(session)
        kept = [store.get(header.id) for header in store.list()]
    assert is_new
    assert sorted(bool(one.trends) for one in kept if one) == [False, True]


def test_what_was_kept_before_an_upgrade_cannot_be_changed_after_it(grown: Database) -> None:
    with (
        pytest.raises(IntegrityError, match="snapshot_positions is written once"),
        grown.transaction() as session,
    ):
        session.execute(text("UPDATE snapshot_positions SET trends = NULL"))
