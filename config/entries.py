"""The catalogue's TOML tables, entry by entry: what may be written in each, and its defaults.

What an entry may refer to is checked afterwards over the whole catalogue (`config.checks`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from metrics.model import (
    FrameworkStyle,
    Grain,
    Level,
    MeasureKind,
    Polarity,
    Restriction,
    TargetKind,
)


def _plain_id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", value):
        raise ValueError("write it in small letters, digits, hyphens and points")
    return value


Id = Annotated[str, AfterValidator(_plain_id)]
Words = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """One table of a catalogue file.  A key that is not known is an error, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AreaEntry(Entry):
    """`[[area]]`: a place that figures are asked for."""

    id: Id
    name: Words
    level: Level
    parents: tuple[str, ...] = ()
    aliases: tuple[Words, ...] = ()


class CrimeTypeEntry(Entry):
    """`[[crime_type]]`: a type of crime, or a group of types that is reported as one.

    Each brings its two measures with it: recorded crime and the crime outcome rate.
    """

    id: Id
    name: Words
    members: tuple[str, ...] = ()
    is_total: bool = False
    aliases: tuple[Words, ...] = ()
    codes: tuple[Words, ...] = ()
    on_dashboard: bool = True
    priority: str = ""
    polarity: Polarity = Polarity.LOWER_IS_BETTER
    outcomes: bool = True
    grain: Grain = Grain.DAY
    definition: str = ""
    published: str = ""
    restriction: Restriction = Restriction.NONE
    impact: Literal["high", "standard"] = "standard"
    minimum: Annotated[int, Field(ge=0, le=20)] = 0


class MeasureEntry(Entry):
    """`[[measure]]`: a quantity beside those that the crime types bring.

    It counts exactly one of: crimes of a type that carry a flag, incidents, answers to a
    survey, or a partner's return.
    """

    id: Id
    name: Words
    kind: MeasureKind
    polarity: Polarity
    unit: Words
    priority: str = ""
    crime_type: str = ""
    flag: str = ""
    incident: str = ""
    survey: tuple[str, ...] = ()
    component: str = ""
    returns: tuple[str, ...] = ()
    grain: Grain | None = None
    suppliers: tuple[str, ...] = ()
    definition: str = ""
    published: str = ""
    restriction: Restriction = Restriction.NONE
    impact: Literal["high", "standard"] = "standard"
    minimum: Annotated[int, Field(ge=0, le=20)] = 0
    aliases: tuple[Words, ...] = ()


class PriorityEntry(Entry):
    """`[[priority]]`: a strategic priority of the Police and Crime Plan."""

    number: Annotated[str, Field(pattern=r"^[0-9]{1,2}[A-Z]?$")]
    name: Words
    theme: Words
    aliases: tuple[Words, ...] = ()


class TargetEntry(Entry):
    """`[[framework.target]]`: what a framework asks of a measure."""

    measure: str
    kind: TargetKind
    value: float = 0.0
    text: str = ""


class FrameworkEntry(Entry):
    """`[[framework]]`: how performance is judged from one day to another."""

    id: Words
    first: date
    last: date
    style: FrameworkStyle
    baseline_year: Annotated[int, Field(ge=1990, le=2100)]
    target: tuple[TargetEntry, ...] = ()
    not_cited: dict[str, Words] = Field(default_factory=dict)
    plan_rows: tuple[str, ...] = ()


class NoteEntry(Entry):
    """`[[note]]`: a dated data-quality note."""

    day: date
    measures: Annotated[tuple[str, ...], Field(min_length=1)]
    text: Words
    source: Words
    is_break: bool
    areas: tuple[str, ...] = ()


class PastYearEntry(Entry):
    """`[[past_year]]`: a published total of a performance year that no records are held of."""

    measure: str
    year: Annotated[int, Field(ge=1990, le=2100)]
    value: Annotated[float, Field(ge=0)]
    source: Words


class ClassificationEntry(Entry):
    """`[classification]` of `plan.toml`: the cuts between High, Medium and Low."""

    likely_met: Annotated[float, Field(gt=0, le=1)] = 0.80
    unlikely_met: Annotated[float, Field(ge=0, lt=1)] = 0.20
    material_gap_volume: Annotated[float, Field(ge=0)] = 0.05
    material_gap_rate: Annotated[float, Field(ge=0, le=1)] = 0.025

    @model_validator(mode="after")
    def _cuts_are_in_order(self) -> Self:
        if self.unlikely_met >= self.likely_met:
            raise ValueError("unlikely_met must be below likely_met")
        return self


class PlanEntry(Entry):
    """The head of `plan.toml`: whose plan it is, and the files that it is made of."""

    name: Words
    synthetic: bool
    flags: tuple[Id, ...] = ()
    parts: Annotated[tuple[Words, ...], Field(min_length=1)]
    usual_revision: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    classification: ClassificationEntry = ClassificationEntry()


ENTRY_TYPES: dict[str, type[Entry]] = {
    "area": AreaEntry,
    "crime_type": CrimeTypeEntry,
    "measure": MeasureEntry,
    "priority": PriorityEntry,
    "framework": FrameworkEntry,
    "note": NoteEntry,
    "past_year": PastYearEntry,
}
"""The tables that a part of a plan may hold."""
