"""From counts and expectations to p-values, a score, bands, and reasons to stay silent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.history import Direction, Layout
from metrics.statistics.tails import both_mid_p

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

BAND_DAYS: Final = 28
"""The window whose length is nearest to this gives the sigma band."""

LARGEST_SIGMA: Final = 9.0
"""Deviates are told up to here; beyond it they are neither exact nor of interest."""

SMALLEST_P: Final = 1e-300
"""Keeps a probability that underflowed from having an infinite logarithm."""


class NoVerdict(IntEnum):
    """Why a series says nothing about a window."""

    HAS_VERDICT = 0
    TOO_LITTLE_HISTORY = 1
    GAP_IN_WINDOW = 2
    TOO_FEW_EXPECTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveillance:
    """One day's verdicts.  Arrays have shape (series, windows) unless said otherwise.

    Attributes:
        windows: Lengths in days; all end on the day assessed.
        observed: Counts of the recorded days; NaN where the window has too many gaps.
        expected: Expected counts of the same days; NaN where there is no model.
        phi: Dispersion used: variance of the count over its mean, drift included.
        p_high: Mid-P of as many or more.  NaN without a verdict.
        p_low: Mid-P of as few or fewer.  NaN without a verdict.
        p: The one of the two that is a deterioration; NaN where neither direction is bad.
        score: (series,) strength of the deterioration on a scale common to all windows: -log10 p
            of the strongest, set so that 2 is equally rare at each.  Minus infinity where no
            window may alert.
        strongest: (series,) index of the window that gave the score.
        sigma: (series,) standard normal deviate of the 28-day window (of the one nearest to it);
            above 0 = more than expected.  NaN without a verdict.
        band: (series,) whole sigmas beyond expectation, -3 to 3; 0 without a verdict.
        reason: `NoVerdict`.
    """

    windows: tuple[int, ...]
    observed: Array
    expected: Array
    phi: Array
    p_high: Array
    p_low: Array
    p: Array
    score: Array
    strongest: Indices
    sigma: Array
    band: Indices
    reason: Indices


def verdicts(
    layout: Layout,
    observed: Array,
    expected: Array,
    phi: Array,
    *,
    windows: tuple[int, ...],
    days: tuple[int, ...],
) -> Surveillance:
    """Judge every window of every series.

    Args:
        layout: Directions are taken from it.
        observed: (series, windows) counts; NaN where a window has too many gaps.
        expected: (series, windows) expected counts; NaN where there is no model.
        phi: (series, windows) variance of the count over its mean.
        windows: Lengths, ascending, as they are to be reported.
        days: The same lengths in days.
    """
    reason = _reasons(observed, expected)
    silent = reason != NoVerdict.HAS_VERDICT
    p_high, p_low = both_mid_p(observed, np.where(silent, np.nan, expected), phi)
    direction = layout.direction[:, None]
    p = np.select(
        [direction == Direction.RISE_IS_BAD, direction == Direction.FALL_IS_BAD],
        [p_high, p_low],
        np.nan,
    )
    material = np.where(direction == Direction.FALL_IS_BAD, expected, observed)
    strength = _strength(p, material >= constants.MIN_COUNT, days)
    shown = int(np.argmin(np.abs(np.array(days) - BAND_DAYS)))
    sigma = np.clip(_deviate(p_high[:, shown], p_low[:, shown]), -LARGEST_SIGMA, LARGEST_SIGMA)
    return Surveillance(
        windows=windows, observed=observed, expected=expected, phi=phi,
        p_high=p_high, p_low=p_low, p=p,
        score=strength.max(axis=1), strongest=strength.argmax(axis=1),
        sigma=sigma, band=_band(sigma), reason=reason,
    )  # fmt: skip


def _reasons(observed: Array, expected: Array) -> Indices:
    reason = np.full(observed.shape, int(NoVerdict.HAS_VERDICT), dtype=np.intp)
    reason[expected[:, -1] < constants.MIN_EXPECTED] = NoVerdict.TOO_FEW_EXPECTED
    reason[np.isnan(observed)] = NoVerdict.GAP_IN_WINDOW
    reason[np.isnan(expected)] = NoVerdict.TOO_LITTLE_HISTORY
    return reason


def _strength(p: Array, material: NDArray[np.bool_], windows: tuple[int, ...]) -> Array:
    """(series, windows) -log10 p on the common scale; minus infinity where it may not alert."""
    offsets = score_offsets(windows)
    usable = material & ~np.isnan(p)
    log_p = np.log10(np.maximum(np.where(usable, p, 1.0), SMALLEST_P))
    return np.where(usable, 2.0 - offsets - log_p, -np.inf)


def score_offsets(windows: tuple[int, ...]) -> Array:
    """Return (windows,) the -log10 p that is scored as 2: measured, between them interpolated."""
    return np.interp(np.log(windows), np.log(constants.WINDOWS), constants.SCORE_OFFSETS)


def _deviate(p_high: Array, p_low: Array) -> Array:
    return np.where(p_high < 0.5, -ndtri(p_high), ndtri(p_low))


def _band(sigma: Array) -> Indices:
    """Whole sigmas, towards 0; the one-sided limits are 0.159, 0.0228 and 0.00135."""
    return np.trunc(np.clip(np.nan_to_num(sigma), -3.0, 3.0)).astype(np.intp)
