"""Fit once, assess every day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.errors import UserError
from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.expectation import Expectation, fit_expectation
from metrics.statistics.surveillance.hindcast import (
    ForecastCache,
    Hindcasts,
    hindcast,
    hindcast_days,
)
from metrics.statistics.surveillance.history import History, require_column
from metrics.statistics.surveillance.variance import (
    area_doubt,
    drift_variance,
    weekly_dispersion,
)
from metrics.statistics.surveillance.verdict import Surveillance, verdicts
from metrics.statistics.surveillance.windows import window_sums

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveillanceState:
    """Everything that was learnt up to a day; assessing a day needs nothing else but its counts.

    Attributes:
        windows: Lengths in days.
        expectation: The models of all series.
        hindcasts: The forecasts that the variance rests on.
        dispersion: (series,) weekly dispersion phi, widened for single areas.
        drift: (series, windows) drift variance tau^2.
    """

    windows: tuple[int, ...]
    expectation: Expectation
    hindcasts: Hindcasts
    dispersion: Array
    drift: Array


def fit(
    history: History,
    today: int,
    *,
    previous: SurveillanceState | None = None,
    windows: tuple[int, ...] = constants.WINDOWS,
    cache: ForecastCache | None = None,
) -> SurveillanceState:
    """Learn everything that can be known at the end of a day.

    Args:
        history: Counts of all series; columns after `today` are not looked at.
        today: Column of the day.
        previous: What was learnt on an earlier day of the same series: its forecasts are kept and
            only those that have come due since are made.
        windows: Lengths in days.  Must be those of `previous`.
        cache: Where earlier runs have kept forecasts; it spares work and changes no figure.

    Raises:
        UserError: The counts do not reach `today`.
    """
    require_column(history, today)
    kept = previous is not None and previous.windows == windows
    start = previous.expectation.children.coefficients if previous is not None and kept else None
    expectation = fit_expectation(history, today, start=start)
    old = previous.hindcasts if previous is not None and kept else None
    hindcasts = hindcast(history, today, windows, previous=old, cache=cache)
    dispersion = weekly_dispersion(history.layout, expectation.children)
    return SurveillanceState(
        windows=windows,
        expectation=expectation,
        hindcasts=hindcasts,
        dispersion=dispersion * area_doubt(history.layout),
        drift=drift_variance(history.layout, hindcasts, dispersion),
    )


def has_new_forecast(state: SurveillanceState, today: int) -> bool:
    """Whether a forecast has come due since a state was learnt.

    A forecast that went astray by a running deterioration widens the variance at once; between
    two of them a state changes little from day to day.
    """
    return not np.array_equal(hindcast_days(today)[-1:], state.hindcasts.days[-1:])


def assess(
    history: History,
    state: SurveillanceState,
    today: int,
    *,
    completeness: Array | None = None,
) -> Surveillance:
    """Compare the windows that end today with what was expected of them.

    Args:
        history: Counts of the same series as the state was fitted on.
        state: From `fit`, on this day or up to `HINDCAST_STEP` days earlier.
        today: Column of the day.
        completeness: (measures, ages) share of a day's records that have arrived `age` days later
            (`completeness.completeness_curves`), for counts by the day of the event.  Older days
            are complete.  None for counts by the day of recording, which are complete at once.

    Raises:
        UserError: The counts do not reach `today`, or the state is not of the days before it.
    """
    require_column(history, today)
    age = today - state.expectation.as_of
    if not 0 <= age <= constants.HINDCAST_STEP:
        raise UserError(
            f"The models are {age} days older than the day to assess; "
            f"0 to {constants.HINDCAST_STEP} are allowed.",
            hint="Fit again before assessing this day.",
        )
    first = max(0, today - max(state.windows) + 1)
    expected_daily = state.expectation.daily(history, first, today)
    if completeness is not None:
        ages = np.minimum(today - np.arange(first, today + 1), completeness.shape[1])
        whole = np.column_stack([completeness, np.ones(len(completeness))])
        expected_daily *= whole[history.layout.measure][:, ages]
    observed, expected = window_sums(
        history.counts[:, first : today + 1], expected_daily, state.windows
    )
    parents = state.expectation.parents
    drift = state.drift + parents.step_doubt(today, state.windows)[parents.of_series(history)]
    phi = state.dispersion[:, None] + expected * drift
    return verdicts(
        history.layout, observed, expected, phi, windows=state.windows, days=state.windows
    )
