"""Two counts: the chance of such a difference, and the interval of their ratio.

Counts may be effective counts (divided by a dispersion), so they need not be whole.  Arrays may
have any common shape; NaN gives NaN.
Docs: docs/methods/comparison.md, "Counts against another period".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from metrics.statistics.verdict import SIGNIFICANCE_LEVEL, Floats, floats


def count_p_value(
    current: ArrayLike,
    base: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
) -> Floats:
    """Two-sided mid-P of equal rates: twice the smaller of the two one-sided mid-Ps.

    Args:
        current: Effective counts O / phi'; need not be whole numbers.
        base: Effective counts B / phi'.
        exposure_current: Length or population of this period, above zero.
        exposure_base: The same of the other.

    Returns:
        p between 0 and 1; NaN where anything is NaN.
    """
    rising = count_p_rise(current, base, exposure_current, exposure_base)
    return np.minimum(1.0, 2.0 * np.minimum(rising, 1.0 - rising))


def count_p_rise(
    current: ArrayLike,
    base: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
) -> Floats:
    """One-sided mid-P that the rate rose; that it fell is one minus this.

    Given the sum n, O is binomial with probability q = t1 / (t1 + t0).  The binomial tail is the
    incomplete beta function, which also serves counts that are not whole after the division.
    """
    y1, y0, t1, t0 = (floats(a) for a in (current, base, exposure_current, exposure_base))
    q = t1 / (t1 + t0)
    at_least = _binomial_upper_tail(y1, y0 + 1.0, q)
    above = _binomial_upper_tail(y1 + 1.0, y0, q)
    return np.asarray(0.5 * (at_least + above), dtype=np.float64)


def ratio_interval(
    current: ArrayLike,
    base: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
    *,
    confidence: float = 1.0 - SIGNIFICANCE_LEVEL,
) -> tuple[Floats, Floats]:
    """Score interval of the ratio of two rates, in closed form.

    The ends solve (y1 - y0 r)^2 = z^2 (y1 + y0) r, r = ratio x t1 / t0 (Gu, Ng, Tang and
    Schucany 2008, statistic W2).

    Args:
        current: Effective counts O / phi'.
        base: Effective counts B / phi'.
        exposure_current: Length or population of this period.
        exposure_base: The same of the other.
        confidence: Coverage aimed at, between 0 and 1.

    Returns:
        Lower and upper ends.  Upper is NaN where base is zero (no upper end exists); both are
        NaN where both counts are zero or anything is not recorded.
    """
    y1, y0, t1, t0 = (floats(a) for a in (current, base, exposure_current, exposure_base))
    z2 = special.ndtri(0.5 + confidence / 2.0) ** 2
    total = y1 + y0
    half = y1 * y0 + 0.5 * z2 * total
    with np.errstate(divide="ignore", invalid="ignore"):
        root = half + np.sqrt(z2 * total * (y1 * y0 + 0.25 * z2 * total))
        usable = (total > 0) & (y1 >= 0) & (y0 >= 0)
        low = np.where(usable, y1**2 / root, np.nan)
        high = np.where(usable & (y0 > 0), root / y0**2, np.nan)
        return np.asarray(low * t0 / t1), np.asarray(high * t0 / t1)


def _binomial_upper_tail(a: Floats, b: Floats, q: Floats) -> Floats:
    """I_q(a, b) with its limits at a = 0 (certain) and b = 0 (impossible); NaN stays NaN."""
    a, b, q = np.broadcast_arrays(a, b, q)
    inside = special.betainc(np.where(a > 0, a, 1.0), np.where(b > 0, b, 1.0), q)
    tail = np.where(a <= 0, 1.0, np.where(b <= 0, 0.0, inside))
    return np.where(np.isnan(a) | np.isnan(b), np.nan, tail)
