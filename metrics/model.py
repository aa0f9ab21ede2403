"""The words of the field, as types.  No I/O, no chat, no database.

The catalogue is what differs between forces: their areas, measures, strategic priorities and
performance frameworks.  It is read from TOML by `config.catalogue`, which also checks it as a
whole; here it can be relied upon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Literal, NewType, TypeVar, assert_never

from metrics.classification import ClassificationRule
from metrics.errors import UnknownName

AreaId = NewType("AreaId", str)
MeasureId = NewType("MeasureId", str)
TallyId = NewType("TallyId", str)
"""One thing that is counted, e.g. "domestic-burglary.recorded": what a source delivers."""


class Polarity(StrEnum):
    """Which way is better.  A fact about the measure, never guessed from its name."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEITHER = "neither"

    def is_worse(self, change: float) -> bool:
        """Whether a change in this direction is a deterioration."""
        match self:
            case Polarity.HIGHER_IS_BETTER:
                return change < 0
            case Polarity.LOWER_IS_BETTER:
                return change > 0
            case Polarity.NEITHER:
                return False
            case _:
                assert_never(self)


class Level(StrEnum):
    """Where an area stands in the force's tree."""

    FORCE = "force"
    BCU = "bcu"
    JOINT = "joint"  # partnerships that some papers report as one
    CSP = "csp"
    LPU = "lpu"
    PEER = "peer"  # a force of the most similar group: outside the tree


class MeasureKind(StrEnum):
    """What kind of quantity a measure is, and so how its figures are made."""

    RECORDED = "recorded"
    OUTCOME_RATE = "outcome_rate"
    SATISFACTION = "satisfaction"
    CONFIDENCE = "confidence"
    PARTNER_RETURN = "partner_return"
    MONEY = "money"

    @property
    def is_rate(self) -> bool:
        """Whether the value is a numerator over a denominator (a proportion, 0-1)."""
        return self in (
            MeasureKind.OUTCOME_RATE,
            MeasureKind.SATISFACTION,
            MeasureKind.CONFIDENCE,
        )

    @property
    def is_survey(self) -> bool:
        """Whether the value comes from a sample of people asked."""
        return self in (MeasureKind.SATISFACTION, MeasureKind.CONFIDENCE)


class Grain(StrEnum):
    """The shortest period that a measure's source can tell apart."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"


class Restriction(StrEnum):
    """Who may be told a measure's figures (applied at one gate, for every surface)."""

    NONE = "none"
    UNTIL_PUBLISHED = "until_published"  # internal until its owner has published it
    INTERNAL = "internal"  # named roles only
    NOT_CITED = "not_cited"  # no figure is shown to anyone


class TargetKind(StrEnum):
    """What a target asks for."""

    REDUCTION = "reduction"  # a proportion below the same period of the year before
    AT_LEAST = "at_least"  # a rate, 0-1
    FEWER = "fewer"  # fewer than the same period of the year before, by any number
    IMPROVEMENT = "improvement"  # continuous improvement on the baseline year
    SIGNIFICANT_REDUCTION = "significant_reduction"

    @property
    def is_numeric(self) -> bool:
        """Whether the target is a number that a figure can be measured against."""
        return self in (TargetKind.REDUCTION, TargetKind.AT_LEAST, TargetKind.FEWER)


class FrameworkStyle(StrEnum):
    """How a performance framework judges."""

    TARGETS = "targets"  # 2013/14: numeric targets
    IMPROVEMENT = "improvement"  # 2014/15: continuous improvement, no numeric targets
    PLAN = "plan"  # 2015/16: against the end of the baseline year


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place that figures are asked for."""

    id: AreaId
    name: str
    level: Level
    parents: tuple[AreaId, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrimeType:
    """A type of crime (or incident), or a group of types, as the dashboards name it."""

    id: str
    name: str
    members: tuple[str, ...] = ()  # of a group: the types it sums; of a type: empty
    aliases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # Home Office offence codes that belong to it
    on_dashboard: bool = True
    is_total: bool = False  # the group of every crime, once


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One quantity the force answers for, e.g. recorded domestic burglary."""

    id: MeasureId
    name: str
    kind: MeasureKind
    polarity: Polarity
    unit: str  # as printed after a number: "crimes", "%", "responses", "£m"
    numerator: tuple[TallyId, ...]
    denominator: tuple[TallyId, ...] = ()
    closed: tuple[TallyId, ...] = ()  # closures: recorded less closed is "under investigation"
    grain: Grain = Grain.DAY
    priority: str = ""  # the strategic priority it belongs to; empty: none
    crime_type: str = ""  # the crime type or group it counts; empty: not a crime
    flag: str = ""  # only crimes that carry this flag; empty: all
    component: str = ""  # of a survey: "overall", "action", "follow-up", ...
    definition: str = ""
    published: str = ""  # where the definition stands
    restriction: Restriction = Restriction.NONE
    impact: Literal["high", "standard"] = "standard"  # how much it matters if it goes wrong
    minimum: int = 0  # counts above 0 and under this are shown as "<minimum"
    suppliers: tuple[AreaId, ...] = ()  # areas whose figures are delivered apart; empty: the force
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A strategic priority of the Police and Crime Plan."""

    number: str  # "12", "14A"
    name: str
    theme: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a framework asks of one measure."""

    measure: MeasureId
    kind: TargetKind
    value: float = 0.0  # REDUCTION: a proportion, 0-1; AT_LEAST: a rate, 0-1; otherwise unused
    text: str = ""  # where a rule needs words, as the plan says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """How performance is judged from one day to another."""

    id: str  # "2013/14"
    first: date
    last: date
    style: FrameworkStyle
    baseline_year: int  # the performance year that starts in April of this year
    targets: tuple[Target, ...] = ()
    not_cited: Mapping[str, str] = field(default_factory=dict)  # priority: why no figure is shown
    plan_rows: tuple[MeasureId, ...] = ()  # the rows of the plan dashboard, in order

    def covers(self, day: date) -> bool:
        """Whether this framework is in force on a day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A dated data-quality note: something that changed what is recorded or how."""

    day: date
    measures: tuple[MeasureId, ...]
    text: str
    source: str
    is_break: bool  # whether figures before and after the day are not alike
    areas: tuple[AreaId, ...] = ()  # empty: everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class PastYear:
    """A published total of a performance year that no records are held of."""

    measure: MeasureId
    year: int  # the calendar year in which the performance year starts
    value: float
    source: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """Everything that differs between forces, checked as a whole.

    Equal to itself alone: what is worked out of a catalogue can be kept by it.
    """

    name: str
    synthetic: bool  # demonstration figures: said wherever a figure is shown
    areas: Mapping[AreaId, Area]
    crime_types: Mapping[str, CrimeType]
    flags: tuple[str, ...]
    measures: Mapping[MeasureId, Measure]
    priorities: Mapping[str, Priority]
    frameworks: tuple[Framework, ...]
    notes: tuple[Note, ...]
    past_years: tuple[PastYear, ...]
    rule: ClassificationRule = field(
        default_factory=ClassificationRule
    )  # the cuts between High, Medium and Low
    usual_revision: float = 0.0  # the proportion by which recent counts usually move; 0: not known
    version: str  # sha256 of the files it was read from

    @cached_property
    def force(self) -> Area:
        """The area at the root of the tree."""
        return next(area for area in self.areas.values() if area.level is Level.FORCE)

    @property
    def peers(self) -> tuple[Area, ...]:
        """The other forces of the most similar group."""
        return tuple(area for area in self.areas.values() if area.level is Level.PEER)

    @cached_property
    def tree(self) -> tuple[Area, ...]:
        """The force's own areas, in the order they are written."""
        return tuple(area for area in self.areas.values() if area.level is not Level.PEER)

    def area(self, name: str) -> Area:
        """Return an area by its id, name or alias.

        Raises:
            UnknownName: No area, or more than one, goes by this name.
        """
        return _find(name, self.areas.values(), "area")

    def measure(self, name: str) -> Measure:
        """Return a measure by its id, name or alias.

        Raises:
            UnknownName: No measure, or more than one, goes by this name.
        """
        return _find(name, self.measures.values(), "measure")

    def crime_type(self, name: str) -> CrimeType:
        """Return a crime type or group by its id, name or alias.

        Raises:
            UnknownName: No crime type, or more than one, goes by this name.
        """
        return _find(name, self.crime_types.values(), "crime type")

    def children(self, parent: AreaId) -> tuple[Area, ...]:
        """Return the areas directly below an area."""
        return tuple(area for area in self.tree if parent in area.parents)

    @cached_property
    def within(self) -> Mapping[AreaId, frozenset[AreaId]]:
        """Each area with itself and everything below it, each once whatever the paths to it."""
        closure: dict[AreaId, frozenset[AreaId]] = {}

        def below(area: AreaId) -> frozenset[AreaId]:
            if area not in closure:
                parts = (below(child.id) for child in self.children(area))
                closure[area] = frozenset({area}).union(*parts)
            return closure[area]

        for area in self.areas:
            below(area)
        return closure

    def at_level(self, level: Level, *, inside: AreaId | None = None) -> tuple[Area, ...]:
        """Return the areas of one level, all of them or those inside an area."""
        return tuple(
            area
            for area in self.tree
            if area.level is level and (inside is None or area.id in self.within[inside])
        )

    def framework(self, day: date) -> Framework | None:
        """Return the framework in force on a day, or None where the plan has none."""
        return next((one for one in self.frameworks if one.covers(day)), None)

    def target(self, measure: MeasureId, day: date) -> Target | None:
        """Return what the framework of a day asks of a measure, or None."""
        framework = self.framework(day)
        targets: Iterator[Target] = iter(framework.targets if framework else ())
        return next((target for target in targets if target.measure == measure), None)

    def total_crime(self) -> Measure:
        """Return recorded all crime."""
        return next(
            measure
            for measure in self.measures.values()
            if measure.kind is MeasureKind.RECORDED
            and not measure.flag
            and measure.crime_type in self.crime_types
            and self.crime_types[measure.crime_type].is_total
        )

    def recorded(self, crime_type: str) -> Measure:
        """Return the recorded-crime measure of a crime type or group."""
        return self.measures[MeasureId(f"{crime_type}.recorded")]

    def dashboard_crime_types(self) -> tuple[CrimeType, ...]:
        """Return the crime types and groups of the all-crime dashboard, in order."""
        return tuple(kind for kind in self.crime_types.values() if kind.on_dashboard)


Named = TypeVar("Named", bound=Area | Measure | CrimeType)


def _find(name: str, among: Iterable[Named], what: str) -> Named:
    """Return the one thing that goes by a name, however it is capitalised."""
    wanted = name.strip().casefold()
    by_id: dict[str, Named] = {one.id.casefold(): one for one in among}
    if wanted in by_id:
        return by_id[wanted]
    found = [
        one
        for one in by_id.values()
        if wanted in (one.name.casefold(), *(alias.casefold() for alias in one.aliases))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownName(
            f"“{name}” can be more than one {what}.",
            hint="Say which: " + ", ".join(sorted(one.id for one in found)) + ".",
        )
    close = get_close_matches(wanted, list(by_id), n=3, cutoff=0.5)
    raise UnknownName(
        f"There is no {what} called “{name}”.",
        hint=f"Did you mean {', '.join(close)}?" if close else "",
    )
