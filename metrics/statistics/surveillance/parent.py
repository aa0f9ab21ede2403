"""The force-level model of each measure: level, trend, season and steps in recording practice.

log mean per week = level + trend + two yearly harmonics + steps, by robust ridge Poisson regression
on the last four years.  The newest 91 days stay out (a running deterioration must not train its own
baseline), except for a measure whose recording practice has just changed by announcement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.glm import PoissonFit, fit_robust_poisson, pearson_dispersion
from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.history import History
from metrics.statistics.surveillance.periods import WEEK, Weeks, weeks_until
from metrics.statistics.surveillance.steps import find_step

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

YEAR = 365.25
BASE_TERMS = 6
"""Level, trend, and cosine and sine of two harmonics; the steps follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentModel:
    """Fitted force-level models.

    Attributes:
        rows: (parents,) row of each parent among the series.
        as_of: Column of the day the models were fitted on; years count from it.
        coefficients: (parents, terms).
        steps: (parents, slots) column from which each step holds; infinity for an empty slot.
        weeks: (parents,) recorded weeks trained on.
        step_variance: (parents, slots) posterior variance of each step on the log scale.
    """

    rows: Indices
    as_of: int
    coefficients: Array
    steps: Array
    weeks: Array
    step_variance: Array

    def log_weekly_mean(self, history: History, columns: Array) -> Array:
        """Return (parents, columns) log of the expected count per week around each column."""
        base = trend_and_season(history, columns, self.as_of, harmonics=2)
        held = columns >= self.steps[:, :, None]
        steps = np.einsum("ps,psd->pd", self.coefficients[:, BASE_TERMS:], held)
        return np.asarray(self.coefficients[:, :BASE_TERMS] @ base.T + steps)

    def of_series(self, history: History) -> Indices:
        """Return (series,) the position of each series' parent among the parents."""
        return np.searchsorted(self.rows, history.layout.parent)

    def step_doubt(self, today: int, windows: tuple[int, ...]) -> Array:
        """Return (parents, windows) the relative variance that new steps bring to a window.

        The forecasts that drift is measured on were made before a new step: how well its size is
        known has to be added until they catch up.
        """
        new = self.steps > self.as_of - constants.NEW_STEP_DAYS
        lengths = np.array(windows, dtype=np.float64)
        after = np.clip((today + 1 - self.steps)[:, :, None] / lengths, 0.0, 1.0)
        variance = np.where(new, self.step_variance, 0.0)
        return np.asarray(np.einsum("ps,psw->pw", variance, after**2))


def fit_parents(history: History, as_of: int) -> ParentModel:
    """Fit the force-level model of every measure as it would have been fitted on `as_of`.

    Args:
        history: Counts of all series; only columns up to `as_of` are looked at.
        as_of: Column of the day.
    """
    rows = np.unique(history.layout.parent)
    known = _announced_steps(history, rows, as_of)
    guard_weeks = constants.GUARD_DAYS // WEEK
    weeks = weeks_until(history.counts[rows], as_of, constants.TRAINING_WEEKS + guard_weeks)
    trained = weeks.middle <= _last_trained_day(known, as_of)[:, None]
    case = weeks.usable * trained
    recorded = case.sum(axis=1)
    steps, fit = _fit_with_search(history, weeks, case, known, as_of)
    inverse = np.diagonal(np.linalg.inv(fit.information), axis1=1, axis2=2)
    dispersion = np.maximum(np.nan_to_num(pearson_dispersion(weeks.counts, fit), nan=1.0), 1.0)
    return ParentModel(
        rows=rows,
        as_of=as_of,
        coefficients=fit.coefficients,
        steps=steps,
        weeks=recorded,
        step_variance=inverse[:, BASE_TERMS:] * dispersion[:, None],
    )


def trend_and_season(history: History, columns: Array, origin: int, *, harmonics: int) -> Array:
    """Return (columns, 2 + 2 harmonics): 1, years since `origin`, cosines and sines of the year."""
    angle = history.year_angle(columns)
    waves = [wave(order * angle) for order in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones(len(columns)), (columns - origin) / YEAR, *waves])


def _announced_steps(history: History, rows: Indices, as_of: int) -> Array:
    """(parents, slots) columns of announced changes up to `as_of`, then slots for the search."""
    measures = history.layout.measure[rows]
    oldest = as_of - WEEK * (constants.TRAINING_WEEKS + constants.GUARD_DAYS // WEEK)
    known: list[list[int]] = []
    for measure in measures:
        columns = {
            history.column(change.day)
            for change in history.changes
            if change.announced and change.measure == measure
        }
        known.append(sorted(column for column in columns if oldest < column <= as_of))
    slots = max(map(len, known), default=0) + constants.STEPS_SEARCHED
    padded = [columns + [np.inf] * (slots - len(columns)) for columns in known]
    return np.array(padded, dtype=np.float64).reshape(len(rows), slots)


def _last_trained_day(known: Array, as_of: int) -> Array:
    """(parents,) newest column that may train.

    A step just announced is learnt from every day since; once enough days have told its size, no
    more are taken until the guard has passed them.
    """
    newest = np.where(np.isfinite(known), known, -np.inf).max(axis=1, initial=-np.inf)
    learnt = np.minimum(newest + constants.RECENT_CHANGE_DAYS, as_of)
    return np.asarray(np.maximum(learnt, as_of - constants.GUARD_DAYS), dtype=np.float64)


def _fit_with_search(
    history: History, weeks: Weeks, case: Array, known: Array, as_of: int
) -> tuple[Array, PoissonFit]:
    """Fit, look for a step nobody announced, and fit again while one is found."""
    steps = known.copy()
    base = trend_and_season(history, weeks.middle, as_of, harmonics=2)
    penalty = _penalty(case.sum(axis=1), slots=steps.shape[1])
    fit = _fit(weeks, case, base, steps, penalty, None)
    for _ in range(constants.STEPS_SEARCHED):
        design = _design(base, weeks, steps)
        week, found = find_step(weeks.counts, design, fit)
        if not found.any():
            break
        slot = np.argmax(np.isinf(steps), axis=1)
        first_day = weeks.middle[week] - (WEEK - 1) / 2.0
        steps[found, slot[found]] = first_day[found]
        fit = _fit(weeks, case, base, steps, penalty, fit.coefficients)
    return steps, fit


def _fit(
    weeks: Weeks, case: Array, base: Array, steps: Array, penalty: Array, start: Array | None
) -> PoissonFit:
    if start is None:
        start = np.zeros((len(case), BASE_TERMS + steps.shape[1]))
        days = (case * weeks.share).sum(axis=1)
        start[:, 0] = np.log(((case * weeks.counts).sum(axis=1) + 0.5) / (days + 0.5))
    return fit_robust_poisson(
        weeks.counts,
        _design(base, weeks, steps),
        offset=weeks.log_share,
        weights=case,
        penalty=penalty,
        start=start,
    )


def _design(base: Array, weeks: Weeks, steps: Array) -> Array:
    """(parents, weeks, terms); a step column holds the share of the week's days it covers."""
    last_day = weeks.middle + (WEEK - 1) / 2.0
    covered = np.clip((last_day - steps[:, :, None] + 1.0) / WEEK, 0.0, 1.0)
    shared = np.broadcast_to(base, (len(steps), *base.shape))
    return np.concatenate([shared, covered.transpose(0, 2, 1)], axis=2)


def _penalty(recorded: Array, *, slots: int) -> Array:
    """(parents, terms): without two years of training there is no trend and a cautious season."""
    short = recorded < constants.FULL_WEEKS
    penalty = np.zeros((len(recorded), BASE_TERMS + slots))
    penalty[:, 1] = np.where(short, constants.FIXED_PRECISION, constants.PARENT_TREND_PRECISION)
    penalty[:, 2:BASE_TERMS] = np.where(
        short, constants.SHORT_SEASON_PRECISION, constants.PARENT_SEASON_PRECISION
    )[:, None]
    penalty[:, BASE_TERMS:] = constants.STEP_PRECISION
    return penalty
