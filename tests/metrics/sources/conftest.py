"""An invented force for sources to count for, and ways to write their inputs."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from metrics.delivery import Delivery
from metrics.model import (
    Area,
    AreaId,
    Catalogue,
    CrimeType,
    Grain,
    Level,
    Measure,
    MeasureId,
    MeasureKind,
    Polarity,
    TallyId,
)
from metrics.sources.spark_session import spark_session

REFERENCE_VARIABLE = "THREATDESK_REFERENCE"
EXTRACT_HEADER = (
    "reference", "recorded_date", "crime_type", "area", "flags", "outcome_type", "outcome_date",
)  # fmt: skip
POLICEUK_HEADER = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
    "LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context",
)  # fmt: skip


def _area(name: str, level: Level, *parents: str, aliases: tuple[str, ...] = ()) -> Area:
    return Area(
        id=AreaId(name.lower().replace(" ", "-")),
        name=name,
        level=level,
        parents=tuple(AreaId(parent) for parent in parents),
        aliases=aliases,
    )


def _measure(
    name: str, kind: MeasureKind, numerator: str, denominator: str = "", grain: Grain = Grain.MONTH
) -> Measure:
    return Measure(
        id=MeasureId(name),
        name=name,
        kind=kind,
        polarity=Polarity.NEITHER,
        unit="",
        numerator=(TallyId(numerator),),
        denominator=(TallyId(denominator),) if denominator else (),
        grain=grain,
    )


def a_catalogue(*, areas: Iterable[Area] = (), types: Iterable[CrimeType] = ()) -> Catalogue:
    """The invented force, with areas and crime types of the test's own if it needs them."""
    survey = "survey.burglary.overall"
    own = [
        _area("Northshire", Level.FORCE, aliases=("Northshire Police",)),
        _area("East", Level.CSP, "northshire", aliases=("East Town",)),
        _area("West", Level.CSP, "northshire"),
        _area("West Harbour", Level.LPU, "west"),
        _area("Southshire", Level.PEER),
    ]
    kinds = [
        CrimeType(id="all-crime", name="All crime", members=("burglary", "theft"), is_total=True),
        CrimeType(id="burglary", name="Burglary", aliases=("Housebreaking",), codes=("28A",)),
        CrimeType(id="theft", name="Theft"),
    ]
    measures = [
        _measure("asb", MeasureKind.RECORDED, "incident.asb"),
        _measure("answers", MeasureKind.SATISFACTION, f"{survey}.satisfied", f"{survey}.responses"),
        _measure("entrants", MeasureKind.PARTNER_RETURN, "return.entrants", grain=Grain.QUARTER),
    ]
    return Catalogue(
        name="Northshire Police",
        synthetic=True,
        areas={one.id: one for one in (list(areas) or own)},
        crime_types={one.id: one for one in (list(types) or kinds)},
        flags=("domestic", "hate"),
        measures={one.id: one for one in measures},
        priorities={},
        frameworks=(),
        notes=(),
        past_years=(),
        version="",
    )


@pytest.fixture
def catalogue() -> Catalogue:
    """The invented force."""
    return a_catalogue()


@pytest.fixture
def reference() -> Path:
    """The folder of real files."""
    folder = os.environ.get(REFERENCE_VARIABLE)
    if not folder:
        pytest.skip(f"{REFERENCE_VARIABLE} is not set: the real files were left out")
    return Path(folder) / "data"


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV file: `written("name.csv", header, row, row)`."""

    def write(name: str, *rows: Sequence[object]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        return path

    return write


def a_crime(
    reference: object = "R1",
    recorded: str = "2024-01-05",
    crime_type: str = "burglary",
    area: str = "east",
    flags: str = "",
    outcome: str = "",
    given: str = "",
) -> list[object]:
    """A row of an extract."""
    return [reference, recorded, crime_type, area, flags, outcome, given]


def a_published_row(
    month: str = "2024-01",
    place: str = "East 001A",
    crime_type: str = "Burglary",
    outcome: str = "Under investigation",
    *,
    crime_id: str = "a1",
    force: str = "Northshire Police",
) -> list[object]:
    """A row of a street-level file."""
    return [
        crime_id, month, force, force, -1.1, 52.6, "On or near High Street",
        "E01000001", place, crime_type, outcome, "",
    ]  # fmt: skip


def counts(delivery: Delivery, tally: str = "") -> dict[tuple[str, str, str], float]:
    """Return the counts by day, area and tally, of one tally if it is named."""
    rows = delivery.table.rows
    found: Counter[tuple[str, str, str]] = Counter()
    columns = (rows["day"].dt.strftime("%Y-%m-%d"), rows["area"], rows["tally"], rows["count"])
    for day, area, one, count in zip(*columns, strict=True):
        if not tally or one == tally:
            found[day, area, one] += count
    return dict(found)


def covers(delivery: Delivery, tally: str) -> list[tuple[str, str, str]]:
    """Return area, first and last day of what is covered of a tally."""
    frame = delivery.table.covers
    frame = frame[frame["tally"] == tally]
    days = (frame[end].dt.strftime("%Y-%m-%d") for end in ("first", "last"))
    return list(zip(frame["area"], *days, strict=True))


def silent(_: str) -> None:
    """Tell nobody."""


def leave_out_without_spark() -> None:
    """Leave a test out where there is no Spark, and say so in one line."""
    missing = " and ".join(
        name
        for name, is_there in (
            ("pyspark (`make spark`)", find_spec("pyspark") is not None),
            ("Java", shutil.which("java") is not None),
        )
        if not is_there
    )
    if missing and os.environ.get("CI") == "true" and shutil.which("java"):
        pytest.fail(f"{missing} is missing: the tests on Spark must run here")
    if missing:
        pytest.skip(f"{missing} is missing: the tests on Spark were left out")


@pytest.fixture(scope="session")
def spark() -> Iterator[str]:
    """The address of a Spark session that all tests of this process share."""
    leave_out_without_spark()
    address = "local[2]"
    with spark_session(address) as session:
        # What is tested is small: to compile and to divide it would take longer than to run it.
        session.conf.set("spark.sql.codegen.wholeStage", "false")
        session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        session.conf.set("spark.sql.shuffle.partitions", "1")
        session.conf.set("spark.sql.adaptive.enabled", "false")
        yield address
