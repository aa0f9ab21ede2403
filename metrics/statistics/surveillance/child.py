"""The model of each series around its force-level parent, shrunk to it.

log mean = log parent mean + level + trend + one yearly harmonic, with strong ridge priors on all
but the level: a small area borrows season, trend and steps, and departs from them only as far as
its own counts can carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.glm import fit_robust_poisson, pearson_parts
from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.history import History
from metrics.statistics.surveillance.parent import ParentModel, trend_and_season
from metrics.statistics.surveillance.periods import weeks_until

Array = NDArray[np.float64]

TERMS: Final = 4
"""Level, trend, cosine and sine of the year."""

BLOCK: Final = 512
"""Series fitted together: their weeks fit the processor's cache, and memory stays flat."""

TOLERANCE: Final = 1e-6
"""Relative change of the deviance at which a fit has converged; Newton steps are then exact to
about its square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildModel:
    """Fitted series models.

    Attributes:
        coefficients: (series, 4), relative to the parent.
        weeks: (series,) recorded weeks trained on.
        pearson: (series,) weighted Pearson chi-squared of the weekly counts.
        freedom: (series,) its degrees of freedom.
    """

    coefficients: Array
    weeks: Array
    pearson: Array
    freedom: Array


def fit_children(
    history: History, parents: ParentModel, *, start: Array | None = None
) -> ChildModel:
    """Fit every series around its parent, on the four years that end with the guard.

    Args:
        history: Counts of all series.
        parents: The force-level models; their day is the day of this fit.
        start: (series, 4) coefficients of an earlier fit to begin with.
    """
    series = len(history.counts)
    out = ChildModel(
        coefficients=np.empty((series, TERMS)),
        weeks=np.empty(series),
        pearson=np.empty(series),
        freedom=np.empty(series),
    )
    which = parents.of_series(history)
    for first in range(0, series, BLOCK):
        block = slice(first, min(first + BLOCK, series))
        begin = None if start is None else start[block]
        _fit_block(history, parents, which[block], block, begin, out)
    return out


def _fit_block(
    history: History,
    parents: ParentModel,
    which: NDArray[np.intp],
    block: slice,
    start: Array | None,
    out: ChildModel,
) -> None:
    """Fit one block of series and write it into its place."""
    last = parents.as_of - constants.GUARD_DAYS
    weeks = weeks_until(history.counts[block], last, constants.TRAINING_WEEKS)
    offset = parents.log_weekly_mean(history, weeks.middle)[which] + weeks.log_share
    if start is None:
        expected = (weeks.usable * np.exp(offset)).sum(axis=1)
        start = np.zeros((len(which), TERMS))
        start[:, 0] = np.log(((weeks.usable * weeks.counts).sum(axis=1) + 0.5) / (expected + 0.5))
    fit = fit_robust_poisson(
        weeks.counts,
        trend_and_season(history, weeks.middle, parents.as_of, harmonics=1),
        offset=offset,
        weights=weeks.usable,
        penalty=_penalty(weeks.usable.sum(axis=1)),
        start=start,
        tolerance=TOLERANCE,
    )
    out.coefficients[block] = fit.coefficients
    out.weeks[block] = weeks.usable.sum(axis=1)
    out.pearson[block], out.freedom[block] = pearson_parts(weeks.counts, fit)


def _penalty(recorded: Array) -> Array:
    short = recorded < constants.FULL_WEEKS
    penalty = np.zeros((len(recorded), TERMS))
    penalty[:, 1] = np.where(short, constants.FIXED_PRECISION, constants.CHILD_TREND_PRECISION)
    season = np.where(short, constants.FIXED_PRECISION, constants.CHILD_SEASON_PRECISION)
    penalty[:, 2:] = season[:, None]
    return penalty
