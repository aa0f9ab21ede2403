"""The same files give the same counts, rejections and remarks, whatever engine reads them."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from pyarrow import parquet

from config.sources import ExtractSource, PoliceUkSource, SqlSource
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.extract import Extract
from metrics.sources.policeuk import PoliceUk
from metrics.sources.sql import Sql
from tests.metrics.sources.conftest import (
    EXTRACT_HEADER,
    POLICEUK_HEADER,
    a_crime,
    a_published_row,
    silent,
)
from tests.store.conftest import drop_postgresql, new_postgresql, server

__all__ = ["server"]  # a fixture

Fill = Callable[[Path], object]
OUTCOMES = {"Charged": "outcome", "No suspect": "closed"}
HEADER = ",".join(EXTRACT_HEADER)
ROW = "R1,2024-01-05,burglary,east,,,"


def extract(path: Path, catalogue: Catalogue, *, spark: str = "", **changes: object) -> Delivery:
    source = ExtractSource.model_validate(
        {"kind": "extract", "name": "crimes", "path": str(path), "max_rejected": 1}
        | {"outcome_types": OUTCOMES, "engine": "spark" if spark else "duckdb"}
        | changes
    )
    return Extract(source, Path(), spark=spark).deliver(catalogue, progress=silent)


def text(*rows: Sequence[object], header: Sequence[str] = EXTRACT_HEADER) -> str:
    lines = [",".join(str(value) for value in row) for row in (header, *rows)]
    return "\n".join(lines) + "\n"


def table(path: Path, *rows: Sequence[object], **columns: pa.Array) -> None:
    held = dict(zip(EXTRACT_HEADER, zip(*rows, strict=True), strict=True)) if rows else {}
    values = {name: pa.array([str(one) for one in column]) for name, column in held.items()}
    parquet.write_table(pa.table(values | columns), path)


def same(one: Delivery, other: Delivery) -> None:
    """Compare everything that two deliveries say."""
    pd.testing.assert_frame_equal(one.table.rows, other.table.rows)
    pd.testing.assert_frame_equal(one.table.covers, other.table.covers)
    assert one.rejected == other.rejected
    assert one.remarks == other.remarks
    assert one.inputs == other.inputs


def _bytes(content: str, encoding: str = "utf-8", name: str = "c.csv") -> Fill:
    return lambda folder: (folder / name).write_bytes(content.encode(encoding))


def _late_rows(folder: Path) -> None:
    """Rows that come later replace earlier ones, in the same file and in another."""
    first = [a_crime(n, area="east") for n in range(30)]
    (folder / "2024-01.csv").write_text(text(*first, a_crime(3, area="west"), a_crime("")))
    late = [a_crime(n, recorded="2024-01-06", area="west-harbour") for n in (5, 6, 6)]
    (folder / "2024-02.csv").write_text(text(*late, a_crime(""), a_crime("")))
    table(folder / "2024-03.parquet", a_crime(7, crime_type="theft"), a_crime(8, area="nowhere"))


def _odd_names(folder: Path) -> None:
    inside = folder / "year [2024] {a}"
    inside.mkdir()
    for number, name in enumerate(("_first.csv", "sécond file.csv", "100%20.csv", "b*.csv")):
        (inside / name).write_text(text(a_crime(number, crime_type="treason" if number else "")))
    table(inside / "#5?.parquet", a_crime(5), a_crime(6, area="nowhere"))


def _packed(folder: Path) -> None:
    rows = text(a_crime(1), ["short"], a_crime('"1\n2"'), ["x"])
    (folder / "a.csv.gz").write_bytes(gzip.compress(rows.encode()))
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("x/b.csv", text(a_crime(2, area="café")).encode("cp1252"))
        archive.writestr("x/c.csv", text(a_crime(3)).encode("utf-16"))


def _instants(folder: Path) -> None:
    """Points in time around both changes of the clock, in every unit that Parquet has."""
    moments = [
        datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC),
        datetime(2024, 3, 31, 23, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    rows = [a_crime(n) for n in range(len(moments))]
    for unit in ("ms", "us", "ns"):
        for zone in (None, "UTC", "Europe/London"):
            given = [one if zone else one.replace(tzinfo=None) for one in moments]
            column = pa.array(given, type=pa.timestamp(unit, tz=zone))
            name = f"{unit}-{(zone or 'none').replace('/', '-')}.parquet"
            marked = [[f"{name}{row[0]}", *row[1:]] for row in rows]
            table(folder / name, *marked, recorded_date=column)


def _typed(folder: Path) -> None:
    """Parquet columns that are not text."""
    table(
        folder / "typed.parquet",
        *(a_crime(n, outcome="Charged") for n in range(4)),
        reference=pa.array([1, 2, 2, None]),
        recorded_date=pa.array([date(2024, 1, 5), date(2024, 1, 6), None, date(1900, 1, 1)]),
        outcome_date=pa.array([None, date(2024, 2, 1), date(2024, 2, 1), date(2023, 1, 1)]),
        crime_type=pa.array(["burglary", "28A", "theft", "theft"]).dictionary_encode(),
        area=pa.array([None, "east", "", "WEST"], type=pa.large_string()),
        flags=pa.array([True, None, False, True]),
        weight=pa.array([1.5, 2.5, 3.5, 4.5]),
    )


BAD_DAYS = [
    a_crime(1, recorded="05/01/2024"), a_crime(2, recorded=""), a_crime(3, recorded="2024-02-30"),
    a_crime(4, recorded="2024-01-05T23:59:59"), a_crime(5, recorded="2024-01-05 00:00"),
    a_crime(6, recorded=" 2024-01-05"), a_crime(7, recorded="06/01/2024"),
    a_crime(8, outcome="Charged"), a_crime(9, outcome="Charged", given="1/2/24"),
    a_crime(10, outcome="Charged", given="2023-12-25"), a_crime(11, outcome="Vanished"),
    a_crime(12, outcome="No suspect", given="3/4/24"),
]  # fmt: skip

INPUTS: dict[str, Fill] = {
    "days that are none": _bytes(text(*BAD_DAYS)),
    "blank and unknown areas, crime types and flags": _bytes(
        text(
            *(a_crime(f"a{n}", area=n) for n in ("", "  ", "Atlantis", "EAST TOWN")),
            *(a_crime(f"t{n}", crime_type=f"type {n % 23}") for n in range(60)),
            *(a_crime(f"f{n}", flags=n) for n in ("hate;domestic", "x;hate", ";")),
        )
    ),
    "late rows and repeated references": _late_rows,
    "rows of the wrong shape": _bytes(
        f"{HEADER}\n{ROW}\nR2,2024-01-05\n{ROW},more\n\n   \n,,,,,,\n{ROW}\n\n"
    ),
    "quoted fields": _bytes(
        f'{HEADER}\n"R,1",2024-01-05,"burglary","ea""st",,,\nR2,2024-01-05,"bur\nglary",east,,,\n'
        f'R3,2024-01-05,"",east,"",,\n R4 , 2024-01-05 , theft , east ,,,\n"a"\n'
    ),
    "a byte order mark": _bytes(text(a_crime(1), ["x"], a_crime(2), ["y"]), "utf-8-sig"),
    "UTF-16": _bytes(text(a_crime(1), a_crime(2, area="café"), ["x"]), "utf-16"),
    "Windows-1252": _bytes(text(a_crime(1), a_crime(2, area="café"), ["x"]), "cp1252"),
    "accents in UTF-8": _bytes(text(a_crime(1), a_crime(2, area="café"), a_crime("é" * 200))),
    "Windows line ends": _bytes(text(a_crime(1), ["x"], a_crime(2)).replace("\n", "\r\n")),
    "line ends of two kinds": _bytes(f"{HEADER}\n{ROW}\nR2,2024-01-05,theft,,,,\r\n"),
    "old line ends": _bytes(text(a_crime(1), a_crime(2)).replace("\n", "\r")),
    "no record": _bytes(f"{HEADER}\n"),
    "no last line end": _bytes(f"{HEADER}\n{ROW}\n{ROW}"),
    "names of files that mean something else": _odd_names,
    "archives": _packed,
    "points in time in Parquet": _instants,
    "typed columns in Parquet": _typed,
    "a quotation mark that swallows the rest": _bytes(
        f'{HEADER}\n{ROW}\nR2,2024-01-05,"theft,,,,\n' + f"{ROW}\n" * 50
    ),
    "a quotation mark within a field": _bytes(f'{HEADER}\n{ROW}\nR2,2024-01-05,"the"ft,,,,\n'),
    "text that is a picture": _bytes("\x89PNG\r\n\x1a\n\x00\x81" * 50, "latin-1"),
    "a file that was cut off": lambda folder: (folder / "c.csv.gz").write_bytes(
        gzip.compress(text(*(a_crime(n) for n in range(900))).encode())[:-20]
    ),
    "a Parquet file that is none": _bytes("PAR1 no parquet PAR1", name="c.parquet"),
}  # fmt: skip


@pytest.mark.parametrize("fill", INPUTS.values(), ids=INPUTS.keys())
def test_duckdb_and_spark_say_the_same(
    tmp_path: Path, catalogue: Catalogue, spark: str, fill: Fill
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    fill(folder)

    def delivered(where: str) -> Delivery | tuple[str, str | None]:
        try:
            return extract(folder, catalogue, spark=where)
        except SourceError as error:
            return str(error), error.hint

    by_duckdb, by_spark = delivered(""), delivered(spark)

    if isinstance(by_duckdb, Delivery) and isinstance(by_spark, Delivery):
        same(by_duckdb, by_spark)
    else:
        assert by_spark == by_duckdb


@pytest.mark.usefixtures("spark")
def test_what_pyspark_thinks_of_pandas_is_no_warning() -> None:
    # Here a warning is an error, which PySpark would take for pandas not being there at all.
    assert import_module("pyspark.testing.utils").have_pandas


def test_street_level_files_say_the_same_whatever_reads_them(
    tmp_path: Path, catalogue: Catalogue, spark: str
) -> None:
    def written(name: str, *rows: list[object]) -> None:
        (tmp_path / name).write_text(text(*rows, header=POLICEUK_HEADER))

    written(
        "2024-01-street.csv",
        a_published_row(),
        a_published_row(place="", crime_id=""),
        a_published_row(place="Elsewhere 001A", outcome="Local resolution"),
        a_published_row(force="Southshire Police"),
        a_published_row(month="January", crime_type="Treason"),
    )
    written("2024-03-street.csv", a_published_row(month="2024-03", outcome="Vanished"), ["short"])
    written("copy-street.csv", a_published_row(month="2024-03", outcome="Vanished"), ["short"])

    def delivered(engine: str) -> Delivery:
        source = PoliceUkSource.model_validate(
            {"kind": "policeuk", "name": "public", "path": str(tmp_path), "engine": engine}
            | {"max_rejected": 1}
        )
        return PoliceUk(source, Path(), spark=spark).deliver(catalogue, progress=silent)

    same(delivered("duckdb"), delivered("spark"))


RECORDS: list[list[object]] = [
    a_crime("A1", "2024-01-05", outcome="Charged", given="2024-02-01"),
    a_crime("A1", "2024-01-06", area="west"),
    a_crime("A2", "2024-01-06 23:59:59", flags="hate;x"),
    a_crime("A3", "31/03/2024"),
    a_crime("A4", "", area=""),
    a_crime("A5", "2024-01-07", crime_type="treason"),
    a_crime("A6", "2024-01-07", area="Atlantis"),
    a_crime("A7", "2024-01-09", outcome="No suspect"),
    a_crime("A8", "2024-01-09", outcome="Vanished", given="2024-02-02"),
    *(a_crime("", "2024-01-10", crime_type="theft", area="") for _ in range(3)),
    a_crime("A9", "2024-03-31 01:30:00", area="café"),
]
CHANGED = ["2024-02-01 00:00", "2024-02-03 10:00", *["2024-01-09 12:00"] * (len(RECORDS) - 2)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    server: sa.Engine = request.getfixturevalue("server")
    name = "records_of_crime"
    yield new_postgresql(server, name).replace("postgresql:", "postgresql+psycopg:")
    drop_postgresql(server, name)


@pytest.mark.parametrize("blank", ["", None], ids=["blanks empty", "blanks null"])
def test_a_database_counts_what_files_with_its_rows_come_to(
    url: str, tmp_path: Path, catalogue: Catalogue, blank: str | None
) -> None:
    header = (*EXTRACT_HEADER, "changed")
    rows = [[*row, when] for row, when in zip(RECORDS, CHANGED, strict=True)]
    (tmp_path / "c.csv").write_text(text(*rows, header=header))
    engine = sa.create_engine(url)
    table = sa.Table("crimes", sa.MetaData(), *(sa.Column(name, sa.Text) for name in header))
    with engine.begin() as connection:
        table.create(connection)
        held = [
            {name: value or blank for name, value in zip(header, row, strict=True)} for row in rows
        ]
        connection.execute(table.insert(), held)
    engine.dispose()
    columns = {"updated": "changed"}
    source = SqlSource.model_validate(
        {"kind": "sql", "name": "crimes", "url_variable": "CRIMES", "table": "crimes"}
        | {"columns": columns, "max_rejected": 1, "outcome_types": OUTCOMES}
    )

    of_files = extract(tmp_path / "c.csv", catalogue, columns=columns)
    of_table = Sql(source, environment={"CRIMES": url}).deliver(catalogue, progress=silent)

    pd.testing.assert_frame_equal(of_table.table.rows, of_files.table.rows)
    pd.testing.assert_frame_equal(of_table.table.covers, of_files.table.covers)
    assert of_table.rows_in == of_files.rows_in
    assert of_table.remarks == of_files.remarks
    # Rows of a database have no line: instead of the first three, the size of the group is told.
    assert [(one.reason, one.rows) for one in of_table.rejected] == [
        (one.reason, one.rows) for one in of_files.rejected
    ]


def test_spark_is_imported_only_where_it_is_wanted() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import bot.app, sys; print('pyspark' in sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert said.strip() == "False"


def test_without_an_address_it_is_said_what_to_set(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "c.csv").write_text(text(a_crime()))
    source = ExtractSource.model_validate(
        {"kind": "extract", "name": "crimes", "path": str(tmp_path), "engine": "spark"}
    )

    with pytest.raises(SourceError, match="THREATDESK_SPARK") as refused:
        Extract(source, Path()).deliver(catalogue, progress=silent)

    assert "make spark" in (refused.value.hint or "")


def test_without_pyspark_it_is_said_how_to_install_it(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.csv").write_text(text(a_crime()))
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)

    with pytest.raises(SourceError, match="not installed") as refused:
        extract(tmp_path, catalogue, spark="local[1]")

    assert "make spark" in (refused.value.hint or "")
