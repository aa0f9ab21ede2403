"""This year against last, and the latest year against the baseline: does chance explain it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows, breaks_of
from metrics.assessing.memory import Memory
from metrics.assessment import Compared, places
from metrics.calendar import Window
from metrics.model import Catalogue, Measure, MeasureKind
from metrics.monthly import MONTHS, Months
from metrics.positions import NEVER, WINDOWS, Positions
from metrics.series import EPOCH
from metrics.statistics.comparison import (
    CountComparison,
    compare_counts,
    definition_change_between,
    fragile_counts,
)
from metrics.statistics.dispersion import measured_dispersion, year_on_year_dispersion
from metrics.statistics.proportions import compare_proportions
from metrics.statistics.rate_reference import Prediction, predict
from metrics.statistics.verdict import NotTestable, Verdict, benjamini_hochberg, verdicts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HISTORY: Final = 48
"""Months that the dispersion is measured on."""

YEARS: Final = 5
"""Whole years that the year-on-year dispersion is measured on: four pairs."""

QUARTERS: Final = 4

USUAL_DISPERSION: Final = 2.0
"""Variance over mean that is allowed for where there is too little history to measure it: a choice
on the cautious side, not a measurement."""


def leaf_dispersion(rows: Rows, months: Months, within: Sequence[str]) -> Floats:
    """Return the dispersion phi0 of each measure; NaN where there is too little history."""
    leaf = np.array([area.id in within for area in rows.areas])
    chosen = np.flatnonzero(rows.is_count & leaf[rows.area])
    series = months.whole[rows.above[chosen], rows.area[chosen]][:, -HISTORY:]
    return measured_dispersion(series, rows.measure[chosen].astype(np.intp), len(rows.measures))


def usual_variation(rows: Rows, months: Months, *, memory: Memory) -> Floats:
    """Return what each row's comparison has to allow for beyond chance.

    Of counts: variance over mean, from the quarters of years that followed each other.  Of rates:
    the variance of the logit between the last 12 months and the 24 before; none where history is
    too short to measure it.
    """
    usual = np.full(len(rows), np.nan)
    counts = np.flatnonzero(rows.is_count)
    quarters = _quarters(months.whole[rows.above[counts], rows.area[counts]])
    levels = int(rows.level.max(initial=0)) + 1
    group = rows.measure[counts] * levels + rows.level[counts]
    together = np.unique(group, return_inverse=True)[1].astype(np.intp)
    measured = year_on_year_dispersion(quarters, together)
    usual[counts] = np.where(np.isfinite(measured), measured, USUAL_DISPERSION)
    rates = np.flatnonzero(rows.is_rate)
    series = rows.rate_series(rates, months)
    moved = memory.once(
        "usual drift of rates",
        series.parts,
        partial(predict, series, end=series.trials.shape[1], length=MONTHS, gap=0),
        keep_as=Prediction,
    ).drift
    usual[rates] = np.where(np.isfinite(moved), moved, 0.0)
    return usual


def _quarters(monthly: Floats) -> Floats:
    """Return the last whole years by quarter, (series, years, quarters)."""
    whole = monthly.shape[1] // MONTHS * MONTHS
    years = monthly[:, :whole].reshape(len(monthly), -1, QUARTERS, MONTHS // QUARTERS)
    return np.asarray(years[:, -YEARS:].sum(axis=3))


def against_last_year(
    rows: Rows, positions: Positions, catalogue: Catalogue, *, usual: Floats
) -> Compared:
    """Compare the year to date with last year's; of surveys, the last two years."""
    survey = rows.is_survey
    now = np.where(survey, WINDOWS.index(Window.ROLLING_12), WINDOWS.index(Window.YTD))
    before = np.where(survey, WINDOWS.index(Window.PREVIOUS_12), WINDOWS.index(Window.LYTD))
    return _compared(rows, positions, catalogue, now, before, usual=usual)


def against_baseline(
    rows: Rows, positions: Positions, catalogue: Catalogue, *, usual: Floats
) -> Compared:
    """Compare the last 12 months with the baseline year."""
    now = np.full(len(rows), WINDOWS.index(Window.ROLLING_12))
    before = np.full(len(rows), WINDOWS.index(Window.BASELINE))
    return _compared(rows, positions, catalogue, now, before, usual=usual)


def against_last_years_month(
    rows: Rows, positions: Positions, catalogue: Catalogue, *, usual: Floats
) -> Compared:
    """Compare the latest month, to date, with the same days of last year's."""
    now = np.full(len(rows), WINDOWS.index(Window.MONTH))
    before = np.full(len(rows), WINDOWS.index(Window.MONTH_LAST_YEAR))
    return _compared(rows, positions, catalogue, now, before, usual=usual)


def not_compared(rows: Rows) -> Compared:
    """Return that nothing was compared: for callers that do not ask."""
    nothing = np.full(len(rows), np.nan)
    return Compared(
        verdict=np.repeat(places(Verdict, [Verdict.NOT_TESTABLE]), len(rows)),
        reason=np.repeat(places(NotTestable, [NotTestable.NO_DISPERSION]), len(rows)),
        p_value=nothing,
        p_adjusted=nothing,
        low=nothing,
        high=nothing,
        dispersion=nothing,
        fragile=np.zeros(len(rows), dtype=np.int64),
    )


def _compared(
    rows: Rows,
    positions: Positions,
    catalogue: Catalogue,
    now: Integers,
    before: Integers,
    *,
    usual: Floats,
) -> Compared:
    each = np.arange(len(rows))
    # Periods that share days, such as the last 12 months and a baseline year that has only just
    # ended, are not two samples.
    overlap = (positions.first[each, now] <= positions.last[each, before]) & (rows.to != NEVER)
    current, base = positions.numerator[each, now], positions.numerator[each, before]
    current = np.where(overlap, np.nan, current)
    days = positions.last - positions.first + 1
    changed = _definition_changed(rows, positions, catalogue, now, before)
    phi = np.where(rows.is_count, usual, np.nan)
    counts = compare_counts(
        np.where(rows.is_count, current, np.nan),
        np.where(rows.is_count, base, np.nan),
        dispersion=phi,
        exposure_current=days[each, now],
        exposure_base=days[each, before],
        definition_changed=changed,
    )
    rates = compare_proportions(
        np.where(rows.is_rate, current, np.nan),
        positions.denominator[each, now],
        np.where(rows.is_rate, base, np.nan),
        positions.denominator[each, before],
        extra_variance=np.where(rows.is_rate, usual, 0.0),
        definition_changed=changed,
    )
    p = np.where(rows.is_rate, rates.p_value, counts.p_value)
    adjusted = _adjusted(rows, p, catalogue)
    change = np.where(rows.is_rate, rates.change, counts.change)
    reason = np.where(rows.is_rate, rates.reason, counts.reason)
    tested = rows.is_rate | rows.is_count
    reason = np.where(overlap, NotTestable.PERIODS_OVERLAP, reason)
    return Compared(
        verdict=places(Verdict, verdicts(adjusted, change)),
        reason=places(NotTestable, np.where(tested, reason, NotTestable.NO_DISPERSION)),
        p_value=p,
        p_adjusted=adjusted,
        low=np.where(rows.is_rate, rates.change_low, counts.ratio_low),
        high=np.where(rows.is_rate, rates.change_high, counts.ratio_high),
        dispersion=phi,
        fragile=_fragile(rows, catalogue, counts, adjusted, base, phi),
    )


def _fragile(
    rows: Rows,
    catalogue: Catalogue,
    counts: CountComparison,
    adjusted: Floats,
    base: Floats,
    phi: Floats,
) -> Integers:
    """Mark what is significant and would not be if the count moved as counts usually do.

    Page by page, as p was adjusted: how many on the page are significant sets the bar.
    """
    if not catalogue.usual_revision:
        return np.zeros(len(rows), dtype=np.int64)
    page = np.empty(len(rows.measures), dtype=np.intp)
    for number, lines in enumerate(_pages(rows, catalogue)):
        page[lines] = number
    judged = replace(counts, p_adjusted=adjusted, verdict=verdicts(adjusted, counts.change))
    fragile = fragile_counts(
        judged,
        base,
        dispersion=phi,
        revision_up=catalogue.usual_revision,
        page=page[rows.measure] * len(rows.areas) + rows.area,
    )
    return fragile.astype(np.int64)


def _adjusted(rows: Rows, p: Floats, catalogue: Catalogue) -> Floats:
    """Adjust for being shown together: one page is the measures of one kind in one area."""
    adjusted = np.full(p.shape, np.nan)
    by_measure = p.reshape(len(rows.measures), len(rows.areas))
    out = adjusted.reshape(by_measure.shape)
    for lines in _pages(rows, catalogue):
        out[lines] = benjamini_hochberg(by_measure[lines], axis=0)
    return adjusted


def _pages(rows: Rows, catalogue: Catalogue) -> list[Integers]:
    """Return the measures of each page, as their numbers."""
    names = np.array([_page(one, catalogue) for one in rows.measures])
    return [np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())]


def _page(measure: Measure, catalogue: Catalogue) -> str:
    """Return what a measure is shown together with."""
    if measure.kind is not MeasureKind.RECORDED:
        return "survey" if measure.kind.is_survey else str(measure.kind)
    kind = catalogue.crime_types.get(measure.crime_type)
    on_dashboard = kind is not None and kind.on_dashboard and not measure.flag
    return "all crime" if on_dashboard else "other recorded"


def _definition_changed(
    rows: Rows, positions: Positions, catalogue: Catalogue, now: Integers, before: Integers
) -> NDArray[np.bool_]:
    each = np.arange(len(rows))
    days = [breaks_of(catalogue, one) for one in rows.measures]
    most = max((len(one) for one in days), default=0)
    dated = np.full((len(days), max(most, 1)), np.datetime64("NaT"), dtype="datetime64[D]")
    for number, one in enumerate(days):
        dated[number, : len(one)] = one
    start = np.datetime64(EPOCH) + positions.first[each, before].clip(0)
    end = np.datetime64(EPOCH) + positions.last[each, now].clip(0)
    return definition_change_between(dated[rows.measure], base_start=start, current_end=end)
