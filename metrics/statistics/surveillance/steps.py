"""Steps in recording practice that nobody announced.

A score test asks, for every week with enough weeks on either side, whether the fitted mean would
gain from a step there:

    z(tau) = sum_{t >= tau} w (y - mu) / sqrt(phi (I - C' A^-1 C)),

with I the information of the step column, C its cross-information with the fitted terms, and A the
information of those.  Nothing is refitted for the search.  Source: Rao (1948), Proc Camb Phil Soc
44, 50-57 (score test); the maximum over tau is judged by a limit that was measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.glm import PoissonFit, pearson_dispersion
from metrics.statistics.surveillance import constants

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def step_scores(counts: Array, design: Array, fit: PoissonFit) -> Array:
    """Return (series, weeks) the score statistic of a step that begins with each week.

    Args:
        counts: (series, weeks), as given to the fit.
        design: (series, weeks, terms), as given to the fit.
        fit: The fit without the step.

    Returns:
        Signed statistic, about standard normal at any one week when there is no step.  0 where
        the fitted terms already tell the step completely.
    """
    dispersion = np.maximum(pearson_dispersion(counts, fit), 1.0)
    residual = np.where(fit.weights > 0, fit.weights * (counts - fit.mean), 0.0)
    weight = fit.weights * fit.mean
    surplus = _from_here_on(residual)
    own = _from_here_on(weight)
    cross = _from_here_on(weight[:, :, None] * design)
    shared = np.einsum("stp,spq,stq->st", cross, np.linalg.inv(fit.information), cross)
    left = own - shared
    variance = np.nan_to_num(dispersion, nan=1.0)[:, None] * np.maximum(left, 1e-12)
    return np.where(left > 1e-9 * np.maximum(own, 1.0), surplus / np.sqrt(variance), 0.0)


def find_step(counts: Array, design: Array, fit: PoissonFit) -> tuple[Indices, NDArray[np.bool_]]:
    """Return (series,) the week of the strongest step, and whether it is strong enough.

    A week qualifies with `STEP_MARGIN_WEEKS` trained weeks on either side; a step is strong enough
    at `STEP_LIMIT`.
    """
    trained = fit.weights > 0
    before: Array = np.cumsum(trained, axis=1) - 1.0 * trained
    from_here = _from_here_on(trained.astype(np.float64))
    margin = constants.STEP_MARGIN_WEEKS
    qualified = (before >= margin) & (from_here >= margin)
    size = np.where(qualified, np.abs(step_scores(counts, design, fit)), 0.0)
    week = np.argmax(size, axis=1)
    strongest = np.take_along_axis(size, week[:, None], axis=1)[:, 0]
    return week, strongest >= constants.STEP_LIMIT


def _from_here_on(values: Array) -> Array:
    """Sums from each week to the last."""
    return np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
