"""How far a window's count may stray: dispersion between days, and drift of the level itself.

The variance of a window's count is E (phi + E tau^2): phi is the weekly dispersion of the measure,
tau^2 the relative variance by which past forecasts of windows of that length went astray beyond it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.child import ChildModel
from metrics.statistics.surveillance.hindcast import Hindcasts
from metrics.statistics.surveillance.history import Layout

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

ROUNDS = 12
"""Most iterations of the weighted mean; it settles to three digits in fewer."""

SETTLED = 1e-6
SETTLED_SHARE = 1e-3
"""Change of tau^2, and change as a share of it, that together end the iterations."""

UNKNOWN = 1e100
"""Variance of a forecast that could not be checked: it weighs nothing."""

SMALLEST_EXPECTED = 0.5
"""Windows expecting less tell nothing about drift."""


def weekly_dispersion(layout: Layout, children: ChildModel) -> Array:
    """Return (series,) the dispersion of each series' measure, pooled over its lowest level.

    Source: Pearson chi-squared over degrees of freedom (McCullagh and Nelder 1989, section 4.5).
    """
    measures = int(layout.measure.max(initial=-1)) + 1
    usable = (children.freedom > 0) & (children.weeks >= constants.LEVEL_WEEKS)
    lowest = np.full(measures, np.iinfo(np.intp).max)
    np.minimum.at(lowest, layout.measure[usable], layout.level[usable])
    pooled = usable & (layout.level == lowest[layout.measure])
    group = layout.measure[pooled]
    squares = np.bincount(group, weights=children.pearson[pooled], minlength=measures)
    freedom = np.bincount(group, weights=children.freedom[pooled], minlength=measures)
    dispersion = squares / np.where(freedom > 0, freedom, 1.0)
    return np.asarray(np.clip(dispersion, *constants.DISPERSION_RANGE)[layout.measure])


def area_doubt(layout: Layout) -> Array:
    """Return (series,) the factor by which a series' own dispersion may exceed its measure's.

    The areas of the lowest level differ in dispersion, and those that exceed the pool make most of
    the small p-values: there the pool is widened.  In sums the differences even out.  The factor
    belongs to verdicts only: within `drift_variance` it would be taken off the drift again.
    """
    lowest = np.full(int(layout.measure.max(initial=-1)) + 1, np.iinfo(np.intp).max)
    np.minimum.at(lowest, layout.measure, layout.level)
    aggregated = layout.parent == np.arange(len(layout.parent))
    single = (layout.level == lowest[layout.measure]) & ~aggregated
    return np.where(single, constants.AREA_DOUBT, 1.0)


def drift_variance(layout: Layout, hindcasts: Hindcasts, dispersion: Array) -> Array:
    """Return (series, windows) tau^2, the relative variance of forecasts beyond dispersion.

    Relative errors r = (O - E) / E have variance v = phi / E + tau^2.  tau^2 solves
    tau^2 = sum w (min(r^2, 50 v) - phi / E) / sum w with w = 1 / v^2, per level (leaf, BCU, force),
    then per measure within its level, then per series within its measure, each time together with
    a few pseudo-observations of the estimate one step up.  A pseudo-observation weighs as much as
    a forecast of a series so large that only drift is left of its error; a small series, whose own
    forecasts say little about drift, therefore stays with its measure.

    Source: moment estimation of a between-group variance (DerSimonian and Laird 1986, Controlled
        Clinical Trials 7, 177-188), iterated to convergence (Paule and Mandel 1982).
    """
    forecasts, series, windows = hindcasts.expected.shape
    result = np.full((series, windows), constants.PRIOR_DRIFT)
    if forecasts == 0:
        return result
    by_level = layout.level
    by_measure = layout.measure * (int(by_level.max()) + 1) + by_level
    for window in range(windows):
        squares, noise = _errors(hindcasts, dispersion, window)
        above = result[:, window]
        above = _pool(squares, noise, by_level, above, 1.0)
        above = _pool(squares, noise, by_measure, above, constants.MEASURE_PSEUDO)
        result[:, window] = _pool(squares, noise, np.arange(series), above, constants.SERIES_PSEUDO)
    return result


def _errors(hindcasts: Hindcasts, dispersion: Array, window: int) -> tuple[Array, Array]:
    """(forecasts, series) squared relative errors and their variance without drift."""
    observed, expected = hindcasts.observed[:, :, window], hindcasts.expected[:, :, window]
    usable = (expected >= SMALLEST_EXPECTED) & ~np.isnan(observed)
    safe = np.where(usable, expected, np.nan)
    return ((observed - safe) / safe) ** 2, dispersion / safe


def _pool(squares: Array, noise: Array, group: Indices, above: Array, pseudo: float) -> Array:
    """(series,) tau^2 of each series' group, with `pseudo` observations of the value above it."""
    groups = int(group.max()) + 1
    size = np.maximum(np.bincount(group, minlength=groups), 1)
    prior = np.bincount(group, weights=above, minlength=groups) / size
    prior = np.maximum(prior, constants.SMALLEST_DRIFT)
    usable = ~np.isnan(squares)
    squares = np.where(usable, squares, 0.0)
    noise = np.where(usable, noise, UNKNOWN)
    drift = prior.copy()
    for _ in range(ROUNDS):
        variance = noise + drift[group]
        weight = 1.0 / (variance * variance)
        excess = np.minimum(squares, constants.LARGEST_SQUARE * variance) - noise
        surplus = np.einsum("fs,fs->s", weight, np.where(usable, excess, 0.0))
        top = np.bincount(group, weights=surplus, minlength=groups)
        total = np.bincount(group, weights=weight.sum(axis=0), minlength=groups)
        carried = pseudo / np.maximum(drift, prior) ** 2
        before, drift = drift, np.maximum((top + carried * prior) / (total + carried), 0.0)
        if (np.abs(drift - before) <= SETTLED + SETTLED_SHARE * np.abs(before)).all():
            break
    return drift[group]
