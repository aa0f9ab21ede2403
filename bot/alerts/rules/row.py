"""What a rule is given, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.alerts.model import AlertKey, Concern, Reason, RuleName
from config.alerts import AlertPolicy
from metrics.assessment import Assessment
from metrics.calendar import Window, performance_year, say_date, whole_year
from metrics.classification import Impact, Likelihood, ThreatLevel
from metrics.model import Area, Catalogue, Measure, MeasureKind, Polarity, Restriction
from metrics.positions import Position
from metrics.snapshot import SnapshotId

AS_GIVEN: Final = (MeasureKind.PARTNER_RETURN, MeasureKind.MONEY)
"""Told as they are given: nothing is tested of them, so nothing can be alerted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """The cuts of the day that hang on how many series there are."""

    surge: float  # score
    surge_hold: float
    surge_strong: float
    control: float  # deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure in one area today, and what was known of it before."""

    measure: Measure
    area: Area
    position: Position
    assessment: Assessment
    before: Assessment | None  # of the previous snapshot; None: there is none
    p_together: float  # of the change against last year, among all series; NaN: not tested
    held: frozenset[RuleName]  # the rules that hold an open alert of this row up
    is_late: bool  # the figures do not reach as far as they should
    as_at: date
    snapshot: SnapshotId
    catalogue: Catalogue
    policy: AlertPolicy
    cuts: Cuts

    @property
    def worse(self) -> int:
        """The sign of a deterioration: +1 a rise, -1 a fall, 0 neither."""
        match self.measure.polarity:
            case Polarity.LOWER_IS_BETTER:
                return 1
            case Polarity.HIGHER_IS_BETTER:
                return -1
            case _:
                return 0

    @property
    def to(self) -> date:
        """The day that the figures reach."""
        return self.position.to or self.as_at

    @property
    def windows(self) -> tuple[Window, Window]:
        """What is compared with last year: the year to date; of surveys the last 12 months."""
        if self.measure.kind.is_survey:
            return Window.ROLLING_12, Window.PREVIOUS_12
        return Window.YTD, Window.LYTD

    @property
    def days_of_year(self) -> int:
        """How many days of the performance year the figures hold."""
        return (self.to - whole_year(performance_year(self.to)).first).days + 1

    def level(self, likelihood: Likelihood) -> ThreatLevel:
        """Return the level of a likelihood, by the plan's own matrix."""
        return self.catalogue.rule.level(likelihood, Impact(self.measure.impact))

    def broken_since(self, first: date) -> str:
        """Say which change of recording makes figures since a day unlike those before."""
        for note in self.catalogue.notes:
            here = not note.areas or any(one in note.areas for one in self.within)
            if (
                note.is_break
                and self.measure.id in note.measures
                and here
                and first < note.day <= self.to
            ):
                return f"Recording changed on {say_date(note.day)}: {note.text}"
        return ""

    @property
    def within(self) -> frozenset[str]:
        """The area and everything inside it."""
        return frozenset(self.catalogue.within[self.area.id])

    def found(
        self,
        rule: RuleName,
        likelihood: Likelihood | ThreatLevel,
        sentence: str,
        *,
        size: float,
        concern: Concern = Concern.THREAT,
    ) -> Finding:
        """Return that a rule fires."""
        level = likelihood if isinstance(likelihood, ThreatLevel) else self.level(likelihood)
        return Finding(
            key=AlertKey(concern, self.measure.id, self.area.id),
            reason=Reason(
                rule=rule,
                level=level,
                sentence=sentence,
                size=size,
                as_at=self.to,
                snapshot=self.snapshot,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule fires."""

    key: AlertKey
    reason: Reason


@dataclass(frozen=True, slots=True)
class Quiet:
    """A rule does not fire, and why; where it could not judge, silence is not recovery."""

    why: str
    judged: bool = True


Rule = Callable[[Row], Finding | Quiet]


def not_eligible(row: Row) -> str:
    """Say why no rule of performance may speak of a row; empty where they may.

    The same for all of them: which way is good, what may be cited, how few there are.
    """
    measure, as_at = row.measure, row.as_at
    if measure.polarity is Polarity.NEITHER:
        return "Neither way is better, so nothing can become worse."
    if measure.kind in AS_GIVEN:
        return "It is told as it is given and is not tested."
    if measure.restriction is Restriction.NOT_CITED:
        return "It may not be cited."
    framework = row.catalogue.framework(as_at)
    if framework and measure.priority in framework.not_cited:
        return framework.not_cited[measure.priority]
    if row.area.level not in row.policy.levels:
        return f"Alerts do not watch the level “{row.area.level}”."
    return _too_small(row)


def _too_small(row: Row) -> str:
    """Say that there are too few of something to be told at all; empty where there are not."""
    minimum = row.measure.minimum
    for window in row.windows:
        figure = row.position.figures[window]
        if any(0 < count < minimum for count in (figure.numerator, figure.denominator)):
            return f"A count under {minimum} is not shown."
    return ""


def is_material(row: Row, change: float, share: float) -> bool:
    """Whether a change is large enough to be told, whatever chance says.

    Args:
        change: In the bad direction: crimes, or points 0-1 of a rate.
        share: Of a count: the change as a proportion of what it is compared with.
    """
    material = row.policy.material
    if row.measure.kind.is_rate:
        return change >= material.points
    return change >= material.crimes and (math.isnan(share) or share >= material.volume)


def is_large(row: Row, change: float, share: float) -> bool:
    """Whether a change is so large that it is likely, not only possible, to do harm."""
    material = row.policy.material
    if row.measure.kind.is_rate:
        return change >= material.large_points
    return math.isnan(share) or share >= material.large_volume
