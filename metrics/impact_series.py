"""A snapshot's months, laid out around the launch of an operation.

How far an estimate strays when nothing was done is learned from every count of the snapshot, so all
of them are laid out beside the one that is asked about.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import POOLED_AS
from metrics.model import AreaId, Catalogue, Grain, Measure, MeasureId, MeasureKind
from metrics.statistics.impact import AHEAD, Months, Over, Placebos, drift, placebo_launches
from metrics.statistics.surveillance import LevelIndex
from metrics.trends import Trends

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONTHS: Final = 12


def is_measurable(measure: Measure) -> bool:
    """Whether an effect on a measure can be measured: on counts by day or by month."""
    return measure.kind is MeasureKind.RECORDED and measure.grain is not Grain.QUARTER


def breaks_in(catalogue: Catalogue, measure: MeasureId, area: AreaId) -> tuple[date, ...]:
    """Return the days on which a measure's recording changed in any part of an area."""
    parts = catalogue.within.get(area, frozenset())
    return tuple(
        note.day
        for note in catalogue.notes
        if note.is_break
        and measure in note.measures
        and (not note.areas or parts.intersection(note.areas))
    )


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The months that are kept, and those that the effect is to be measured over."""

    starts: tuple[date, ...]  # the first day of each month, oldest first
    held: int  # so many of them are kept; the others are still to come
    launch: int  # the month of the launch
    gap: int  # 1: the launch was within a month, which is then neither before nor after

    @classmethod
    def around(cls, months: tuple[date, ...], launch: date) -> Timeline:
        """Lay months out around a launch that is not after the last of them."""
        first = months[0]
        before = (launch.year - first.year) * MONTHS + launch.month - first.month
        gap = 0 if launch.day == 1 else 1
        width = max(len(months), before + gap + AHEAD)
        starts = tuple(_months_on(first, ahead) for ahead in range(width))
        return cls(starts=starts, held=len(months), launch=before, gap=gap)

    @property
    def after(self) -> int:
        """The first whole month since the launch."""
        return self.launch + self.gap

    @property
    def window(self) -> slice:
        """The months that an effect is measured over at most."""
        return slice(self.after, self.after + AHEAD)

    @cached_property
    def months(self) -> Months:
        """Seasons and lengths of the months."""
        return Months(
            of_year=np.array([one.month for one in self.starts], dtype=np.int64),
            days=np.array([days_of(one) for one in self.starts], dtype=np.float64),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ImpactSeries:
    """Every count of a snapshot by month: one row for each measure in each area.

    NaN where a month is not recorded, not over, or lies before a change of recording.
    """

    catalogue: Catalogue
    timeline: Timeline
    measures: tuple[MeasureId, ...]
    areas: tuple[AreaId, ...]
    counts: Floats  # (rows, months)

    def row(self, measure: MeasureId, area: AreaId) -> int:
        """Return the row of a measure in an area."""
        return self.measures.index(measure) * len(self.areas) + self.areas.index(area)

    def together(self, areas: Collection[AreaId]) -> Floats:
        """Return (measures, months) the sum over some areas; NaN where one is not recorded."""
        by_measure = self.counts.reshape(len(self.measures), len(self.areas), -1)
        places = [self.areas.index(one) for one in areas]
        return np.asarray(by_measure[:, places].sum(axis=1))

    def spread(self, row: int, over: Over, *, comparison: Collection[AreaId]) -> Floats:
        """Return (AHEAD,) how far a row's estimate strays beyond chance where nothing was done.

        With comparison areas, every area's estimate is taken against those, as the row's own is.
        """
        tau2 = drift(
            self._placebos,
            measure=np.repeat(np.arange(len(self.measures)), len(self.areas)),
            level=self._level,
            over=over,
            comparison=self._of_comparison(comparison) if comparison else None,
        )
        return np.asarray(tau2[row])

    @cached_property
    def _placebos(self) -> Placebos:
        return self._launched(self.counts)

    @property
    def _level(self) -> Integers:
        levels = [self.catalogue.areas[one].level for one in self.areas]
        each = [int(POOLED_AS.get(one, LevelIndex.LEAF)) for one in levels]
        return np.tile(np.array(each, dtype=np.int64), len(self.measures))

    def _of_comparison(self, areas: Collection[AreaId]) -> Placebos:
        """Return the comparison's placebos for every row; NaN for rows that share a place with it.

        What an area shares with its comparison cancels out, and would pass for agreement.
        """
        found = self._launched(self.together(areas))
        inside = frozenset[AreaId]().union(*(self.catalogue.within[one] for one in areas))
        apart = [not inside & self.catalogue.within[one] for one in self.areas]
        usable = np.tile(np.array(apart), len(self.measures))[:, None, None]
        observed, expected = (
            np.where(usable, np.repeat(one, len(self.areas), axis=0), np.nan)
            for one in (found.observed, found.expected)
        )
        return Placebos(observed=observed, expected=expected)

    def _launched(self, counts: Floats) -> Placebos:
        one = self.timeline
        return placebo_launches(counts, one.months, launch=one.launch, gap=one.gap)


def series_of(trends: Trends, catalogue: Catalogue, launch: date) -> ImpactSeries:
    """Lay every count of a snapshot out around a launch."""
    timeline = Timeline.around(trends.months, launch)
    each = len(trends.areas)
    kept = [
        place for place, one in enumerate(trends.measures) if is_measurable(catalogue.measures[one])
    ]
    rows = np.concatenate([np.arange(place * each, (place + 1) * each) for place in kept])
    counts = np.full((len(rows), len(timeline.starts)), np.nan)
    counts[:, : timeline.held] = trends.above[rows]
    counts[np.flatnonzero(trends.last_is_part[rows]), timeline.held - 1] = np.nan
    measures = tuple(trends.measures[place] for place in kept)
    for number, measure in enumerate(measures):
        for place, area in enumerate(trends.areas):
            days = [day for day in breaks_in(catalogue, measure, area) if day <= launch]
            unlike = sum(start < max(days) for start in timeline.starts) if days else 0
            counts[number * each + place, :unlike] = np.nan
    return ImpactSeries(
        catalogue=catalogue,
        timeline=timeline,
        measures=measures,
        areas=trends.areas,
        counts=counts,
    )


def days_of(month: date) -> int:
    """Return how many days a month has."""
    return calendar.monthrange(month.year, month.month)[1]


def _months_on(first: date, ahead: int) -> date:
    at = first.year * MONTHS + first.month - 1 + ahead
    return date(at // MONTHS, at % MONTHS + 1, 1)
