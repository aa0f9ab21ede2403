"""How much a measure's counts vary beyond chance: its dispersion, measured on its own history.

Crime comes in clusters, so a count varies more than Poisson.  phi0 is measured per measure on the
weekly or monthly counts of its smallest areas, where every count is expected from its area's share
and its period's share of the measure's total: season, trend and changes of recording that all areas
share cancel out.

Docs: docs/methods/comparison.md, "Dispersion".
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.verdict import Floats, floats

DISPERSION_BOUNDS: Final = (1.0, 3.0)
"""A count cannot vary less than Poisson; above 3 it is a break in the series, not dispersion."""

LEAST_EXPECTED: Final = 5.0
"""Expected count of a quarter below which a pair of years says nothing (Cochran 1954)."""

PAIR_FREEDOM: Final = 3
"""Degrees of freedom of two years by four quarters."""

PRIOR_FREEDOM: Final = 12
"""Degrees of freedom by which a group's dispersion is drawn to that of all series: four pairs'."""

MINIMUM_CELLS: Final = 12
"""Independent count-periods below which a measure's dispersion is not said to be known."""


def measured_dispersion(counts: ArrayLike, measure: NDArray[np.intp], measures: int) -> Floats:
    """Return phi0 of each measure from weekly or monthly counts of its leaf areas.

    Args:
        counts: Shape (series, periods), one series per measure and leaf area; NaN: not recorded.
            Periods in which one of a measure's areas is missing are left out for that measure.
        measure: Index of the measure of each series, shape (series,), from 0.
        measures: Number of measures.

    Returns:
        Shape (measures,), clipped to `DISPERSION_BOUNDS`; NaN where there is too little history.
        A measure with one area is measured by successive differences, which take a part of the
        season for dispersion: too cautious rather than too bold.

    Source: mean over areas of Pearson's X2 / df (McCullagh and Nelder 1989, section 4.5), E from
        the independence table; successive differences after von Neumann 1941.
    """
    y = floats(counts)
    complete = _sum_by(np.isnan(y).astype(np.float64), measure, measures) == 0
    areas = np.bincount(measure, minlength=measures)
    periods = complete.sum(axis=1)
    kept = np.where(complete[measure], y, 0.0)
    by_table = _from_table(kept, complete, measure, measures, areas, periods)
    by_differences = _from_differences(kept, complete, measure, measures)
    cells = (np.maximum(areas, 2) - 1) * (periods - 1)
    phi = np.where(areas > 1, by_table, by_differences)
    return np.where(cells >= MINIMUM_CELLS, np.clip(phi, *DISPERSION_BOUNDS), np.nan)


def year_on_year_dispersion(quarters: ArrayLike, group: NDArray[np.intp]) -> Floats:
    """Return how much a year's count varies beyond chance, its level and season left out.

    Two years in a row are laid beside each other by quarter.  What the second year has more or
    less of as a whole is its change of level, the very thing that a comparison asks about; what
    the quarters share is season.  What is left is how far quarters stray: clustering, crime
    series, runs of bad weeks.  Single weeks would miss it, and forecasts made a year ahead would
    count earlier changes of level as if they were chance.

    Args:
        quarters: Shape (series, years, 4), whole performance years in a row, oldest first; NaN: not
            recorded.  A pair of years with a missing quarter is left out.
        group: Index of the series that share what is measured (measure and level), from 0.

    Returns:
        Variance over mean of each series, shape (series,), at least 1.  A group is drawn to all
        series by `PRIOR_FREEDOM` degrees of freedom.  NaN where no series has two whole years.

    Source: Pearson's X2 / df of the 2 x 4 table of each pair of years (McCullagh and Nelder 1989,
        section 4.5).
    """
    y = floats(quarters)
    pairs = np.stack([y[:, :-1], y[:, 1:]], axis=3)  # (series, pairs, quarters, years)
    known: NDArray[np.bool_] = np.asarray(np.all(np.isfinite(pairs), axis=(2, 3)))
    table = np.where(known[:, :, None, None], pairs, 0.0)
    by_quarter, by_year = table.sum(axis=3), table.sum(axis=2)
    total = by_year.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = by_quarter[..., None] * by_year[:, :, None, :] / total[..., None, None]
        parts = np.where(expected > 0, (table - expected) ** 2 / expected, 0.0)
    # Too small a table has no chi-squared distribution to speak of (Cochran 1954).
    smallest: Floats = np.min(expected, axis=(2, 3), initial=np.inf)
    usable = known & (smallest >= LEAST_EXPECTED)
    pearson = np.where(usable, parts.sum(axis=(2, 3)), 0.0).sum(axis=1)
    freedom = (PAIR_FREEDOM * usable).sum(axis=1)
    if not freedom.any():
        return np.full(len(y), np.nan)
    of_all = pearson.sum() / freedom.sum()
    groups = int(group.max(initial=0)) + 1
    squares = np.bincount(group, weights=pearson, minlength=groups) + PRIOR_FREEDOM * of_all
    shared = squares / (np.bincount(group, weights=freedom, minlength=groups) + PRIOR_FREEDOM)
    bounded: Floats = np.maximum(shared, 1.0)
    return bounded[group]


def _from_table(
    y: Floats,
    complete: NDArray[np.bool_],
    measure: NDArray[np.intp],
    measures: int,
    areas: NDArray[np.intp],
    periods: NDArray[np.intp],
) -> Floats:
    by_period = _sum_by(y, measure, measures)
    total = by_period.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = y.sum(axis=1)[:, None] * (by_period / total[:, None])[measure]
        pearson = np.where(expected > 0, (y - expected) ** 2 / expected, 0.0).sum(axis=1)
        used = ((expected > 0) & complete[measure]).sum(axis=1)
        # Each area has its share of the (areas - 1) (periods - 1) degrees of freedom.
        freedom = used * ((1.0 - 1.0 / areas) * (1.0 - 1.0 / periods))[measure]
        phi = np.where(freedom > 0, pearson / freedom, np.nan)
    return _mean_by(phi, measure, measures)


def _from_differences(
    y: Floats, complete: NDArray[np.bool_], measure: NDArray[np.intp], measures: int
) -> Floats:
    pair = (complete[:, 1:] & complete[:, :-1])[measure]
    squares = (np.diff(y, axis=1) ** 2 * pair).sum(axis=1)
    sums = ((y[:, 1:] + y[:, :-1]) * pair).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _mean_by(np.where(sums > 0, squares / sums, np.nan), measure, measures)


def _sum_by(values: Floats, measure: NDArray[np.intp], measures: int) -> Floats:
    out = np.zeros((measures, values.shape[1]))
    np.add.at(out, measure, values)
    return out


def _mean_by(values: Floats, measure: NDArray[np.intp], measures: int) -> Floats:
    known = ~np.isnan(values)
    total = np.bincount(measure[known], weights=values[known], minlength=measures)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.bincount(measure[known], minlength=measures))
