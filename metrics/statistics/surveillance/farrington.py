"""Farrington flexible, as R's `surveillance` computes it: the method to be compared with.

Weekly counts; quasi-Poisson regression of the last b years on a linear trend and a factor of ten
seasonal groups, past outbreaks down-weighted; P(Y >= y) from a negative binomial with the fitted
mean and dispersion ("nbPlugin").  The product's own detector does better on its benches; this mode
proves that it is compared with the real thing.

Sources: Noufaily et al. (2013), Statistics in Medicine 32, 1206-1222; Salmon, Schumacher and Höhle
(2016), J Stat Software 70(10), on `farringtonFlexible` of the R package `surveillance`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.glm import (
    WEIGHT_THRESHOLD,
    PoissonFit,
    anscombe_residuals,
    fit_poisson,
    leverage,
)
from metrics.statistics.tails import upper_tail

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

WEEKS_A_YEAR: Final = 52
MIN_YEARS_FOR_TREND: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonSettings:
    """The control settings of `farringtonFlexible`; the defaults are those of Noufaily et al.

    Attributes:
        years: Years to go back (b).
        half_window: Weeks on either side of each reference week (w).
        groups: Seasonal groups, the reference weeks being the last (noPeriods).
        excluded_weeks: Newest weeks left out (pastWeeksNotIncluded).
        weight_threshold: Residuals above it are down-weighted (weightsThreshold).
    """

    years: int = 5
    half_window: int = 3
    groups: int = 10
    excluded_weeks: int = 26
    weight_threshold: float = WEIGHT_THRESHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class FarringtonWeek:
    """What the method says about one week; arrays of shape (series,).

    Attributes:
        p: P(Y >= observed), not mid-P, as R reports it.
        expected: Mean under the model.
        dispersion: Estimated dispersion, at least 1.
        converged: Whether a model could be fitted; the other arrays are NaN where not.
    """

    p: Array
    expected: Array
    dispersion: Array
    converged: NDArray[np.bool_]


def farrington_week(
    counts: Array, week: int, settings: FarringtonSettings | None = None
) -> FarringtonWeek:
    """Judge one week of every series.

    Args:
        counts: (series, weeks).  NaN = not recorded: the week does not train the model.
        week: Column of the week to judge.
        settings: None means those of Noufaily et al. (2013).

    Raises:
        ValueError: The counts do not reach back far enough.
    """
    chosen = settings or FarringtonSettings()
    groups = seasonal_groups(week, chosen)
    groups[max(0, week - chosen.excluded_weeks) :] = 0
    used = np.flatnonzero(groups)
    factor = groups[used]
    # The reference level is the group of the week judged, so that its mean is level + trend.
    dummies = factor[:, None] == np.unique(factor[factor != chosen.groups])
    design = np.column_stack([np.ones(len(used)), used - week, dummies]).astype(np.float64)
    baseline = counts[:, used]
    with_trend = _weighted_fit(baseline, design, chosen)
    keep = _trend_kept(baseline, with_trend[0], chosen)
    level, dispersion, converged = _summary(*with_trend)
    if not keep.all():
        without = _weighted_fit(baseline[~keep], np.delete(design, 1, axis=1), chosen)
        level[~keep], dispersion[~keep], converged[~keep] = _summary(*without)
    expected = np.where(converged, np.exp(level), np.nan)
    dispersion = np.where(converged, dispersion, np.nan)
    return FarringtonWeek(
        p=upper_tail(counts[:, week], expected, dispersion),
        expected=expected,
        dispersion=dispersion,
        converged=converged,
    )


def seasonal_groups(week: int, settings: FarringtonSettings) -> Indices:
    """Return (week + 1,) the seasonal group of every week up to `week`; 0 = not in the baseline.

    The last group holds the weeks around each anniversary of the week judged; the weeks between
    are cut into the other groups, the first of them one week longer where they do not divide.
    """
    half, last_group = settings.half_window, settings.groups
    oldest = week - WEEKS_A_YEAR * settings.years
    if oldest - half < 0:
        raise ValueError(f"week {week} has less than {settings.years} years of weeks before it")
    groups = np.zeros(week + 1, dtype=np.intp)
    groups[week - half :] = last_group
    sizes = _group_sizes(WEEKS_A_YEAR - 2 * half - 1, last_group - 1)
    between = np.repeat(np.arange(1, last_group), sizes)
    for year in range(1, settings.years + 1):
        anniversary = week - WEEKS_A_YEAR * year
        groups[anniversary - half : anniversary + half + 1] = last_group
        start = anniversary + half + 1
        groups[start : start + len(between)] = between
    return groups


def _group_sizes(weeks: int, groups: int) -> Indices:
    if groups == 0:
        return np.empty(0, dtype=np.intp)
    whole, rest = divmod(weeks, groups)
    return np.array([whole + (group < rest) for group in range(groups)], dtype=np.intp)


def _weighted_fit(
    counts: Array, design: Array, settings: FarringtonSettings
) -> tuple[PoissonFit, Array]:
    """Fit, down-weight large positive residuals, fit again; with the dispersion of the last fit."""
    first = fit_poisson(counts, design)
    dispersion = _dispersion(counts, design, first)
    hat = leverage(design, _step_before(design, first))
    residuals = anscombe_residuals(counts, first.mean, dispersion, hat)
    large = residuals > settings.weight_threshold
    pulled = np.where(large, residuals**-2.0, 1.0)
    pulled = np.where(np.isnan(counts), 0.0, pulled)
    recorded = (~np.isnan(counts)).sum(axis=1, keepdims=True)
    weights = pulled * recorded / pulled.sum(axis=1, keepdims=True)
    second = fit_poisson(counts, design, weights=weights)
    return second, _dispersion(counts, design, second)


def _dispersion(counts: Array, design: Array, fit: PoissonFit) -> Array:
    """Pearson chi-squared over periods less terms, at least 1.

    As in R's `summary.glm`, the variances are those of the step before the last: without this
    detail a residual near the threshold can fall on the other side of it.
    """
    before = np.exp(fit.previous @ design.T)
    relative = np.where(fit.weights > 0, (counts - fit.mean) / fit.mean, 0.0)
    squares = (fit.weights * before * relative**2).sum(axis=1)
    freedom = (fit.weights > 0).sum(axis=1) - fit.coefficients.shape[1]
    return np.asarray(np.maximum(squares / np.maximum(freedom, 1), 1.0), dtype=np.float64)


def _step_before(design: Array, fit: PoissonFit) -> PoissonFit:
    """The fit as it stood one step before the last, for the leverages."""
    before = np.exp(fit.previous @ design.T)
    weighted = (fit.weights * before)[:, :, None] * design
    return replace(fit, mean=before, information=np.einsum("stp,tq->spq", weighted, design))


def _trend_kept(counts: Array, fit: PoissonFit, settings: FarringtonSettings) -> NDArray[np.bool_]:
    """A trend needs three years, convergence, and a forecast no higher than any count before."""
    forecast = np.exp(fit.coefficients[:, 0])
    plausible = forecast <= np.where(np.isnan(counts), 0.0, counts).max(axis=1)
    return np.asarray(fit.converged & plausible & (settings.years >= MIN_YEARS_FOR_TREND))


def _summary(fit: PoissonFit, dispersion: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    return fit.coefficients[:, 0].copy(), dispersion, fit.converged.copy()
