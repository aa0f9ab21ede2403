"""Proportions: the interval of one, and the chance and interval of a difference of two.

Arrays may have any common shape; NaN gives NaN.  Proportions are 0-1.
Docs: docs/methods/comparison.md, "Rates and surveys".
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.stats import hypergeom

from metrics.statistics.tails import beta_binomial_lower_mid_p
from metrics.statistics.verdict import SIGNIFICANCE_LEVEL, Floats, floats

FLAT_PRIOR: Final = 1.0
"""Weight, in responses, of the even prior that keeps 0 of n and n of n from being certainties."""


def wilson_interval(
    successes: ArrayLike, trials: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Wilson's score interval of a proportion.

    Args:
        successes: x, between 0 and `trials`.
        trials: n.
        confidence: Coverage aimed at.

    Returns:
        Lower and upper ends, 0-1; NaN where n is 0, x > n or anything is not recorded.

    Source: Wilson 1927; Brown, Cai and DasGupta 2001.
    """
    x, n = np.broadcast_arrays(floats(successes), floats(trials))
    z = float(special.ndtri(0.5 + confidence / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where((n > 0) & (x >= 0) & (x <= n), x / n, np.nan)
        centre = (p + z**2 / (2.0 * n)) / (1.0 + z**2 / n)
        half = z / (1.0 + z**2 / n) * np.sqrt(p * (1.0 - p) / n + z**2 / (4.0 * n**2))
    # At the edges the ends are exact, whatever rounding makes of them.
    return np.where(x == 0, p, np.maximum(0.0, centre - half)), np.where(
        x == n, p, np.minimum(1.0, centre + half)
    )


def newcombe_interval(
    successes: ArrayLike,
    trials: ArrayLike,
    base_successes: ArrayLike,
    base_trials: ArrayLike,
    *,
    confidence: float = 1.0 - SIGNIFICANCE_LEVEL,
) -> tuple[Floats, Floats]:
    """Newcombe's interval of a difference of two proportions (his method 10).

    Args:
        successes: x of this period.
        trials: n of this period.
        base_successes: x of the other.
        base_trials: n of the other.
        confidence: Coverage aimed at.

    Returns:
        Lower and upper ends of this minus the other; NaN where either is not recorded.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890.
    """
    x1, n1, x0, n0 = (floats(a) for a in (successes, trials, base_successes, base_trials))
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p0 = x1 / n1, x0 / n0
    low1, high1 = wilson_interval(x1, n1, confidence=confidence)
    low0, high0 = wilson_interval(x0, n0, confidence=confidence)
    with np.errstate(invalid="ignore"):
        low = p1 - p0 - np.hypot(p1 - low1, high0 - p0)
        high = p1 - p0 + np.hypot(high1 - p1, p0 - low0)
    return np.asarray(low), np.asarray(high)


def two_proportion_p_value(
    successes: ArrayLike, trials: ArrayLike, base_successes: ArrayLike, base_trials: ArrayLike
) -> Floats:
    """Two-sided mid-P of Fisher's exact test: twice the smaller one-sided mid-P.

    Args:
        successes: Whole x of this period, at most `trials`; NaN gives NaN.
        trials: Whole n of this period.
        base_successes: Whole x of the other.
        base_trials: Whole n of the other.

    Returns:
        p between 0 and 1.
    """
    x1, n1, x0, n0 = np.broadcast_arrays(
        *(floats(a) for a in (successes, trials, base_successes, base_trials))
    )
    lower = _hypergeometric_mid_p(x1, n1, x0, n0)
    return np.minimum(1.0, 2.0 * np.minimum(lower, 1.0 - lower))


def score_p_value(
    successes: ArrayLike, trials: ArrayLike, base_successes: ArrayLike, base_trials: ArrayLike
) -> Floats:
    """Two-sided score test of equal proportions (Miettinen and Nurminen 1985).

    The large-sample companion of the mid-P: the same answer to a few per cent above some hundred
    trials, and usable where x and n are effective numbers that are not whole.
    """
    x1, n1, x0, n0 = (floats(a) for a in (successes, trials, base_successes, base_trials))
    with np.errstate(divide="ignore", invalid="ignore"):
        n = n1 + n0
        pooled = (x1 + x0) / n
        variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0) * n / (n - 1.0)
        z = (x1 / n1 - x0 / n0) / np.sqrt(variance)
    # Everybody or nobody in both periods: no variance, and no difference either.
    z = np.where((variance == 0) & (n1 > 0) & (n0 > 0), 0.0, z)
    return np.asarray(2.0 * special.ndtr(-np.abs(z)), dtype=np.float64)


def beta_binomial_p_value(
    successes: ArrayLike,
    trials: ArrayLike,
    base_successes: ArrayLike,
    base_trials: ArrayLike,
    *,
    extra_variance: ArrayLike,
    prior_weight: ArrayLike = FLAT_PRIOR,
    prior_proportion: ArrayLike = 0.5,
) -> Floats:
    """Two-sided mid-P of this period's x, predicted from the other period, where rates drift.

    x ~ BetaBinomial(n, p M, (1 - p) M), p = (x0 + k p_f) / (n0 + k),
    1 / (M + 1) = 1 / (n0 + k + 1) + p (1 - p) tau2.

    Args:
        successes: Whole x of this period, at most `trials`; NaN gives NaN.
        trials: Whole n of this period.
        base_successes: x0 of the period compared with.
        base_trials: n0 of the period compared with.
        extra_variance: tau2, logit scale.  An intraclass correlation rho is
            tau2 = rho / (p (1 - p)).
        prior_weight: k, weight in trials of what is known of the area otherwise.
        prior_proportion: p_f, what that is, such as the force's rate.

    Returns:
        p between 0 and 1.

    Source: docs/methods/comparison.md, "Rates and surveys"; Lancaster 1961 for the mid-P.
    """
    x, n, x0, n0, tau2, k, p_f = np.broadcast_arrays(
        *(floats(a) for a in (successes, trials, base_successes, base_trials, extra_variance)),
        floats(prior_weight),
        floats(prior_proportion),
    )
    p = shrunk_proportion(x0, n0, prior_weight=k, prior_proportion=p_f)
    share = 1.0 / (n0 + k + 1.0) + p * (1.0 - p) * tau2
    concentration = 1.0 / np.minimum(share, 0.5) - 1.0  # below 1 the law would have two modes
    lower = beta_binomial_lower_mid_p(x, n, p * concentration, (1.0 - p) * concentration)
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(lower, 1.0 - lower)))


def shrunk_proportion(
    successes: ArrayLike,
    trials: ArrayLike,
    *,
    prior_weight: ArrayLike,
    prior_proportion: ArrayLike,
) -> Floats:
    """A small area's proportion, drawn towards a larger one: (x + k p_f) / (n + k).

    With nothing recorded in the small area (n = 0) it is the larger area's figure.
    """
    x, n, k = floats(successes), floats(trials), floats(prior_weight)
    return np.asarray((x + k * floats(prior_proportion)) / (n + k))


def _hypergeometric_mid_p(x1: Floats, n1: Floats, x0: Floats, n0: Floats) -> Floats:
    """P(X < x1) + P(X = x1) / 2 given both totals."""
    drawn, total = x1 + x0, n1 + n0
    known = ~(np.isnan(drawn) | np.isnan(total))
    safe = [np.where(known, a, 1.0) for a in (x1, total, drawn, n1)]
    below = hypergeom.cdf(safe[0] - 1.0, *safe[1:])
    return np.where(known, below + 0.5 * hypergeom.pmf(*safe), np.nan)
