"""What a rate should be, from its own past and its measure's, and how surely.

Outcome rates and satisfaction of all series at once: the reference rate, how much of the measure's
rate is lent to an area, and how far such rates have drifted between reference and window.

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.hindcasts import pooled_error

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

REFERENCE: Final = 24
GAP: Final = 3
"""Months between reference and window: a running deterioration must not train its baseline."""
LEAST_REFERENCE: Final = 12
"""Recorded months below which a reference says too little; chosen here, not measured."""
KAPPA_RANGE: Final = (10.0, 2000.0)
"""Answers' worth of the force's rate lent to an area, at least and at most."""
HINDCASTS: Final = 36
"""Month ends as of which a window is hindcast, at most."""
LEAST_PRECISION: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateSeries:
    """Monthly numerators and denominators; arrays of shape (series, months) or (series,)."""

    successes: FloatArray  # outcomes given, satisfied answers; NaN = not recorded
    trials: FloatArray  # crimes, answers; NaN = not recorded
    measure: IntArray  # index of each series' measure, from 0
    level: IntArray  # 0 for the smallest areas, larger for larger areas

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
        """All of it, for a caller that asks whether it has seen the same before."""
        return self.successes, self.trials, self.measure, self.level


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What a rate should be, from its reference; arrays of shape (series,)."""

    rate: FloatArray  # 0-1, shrunk towards the measure's; NaN = no reference
    information: FloatArray  # answers' worth of knowledge behind it
    drift: FloatArray  # variance of the logit between reference and window; NaN = not measured

    @property
    def precision(self) -> FloatArray:
        """The beta-binomial's a + b."""
        spread = 1.0 / (self.information + 1.0) + self.rate * (1.0 - self.rate) * self.drift
        # A rate of a half with a drift of 2 on the logit would make 1 / spread fall below 1.
        return np.maximum(1.0 / spread - 1.0, LEAST_PRECISION)


def predict(
    series: RateSeries, *, end: int, length: int, reference: int = REFERENCE, gap: int = GAP
) -> Prediction:
    """Say what the rates of a window should be, and how surely.

    Args:
        series: The history; months from `end` - `length` on only test nothing here.
        end: Column after the window's last month; may lie beyond the history.
        length: Months of the window.
        reference: Months the rate is taken from; those not recorded are left out.
        gap: Months between reference and window.

    Returns:
        The prediction; its drift is measured on windows of the same length that end before this
        one begins.

    Source:
        docs/methods/projection.md: (x0 + kappa p_force) / (n0 + kappa), kappa by moments.
    """
    layout = Layout(length=length, reference=reference, gap=gap)
    history = History.of(series)
    rate, information = reference_rates(history, layout, np.array([end]))
    earlier = np.arange(max(end - length - HINDCASTS + 1, layout.first_end), end - length + 1)
    squared, chance = _hindcasts(history, layout, earlier)
    drift = pooled_error(
        squared, chance, measure=series.measure, level=series.level, overlap=length
    )
    return Prediction(rate=rate[:, 0], information=information[:, 0], drift=drift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a window and its reference lie on the calendar, in months."""

    length: int
    reference: int
    gap: int

    @property
    def first_end(self) -> int:
        """The first column after a window that can have a reference."""
        return min(self.reference, LEAST_REFERENCE) + self.gap + self.length


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Running sums of what is recorded, shape (series, months + 1), and who belongs to whom."""

    series: RateSeries
    successes: FloatArray
    trials: FloatArray
    recorded: FloatArray
    leads: BoolArray  # series of the measure's largest areas
    leaves: BoolArray  # series of its smallest areas
    n_measures: int

    @classmethod
    def of(cls, series: RateSeries) -> History:
        """Add the months up; a month not recorded adds nothing and counts as no month."""
        known = np.isfinite(series.successes) & np.isfinite(series.trials)
        trials = np.where(known, series.trials, 0.0)
        successes = np.minimum(np.where(known, series.successes, 0.0), trials)
        n_measures = int(series.measure.max(initial=0)) + 1
        largest = np.full(n_measures, np.iinfo(np.int64).min)
        np.maximum.at(largest, series.measure, series.level)
        smallest = np.full(n_measures, np.iinfo(np.int64).max)
        np.minimum.at(smallest, series.measure, series.level)
        return cls(
            series=series,
            successes=_running(successes),
            trials=_running(trials),
            recorded=_running(known.astype(np.float64)),
            leads=series.level == largest[series.measure],
            leaves=series.level == smallest[series.measure],
            n_measures=n_measures,
        )

    def between(self, first: IntArray, end: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Successes, trials and months recorded from `first` to `end`, each (series, stretches)."""
        return (
            self.successes[:, end] - self.successes[:, first],
            self.trials[:, end] - self.trials[:, first],
            self.recorded[:, end] - self.recorded[:, first],
        )

    def by_measure(self, values: FloatArray, chosen: BoolArray) -> FloatArray:
        """Give each measure the sums over its chosen series, (measures, stretches)."""
        stretches = values.shape[1]
        cell = self.series.measure[:, None] * stretches + np.arange(stretches)
        sums: FloatArray = np.bincount(
            cell.ravel(),
            weights=np.where(chosen, values, 0.0).ravel(),
            minlength=self.n_measures * stretches,
        ).astype(np.float64)
        return sums.reshape(self.n_measures, stretches)


def _running(values: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def reference_rates(
    history: History, layout: Layout, ends: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Shrunk rates and the answers' worth behind them, as of several months at once.

    Args:
        history: Of all series.
        layout: Where the reference of a window lies.
        ends: Columns after the last month of each window.

    Returns:
        Both (series, ends); NaN without a reference.
    """
    last = np.maximum(ends - layout.length - layout.gap, 0)
    first = np.maximum(last - layout.reference, 0)
    x, n, months = history.between(first, last)
    measure, leads = history.series.measure, history.leads[:, None]
    total = history.by_measure(n, leads)
    common = (history.by_measure(x, leads) + 0.5) / (total + 1.0)
    kappa = _kappa(history, x, n)[measure]
    # The measure's own series is what the others are shrunk to: nothing is lent to it.
    kappa = np.where(leads & ~history.leaves[:, None], 1.0, kappa)
    rate = (x + kappa * common[measure]) / (n + kappa)
    enough = (months >= LEAST_REFERENCE) & (total[measure] > 0)
    return np.where(enough, rate, np.nan), np.where(enough, n + kappa, np.nan)


def _kappa(history: History, x: FloatArray, n: FloatArray) -> FloatArray:
    """Answers' worth of agreement between the smallest areas, by moments, (measures, ends)."""
    leaves = history.leaves[:, None] & (n > 0)
    measure = history.series.measure
    areas = history.by_measure(np.ones_like(n), leaves)
    total = np.maximum(history.by_measure(n, leaves), 1.0)
    rate = history.by_measure(x, leaves) / total
    share = np.where(leaves, x / np.where(leaves, n, 1.0), 0.0)
    squares = history.by_measure(n * (share - rate[measure]) ** 2, leaves)
    chance = rate * (1.0 - rate)
    unequal = total - history.by_measure(n * n, leaves) / total
    between = (squares - (areas - 1.0) * chance) / np.maximum(unequal, 1.0)
    differs = between * KAPPA_RANGE[1] > chance
    return np.clip(
        np.where(differs, chance / np.where(differs, between, 1.0) - 1.0, KAPPA_RANGE[1]),
        *KAPPA_RANGE,
    )


def _hindcasts(history: History, layout: Layout, ends: IntArray) -> tuple[FloatArray, FloatArray]:
    """Squared logit errors of earlier windows and the variances chance gives them."""
    rate, information = reference_rates(history, layout, ends)
    x, n, months = history.between(ends - layout.length, ends)
    known = np.isfinite(rate) & (n > 0) & (months == layout.length)
    n, rate = np.where(known, n, np.nan), np.where(known, rate, np.nan)
    slope = rate * (1.0 - rate)
    squared = ((x / n - rate) / slope) ** 2
    return squared, (1.0 / n + (1.0 - 1.0 / n) / (information + 1.0)) / slope
