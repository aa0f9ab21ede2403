"""Where figures come from: `sources.toml`, one `[[source]]` for each kind of input.

The file is checked as a whole, so that every mistake is told at once, each with the file, the
line, the key and what to write instead.  Every setting is described in `docs/sources.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from config.files import Origin, TomlFile, read_toml
from metrics.errors import CatalogueError, SourceError
from metrics.model import Level

GIGABYTE: Final = 1_000_000_000


class OutcomeClass(StrEnum):
    """What an outcome type, as the force writes it, means for a crime."""

    OUTCOME = "outcome"  # a crime outcome: charged, cautioned, resolved in the community, ...
    CLOSED = "closed"  # closed without one: no suspect, evidential difficulties, ...
    OPEN = "open"  # still under investigation


class EmptyDays(StrEnum):
    """What a day without any record, between days with some, means."""

    GAP = "gap"  # the day was not delivered
    ZERO = "zero"  # nothing happened


class Engine(StrEnum):
    """What reads and groups records."""

    DUCKDB = "duckdb"  # on this machine, inside this program
    SPARK = "spark"  # a Spark session or server, for records beyond one machine


class AreaTotals(StrEnum):
    """What the row of an area means, where its parts have rows of their own."""

    REST = "rest"  # what could not be located in a part: it is counted beside them
    TOTAL = "total"  # the sum of the parts: only what the parts do not explain is counted


POLICEUK_OUTCOMES: Final[Mapping[str, OutcomeClass]] = {
    "": OutcomeClass.OPEN,
    "Under investigation": OutcomeClass.OPEN,
    "Investigation complete; no suspect identified": OutcomeClass.CLOSED,
    "Unable to prosecute suspect": OutcomeClass.CLOSED,
    "Further investigation is not in the public interest": OutcomeClass.CLOSED,
    "Formal action is not in the public interest": OutcomeClass.CLOSED,
    "Further action is not in the public interest": OutcomeClass.CLOSED,
    "Action to be taken by another organisation": OutcomeClass.CLOSED,
    "Status update unavailable": OutcomeClass.CLOSED,
    "Awaiting court outcome": OutcomeClass.OUTCOME,
    "Charged": OutcomeClass.OUTCOME,
    "Court case unable to proceed": OutcomeClass.OUTCOME,
    "Court result unavailable": OutcomeClass.OUTCOME,
    "Defendant found not guilty": OutcomeClass.OUTCOME,
    "Defendant sent to Crown Court": OutcomeClass.OUTCOME,
    "Local resolution": OutcomeClass.OUTCOME,
    "Offender deprived of property": OutcomeClass.OUTCOME,
    "Offender fined": OutcomeClass.OUTCOME,
    "Offender given a caution": OutcomeClass.OUTCOME,
    "Offender given a drugs possession warning": OutcomeClass.OUTCOME,
    "Offender given absolute discharge": OutcomeClass.OUTCOME,
    "Offender given community sentence": OutcomeClass.OUTCOME,
    "Offender given conditional discharge": OutcomeClass.OUTCOME,
    "Offender given penalty notice": OutcomeClass.OUTCOME,
    "Offender given suspended prison sentence": OutcomeClass.OUTCOME,
    "Offender ordered to pay compensation": OutcomeClass.OUTCOME,
    "Offender otherwise dealt with": OutcomeClass.OUTCOME,
    "Offender sent to prison": OutcomeClass.OUTCOME,
    "Suspect charged": OutcomeClass.OUTCOME,
    "Suspect charged as part of another case": OutcomeClass.OUTCOME,
}
"""The values of "Last outcome category" in data.police.uk street-level files.

Courts' results are outcomes whatever the court found, because the crime was brought to court.
"""

OWN_OUTCOMES: Final[Mapping[str, OutcomeClass]] = {one.value: one for one in OutcomeClass}
"""What an extract may write without a table of its own: outcome, closed, open."""

YEARS: Final = ("%Y", "%y")
MONTHS: Final = ("%m", "%b", "%B")
DAYS: Final = ("%d",)


def _checked_format(value: str, parts: Sequence[Sequence[str]], example: str) -> str:
    """Refuse a format that lacks a part of the date, or has more than the date."""
    found = re.findall(r"%.", value)
    fitting = [sum(one in part for one in found) == 1 for part in parts]
    if not all(fitting) or len(found) != len(parts):
        allowed = "; ".join(" or ".join(part) for part in parts)
        raise ValueError(
            f"write it with one each of {allowed}, for example {example}; a time of day after a "
            "date is left out by itself"
        )
    return value


def _day_format(value: str) -> str:
    return _checked_format(value, (DAYS, MONTHS, YEARS), "%d/%m/%Y")


def _month_format(value: str) -> str:
    with_day = "%d" in value
    return _checked_format(value, (*([DAYS] if with_day else []), MONTHS, YEARS), "%Y-%m")


DayFormat: TypeAlias = Annotated[str, AfterValidator(_day_format)]
MonthFormat: TypeAlias = Annotated[str, AfterValidator(_month_format)]


class Settings(BaseModel):
    """A table of `sources.toml`: unknown keys are mistakes, not extras."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AnySource(Settings):
    """What every source has."""

    name: str = Field(min_length=1)
    max_rejected: float = Field(default=0.05, ge=0, le=1)
    """The proportion of rows, 0-1, that may be rejected before nothing is taken in."""
    areas: dict[str, str] = {}
    """What the input writes for an area: the area's id."""


class FileSource(AnySource):
    """What every source has that reads files."""

    path: str = Field(min_length=1)
    """A file or a folder, inside the data folder unless it is absolute."""
    files: str = "*"
    """Which files of a folder or an archive are read, as a pattern."""
    max_unpacked_gb: float = Field(default=20, gt=0)
    """The most that one archive or compressed file may unpack to."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)


class RecordFileSource(FileSource):
    """What every source has that reads files of one row a record."""

    engine: Engine = Engine.DUCKDB
    """What reads and groups the records; the counts are the same."""


class LayoutSource(FileSource):
    """What every source has that reads a table of counts."""

    columns: dict[str, str] = {}
    """The layout's own column names: what this file calls them."""


class PoliceUkSource(RecordFileSource):
    """Street-level files exactly as data.police.uk publishes them."""

    kind: Literal["policeuk"]
    files: str = "*street*"
    force: str = ""
    """The value of `force_column` whose rows count; empty: the name of the plan's force."""
    force_column: Literal["Falls within", "Reported by"] = "Falls within"
    level: Level = Level.CSP
    """The level of the areas that districts are looked up among."""
    crime_types: dict[str, str] = {}
    """A published crime type: the crime type's id."""
    outcome_types: dict[str, OutcomeClass] = {}
    """Changes and additions to `POLICEUK_OUTCOMES`."""


class ExtractColumns(Settings):
    """What an extract calls its columns.  An empty name: the extract has no such column."""

    reference: str = "reference"
    recorded_date: str = Field(default="recorded_date", min_length=1)
    crime_type: str = Field(default="crime_type", min_length=1)
    area: str = "area"
    flags: str = "flags"
    outcome_type: str = "outcome_type"
    outcome_date: str = "outcome_date"
    updated: str = ""
    """When a row was last changed, year first: of a repeated reference the latest counts."""

    @model_validator(mode="after")
    def _outcomes_are_whole(self) -> ExtractColumns:
        if bool(self.outcome_type) is not bool(self.outcome_date):
            raise ValueError("name both outcome_type and outcome_date, or leave both empty")
        return self


class CrimeRecords(AnySource):
    """What a source of crime records of the force's own has."""

    columns: ExtractColumns = ExtractColumns()
    date_format: DayFormat = "%Y-%m-%d"
    crime_types: dict[str, str] = {}
    """What the input writes for a crime type: the crime type's id."""
    supplies: tuple[str, ...] = ()
    """The crime types that the input answers for; empty: every one of the plan."""
    flags: dict[str, str] = {}
    """What the input writes for a flag: the plan's flag; "" for one that is not counted."""
    outcome_types: dict[str, OutcomeClass] = {}
    """What the input writes for an outcome type, and what it means."""
    empty_days: EmptyDays = EmptyDays.GAP
    earliest: date | None = None
    """Records before this day are rejected, e.g. the default date of an old system."""


class ExtractSource(CrimeRecords, RecordFileSource):
    """The force's own extract: CSV or Parquet, one row a crime."""

    kind: Literal["extract"]


class SqlSource(CrimeRecords):
    """Crime records in a database, counted there."""

    kind: Literal["sql"]
    url_variable: str
    """The environment variable that holds the database's URL: passwords stay out of files."""
    table: str = ""
    query: str = ""

    @field_validator("url_variable")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
            raise ValueError(
                "write the name of an environment variable, for example CRIME_DATABASE_URL; "
                "the database's URL itself does not belong in this file"
            )
        return value

    @model_validator(mode="after")
    def _one_of_two(self) -> SqlSource:
        if bool(self.table) is bool(self.query):
            raise ValueError("write either a table or a query")
        return self


class IncidentsSource(LayoutSource):
    """Incidents by month and area."""

    kind: Literal["incidents"]
    month_format: MonthFormat = "%Y-%m"
    force_rows: AreaTotals = AreaTotals.REST
    absent_rows: EmptyDays = EmptyDays.GAP
    """What it means that an area the file knows has no row in one of its months."""


class SurveysSource(LayoutSource):
    """Survey answers by month, area, group and component."""

    kind: Literal["surveys"]
    month_format: MonthFormat = "%Y-%m"
    force_rows: AreaTotals = AreaTotals.REST
    absent_rows: EmptyDays = EmptyDays.ZERO


class ReturnsSource(LayoutSource):
    """Partners' returns."""

    kind: Literal["returns"]
    date_format: DayFormat = "%Y-%m-%d"


class PopulationSource(LayoutSource):
    """Residents at mid-year."""

    kind: Literal["population"]
    force_rows: AreaTotals = AreaTotals.TOTAL


class PeersSource(LayoutSource):
    """Recorded crime of the forces of the most similar group."""

    kind: Literal["peers"]
    month_format: MonthFormat = "%Y-%m"
    crime_types: dict[str, str] = {}


SourceSettings: TypeAlias = (
    PoliceUkSource
    | ExtractSource
    | SqlSource
    | IncidentsSource
    | SurveysSource
    | ReturnsSource
    | PopulationSource
    | PeersSource
)

_ANY_SOURCE: Final[TypeAdapter[SourceSettings]] = TypeAdapter(
    Annotated[SourceSettings, Field(discriminator="kind")]
)
KINDS: Final = (
    "policeuk",
    "extract",
    "sql",
    "incidents",
    "surveys",
    "returns",
    "population",
    "peers",
)


def read_sources(path: Path) -> tuple[SourceSettings, ...]:
    """Read and check `sources.toml`.

    Returns:
        The sources in the order they are written.

    Raises:
        SourceError: The file is not there or is not TOML, or anything in it is wrong; the message
            has a line for every mistake, with the line of the file, the key and the value.
    """
    try:
        file = read_toml(path, name=path.name)
    except CatalogueError as error:
        raise SourceError(
            str(error), hint="docs/sources.md has a sources.toml to start from."
        ) from error
    tables = file.content.get("source", [])
    complaints = [
        f"{file.name}: {key}: there is no such key; every table is headed [[source]]"
        for key in file.content
        if key != "source"
    ]
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables or [0]):
        raise SourceError(
            f"{file.name} names no source.",
            hint='Write at least one: [[source]], name = "crimes", kind = "extract", path = "…".',
        )
    sources: list[SourceSettings] = []
    for index, table in enumerate(tables):
        origin = Origin(file=file, table="source", index=index)
        try:
            sources.append(_ANY_SOURCE.validate_python(table))
        except ValidationError as error:
            complaints += [_complaint(origin, table, one) for one in error.errors()]
    complaints += _doubled(file, tables)
    if complaints:
        raise SourceError(
            "\n".join(complaints), hint="Every setting is described in docs/sources.md."
        )
    return tuple(sources)


def _doubled(file: TomlFile, tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = Counter(name for table in tables if isinstance(name := table.get("name"), str))
    for index, table in enumerate(tables):
        name = table.get("name")
        if isinstance(name, str) and names[name] > 1:
            yield Origin(file=file, table="source", index=index).complaint(
                "name", name, f"this name is given {names[name]} times; each source needs its own"
            )
            names[name] = 0


def _complaint(origin: Origin, table: Mapping[str, Any], error: Any) -> str:
    """Say one mistake that pydantic found, and what to write."""
    places = [str(place) for place in error["loc"]]
    kind = table.get("kind")
    if places and places[0] == kind:
        places = places[1:]
    key = ".".join(places)
    match error["type"]:
        case "union_tag_not_found" | "union_tag_invalid":
            return origin.complaint("kind", kind or "", f"write one of {', '.join(KINDS)}")
        case "missing":
            return origin.complaint(key, "", f"{key} is missing; write it")
        case "extra_forbidden":
            known = _known_keys(kind, places[:-1])
            return origin.complaint(
                key, error["input"], f"a source of kind {kind} has no such key; it has {known}"
            )
        case "value_error":
            problem = str(error["ctx"]["error"])
            value = error["input"]
            if isinstance(value, dict):  # the whole table is wrong together
                key, value = key or "name", table.get("name", "") if not key else ""
            return origin.complaint(key, value, problem)
        case _:
            return origin.complaint(key, error["input"], _lowered(error["msg"]))


def _known_keys(kind: Any, inside: Sequence[str]) -> str:
    models: dict[str, type[BaseModel]] = {
        model.model_fields["kind"].annotation.__args__[0]: model
        for model in SourceSettings.__args__
    }
    model: type[BaseModel] = ExtractColumns if list(inside) == ["columns"] else models[kind]
    return ", ".join(model.model_fields)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
