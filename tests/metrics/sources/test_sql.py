"""Records in a database are counted there, like those of an extract."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from config.sources import ExtractSource, SqlSource
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.extract import Extract
from metrics.sources.sql import Sql
from tests.metrics.sources.conftest import EXTRACT_HEADER, a_crime, counts, silent

Filled = Callable[..., dict[str, str]]
OUTCOMES = {"Charged": "outcome", "No suspect": "closed"}


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    """Write a database of one table, and say where it is."""

    def fill(*rows: list[object], extra: str = "") -> dict[str, str]:
        path = tmp_path / "crimes.sqlite"
        columns = [*EXTRACT_HEADER, *filter(None, [extra])]
        connection = sqlite3.connect(path)
        connection.execute("drop table if exists crimes")
        connection.execute(f"create table crimes ({', '.join(columns)}, victim)")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"insert into crimes values ({marks}, 'Ada')", rows)  # noqa: S608
        connection.commit()
        connection.close()
        return {"CRIMES": f"sqlite:///{path}"}

    return fill


def delivered(environment: dict[str, str], catalogue: Catalogue, **changes: object) -> Delivery:
    wanted = {"max_rejected": 1, "outcome_types": OUTCOMES, "table": "crimes"} | changes
    source = SqlSource.model_validate(
        {"kind": "sql", "name": "crimes", "url_variable": "CRIMES"} | wanted
    )
    return Sql(source, environment=environment).deliver(catalogue, progress=silent)


ROWS: list[list[object]] = [
    a_crime(1, flags="hate", outcome="Charged", given="2024-02-01 10:15"),
    a_crime(2, recorded="2024-01-06 23:59:00", area=""),
    a_crime(3, recorded="2024-01-07", crime_type="28a", area="west"),
    a_crime(4, recorded="2024-01-07", crime_type="treason"),
]


def test_a_table_gives_what_the_same_rows_in_a_file_give(
    filled: Filled, written: Callable[..., Path], catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, *ROWS)
    source = ExtractSource.model_validate(
        {
            "kind": "extract",
            "name": "crimes",
            "path": str(path),
            "max_rejected": 1,
            "outcome_types": OUTCOMES,
        }
    )
    of_file = Extract(source, Path()).deliver(catalogue, progress=silent)

    of_table = delivered(filled(*ROWS), catalogue)

    pd.testing.assert_frame_equal(of_file.table.rows, of_table.table.rows)
    pd.testing.assert_frame_equal(of_file.table.covers, of_table.table.covers)
    assert [one.reason for one in of_table.rejected] == [one.reason for one in of_file.rejected]


def test_a_query_can_stand_for_a_table(filled: Filled, catalogue: Catalogue) -> None:
    query = "select *, 'x' as more from crimes where area = 'west';"

    delivery = delivered(filled(*ROWS), catalogue, table="", query=query)

    assert counts(delivery) == {("2024-01-07", "west", "burglary.recorded"): 1}


def test_a_rejected_group_says_how_many_rows_it_has(filled: Filled, catalogue: Catalogue) -> None:
    environment = filled(*(a_crime(n, crime_type="treason") for n in range(7)))

    rejected = delivered(environment, catalogue).rejected[0]

    assert (rejected.rows, rejected.first) == (7, ("table crimes, a group of 7 rows",))


def test_repeated_references_need_to_be_told_apart(filled: Filled, catalogue: Catalogue) -> None:
    environment = filled(
        [*a_crime("A", area="west"), "2024-03-01"],
        [*a_crime("A", area="east"), "2024-02-01"],
        [*a_crime("A", area="east"), None],
        [*a_crime(None), ""],
        [*a_crime(None), ""],
        extra="changed",
    )

    with pytest.raises(SourceError, match="2 rows of the table crimes repeat a reference"):
        delivered(environment, catalogue)
    assert counts(delivered(environment, catalogue, columns={"updated": "changed"})) == {
        ("2024-01-05", "west", "burglary.recorded"): 1,
        ("2024-01-05", "east", "burglary.recorded"): 2,
    }


def test_columns_that_are_not_mapped_are_not_asked_for(
    filled: Filled, catalogue: Catalogue
) -> None:
    asked: list[str] = []
    sa.event.listen(
        sa.Engine, "before_cursor_execute", listener := lambda *call: asked.append(call[2])
    )
    try:
        delivered(filled(*ROWS), catalogue)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listener)

    assert asked
    assert not any("victim" in statement for statement in asked)


def test_a_column_that_is_not_there_is_told(filled: Filled, catalogue: Catalogue) -> None:
    with pytest.raises(SourceError, match=r"no such column: .*offence"):
        delivered(filled(*ROWS), catalogue, columns={"crime_type": "offence"})


def test_a_password_is_never_shown(catalogue: Catalogue) -> None:
    for url in ("nonsense://user:hunter2@host/db", "user:hunter2"):
        with pytest.raises(SourceError) as refused:
            delivered({"CRIMES": url}, catalogue)
        assert "hunter2" not in f"{refused.value}{refused.value.hint}{refused.value.__cause__}"


def test_a_variable_that_is_not_set_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(SourceError, match="CRIMES is not set"):
        delivered({}, catalogue)


def test_the_same_rows_have_the_same_identity_in_any_order(
    filled: Filled, catalogue: Catalogue
) -> None:
    first = delivered(filled(*ROWS), catalogue).inputs[0]
    second = delivered(filled(*ROWS[::-1]), catalogue).inputs[0]

    assert first == second
