"""Weekly series that stand alone: no area tree, no parent, no days.

The same model as a force-level parent (trend, yearly harmonics, robust weights, ridge), a guard of
ten weeks, and the mid-P of the newest week.  For weekly sources, and to be compared with the
published methods on the weekly simulation of Noufaily et al. (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.glm import fit_robust_poisson, pearson_dispersion
from metrics.statistics.surveillance import constants
from metrics.statistics.tails import upper_mid_p

Array = NDArray[np.float64]

GUARD_WEEKS: Final = 10
"""Newest weeks that do not train.  Measured: short outbreaks need no longer a guard."""

BASELINE_WEEKS: Final = 520
"""Ten years."""

WEEKS_A_YEAR: Final = 52.0
REPORT_WEEKS: Final = 4
"""Weeks in which `MIN_COUNT` reports are needed (Farrington et al. 1996)."""

BLOCK: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekVerdict:
    """One week of every series; arrays of shape (series,).

    Attributes:
        observed: Counts.  NaN = not recorded.
        expected: Mean under the model; NaN with less than a year of recorded training weeks.
        dispersion: Variance over mean, at least 1.
        p_high: Mid-P of as many or more.
        score: -log10 p_high; minus infinity with fewer than 5 reports in 4 weeks.
    """

    observed: Array
    expected: Array
    dispersion: Array
    p_high: Array
    score: Array


def assess_week(counts: Array, week: int) -> WeekVerdict:
    """Judge one week of every series by the weeks before it.

    Args:
        counts: (series, weeks), NaN = not recorded.
        week: Column of the week to judge.
    """
    last = week - GUARD_WEEKS
    columns = np.arange(max(0, last - BASELINE_WEEKS + 1), last + 1)
    parts = [
        _block(counts[first : first + BLOCK], columns, week)
        for first in range(0, len(counts), BLOCK)
    ]
    expected, dispersion = (np.concatenate(part) for part in zip(*parts, strict=True))
    observed = counts[:, week]
    p_high = upper_mid_p(observed, expected, dispersion)
    reports = np.nansum(counts[:, max(0, week - REPORT_WEEKS + 1) : week + 1], axis=1)
    usable = (reports >= constants.MIN_COUNT) & ~np.isnan(p_high)
    score = np.where(usable, -np.log10(np.where(usable, p_high, 1.0)), -np.inf)
    return WeekVerdict(
        observed=observed, expected=expected, dispersion=dispersion, p_high=p_high, score=score
    )


def _block(counts: Array, columns: NDArray[np.intp], week: int) -> tuple[Array, Array]:
    """Expected count of `week` and dispersion of some of the series."""
    baseline = counts[:, columns]
    recorded = ~np.isnan(baseline)
    start = np.zeros((len(counts), 6))
    total = np.where(recorded, baseline, 0.0).sum(axis=1)
    start[:, 0] = np.log((total + 0.5) / (recorded.sum(axis=1) + 0.5))
    fit = fit_robust_poisson(
        baseline, _design(columns, week), penalty=_penalty(), start=start, tolerance=1e-7
    )
    enough = recorded.sum(axis=1) >= WEEKS_A_YEAR
    expected = np.exp(fit.coefficients @ _design(np.array([week]), week)[0])
    dispersion = np.maximum(pearson_dispersion(baseline, fit), 1.0)
    return np.where(enough, expected, np.nan), np.where(enough, dispersion, np.nan)


def _design(columns: NDArray[np.intp], week: int) -> Array:
    angle = 2.0 * np.pi * columns / WEEKS_A_YEAR
    waves = [wave(order * angle) for order in (1, 2) for wave in (np.cos, np.sin)]
    years = (columns - week) / WEEKS_A_YEAR
    return np.column_stack([np.ones(len(columns)), years, *waves])


def _penalty() -> Array:
    season = constants.PARENT_SEASON_PRECISION
    return np.array([0.0, constants.PARENT_TREND_PRECISION, season, season, season, season])
