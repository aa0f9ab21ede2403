"""How wrong forecasts were when they were made before: the variance beyond chance.

Counts and rates share it: a forecast is made again as of earlier dates, and what its errors vary
by beyond chance is pooled over series, because one series has too few earlier years of its own.

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MEASURE_PRIOR: Final = 6.0
"""Hindcasts' worth of the level's variance that a measure's own is shrunk by."""
OUTLIER: Final = 9.0
"""A squared error counts for at most this many times its variance."""
FLOOR: Final = 0.25
"""A measure's variance is never below this share of its level's."""
LEAST_VARIANCE: Final = 1e-4
"""A drift of 1%: nothing that people record is steadier."""
LEAST_HINDCASTS: Final = 10
"""Fewer say nothing of how wrong a forecast may be; measured by nobody, chosen here."""
ROUNDS: Final = 50
SETTLED: Final = 1e-9
"""Relative change of a variance below which the rounds end."""


def pooled_error(
    squared: FloatArray,
    chance: FloatArray,
    *,
    measure: IntArray,
    level: IntArray,
    cap: float | None = None,
    overlap: int | None = None,
) -> FloatArray:
    """Return each series' variance of the forecast error beyond chance.

    Args:
        squared: Shape (series, hindcasts), squared errors on the scale of the forecast; NaN where
            no hindcast could be made.
        chance: Shape (series, hindcasts), the variance that chance alone gives each error.
        measure: Shape (series,), index of each series' measure, from 0.
        level: Shape (series,), index of each series' level of areas, from 0.
        cap: What a squared error counts for at most; None for `OUTLIER` times its variance.
        overlap: Successive hindcasts that share months.  The areas of a measure are then taken to
            err together too, and `MEASURE_PRIOR` counts hindcasts that are independent.  None
            where each stands by itself.

    Returns:
        Shape (series,).  Equal for all series of a measure and level.  A level with fewer than
        `LEAST_HINDCASTS` takes the variance of all levels; NaN where they too have fewer.

    Source:
        docs/methods/projection.md, "How wrong": moments with weight 1 / v^2, pooled by level,
        shrunk by measure.
    """
    made = np.isfinite(squared)
    error = np.where(made, squared, 0.0)
    noise = np.where(made, chance, 1.0)
    base = _moments(error, noise, made, level, cap)
    enough = _total(made.sum(axis=1), level) >= LEAST_HINDCASTS
    if not enough.all():
        everywhere = np.zeros_like(level)
        base = np.where(enough, base, _moments(error, noise, made, everywhere, cap))
    cell = measure * (int(level.max(initial=0)) + 1) + level
    variance = noise + base[:, None]
    weight = np.where(made, variance**-2.0, 0.0)
    excess = weight * (np.minimum(error, OUTLIER * variance if cap is None else cap) - noise)
    count = _total(made.sum(axis=1), cell)
    weights = _total(weight.sum(axis=1), cell)
    alike = 1.0 if overlap is None else max(overlap, 1) * _total(np.asarray(made.any(axis=1)), cell)
    prior = MEASURE_PRIOR * alike * weights / np.maximum(count, 1.0)
    own = _total(excess.sum(axis=1), cell)
    shrunk = (own + prior * base) / np.where(prior > 0, weights + prior, 1.0)
    result = np.where(prior > 0, np.maximum(shrunk, FLOOR * base), base)
    result = np.maximum(result, LEAST_VARIANCE)
    return np.where(made.sum() >= LEAST_HINDCASTS, result, np.nan)


def _total(values: FloatArray | IntArray | NDArray[np.bool_], group: IntArray) -> FloatArray:
    """Give each series the sum over its group."""
    sums: FloatArray = np.bincount(group, weights=values).astype(np.float64)[group]
    return sums


def _moments(
    error: FloatArray,
    noise: FloatArray,
    made: NDArray[np.bool_],
    group: IntArray,
    cap: float | None,
) -> FloatArray:
    """Solve tau2 = sum w (min(error, cap) - noise) / sum w, w = (noise + tau2)^-2, per group."""
    tau2 = np.full(len(error), 0.01)
    for _ in range(ROUNDS):
        variance = noise + tau2[:, None]
        weight = np.where(made, variance**-2.0, 0.0)
        capped = np.minimum(error, OUTLIER * variance if cap is None else cap)
        above = _total((weight * (capped - noise)).sum(axis=1), group)
        weights = _total(weight.sum(axis=1), group)
        before = tau2
        tau2 = np.maximum(above / np.where(weights > 0, weights, 1.0), LEAST_VARIANCE)
        if np.abs(tau2 / before - 1.0).max(initial=0.0) < SETTLED:
            break
    return tau2
