"""The months and weeks behind every measure in every area: the types, and how they are kept.

What a chart draws is part of the snapshot, so that a chart shows what was published.  All trends
are made at once, as arrays (`metrics.trending`); a `Trend` is one of them, made when it is asked
for.  What is not known is NaN and never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics import kept
from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId
from metrics.statistics.control import DEVIATIONS_TO_LIMIT

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NAMES: Final = ("measures", "areas", "months", "days")
"""The fields that are lists of names or days; the others are arrays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One measure in one area, month by month and, of a daily count, week by week.

    A month that is not recorded in full has no value, except the last one while it is in progress.
    Limits are those that were in force for each month; a month in progress has none.
    """

    measure: MeasureId
    area: AreaId
    months: tuple[date, ...]  # the first day of each, oldest first; the last holds the as-at day
    values: tuple[float, ...]  # a count, or a proportion; of a survey, of the 12 months to its end
    n: tuple[float, ...]  # what it is a proportion of; NaN of a count
    last_is_part: bool  # the last month is not over: its value is to date
    mean: tuple[float, ...]  # NaN: no limits were in force
    lower: tuple[float, ...]  # never below 0
    upper: tuple[float, ...]  # of a proportion, never above 1
    signals: tuple[bool, ...]  # months that chance does not explain
    days: tuple[date, ...]  # ends of the weeks since 1 April, the as-at day, 31 March; or none
    this_year: tuple[float, ...]  # counted since 1 April at each of the days
    last_year: tuple[float, ...]  # on the same days of last year


@dataclass(frozen=True, kw_only=True, eq=False)
class Trends:
    """All trends of a run; without a month in a snapshot that was kept before there were any.

    One row for each measure in each area, in the order of `Positions`.  Kept is what the rest
    follows from, which packs well: counts instead of proportions, the spread that the limits of a
    year share instead of the limits, weeks instead of running totals.
    """

    measures: tuple[MeasureId, ...]
    areas: tuple[AreaId, ...]
    months: tuple[date, ...]
    days: tuple[date, ...]
    is_rate: Integers  # (rows,) 0 or 1
    is_daily: Integers  # (rows,) 0 or 1: a count that is delivered by day
    last_is_part: Integers  # (rows,) 0 or 1
    above: Floats  # (rows, months) the count, or what is counted above the line
    below: Floats  # (rows, months) below it; NaN of a count
    mean: Floats  # (rows, months)
    spread: Floats  # (rows, months) see `metrics.statistics.control.Limits`
    signals: Integers  # (rows, months) 0 or 1
    counted: Floats  # (rows, days) since the day before in the list
    counted_last_year: Floats  # (rows, days)

    @cached_property
    def _row(self) -> Mapping[tuple[MeasureId, AreaId], int]:
        pairs = ((measure, area) for measure in self.measures for area in self.areas)
        return {pair: row for row, pair in enumerate(pairs)}

    def __bool__(self) -> bool:
        return bool(self.months)

    def get(self, measure: MeasureId, area: AreaId) -> Trend:
        """Return one trend.

        Raises:
            UnknownName: The run did not know the measure or the area, or kept no trends.
        """
        if not self:
            raise UnknownName(
                "These figures were kept by an earlier version, without the months behind them.",
                hint="Ask for a later day.",
            )
        row = self._row.get((measure, area))
        if row is None:
            raise UnknownName(
                f"These figures hold no {measure} in {area}.",
                hint="Ask for it in another area, or as at another day.",
            )
        mean, lower, upper = self._limits(row)
        days = self.days if self.is_daily[row] else ()
        return Trend(
            measure=measure,
            area=area,
            months=self.months,
            values=_listed(self._values(row)),
            n=_listed(self.below[row]),
            last_is_part=bool(self.last_is_part[row]),
            mean=_listed(mean),
            lower=_listed(lower),
            upper=_listed(upper),
            signals=tuple(bool(one) for one in self.signals[row]),
            days=days,
            this_year=_listed(np.cumsum(self.counted[row]))[: len(days)],
            last_year=_listed(np.cumsum(self.counted_last_year[row]))[: len(days)],
        )

    def _values(self, row: int) -> Floats:
        above: Floats = self.above[row]
        below: Floats = self.below[row]
        if not self.is_rate[row]:
            return above
        return np.asarray(above / np.where(below > 0, below, np.nan))

    def _limits(self, row: int) -> tuple[Floats, Floats, Floats]:
        """Return mean, lower and upper limit of each month (Wheeler 2000; Laney 2002)."""
        mean, deviation, highest = self.mean[row], self.spread[row], np.inf
        if self.is_rate[row]:
            deviation = deviation * sampling_error(mean, self.below[row])
            highest = 1.0
        reach = DEVIATIONS_TO_LIMIT * deviation
        mean = np.where(np.isnan(reach), np.nan, mean)
        return mean, np.maximum(mean - reach, 0.0), np.minimum(mean + reach, highest)

    def to_bytes(self) -> bytes:
        """Return the trends as bytes that are the same for the same figures, everywhere."""
        names = {
            "measures": self.measures,
            "areas": self.areas,
            "months": tuple(one.isoformat() for one in self.months),
            "days": tuple(one.isoformat() for one in self.days),
        }
        arrays = {
            one.name: getattr(self, one.name) for one in fields(self) if one.name not in NAMES
        }
        return kept.to_bytes(names, arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Trends:
        """Read trends back.

        Raises:
            ValueError: The content is cut short, or is not that of trends.
        """
        names, arrays = kept.from_bytes(content)
        return cls(
            measures=tuple(MeasureId(one) for one in names["measures"]),
            areas=tuple(AreaId(one) for one in names["areas"]),
            months=tuple(date.fromisoformat(one) for one in names["months"]),
            days=tuple(date.fromisoformat(one) for one in names["days"]),
            **arrays,  # type: ignore[arg-type]
        )


def no_trends() -> Trends:
    """Return the trends of a snapshot that was kept before there were any."""
    nothing = np.empty((0, 0))
    none = np.empty(0, dtype=np.int64)
    return Trends(
        measures=(),
        areas=(),
        months=(),
        days=(),
        is_rate=none,
        is_daily=none,
        last_is_part=none,
        above=nothing,
        below=nothing,
        mean=nothing,
        spread=nothing,
        signals=none.reshape(0, 0),
        counted=nothing,
        counted_last_year=nothing,
    )


def sampling_error(mean: Floats, n: Floats) -> Floats:
    """Return the standard error of proportions of n around a mean; NaN where n is not above 0."""
    known = np.where(n > 0, n, np.nan)
    return np.asarray(np.sqrt(np.maximum(mean * (1.0 - mean), 0.0) / known))


def _listed(row: Floats) -> tuple[float, ...]:
    return tuple(row.tolist())
