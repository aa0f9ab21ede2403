"""One transaction at a time; what keeps the database from being used is said in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from metrics.errors import StoreError
from store import migrations
from store.catalogues import SqlCatalogues
from store.database import Database


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    one = Database(empty_url)
    yield one
    one.close()


def test_a_transaction_is_kept_as_a_whole(database: Database) -> None:
    with database.transaction() as session:
        SqlCatalogues(session).save("v1", {"areas.toml": ""})

    with database.reading() as session:
        assert SqlCatalogues(session).files("v1") == {"areas.toml": ""}


def test_nothing_is_kept_of_a_transaction_that_an_error_leaves(database: Database) -> None:
    def save_and_stumble() -> None:
        with database.transaction() as session:
            SqlCatalogues(session).save("v1", {"areas.toml": ""})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_and_stumble()

    with database.reading() as session:
        assert SqlCatalogues(session).files("v1") is None


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    with database.reading() as reader:
        count_catalogues(reader)
        with database.transaction() as writer:
            SqlCatalogues(writer).save("v1", {})

        assert count_catalogues(reader) == 0


def test_a_writer_midway_does_not_keep_a_reader_waiting(database: Database) -> None:
    with database.transaction() as writer:
        SqlCatalogues(writer).save("v1", {})

        with database.reading() as reader:
            assert count_catalogues(reader) == 0


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((StoreError, DBAPIError), match=r"read.?only"), database.reading() as one:
        SqlCatalogues(one).save("v1", {})


def test_a_writer_can_write_on_a_connection_that_was_read_from(database: Database) -> None:
    with database.reading() as session:
        count_catalogues(session)

    with database.transaction() as session:
        assert SqlCatalogues(session).save("v1", {})


def test_a_row_without_what_it_refers_to_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("INSERT INTO catalogue_file VALUES ('v1', 'areas.toml', '')"))


def test_a_database_at_the_newest_revision_has_no_problems(database: Database) -> None:
    assert database.check() == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    database.upgrade()

    assert database.check() == []


def test_a_database_without_tables_is_behind(empty: Database) -> None:
    [problem] = empty.check()

    assert "has no tables yet" in str(problem)
    assert problem.hint == "`threatdesk upgrade` brings it up to date."


def test_an_older_database_is_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    [current] = migrations.heads()
    monkeypatch.setattr(migrations, "heads", lambda: ("9999",))

    [problem] = database.check()

    assert f"is at revision {current}; this version needs 9999" in str(problem)


@pytest.fixture
def from_the_future(empty: Database) -> Database:
    empty.upgrade()
    with empty.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    return empty


def test_a_newer_database_is_ahead(from_the_future: Database) -> None:
    [problem] = from_the_future.check()

    assert "made by a newer version" in str(problem)


def test_a_newer_database_is_not_upgraded(from_the_future: Database) -> None:
    with pytest.raises(StoreError, match="made by a newer version"):
        from_the_future.upgrade()


def test_looking_makes_no_file(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'data' / 'threatdesk.db'}").check()

    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "data" / "leicestershire" / "threatdesk.db"
    one = Database(f"sqlite:///{file}")

    one.upgrade()

    one.close()
    assert file.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(StoreError, match=r"folder .*/data/here cannot be made"):
        Database(f"sqlite:///{tmp_path}/data/here/threatdesk.db").upgrade()


def test_a_file_that_is_not_a_database_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "threatdesk.db"
    file.write_text("minutes of the Strategic Assurance Board\n" * 99)

    [problem] = Database(f"sqlite:///{file}").check()

    assert "file is not a database" in str(problem)


UNREACHABLE = (
    "postgresql://desk:hunter2@localhost:1/threats",
    "postgresql://desk@localhost:1/threats?password=hunter2",
    "postgresql+psycopg://desk:hunter2@no.such.host.invalid/threats",
)


@pytest.mark.parametrize("url", UNREACHABLE)
def test_an_unreachable_server_is_a_problem_that_names_it(url: str) -> None:
    [problem] = Database(url).check()

    assert str(problem).startswith("The database (PostgreSQL, threats on ")
    assert "cannot be used" in str(problem)


@pytest.mark.parametrize("url", UNREACHABLE)
def test_no_problem_repeats_the_password(url: str) -> None:
    [problem] = Database(url).check()

    assert "hunter2" not in f"{problem!s} {problem.hint} {problem!r}"


def test_a_password_in_the_words_of_the_driver_is_struck_out() -> None:
    error = DBAPIError("", None, Exception('option "hunter2" is not known'))

    assert "hunter2" not in Database(UNREACHABLE[0])._reason(error)


def test_an_unreachable_server_raises_the_same_in_a_transaction() -> None:
    database = Database(UNREACHABLE[0])

    with pytest.raises(StoreError, match="cannot be used"), database.transaction() as session:
        count_catalogues(session)


def test_a_database_that_does_not_exist_is_a_problem(server: Engine) -> None:
    url = server.url.set(database="nowhere").render_as_string(hide_password=False)

    [problem] = Database(url).check()

    assert 'database "nowhere" does not exist' in str(problem)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://desk:hunter2@localhost/threats", "not in mysql"),
        ("hunter2", "cannot be read"),
        ("postgresql://desk:hunter2@localhost:port/threats", "cannot be read"),
        ("sqlite://", "would forget every figure"),
        ("sqlite:///:memory:", "would forget every figure"),
    ],
)
def test_a_url_of_another_kind_is_refused_without_repeating_it(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint) as caught:
        Database(url)

    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_mistake_in_a_query_is_not_blamed_on_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text("SELEKT 1"))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_values_stay_out_of_messages(database: Database) -> None:
    statement = text("INSERT INTO catalogue_file VALUES (:version, 'areas.toml', '')")

    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.execute(statement, {"version": "hunter2"})

    assert "hunter2" not in str(caught.value)


def count_catalogues(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM catalogue")).scalar_one())
