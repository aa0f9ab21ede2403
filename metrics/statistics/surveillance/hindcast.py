"""How wrong the forecasts have been: expectations made again as of past days, against what came.

In-sample residuals understate the error of a forecast; on real data they made detection up to seven
times too eager.  So the variance of a window is measured on forecasts made the same way as today's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.expectation import Expectation, fit_expectation
from metrics.statistics.surveillance.history import History
from metrics.statistics.surveillance.windows import window_sums

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindcasts:
    """Forecasts made again, oldest first.

    Attributes:
        days: (forecasts,) column of the day each was made on and its windows end on.
        observed: (forecasts, series, windows) counts; NaN where a window has gaps.
        expected: (forecasts, series, windows) expected counts over the recorded days; NaN where
            there was no model.
    """

    days: Indices
    observed: Array
    expected: Array


def hindcast(
    history: History, today: int, windows: tuple[int, ...], *, previous: Hindcasts | None = None
) -> Hindcasts:
    """Make every due forecast up to `today` that was not made before.

    Forecast days lie on a fixed grid of columns, so that rolling forward adds forecasts and drops
    old ones without making any again.

    Args:
        history: Counts of all series.
        today: Column of the newest day that may be looked at.
        windows: Lengths in days.
        previous: Forecasts made earlier on the same history.
    """
    due = hindcast_days(today)
    kept = np.empty(0, dtype=np.intp) if previous is None else np.intersect1d(previous.days, due)
    observed: dict[int, Array] = {}
    expected: dict[int, Array] = {}
    if previous is not None:
        for position in np.flatnonzero(np.isin(previous.days, kept)):
            day = int(previous.days[position])
            observed[day] = previous.observed[position]
            expected[day] = previous.expected[position]
    start: Array | None = None
    for day in np.setdiff1d(due, kept):
        model = fit_expectation(history, int(day), start=start)
        start = model.children.coefficients
        observed[int(day)], expected[int(day)] = forecast_windows(history, model, int(day), windows)
    shape = (0, len(history.counts), len(windows))
    ordered = sorted(observed)
    return Hindcasts(
        days=np.array(ordered, dtype=np.intp),
        observed=np.stack([observed[day] for day in ordered]) if ordered else np.empty(shape),
        expected=np.stack([expected[day] for day in ordered]) if ordered else np.empty(shape),
    )


def hindcast_days(today: int) -> Indices:
    """Return the columns of the forecast grid: the last 800 days, where a model can be had."""
    weeks_needed = constants.GUARD_DAYS + 7 * constants.LEVEL_WEEKS
    first = max(today - constants.HINDCAST_DAYS, weeks_needed)
    step = constants.HINDCAST_STEP
    return np.arange(-(-first // step) * step, today + 1, step, dtype=np.intp)


def forecast_windows(
    history: History, model: Expectation, day: int, windows: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return (series, windows) counts and expectations of the windows that end on `day`."""
    first = max(0, day - max(windows) + 1)
    counts = history.counts[:, first : day + 1]
    return window_sums(counts, model.daily(history, first, day), windows)
