"""A database for each force: a file beside the file, a schema in the PostgreSQL database."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, text

from metrics.errors import StoreError
from store.database import Database
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
