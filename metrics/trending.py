"""Dense arrays → trends: the months and weeks behind every position, all at once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows, rows_of
from metrics.assessing.memory import Memory
from metrics.assessing.trend_charts import Charts, Held, charts, told
from metrics.calendar import Period, month_end, performance_year, whole_year, year_earlier
from metrics.model import Catalogue, Grain
from metrics.monthly import MONTHS, Months, MonthTotals
from metrics.positions import Positions
from metrics.series import EPOCH, Counts
from metrics.statistics.surveillance import ForecastCache
from metrics.trends import Trends

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

MONTHS_KEPT: Final = 60
"""Five years: a control chart's three years of baseline, and what came before."""

WEEK: Final = timedelta(days=7)


def trends_of(
    counts: Counts,
    positions: Positions,
    catalogue: Catalogue,
    *,
    as_at: date,
    totals: MonthTotals | None = None,
    cache: ForecastCache | None = None,
) -> Trends:
    """Make every trend.

    Args:
        counts: Dense arrays that end on `as_at`.
        positions: Reckoned from them.
        catalogue: Measures, areas, and the notes at which limits break.
        as_at: The day of the positions.
        totals: The months of the same arrays, or of longer ones, where they have been added up.
        cache: What earlier runs have kept of their work; the figures are the same without it.
    """
    rows = rows_of(catalogue, positions, counts, totals=totals)
    months = _months(counts.first, as_at)
    days = _ends_of_weeks(as_at)
    is_daily = rows.is_count & rows.of_grain(Grain.DAY)
    made = Trends(
        measures=positions.measures,
        areas=positions.areas,
        months=months,
        days=days,
        is_rate=rows.is_rate.astype(np.int64),
        is_daily=is_daily.astype(np.int64),
        last_is_part=_last_is_part(rows, as_at).astype(np.int64),
        above=np.full((len(rows), len(months)), np.nan),
        below=np.full((len(rows), len(months)), np.nan),
        mean=np.full((len(rows), len(months)), np.nan),
        spread=np.full((len(rows), len(months)), np.nan),
        signals=np.zeros((len(rows), len(months)), dtype=np.int64),
        counted=np.full((len(rows), len(days)), np.nan),
        counted_last_year=np.full((len(rows), len(days)), np.nan),
    )
    _take_months(made, rows, counts, catalogue, Memory(cache))
    daily = np.flatnonzero(is_daily)
    year = performance_year(as_at)
    made.counted[daily] = _weeks(counts, rows, daily, whole_year(year), days)
    same_days = tuple(year_earlier(day) for day in days)
    made.counted_last_year[daily] = _weeks(counts, rows, daily, whole_year(year - 1), same_days)
    return made


def _take_months(
    made: Trends, rows: Rows, counts: Counts, catalogue: Catalogue, memory: Memory
) -> None:
    """Write the months and their limits into the trends, and leave what is not known NaN."""
    april = whole_year(performance_year(counts.first)).first
    first = _months_between(april, made.months[0])
    for chosen, day, found in rows.by_reach(np.ones(len(rows), dtype=bool), counts):
        # A month in progress is told to date on the as-at day only: before it, it is a gap.
        to_date = bool(found.share) and day >= made.months[-1]
        held = _held(rows, chosen, found, to_date=to_date)
        shown = told(held, rows, chosen)
        width = max(shown.above.shape[1] - first, 0)
        made.above[chosen, :width] = shown.above[:, first:]
        made.below[chosen, :width] = shown.below[:, first:]
        for wanted in (rows.is_count, rows.is_rate):
            alike = wanted[chosen]
            if alike.any() and first < len(found.starts):
                whole = held.of(alike, months=len(found.starts))
                _take_limits(made, rows, chosen[alike], found, whole, catalogue, memory)


def _take_limits(
    made: Trends,
    rows: Rows,
    chosen: Integers,
    found: Months,
    whole: Held,
    catalogue: Catalogue,
    memory: Memory,
) -> None:
    """Write the limits of the whole months of counts, or of rates."""
    first = _months_between(found.starts[0], made.months[0])
    chart = memory.once(
        "charts of trends",
        (catalogue.version, found.starts[-1], first, chosen, *whole),
        partial(charts, rows, chosen, found, whole, catalogue, first),
        keep_as=Charts,
    )
    months = slice(0, len(found.starts) - first)
    made.mean[chosen, months] = chart.mean
    made.spread[chosen, months] = chart.spread
    made.signals[chosen, months] = chart.signals


def _months(first: date, as_at: date) -> tuple[date, ...]:
    """Return the first days of the months kept, oldest first."""
    last = as_at.year * MONTHS + as_at.month - 1
    begin = max(first.year * MONTHS + first.month - 1, last - MONTHS_KEPT + 1)
    return tuple(date(n // MONTHS, n % MONTHS + 1, 1) for n in range(begin, last + 1))


def _ends_of_weeks(as_at: date) -> tuple[date, ...]:
    """Return every seventh day of the performance year, the as-at day and 31 March."""
    year = whole_year(performance_year(as_at))
    ends = {year.first + n * WEEK - timedelta(days=1) for n in range(1, year.days // 7 + 1)}
    return tuple(sorted(ends | {as_at, year.last}))


def _months_between(april: date, month: date) -> int:
    """Return how many months lie between an April and a month."""
    return (month.year - april.year) * MONTHS + month.month - april.month


def _last_is_part(rows: Rows, as_at: date) -> Booleans:
    """Whether the last month is in progress, on the as-at day or where figures are late."""
    first, last = ((day - EPOCH).days for day in (as_at.replace(day=1), month_end(as_at)))
    late = (rows.to >= first) & (rows.to < last)
    return late | (as_at < month_end(as_at))


def _held(rows: Rows, chosen: Integers, found: Months, *, to_date: bool) -> Held:
    """Return the whole months of some rows and, to date, the one in progress."""

    def line(places: Integers) -> Floats:
        places, areas = places[chosen], rows.area[chosen]
        whole = found.whole[places, areas]
        return np.column_stack([whole, found.part[places, areas]]) if to_date else whole

    return Held(
        above=line(rows.above),
        below=np.where(rows.is_rate[chosen, None], line(rows.below), np.nan),
    )


def _weeks(
    counts: Counts, rows: Rows, chosen: Integers, year: Period, days: tuple[date, ...]
) -> Floats:
    """Return what was counted from one of some days to the next, from a year's first day on.

    NaN from the first day of the year on that is not recorded.
    """
    counted = np.full((chosen.size, year.days), np.nan)
    begin, end = counts.column(year.first), counts.column(year.last) + 1
    held = slice(max(begin, 0), max(min(end, counts.values.shape[2]), 0))
    line, area = rows.above[chosen], rows.area[chosen]
    counted[:, held.start - begin : held.stop - begin] = np.where(
        counts.observed[line, area, held], counts.values[line, area, held], np.nan
    )
    places = [(day - year.first).days for day in days]
    return np.diff(np.cumsum(counted, axis=1)[:, places], axis=1, prepend=0.0)
