"""What each series was expected to count on each day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.child import ChildModel, fit_children
from metrics.statistics.surveillance.history import History
from metrics.statistics.surveillance.parent import ParentModel, fit_parents, trend_and_season
from metrics.statistics.surveillance.periods import WEEK

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A fitted model of all series, as of one day.

    Attributes:
        parents: The force-level models.
        children: The series models around them.
        weekdays: (parents, 7) factor of each weekday, Monday first.
        special: (parents, 1 + kinds) factor of each kind of special day; column 0 is 1.
    """

    parents: ParentModel
    children: ChildModel
    weekdays: Array
    special: Array

    @property
    def as_of(self) -> int:
        """Column of the day it was fitted on."""
        return self.parents.as_of

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """(series,) whether a series has enough recorded weeks for a level of its own."""
        return self.children.weeks >= constants.LEVEL_WEEKS

    def daily(self, history: History, first: int, last: int) -> Array:
        """Return (series, days) expected counts of the columns from `first` to `last`.

        NaN for a series that has too little history of its own or whose parent has.
        """
        columns = np.arange(first, last + 1)
        parent = _daily_of_parents(self, history, columns)
        which = self.parents.of_series(history)
        design = trend_and_season(history, columns.astype(np.float64), self.as_of, harmonics=1)
        expected = np.exp(self.children.coefficients @ design.T)
        expected *= parent[which]
        usable = self.fitted & (self.parents.weeks[which] >= constants.LEVEL_WEEKS)
        expected[~usable] = np.nan
        return expected


def fit_expectation(history: History, as_of: int, *, start: Array | None = None) -> Expectation:
    """Fit the models of all series as they would have been fitted on a day.

    Args:
        history: Counts of all series; columns after `as_of` are not looked at.
        as_of: Column of the day.
        start: Child coefficients of a nearby fit, to begin with.
    """
    parents = fit_parents(history, as_of)
    children = fit_children(history, parents, start=start)
    weekdays, special = _day_factors(history, parents)
    return Expectation(parents=parents, children=children, weekdays=weekdays, special=special)


def _daily_of_parents(model: Expectation, history: History, columns: Indices) -> Array:
    """(parents, days) expected counts of the parents."""
    log_weekly = model.parents.log_weekly_mean(history, columns.astype(np.float64))
    kinds, _ = history.special_kinds(int(columns[0]), int(columns[-1]))
    factors = model.weekdays[:, history.weekdays(columns)] * model.special[:, kinds]
    return np.exp(log_weekly) / WEEK * factors


def _day_factors(history: History, parents: ParentModel) -> tuple[Array, Array]:
    """Weekday profile from ordinary days, then special days on top of it, both by parent."""
    last = parents.as_of - constants.GUARD_DAYS
    first = max(0, last - constants.PROFILE_DAYS + 1)
    columns = np.arange(first, max(last, first) + 1)
    counts = history.counts[parents.rows][:, columns]
    recorded = ~np.isnan(counts)
    observed = np.where(recorded, counts, 0.0)
    weekly = np.exp(parents.log_weekly_mean(history, columns.astype(np.float64)))
    expected = np.where(recorded, weekly / WEEK, 0.0)
    kinds, number = history.special_kinds(int(columns[0]), int(columns[-1]))
    day_of_week = history.weekdays(columns)
    ordinary = (day_of_week[:, None] == np.arange(WEEK)) & (kinds == 0)[:, None]
    weekdays = _factor(observed, expected, ordinary, constants.PROFILE_PRIOR)
    is_kind = kinds[:, None] == np.arange(1, number + 1)
    special = _factor(
        observed, expected * weekdays[:, day_of_week], is_kind, constants.SPECIAL_PRIOR
    )
    return weekdays, np.column_stack([np.ones(len(special)), special])


def _factor(observed: Array, expected: Array, among: NDArray[np.bool_], prior: float) -> Array:
    """(parents, groups) observed over expected of the days in each group, drawn to 1."""
    members = among.astype(np.float64)
    return (observed @ members + prior) / (expected @ members + prior)
