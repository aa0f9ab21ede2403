"""One measure in one area, with everything that sentences about it are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from bot.access import Sight
from metrics.assessment import Assessment
from metrics.calendar import Window, performance_year, whole_year
from metrics.model import Area, Framework, FrameworkStyle, Level, Measure, Target, TargetKind
from metrics.positions import Figure, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A measure in an area, with its figures and what the statistics say of them."""

    measure: Measure
    area: Area
    position: Position
    assessment: Assessment
    target: Target | None  # what the framework in force on the figures' day asks of it
    framework: Framework | None  # None: none is in force on that day
    as_at: date  # the day that the figures stand at; this measure's may end before it
    suppliers: tuple[str, ...] = ()  # of a return that several supply: who

    @property
    def now(self) -> Figure:
        """The period that is judged: the year to date; of surveys, the last 12 months."""
        window = Window.ROLLING_12 if self.measure.kind.is_survey else Window.YTD
        return self.position.figures[window]

    @property
    def value(self) -> float:
        """The measure over the period that is judged; NaN: not known."""
        window = Window.ROLLING_12 if self.measure.kind.is_survey else Window.YTD
        return self.position.values[window]

    @property
    def before(self) -> float:
        """The measure over the period that it is compared with; NaN: not known."""
        window = Window.PREVIOUS_12 if self.measure.kind.is_survey else Window.LYTD
        return self.position.values[window]

    @property
    def change(self) -> float:
        """Now less before; NaN where one of them is not known."""
        return self.value - self.before

    @property
    def has_number(self) -> bool:
        """Whether a target is in force that is a number."""
        return self.target is not None and self.target.kind.is_numeric

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met as things stand; None: no number, or not known."""
        if not self.has_number or math.isnan(self.position.gap):
            return None
        if self.measure.kind.is_rate:
            return self.position.gap >= 0
        strict = self.target is not None and self.target.kind is TargetKind.FEWER
        return self.position.gap < 0 if strict else self.position.gap <= 0

    @property
    def is_late(self) -> bool:
        """Whether the figures end before the day that the others stand at."""
        return self.position.to is not None and self.position.to < self.as_at

    @property
    def year_is_over(self) -> bool:
        """Whether the whole performance year is held, so that nothing is left to chance."""
        to = self.position.to
        return to is not None and to == whole_year(performance_year(to)).last

    @property
    def is_against_baseline(self) -> bool:
        """Whether the framework in force judges against its baseline year."""
        return self.framework is not None and self.framework.style is FrameworkStyle.PLAN

    @property
    def where(self) -> str:
        """Where, as it follows a name: nothing of the whole force."""
        return "" if self.area.level is Level.FORCE else f" in {self.area.name}"


def is_kept(sight: Sight, measure: Measure, area: Area) -> bool:
    """Whether anything of a measure is held of an area, and may be shown."""
    return not sight.refusal(measure, area) and sight.position(measure, area).to is not None


def judge(sight: Sight, measure: Measure, area: Area) -> Judged:
    """Put together what is known of a measure in an area.

    Raises:
        Refused: It may not be shown here.
    """
    return Judged(
        measure=measure,
        area=area,
        position=sight.position(measure, area),
        assessment=sight.assessment(measure, area),
        target=sight.catalogue.target(measure.id, sight.as_at),
        framework=sight.catalogue.framework(sight.as_at),
        as_at=sight.as_at,
        suppliers=tuple(sight.catalogue.areas[one].name for one in measure.suppliers),
    )
