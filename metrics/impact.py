"""A snapshot's months → the measured effect of an operation on one measure in one area.

Computed when it is asked for, from what the snapshot keeps and nothing else: the same snapshot and
the same operation give the same figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import month_end, say_date
from metrics.errors import UserError
from metrics.impact_series import ImpactSeries, breaks_in, days_of, is_measurable, series_of
from metrics.model import AreaId, Catalogue, Measure, MeasureId
from metrics.operations import Operation, check_comparison
from metrics.statistics.impact import (
    LEAST_EXPECTED,
    ImpactVerdict,
    Over,
    by_itself,
    chance_of_effect,
    chance_variance,
    counterfactual,
    log_ratio,
    never_surer,
    reach,
    since_launch,
    smallest_fall,
    verdict,
)
from metrics.trends import Trends

Floats = NDArray[np.float64]

WEEK: Final = 7.0

ASKED_FOR: Final = 0.10
"""The fall of which it is said by when it would show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The effect of an operation on a measure in an area, since its launch.

    Proportions are of what was to be expected without it: -0.08 is 8% below.  NaN where the
    verdict says that it is not measured.
    """

    operation: Operation
    measure: MeasureId
    area: AreaId
    verdict: ImpactVerdict
    weeks: float  # from the launch to the as-at day, or to the operation's last day
    months: tuple[date, ...]  # the first days of the months that are kept, oldest first
    values: tuple[float, ...]  # counted in them; NaN where not recorded, or not over
    expected: tuple[float, ...]  # fitted before the launch, to be expected without it since
    lower: tuple[float, ...]  # 95% limits of each month since the launch; NaN before it
    upper: tuple[float, ...]
    measured: tuple[date, ...] = ()  # the months that the effect is measured over
    observed: float = math.nan  # counted in them
    counterfactual: float = math.nan  # to be expected in them without the operation
    effect: float = math.nan
    low: float = math.nan  # of the 95% interval
    high: float = math.nan
    comparison_effect: float = math.nan  # the comparison areas against their own expectation
    smallest_fall: float = math.nan  # that would show as things stand
    shows_by: date | None = None  # a month end to come by which 10% would show; None: not in a year

    @property
    def change(self) -> float:
        """How many more than expected were counted; fewer below 0."""
        return self.observed - self.counterfactual

    @property
    def change_limits(self) -> tuple[float, float]:
        """The 95% limits of how many more."""
        return self.low * self.counterfactual, self.high * self.counterfactual

    @property
    def expected_per_week(self) -> float:
        """What was to be expected of a week without the operation."""
        return self.counterfactual / self._weeks_measured

    @property
    def observed_per_week(self) -> float:
        """What was counted in a week."""
        return self.observed / self._weeks_measured

    @property
    def _weeks_measured(self) -> float:
        return sum(days_of(one) for one in self.measured) / WEEK if self.measured else math.nan


def impact_of(
    trends: Trends,
    operation: Operation,
    measure: Measure,
    area: AreaId,
    *,
    catalogue: Catalogue,
    as_at: date,
) -> Impact:
    """Measure the effect of an operation.

    Args:
        trends: Those of a snapshot, with every measure and area: how far figures stray when nothing
            was done is learned from all of them.
        operation: What was done.
        measure: What it is measured on: a count by day or month.
        area: Where; it need not be where the operation was, so that displacement can be looked at.
        catalogue: That the snapshot was made with.
        as_at: The day of the snapshot.

    Raises:
        UserError: The operation had not begun, the measure is no count, or its months are not kept.
        CatalogueError: The comparison areas overlap the area.
    """
    if not is_measurable(measure):
        raise UserError(
            f"The effect of an operation is measured on counts by month; {measure.name} is none.",
            hint="Ask for recorded crime, for example /impact tiger burglary.",
        )
    if operation.first > as_at:
        began, day = say_date(operation.first), say_date(as_at)
        raise UserError(
            f"{operation.name} began on {began}, after these figures as at {day}.",
            hint="Ask for a later day.",
        )
    trends.get(measure.id, area)  # says so where it is not held
    check_comparison(operation, area, catalogue)
    until = min(as_at, operation.last or as_at)
    nothing = (math.nan,) * len(trends.months)
    start = Impact(
        operation=operation,
        measure=measure.id,
        area=area,
        verdict=ImpactVerdict.TOO_SHORT,
        weeks=((until - operation.first).days + 1) / WEEK,
        months=trends.months,
        values=nothing,
        expected=nothing,
        lower=nothing,
        upper=nothing,
    )
    if operation.first < trends.months[0]:
        return start
    series = series_of(trends, catalogue, operation.first)
    row = series.row(measure.id, area)
    values = tuple(series.counts[row, : len(trends.months)].tolist())
    return _Measuring(series, row, replace(start, values=values), until).impact()


class _Measuring:
    """One measurement in the making."""

    def __init__(self, series: ImpactSeries, row: int, start: Impact, until: date) -> None:
        """Prepare to measure one row.

        Args:
            series: Every count, laid out around the launch.
            row: The one that is asked about.
            start: What is known before anything is measured.
            until: The last day that counts: of the figures, or of the operation.
        """
        self._series, self._row, self._start, self._until = series, row, start, until
        self._timeline = series.timeline
        self._comparison = start.operation.comparison

    def impact(self) -> Impact:
        """Return the effect, or why there is none."""
        start, window = self._start, self._timeline.window
        if self._is_broken():
            return replace(start, verdict=ImpactVerdict.BROKEN)
        expected = self._expected(self._series.counts[self._row])
        theirs = self._expected(self._comparison_counts()) if self._comparison else None
        spread = self._spread(since_launch)
        if not np.isfinite(spread).any() or math.isnan(expected[window.start]):
            return start
        if theirs is not None and math.isnan(theirs[window.start]):
            return start
        reached = self._reach(since_launch, spread, expected, theirs)
        passed, recorded = self._months_since()
        horizon = _reliable(spread, recorded)
        start = replace(start, shows_by=self._shows_by(reached, expected, recorded))
        moved = 0.0 if theirs is None else self._moved(theirs, horizon)
        expected[window.start :] *= math.exp(moved)
        start = self._with_band(start, expected, theirs)
        if not recorded:
            early = ImpactVerdict.NOT_RECORDED if passed else ImpactVerdict.TOO_EARLY
            return replace(start, verdict=early)
        start = self._counted(start, expected, horizon, moved)
        if start.counterfactual < LEAST_EXPECTED:
            return replace(start, verdict=ImpactVerdict.TOO_FEW)
        beyond = float(spread[horizon - 1])
        if theirs is not None:
            total = theirs[self._over(horizon)].sum()
            if total < LEAST_EXPECTED:
                return replace(start, verdict=ImpactVerdict.TOO_FEW)
            beyond += float(chance_variance(total))
        smallest = float(smallest_fall(reached)[horizon - 1])
        return _effect(replace(start, smallest_fall=smallest), beyond)

    def _over(self, horizon: int) -> slice:
        return slice(self._timeline.after, self._timeline.after + horizon)

    def _counted(self, start: Impact, expected: Floats, horizon: int, moved: float) -> Impact:
        """Add what was counted and expected over the first so many months."""
        months = self._over(horizon)
        return replace(
            start,
            measured=self._timeline.starts[months],
            observed=float(self._series.counts[self._row, months].sum()),
            counterfactual=float(expected[months].sum()),
            comparison_effect=math.expm1(moved) if self._comparison else math.nan,
        )

    def _is_broken(self) -> bool:
        """Whether recording changed since the launch, here or where it is compared with."""
        operation = self._start.operation
        return any(
            operation.first < day <= self._last_measured()
            for area in (self._start.area, *self._comparison)
            for day in breaks_in(self._series.catalogue, self._start.measure, area)
        )

    def _last_measured(self) -> date:
        window = self._timeline.starts[self._timeline.window]
        return min(self._until, month_end(window[-1]))

    def _months_since(self) -> tuple[int, int]:
        """Return how many whole months have passed, and how many are recorded without a gap."""
        window = self._timeline.window
        passed = sum(month_end(one) <= self._until for one in self._timeline.starts[window])
        held = self._series.counts[self._row, window][:passed]
        if self._comparison:
            held = held + self._comparison_counts()[window][:passed]
        return passed, int(np.isfinite(held).cumprod().sum())

    def _comparison_counts(self) -> Floats:
        place = self._series.measures.index(self._start.measure)
        return np.asarray(self._series.together(self._comparison)[place])

    def _expected(self, counts: Floats) -> Floats:
        one = self._timeline
        return np.asarray(counterfactual(counts[None], one.months, before=one.launch)[0])

    def _moved(self, theirs: Floats, horizon: int) -> float:
        """Return the log of what the comparison areas counted over what was expected of them."""
        if not horizon:
            return 0.0
        months = self._over(horizon)
        counted = self._comparison_counts()[months].sum()
        return float(log_ratio(np.array(counted), np.array(theirs[months].sum())))

    def _spread(self, over: Over) -> Floats:
        return self._series.spread(self._row, over, comparison=self._comparison)

    def _reach(self, over: Over, spread: Floats, expected: Floats, theirs: Floats | None) -> Floats:
        """Return (AHEAD,) half the width of the interval on the log scale."""
        window = self._timeline.window
        chance = chance_variance(over(expected[window]))
        if theirs is not None:
            chance = chance + chance_variance(over(theirs[window]))
        return reach(chance, spread)

    def _shows_by(self, reached: Floats, expected: Floats, horizon: int) -> date | None:
        """Return the first month end still to come by which a fall of `ASKED_FOR` shows."""
        window = self._timeline.window
        enough = np.cumsum(expected[window]) >= LEAST_EXPECTED
        is_ahead = np.arange(len(reached)) >= horizon
        shows = np.flatnonzero(is_ahead & enough & (smallest_fall(reached) <= ASKED_FOR))
        return month_end(self._timeline.starts[window][shows[0]]) if shows.size else None

    def _with_band(self, start: Impact, expected: Floats, theirs: Floats | None) -> Impact:
        """Add what was to be expected of each month, with the limits of single months."""
        reached = np.full(len(expected), np.nan)
        spread = never_surer(self._spread(by_itself))
        window, held = self._timeline.window, slice(0, self._timeline.held)
        reached[window] = self._reach(by_itself, spread, expected, theirs)
        expected[window.stop :] = np.nan  # what was to be expected of later months is a guess
        return replace(
            start,
            expected=tuple(expected[held].tolist()),
            lower=tuple((expected * np.exp(-reached))[held].tolist()),
            upper=tuple((expected * np.exp(reached))[held].tolist()),
        )


def _reliable(spread: Floats, recorded: int) -> int:
    """Return the most months, of those recorded, whose spread is known; all, where none's is."""
    known = np.flatnonzero(np.isfinite(spread[:recorded]))
    return int(known[-1]) + 1 if known.size else recorded


def _effect(counted: Impact, beyond: float) -> Impact:
    """Return the effect with its interval; `beyond` is its variance beyond the series' own chance.

    Where that is not known, there are too few placebo launches, and no effect.
    """
    if math.isnan(beyond):
        return replace(counted, verdict=ImpactVerdict.TOO_SHORT, measured=())
    came, wanted = np.array(counted.observed), np.array(counted.counterfactual)
    middle = float(log_ratio(came, wanted))
    reached = float(reach(chance_of_effect(came, wanted), np.array(beyond)))
    low, high = math.expm1(middle - reached), math.expm1(middle + reached)
    return replace(
        counted,
        verdict=verdict(low, high),
        effect=counted.observed / counted.counterfactual - 1.0,
        low=low,
        high=high,
    )
