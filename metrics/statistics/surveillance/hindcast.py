"""How wrong the forecasts have been: expectations made again as of past days, against what came.

In-sample residuals understate the error of a forecast; on real data they made detection up to seven
times too eager.  So the variance of a window is measured on forecasts made the same way as today's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from metrics.kept import from_bytes, to_bytes
from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.expectation import Expectation, fit_expectation
from metrics.statistics.surveillance.history import History
from metrics.statistics.surveillance.periods import WEEK
from metrics.statistics.surveillance.windows import window_sums

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


FORECASTS: Final = "1"
"""Changes whenever a forecast comes out otherwise, so that none is taken that was made before.
A test holds it to the figures."""

LOOKS_BACK: Final = WEEK * (constants.TRAINING_WEEKS + constants.GUARD_DAYS // WEEK)
"""Days before its own that a model is fitted to: everything it knows is among them."""


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


class ForecastCache(Protocol):
    """Where forecasts are kept from one run to the next; see `metrics.cache`."""

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key."""

    def put(self, key: str, content: bytes) -> None:
        """Keep it."""


def hindcast(
    history: History,
    today: int,
    windows: tuple[int, ...],
    *,
    previous: Hindcasts | None = None,
    cache: ForecastCache | None = None,
) -> Hindcasts:
    """Make every due forecast up to `today` that was not made before.

    Forecast days lie on a fixed grid of columns, so that rolling forward adds forecasts and drops
    old ones without making any again.  Each is made from nothing but the history up to its day, so
    it is the same, to the bit, whichever run makes it: a kept one changes no figure.

    Args:
        history: Counts of all series.
        today: Column of the newest day that may be looked at.
        windows: Lengths in days.
        previous: Forecasts made earlier of the same series; those that are due are taken as they
            are, whatever has been corrected since.
        cache: Forecasts of earlier runs, each found by the history it was made of; takes new ones.
    """
    known: dict[int, tuple[Array, Array]] = {}
    if previous is not None:
        made = zip(previous.days.tolist(), previous.observed, previous.expected, strict=True)
        known = {day: (observed, expected) for day, observed, expected in made}
    days = hindcast_days(today)
    keys = _keys(history, days, windows) if cache is not None else {}
    found = []
    for day in days.tolist():
        forecast = known.get(day) or _kept(cache, keys.get(day, ""))
        if forecast is None:
            forecast = forecast_windows(history, fit_expectation(history, day), day, windows)
            if cache is not None:
                arrays = {"observed": forecast[0], "expected": forecast[1]}
                cache.put(keys[day], to_bytes({}, arrays))
        found.append(forecast)
    nothing = np.empty((0, len(history.counts), len(windows)))
    return Hindcasts(
        days=days,
        observed=np.stack([observed for observed, _ in found]) if found else nothing,
        expected=np.stack([expected for _, expected in found]) if found else nothing,
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


def _kept(cache: ForecastCache | None, key: str) -> tuple[Array, Array] | None:
    content = cache.get(key) if cache is not None else None
    if content is None:
        return None
    _, arrays = from_bytes(content)
    return arrays["observed"].astype(np.float64), arrays["expected"].astype(np.float64)


def _keys(history: History, days: Indices, windows: tuple[int, ...]) -> dict[int, str]:
    """Return for each forecast day the hash of everything that its forecast is made of.

    That is what was known on the day, as far back as a model looks: counts, announced changes of
    recording, special days.
    """
    layout, step = history.layout, constants.HINDCAST_STEP
    about = json.dumps([FORECASTS, windows, str(history.first_day), np.__version__])
    shared = hashlib.sha256(about.encode())
    for array in (layout.measure, layout.area, layout.level, layout.parent, layout.direction):
        shared.update(array.astype("<i8").tobytes())
    changes = sorted(
        (history.column(one.day), one.measure) for one in history.changes if one.announced
    )
    special = sorted((history.column(day), kind) for day, kind in history.special_days.items())
    # Forecast days are the ends of stretches of one step, so that each count is hashed once.
    stretches: dict[int, bytes] = {}
    keys = {}
    for day in days.tolist():
        oldest = max(0, day - LOOKS_BACK)
        own = shared.copy()
        for end in range(day, oldest - 1, -step):
            if end not in stretches:
                counts = np.ascontiguousarray(history.counts[:, max(0, end - step + 1) : end + 1])
                stretches[end] = hashlib.sha256(counts.data).digest()
            own.update(stretches[end])
        for listed in (changes, special):
            known = [one for one in listed if oldest <= one[0] <= day]
            own.update(json.dumps(known).encode())
        keys[day] = own.hexdigest()
    return keys
