"""The rows of a run, as the statistics need them: which series each is, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.model import Area, AreaId, Catalogue, Grain, Level, Measure, MeasureKind, Polarity
from metrics.monthly import Months, MonthTotals
from metrics.positions import NEVER, Positions
from metrics.series import EPOCH, Counts, denominator, numerator
from metrics.statistics.rate_reference import RateSeries
from metrics.statistics.surveillance import LevelIndex

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

BETTER: Final = {
    Polarity.HIGHER_IS_BETTER: 1,
    Polarity.LOWER_IS_BETTER: -1,
    Polarity.NEITHER: 0,
}

POOLED_AS: Final = {Level.FORCE: LevelIndex.FORCE, Level.BCU: LevelIndex.BCU}
"""Areas of about the same size share what is measured; all others are the smallest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Every (measure, area) of a run, in the order of its positions.

    Arrays have the shape (rows,).
    """

    measures: tuple[Measure, ...]
    areas: tuple[Area, ...]
    measure: Integers  # index of the measure
    area: Integers  # index of the area
    level: Integers  # `LevelIndex` of the area
    above: Integers  # place of the numerator on the first axis of `Counts`
    below: Integers  # place of the denominator; -1 of a plain count
    better: Integers  # +1 higher is better, -1 lower is better, 0 neither
    to: Integers  # the day its figures reach, since 1970; `NEVER` where there are none
    is_count: Booleans  # recorded crime or incidents: what counts are tested and projected as
    is_rate: Booleans  # outcome rates and surveys
    totals: MonthTotals  # of the arrays that the positions were reckoned from, or longer ones

    def __len__(self) -> int:
        return len(self.measure)

    def of(self, number: int) -> slice:
        """Return the rows of a measure."""
        return slice(number * len(self.areas), (number + 1) * len(self.areas))

    def of_grain(self, grain: Grain) -> Booleans:
        """Mark the rows of what is delivered by day, month or quarter."""
        return np.repeat([one.grain is grain for one in self.measures], len(self.areas))

    @property
    def is_survey(self) -> Booleans:
        """Mark the rows of surveys."""
        return np.repeat([one.kind.is_survey for one in self.measures], len(self.areas))

    def dense_measure(self, chosen: Integers) -> Integers:
        """Number the measures of some rows from 0."""
        return np.unique(self.measure[chosen], return_inverse=True)[1].astype(np.int64)

    def rate_series(self, chosen: Integers, months: Months) -> RateSeries:
        """Return the whole months of some rates."""
        trials = months.whole[self.below[chosen], self.area[chosen]]
        return RateSeries(
            # Outcomes of earlier crimes can outnumber the crimes of a small area's month.
            successes=np.minimum(months.whole[self.above[chosen], self.area[chosen]], trials),
            trials=trials,
            measure=self.dense_measure(chosen),
            level=self.level[chosen],
        )

    def by_reach(self, chosen: Booleans, counts: Counts) -> Iterator[tuple[Integers, date, Months]]:
        """Give chosen rows by the day that their figures reach, with the months up to it."""
        known = chosen & (self.to != NEVER)
        for ordinal in np.unique(self.to[known]):
            day = date.fromordinal(EPOCH.toordinal() + int(ordinal))
            if day >= counts.first:
                rows = np.flatnonzero(known & (self.to == ordinal))
                yield rows, day, self.totals.until(day)


def rows_of(
    catalogue: Catalogue,
    positions: Positions,
    counts: Counts,
    *,
    totals: MonthTotals | None = None,
) -> Rows:
    """Return the rows of positions that were reckoned from dense arrays.

    Args:
        catalogue: Gives the measures and areas.
        positions: The positions.
        counts: The arrays they were reckoned from.
        totals: The months of the same arrays, or of longer ones, where they have been added up.
    """
    measures = tuple(catalogue.measures[one] for one in positions.measures)
    areas = tuple(catalogue.areas[one] for one in positions.areas)
    lines = [denominator(one) for one in measures]
    each, every = len(areas), len(measures)
    return Rows(
        measures=measures,
        areas=areas,
        measure=np.repeat(np.arange(every), each),
        area=np.tile(np.arange(each), every),
        level=np.tile([POOLED_AS.get(one.level, LevelIndex.LEAF) for one in areas], every),
        above=np.repeat([counts.place[numerator(one)] for one in measures], each),
        below=np.repeat([counts.place[line] if line else -1 for line in lines], each),
        better=np.repeat([BETTER[one.polarity] for one in measures], each),
        to=positions.to,
        is_count=np.repeat([_is_count(one) for one in measures], each),
        is_rate=np.repeat([one.kind.is_rate for one in measures], each),
        totals=totals or MonthTotals(counts),
    )


def partition(catalogue: Catalogue) -> tuple[AreaId, ...]:
    """Return the areas that the force is divided into: its partnerships, or else its parts."""
    return tuple(
        one.id for one in catalogue.at_level(Level.CSP) or catalogue.children(catalogue.force.id)
    )


def breaks_of(catalogue: Catalogue, measure: Measure) -> tuple[date, ...]:
    """Return the days on which a measure's recording changed."""
    return tuple(
        note.day for note in catalogue.notes if note.is_break and measure.id in note.measures
    )


def _is_count(measure: Measure) -> bool:
    return measure.kind is MeasureKind.RECORDED and measure.grain is not Grain.QUARTER
