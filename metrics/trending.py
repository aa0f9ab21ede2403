"""Dense arrays → trends: the months and weeks behind every position, all at once.

Each month is charted with the limits that were in force in it: those frozen when its performance
year began, as the assessment of that month had them (docs/methods.md, "Trends").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from metrics.assessing.controls import chart_limits
from metrics.assessing.layout import Rows, rows_of
from metrics.calendar import Period, month_end, performance_year, whole_year, year_earlier
from metrics.model import Catalogue, Grain
from metrics.monthly import MONTHS, Months
from metrics.positions import Positions
from metrics.series import EPOCH, Counts
from metrics.statistics.control import DEVIATIONS_TO_LIMIT, Limits
from metrics.statistics.control_signals import signals
from metrics.trends import Trends, sampling_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

MONTHS_KEPT: Final = 60
"""Five years: a control chart's three years of baseline, and what came before."""

QUARTER: Final = 3
WEEK: Final = timedelta(days=7)


class _Chart(NamedTuple):
    """The limits in force in some months, and what they say; (rows, months)."""

    mean: Floats  # NaN where no firm limits are in force
    spread: Floats
    signals: Booleans


class _Held(NamedTuple):
    """What some rows hold by month, (rows, months); the first month is an April."""

    above: Floats
    below: Floats  # NaN of a count


def trends_of(counts: Counts, positions: Positions, catalogue: Catalogue, *, as_at: date) -> Trends:
    """Make every trend.

    Args:
        counts: Dense arrays that end on `as_at`.
        positions: Reckoned from them.
        catalogue: Measures, areas, and the notes at which limits break.
        as_at: The day of the positions.
    """
    rows = rows_of(catalogue, positions, counts)
    months = _months(counts.first, as_at)
    days = _ends_of_weeks(as_at)
    is_daily = rows.is_count & _of_grain(rows, Grain.DAY)
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
    _take_months(made, rows, counts, catalogue)
    daily = np.flatnonzero(is_daily)
    year = performance_year(as_at)
    made.counted[daily] = _weeks(counts, rows, daily, whole_year(year), days)
    same_days = tuple(year_earlier(day) for day in days)
    made.counted_last_year[daily] = _weeks(counts, rows, daily, whole_year(year - 1), same_days)
    return made


def _take_months(made: Trends, rows: Rows, counts: Counts, catalogue: Catalogue) -> None:
    """Write the months and their limits into the trends, and leave what is not known NaN."""
    april = whole_year(performance_year(counts.first)).first
    first = _months_between(april, made.months[0])
    for chosen, day, found in rows.by_reach(np.ones(len(rows), dtype=bool), counts):
        # A month in progress is told to date on the as-at day only: before it, it is a gap.
        to_date = bool(found.share) and day >= made.months[-1]
        told = _told(_held(rows, chosen, found, to_date=to_date), rows, chosen)
        width = max(told.above.shape[1] - first, 0)
        made.above[chosen, :width] = told.above[:, first:]
        made.below[chosen, :width] = told.below[:, first:]
        for wanted in (rows.is_count, rows.is_rate):
            alike = wanted[chosen]
            if alike.any():
                told_of = _Held(above=told.above[alike], below=told.below[alike])
                _take_limits(made, rows, chosen[alike], found, told_of, catalogue, first)


def _take_limits(
    made: Trends,
    rows: Rows,
    chosen: Integers,
    found: Months,
    told: _Held,
    catalogue: Catalogue,
    first: int,
) -> None:
    """Write the limits of counts, or of rates, year by year; `first` is the first month kept."""
    for year in _years(first, len(found.starts)):
        upto = replace(
            found, starts=found.starts[: year.stop], whole=found.whole[:, :, : year.stop]
        )
        of_year = _Held(above=told.above[:, year], below=told.below[:, year])
        chart = _chart(rows, chosen, upto, of_year, catalogue)
        months = slice(year.start - first, year.stop - first)
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


def _of_grain(rows: Rows, grain: Grain) -> Booleans:
    return np.repeat([one.grain is grain for one in rows.measures], len(rows.areas))


def _is_survey(rows: Rows) -> Booleans:
    return np.repeat([one.kind.is_survey for one in rows.measures], len(rows.areas))


def _last_is_part(rows: Rows, as_at: date) -> Booleans:
    """Whether the last month is in progress, on the as-at day or where figures are late."""
    first, last = ((day - EPOCH).days for day in (as_at.replace(day=1), month_end(as_at)))
    late = (rows.to >= first) & (rows.to < last)
    return late | (as_at < month_end(as_at))


def _held(rows: Rows, chosen: Integers, found: Months, *, to_date: bool) -> _Held:
    """Return the whole months of some rows and, to date, the one in progress."""

    def line(places: Integers) -> Floats:
        places, areas = places[chosen], rows.area[chosen]
        whole = found.whole[places, areas]
        return np.column_stack([whole, found.part[places, areas]]) if to_date else whole

    return _Held(
        above=line(rows.above),
        below=np.where(rows.is_rate[chosen, None], line(rows.below), np.nan),
    )


def _told(held: _Held, rows: Rows, chosen: Integers) -> _Held:
    """Return what is told of each month: of a survey 12 months, of a return its quarter."""
    is_survey = _is_survey(rows)[chosen, None]
    quarterly = _of_grain(rows, Grain.QUARTER)[chosen, None]
    quarter_ends = np.arange(held.above.shape[1]) % QUARTER == QUARTER - 1

    def told(months: Floats) -> Floats:
        flows = np.where(is_survey, _last(months, MONTHS), months)
        quarters = np.where(is_survey, flows, _last(months, QUARTER))
        return np.where(quarterly, np.where(quarter_ends, quarters, np.nan), flows)

    return _Held(above=told(held.above), below=told(held.below))


def _last(months: Floats, width: int) -> Floats:
    """Return the sum of so many months to each month's end; NaN where one is not recorded."""
    before = np.full((months.shape[0], width - 1), np.nan)
    return np.asarray(sliding_window_view(np.hstack([before, months]), width, axis=1).sum(axis=2))


def _chart(
    rows: Rows, chosen: Integers, months: Months, told: _Held, catalogue: Catalogue
) -> _Chart:
    """Return the charts of one performance year: of its months only, the newest of `months`.

    Args:
        rows: The rows of the run.
        chosen: Those wanted, all of them counts, or all of them rates.
        months: Every month up to the year's end, or to the last whole one.
        told: What is told of the months of the year.
        catalogue: Its notes say where limits break.
    """
    limits = chart_limits(rows, chosen, months, catalogue)
    wanted = slice(-told.above.shape[1], None)
    charted = slice(-limits.centre.shape[1], None)
    values = months.whole[rows.above[chosen], rows.area[chosen]][:, charted]
    if rows.is_rate[chosen[0]]:
        n = months.whole[rows.below[chosen], rows.area[chosen]][:, charted]
        values = np.divide(values, n, out=np.full(values.shape, np.nan), where=n > 0)
    firm = (limits.firm & (limits.spread > 0))[:, wanted]
    mean, spread = limits.centre[:, wanted], limits.spread[:, wanted]
    found = signals(values, limits).any[:, wanted]
    is_survey = _is_survey(rows)[chosen, None]
    firm &= ~(is_survey & _crosses_a_break(limits)[:, wanted])
    beyond = _is_beyond(told, mean, spread)
    return _Chart(
        mean=np.where(firm, mean, np.nan),
        spread=np.where(firm, spread, np.nan),
        # Twelve months to one month's end share eleven with those to the next: runs say nothing.
        signals=firm & np.where(is_survey, beyond, found),
    )


def _crosses_a_break(limits: Limits) -> Booleans:
    """Whether the 12 months to each month's end hold a break, or begin before the chart."""
    segment = limits.segment
    crosses = np.ones(segment.shape, dtype=bool)
    crosses[:, MONTHS - 1 :] = segment[:, MONTHS - 1 :] != segment[:, : 1 - MONTHS]
    return crosses


def _is_beyond(told: _Held, mean: Floats, spread: Floats) -> Booleans:
    """Whether proportions lie beyond the limits that a chart has for their n."""
    reach = DEVIATIONS_TO_LIMIT * spread * sampling_error(mean, told.below)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(told.above / told.below - mean) > reach)


def _years(first: int, months: int) -> Iterator[slice]:
    """Give the columns of each performance year, from a first column on."""
    for begin in range(first - first % MONTHS, months, MONTHS):
        yield slice(max(begin, first), min(begin + MONTHS, months))


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
