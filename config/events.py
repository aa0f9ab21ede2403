"""Events that are known to have happened, for a replay to be held against: TOML or CSV.

    [[event]]
    name = "burglary series"        # may be left out
    measure = "domestic-burglary.recorded"
    area = "charnwood"
    from = 2013-06-03
    to = 2013-08-25
    size = 0.4                      # 40% more than usual; of a rate in points, 0-1

A CSV has the same names in its first line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from config.entries import Entry
from config.files import Origin, TomlFile, complaints, parse_toml
from metrics.errors import CatalogueError
from metrics.model import AreaId, Catalogue, MeasureId

TABLE: Final = "event"


class Event(Entry):
    """Something that is known to have happened."""

    model_config = ConfigDict(populate_by_name=True)

    measure: MeasureId
    area: AreaId
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    size: float
    """Share by which the level rose, or fell where it is negative; of rates points, 0-1."""
    name: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` must not be before `from`")
        return self


def read_events(path: Path, catalogue: Catalogue) -> tuple[Event, ...]:
    """Read and check a file of events.

    Raises:
        CatalogueError: It is not there, or something in it is wrong; a line for every mistake.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{path}: cannot be read as UTF-8 text.", hint="Look at the path after --truth."
        ) from error
    if path.suffix.lower() == ".csv":
        file = TomlFile(name=path.name, text="", content={TABLE: list(_rows(text))})
    else:
        file = parse_toml(text, name=path.name)
    return _checked(file, catalogue)


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    for row in csv.DictReader(io.StringIO(text)):
        yield {key: value for key, value in row.items() if key and value}


def _checked(file: TomlFile, catalogue: Catalogue) -> tuple[Event, ...]:
    tables: Any = file.content.get(TABLE, [])
    if not isinstance(tables, list):
        raise CatalogueError(
            f"{file.name}: an event has no double brackets.",
            hint=f"Write it as [[{TABLE}]].",
        )
    events: list[Event] = []
    problems: list[str] = []
    for index, table in enumerate(tables):
        origin = Origin(file=file, table=TABLE, index=index)
        try:
            event = Event.model_validate(table)
        except ValidationError as error:
            problems += complaints(error, origin)
            continue
        problems += _dangling(event, origin, catalogue)
        events.append(event)
    if problems:
        raise CatalogueError(
            "\n".join(["The events cannot be used:", *problems]), hint="Mend the lines named above."
        )
    return tuple(events)


def _dangling(event: Event, origin: Origin, catalogue: Catalogue) -> Iterator[str]:
    if event.measure not in catalogue.measures:
        yield origin.complaint("measure", event.measure, "the plan has no such measure")
    if event.area not in catalogue.areas:
        yield origin.complaint("area", event.area, "the plan has no such area")
