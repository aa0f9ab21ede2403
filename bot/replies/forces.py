"""Forces side by side: what each may tell anybody, and what is alike in it.

Only what every force defines in the same way is compared, and a force that is missing or late is
never good news: it is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final

from bot.replies.judged import Judged
from metrics.model import Catalogue, Measure, MeasureId, MeasureKind, Polarity, TallyId
from metrics.snapshot import SnapshotId, SnapshotKind

MAY_LAG: Final = {SnapshotKind.DAILY: timedelta(days=2), SnapshotKind.MONTH_END: timedelta(0)}
"""How far a force's figures may end before the newest: as late as a daily source may be
(`[late]` of alerts.toml), and not at all at a month end, whose figures every board shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What makes two forces' figures of one measure the same quantity."""

    kind: MeasureKind
    polarity: Polarity
    unit: str
    flag: str
    component: str
    numerator: frozenset[str]
    denominator: frozenset[str]
    codes: frozenset[str]  # Home Office offence codes of the crime types that are counted

    def differs(self, other: Definition) -> tuple[str, ...]:
        """Say in what another definition is not this one; nothing where it is."""
        return tuple(
            dict.fromkeys(
                DIFFERS[one.name]
                for one in fields(self)
                if getattr(self, one.name) != getattr(other, one.name)
            )
        )


DIFFERS: Final = {
    "kind": "what kind of figure it is",
    "polarity": "which way is better",
    "unit": "its unit",
    "flag": "what it counts",
    "component": "what is asked",
    "numerator": "what it counts",
    "denominator": "what it is a share of",
    "codes": "which offence codes it counts",
}
"""What is told of each field of a definition that differs."""


def definition_of(measure: Measure, catalogue: Catalogue) -> Definition:
    """Return what a plan makes of a measure."""
    kind = catalogue.crime_types.get(measure.crime_type)
    if kind is not None and kind.is_total:  # every crime, however a plan divides it into types
        counted, tallies = set[str](), {TallyId(kind.id)}
    else:
        counted = {one.rpartition(".")[0] for one in measure.numerator}
        tallies = set(measure.numerator)
    codes = (catalogue.crime_types[one].codes for one in counted if one in catalogue.crime_types)
    return Definition(
        kind=measure.kind,
        polarity=measure.polarity,
        unit=measure.unit,
        flag=measure.flag,
        component=measure.component,
        numerator=frozenset(tallies),
        denominator=frozenset(measure.denominator if counted else ()),
        codes=frozenset(code for some in codes for code in some),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceHeld:
    """One force's figures, as any member of it may be told them: of the force as a whole."""

    id: str
    name: str
    as_at: date
    kind: SnapshotKind
    snapshot: SnapshotId
    source: str  # which snapshot, from which sources
    standing: str  # how firm it is, and as at when
    is_synthetic: bool
    definitions: Mapping[MeasureId, Definition]
    shown: Mapping[MeasureId, Judged]
    hidden: Mapping[MeasureId, str]  # why it may not be told
    watched: tuple[MeasureId, ...]  # the measures of its priorities, which are classified


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceMissing:
    """A force that has no figures to compare, and why."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The forces of a region, as they stand."""

    region: str
    held: tuple[ForceHeld, ...]  # of the same day, in the order of the region
    late: tuple[ForceHeld, ...]  # of an earlier day
    missing: tuple[ForceMissing, ...]

    @property
    def as_at(self) -> date:
        """The day that the figures stand at."""
        return max(one.as_at for one in self.held)

    @property
    def kind(self) -> SnapshotKind:
        """How firm they are."""
        return self.held[0].kind

    @property
    def is_synthetic(self) -> bool:
        """Whether any of them are a demonstration's."""
        return any(one.is_synthetic for one in self.held)

    @property
    def measures(self) -> tuple[MeasureId, ...]:
        """Every measure that any force defines, in the order of the first that does."""
        return tuple(dict.fromkeys(id_ for one in self.held for id_ in one.definitions))


def together(region: str, held: Sequence[ForceHeld], missing: Sequence[ForceMissing]) -> Together:
    """Put forces beside each other, those apart that are late."""
    newest = max((one.as_at for one in held), default=date.min)
    late = tuple(one for one in held if newest - one.as_at > MAY_LAG[one.kind])
    return Together(
        region=region,
        held=tuple(one for one in held if one not in late),
        late=late,
        missing=tuple(missing),
    )
