"""How many alerts: thresholds that keep the false ones to what was asked for, over all series.

Two families of tests look at the same series again and again, and share the budget: the daily
watch, whose false alerts were counted on simulated years without deteriorations, and the control
charts, which are looked at once a month.  The comparison with last year is adjusted over all
series of the day (Benjamini-Hochberg) and adds next to nothing when nothing has changed.

Docs: docs/methods/alerts.md, "How many".
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from metrics.statistics.verdict import benjamini_hochberg

MEASURED_ON: Final = 750
"""Series of the simulated force that the thresholds were measured on."""

MEASURED: Final = ((1.0, 3.07), (2.0, 2.74), (5.0, 2.27))
"""(False alerts a week over `MEASURED_ON` series, score), police-like null twins, with a quiet
period of 28 days (docs/methods/surveillance.md, "Evidence")."""

WEEKS_IN_A_MONTH: Final = 365.25 / 12 / 7

XMR_EXCESS: Final = 12.0
"""How many times as often as the normal distribution says a clean seasonal count lies beyond three
deviations of its control chart: 1.6% against 0.135% (docs/methods/surveillance.md)."""

LIMIT: Final = 3.0
"""Deviations to the control limit: a chart's alert is never earlier than its signal."""

STRONG: Final = 10.0
"""A score that would be reached by chance this many times more seldom is called strong."""


def watch_threshold(false_alerts_a_week: float, series: int) -> float:
    """Return the score above which the daily watch speaks.

    The measured points lie close to a line in the logarithm of the rate; between them and beyond
    them the line through the nearest two is followed.

    Args:
        false_alerts_a_week: Over all series together.
        series: How many are watched; none is an infinite threshold.
    """
    if series <= 0:
        return math.inf
    rate = math.log10(false_alerts_a_week * MEASURED_ON / series)
    points = [(math.log10(one), score) for one, score in MEASURED]
    left = 0 if rate < points[1][0] else 1
    (x0, y0), (x1, y1) = points[left], points[left + 1]
    return y0 + (rate - x0) * (y1 - y0) / (x1 - x0)


def strong_threshold(false_alerts_a_week: float, series: int) -> float:
    """Return the score above which a surge is called strong."""
    return watch_threshold(false_alerts_a_week / STRONG, series)


def control_deviations(false_alerts_a_week: float, series: int) -> float:
    """Return how many deviations a control chart's point must lie out to be told by itself.

    Args:
        false_alerts_a_week: The charts' part of the budget, over all of them together.
        series: How many charts have a month to look at.
    """
    if series <= 0:
        return LIMIT
    allowed = false_alerts_a_week * WEEKS_IN_A_MONTH / (series * XMR_EXCESS)
    return max(LIMIT, float(-special.ndtri(min(allowed, 0.5))))


def adjusted_for_all(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p-values for having looked at all of them on one day.

    Args:
        p_values: (series,); NaN: not tested, stays NaN and does not count.
    """
    return np.asarray(benjamini_hochberg(p_values))
