"""Reckons every position at once: windows of the dense arrays, targets, what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import Period, Window, last_whole, performance_year, period, whole_year
from metrics.delivery import CountTable
from metrics.model import (
    AreaId,
    Catalogue,
    Grain,
    Measure,
    MeasureKind,
    Target,
    TargetKind,
)
from metrics.monthly import MONTHS, MonthTotals
from metrics.observed import Counted
from metrics.population import as_array, population
from metrics.positions import NEVER, WINDOWS, Positions
from metrics.series import EPOCH, Counts, denominator, numerator, rolled_up

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GRAINS: Final = tuple(Grain)

YTD: Final = WINDOWS.index(Window.YTD)
LYTD: Final = WINDOWS.index(Window.LYTD)
ROLLING_12: Final = WINDOWS.index(Window.ROLLING_12)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sums:
    """What the windows hold; arrays as in `Positions`."""

    to: Integers
    first: Integers
    last: Integers
    numerator: Floats
    denominator: Floats
    observed: Integers
    value: Floats


def reckon(
    counts: Counts,
    table: CountTable,
    catalogue: Catalogue,
    *,
    as_at: date,
    totals: MonthTotals | None = None,
) -> Positions:
    """Compute every position.

    Args:
        counts: Dense arrays that end on `as_at`.
        table: The merged count table behind them, for populations and what is still open.
        catalogue: Measures, areas, frameworks and their targets.
        as_at: The day the figures are wanted for.  A measure whose source reports by month or
            quarter, or is late, stands at the last whole period before it that is recorded.
        totals: The months of the same arrays, or of longer ones, where they have been added up.
    """
    measures = tuple(catalogue.measures.values())
    sums = _sums(counts, measures, catalogue, as_at=as_at)
    target, gap, required = _against_targets(sums, measures, counts.areas, catalogue, as_at)
    years, yearly = _yearly(counts, measures, totals or MonthTotals(counts))
    people = as_array(population(table, catalogue, as_at), counts.areas)
    return Positions(
        measures=tuple(measure.id for measure in measures),
        areas=counts.areas,
        to=sums.to,
        first=sums.first,
        last=sums.last,
        numerator=sums.numerator,
        denominator=sums.denominator,
        observed=sums.observed,
        value=sums.value,
        target=target,
        gap=gap,
        outcomes_required=required,
        under_investigation=_open(sums, table, measures, counts.areas, catalogue, as_at),
        population=np.tile(people, len(measures)),
        years=years,
        yearly=yearly,
    )


def _sums(
    counts: Counts, measures: Sequence[Measure], catalogue: Catalogue, *, as_at: date
) -> _Sums:
    areas = len(counts.areas)
    above = np.array([counts.place[numerator(one)] for one in measures])
    lines = [denominator(one) for one in measures]
    below = np.array([counts.place[line] if line else -1 for line in lines])
    # Rows: measure by measure, and within it area by area.
    above_of, below_of = np.repeat(above, areas), np.repeat(below, areas)
    area_of = np.tile(np.arange(areas), len(measures))
    grain_of = np.repeat([GRAINS.index(one.grain) for one in measures], areas)
    # Money is a level, not a flow: what a window holds is what stood at its end.
    level_of = np.repeat([one.kind is MeasureKind.MONEY for one in measures], areas)
    observed = counts.observed[above_of, area_of]
    rate = below_of >= 0
    observed[rate] &= counts.observed[below_of[rate], area_of[rate]]

    shape = (above_of.size, len(WINDOWS))
    to = _reaches(observed, grain_of, counts.first)
    first, last = np.full(shape, NEVER, np.int64), np.full(shape, NEVER, np.int64)
    up, down = np.full(shape, np.nan), np.full(shape, np.nan)
    seen = np.zeros(shape, np.int64)
    framework = catalogue.framework(as_at)
    baseline = framework.baseline_year if framework else performance_year(as_at) - 1
    for day, grain in {(int(t), int(g)) for t, g in zip(to, grain_of, strict=True) if t != NEVER}:
        rows = np.flatnonzero((to == day) & (grain_of == grain))
        for number, window in enumerate(WINDOWS):
            span = period(window, _date(day), grain=GRAINS[grain], baseline_year=baseline)
            first[rows, number], last[rows, number] = _ordinal(span.first), _ordinal(span.last)
            columns = _columns(span, counts)
            seen[rows, number] = observed[rows, columns].sum(axis=1)
            values = counts.values[above_of[rows], area_of[rows], columns]
            ends = slice(-1, None) if span.last <= counts.last else slice(0, 0)
            up[rows, number] = np.where(
                level_of[rows], values[:, ends].sum(axis=1), values.sum(axis=1)
            )
            rates = rows[below_of[rows] >= 0]
            down[rates, number] = counts.values[below_of[rates], area_of[rates], columns].sum(
                axis=1
            )
    whole = seen == last - first + 1
    up[~whole], down[~whole] = np.nan, np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(down > 0, up / down, np.nan)
    value = np.where(rate[:, None], ratio, up)
    return _Sums(
        to=to, first=first, last=last, numerator=up, denominator=down, observed=seen, value=value
    )


def _yearly(
    counts: Counts, measures: Sequence[Measure], totals: MonthTotals
) -> tuple[tuple[int, ...], Floats]:
    """Return the whole performance years of plain counts; NaN where a day of one is missing."""
    years = tuple(range(performance_year(counts.first), performance_year(counts.last) + 1))
    months = totals.until(counts.last).whole
    ended = months.shape[2] // MONTHS
    by_year = months[:, :, : ended * MONTHS].reshape(*months.shape[:2], ended, MONTHS).sum(axis=3)
    held = np.full((len(measures), len(counts.areas), len(years)), np.nan)
    plain = [number for number, one in enumerate(measures) if one.kind is MeasureKind.RECORDED]
    held[plain, :, :ended] = by_year[[counts.place[numerator(measures[one])] for one in plain]]
    return years, held.reshape(-1, len(years))


def _reaches(observed: NDArray[np.bool_], grain_of: Integers, start: date) -> Integers:
    """Return the last day that each row's figures reach, whole periods of its source only."""
    back = np.argmax(observed[:, ::-1], axis=1)
    last = observed.shape[1] - 1 - back + _ordinal(start)
    last = np.where(observed.any(axis=1), last, NEVER)
    for day, grain in {(int(d), int(g)) for d, g in zip(last, grain_of, strict=True)}:
        if day != NEVER:
            whole = _ordinal(last_whole(_date(day), GRAINS[grain]))
            last[(last == day) & (grain_of == grain)] = whole
    return last


def _columns(span: Period, counts: Counts) -> slice:
    first = max(counts.column(span.first), 0)
    last = min(counts.column(span.last) + 1, counts.values.shape[2])
    return slice(first, max(last, first))


def _against_targets(
    sums: _Sums,
    measures: Sequence[Measure],
    areas: Sequence[AreaId],
    catalogue: Catalogue,
    as_at: date,
) -> tuple[Floats, Floats, Floats]:
    """Return target level, gap and outcomes required; NaN where the framework sets no number.

    Arithmetic of the Strategic Assurance Board, December 2013: target level = last year x
    (1 - reduction); crimes short = year to date - target level; outcomes required = target rate x
    crimes - outcomes.
    """
    rows = len(measures) * len(areas)
    target, gap, required = (np.full(rows, np.nan) for _ in range(3))
    for number, measure in enumerate(measures):
        asked = catalogue.target(measure.id, as_at)
        if asked is None or not asked.kind.is_numeric:
            continue
        mine = slice(number * len(areas), (number + 1) * len(areas))
        if asked.kind is TargetKind.AT_LEAST:
            window = ROLLING_12 if measure.kind.is_survey else YTD
            target[mine] = np.where(np.isnan(sums.value[mine, window]), np.nan, asked.value)
            gap[mine] = sums.value[mine, window] - asked.value
            if measure.kind is MeasureKind.OUTCOME_RATE:
                crimes, outcomes = sums.denominator[mine, YTD], sums.numerator[mine, YTD]
                required[mine] = asked.value * crimes - outcomes
        else:
            target[mine] = sums.value[mine, LYTD] * (1 - _reduction(asked))
            gap[mine] = sums.value[mine, YTD] - target[mine]
    return target, gap, required


def _reduction(asked: Target) -> float:
    return asked.value if asked.kind is TargetKind.REDUCTION else 0.0


def _open(
    sums: _Sums,
    table: CountTable,
    measures: Sequence[Measure],
    areas: Sequence[AreaId],
    catalogue: Catalogue,
    as_at: date,
) -> Floats:
    """Return the crimes of the year to date that have not been closed.

    NaN where no closures are delivered.
    """
    year = np.datetime64(whole_year(performance_year(as_at)).first)
    delivered = set(table.covers["tally"])
    mine = table.rows[table.rows["cohort"] >= year]
    mine = mine[mine["day"] <= np.datetime64(as_at)]
    closures = [
        Counted(tallies=measure.closed, suppliers=(), by_record=True) for measure in measures
    ]
    closed = rolled_up(
        mine,
        np.zeros(len(mine), dtype=np.int64),
        1,
        catalogue=catalogue,
        wanted=closures,
        areas=areas,
    )
    known = [bool(one.closed) and delivered.issuperset(one.closed) for one in measures]
    still_open = sums.denominator[:, YTD] - closed.reshape(-1)
    return np.where(np.repeat(known, len(areas)), still_open, np.nan)


def _ordinal(day: date) -> int:
    return (day - EPOCH).days


def _date(ordinal: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + ordinal)
