"""How surprising a count is: mid-P tail probabilities, many at once.

Counts are Poisson, or negative binomial with variance = dispersion x mean.  With one dispersion the
negative binomial is closed under addition, so that days, areas and windows agree with each other.
Proportions are beta-binomial.

The mid-P value counts half of the probability of what was seen: it is nearly uniform for discrete
data, and the upper and lower values add to one.  Source: Lancaster (1961), J Am Stat Assoc 56,
223-234.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, betaln, gammainc, gammaincc, gammaln

Array = NDArray[np.float64]

POISSON_LIMIT: Final = 1e-6
"""At a dispersion within this of 1 the negative binomial is the Poisson to double precision."""

GRID_CELLS: Final = 2_000_000
"""Beta-binomial probabilities held in memory at once (16 MB)."""


def upper_tail(observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike = 1.0) -> Array:
    """Return P(Y >= observed).

    Args:
        observed: Counts, whole numbers.  NaN gives NaN.
        mean: Expected counts, above 0.  NaN gives NaN.
        dispersion: Variance over mean, at least 1 (less is read as 1: Poisson).

    Source: P(Y >= y) = I_{1-1/phi}(y, mean/(phi-1)), the regularised incomplete beta function
        (Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions, section 5.6).
    """
    count, rate, excess = _broadcast(observed, mean, dispersion)
    at_least_one = np.maximum(count, 1.0)
    tail = np.where(
        excess > POISSON_LIMIT,
        betainc(at_least_one, rate / _safe(excess), excess / (1.0 + excess)),
        gammainc(at_least_one, rate),
    )
    return np.where(count <= 0, np.where(np.isnan(rate), np.nan, 1.0), tail)


def lower_tail(observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike = 1.0) -> Array:
    """Return P(Y <= observed).  Arguments as in `upper_tail`."""
    count, rate, excess = _broadcast(observed, mean, dispersion)
    above = np.maximum(count + 1.0, 1.0)
    tail = np.where(
        excess > POISSON_LIMIT,
        betaincc(above, rate / _safe(excess), excess / (1.0 + excess)),
        gammaincc(above, rate),
    )
    return np.where(count < 0, np.where(np.isnan(rate), np.nan, 0.0), tail)


def upper_mid_p(observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike = 1.0) -> Array:
    """Return (P(Y >= observed) + P(Y > observed)) / 2: small when there are too many."""
    count = np.asarray(observed, dtype=np.float64)
    return (upper_tail(count, mean, dispersion) + upper_tail(count + 1.0, mean, dispersion)) / 2.0


def lower_mid_p(observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike = 1.0) -> Array:
    """Return (P(Y <= observed) + P(Y < observed)) / 2: small when there are too few."""
    count = np.asarray(observed, dtype=np.float64)
    return (lower_tail(count, mean, dispersion) + lower_tail(count - 1.0, mean, dispersion)) / 2.0


def both_mid_p(
    observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike = 1.0
) -> tuple[Array, Array]:
    """Return the upper and the lower mid-P, which add to one.

    Only the smaller is computed, to full relative precision; the other is its complement.
    """
    count, rate, excess = _broadcast(observed, mean, dispersion)
    many = count > rate
    tail = np.where(
        many,
        upper_mid_p(np.where(many, count, np.nan), rate, 1.0 + excess),
        lower_mid_p(np.where(many, np.nan, count), rate, 1.0 + excess),
    )
    return np.where(many, tail, 1.0 - tail), np.where(many, 1.0 - tail, tail)


def beta_binomial_lower_mid_p(
    successes: ArrayLike, trials: ArrayLike, alpha: ArrayLike, beta: ArrayLike
) -> Array:
    """Return P(X < successes) + P(X = successes) / 2 for X ~ BetaBinomial(trials, alpha, beta).

    Args:
        successes: Whole numbers from 0 to `trials`.  NaN gives NaN.
        trials: Whole numbers.
        alpha: First shape: expected proportion x M.  Above 0.
        beta: Second shape: (1 - expected proportion) x M.  Above 0.

    Returns:
        An array of the broadcast shape.  No trials give 0.5: nothing was seen, nothing is shown.
    """
    parts = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (successes, trials, alpha, beta))
    )
    flat = [part.ravel() for part in parts]
    result = np.full(flat[0].shape, np.nan)
    usable = np.flatnonzero(~np.isnan(np.stack(flat)).any(axis=0))
    # Similar counts share a block, so that the grid of each block is hardly wider than needed.
    for block in _blocks(usable[np.argsort(flat[0][usable], kind="stable")], flat[0]):
        result[block] = _lower_mid_p_block(*(part[block] for part in flat))
    return np.asarray(result.reshape(parts[0].shape))


def beta_binomial_upper_mid_p(
    successes: ArrayLike, trials: ArrayLike, alpha: ArrayLike, beta: ArrayLike
) -> Array:
    """Return P(X > successes) + P(X = successes) / 2; arguments as in the lower mid-P."""
    failures = np.asarray(trials, dtype=np.float64) - np.asarray(successes, dtype=np.float64)
    return beta_binomial_lower_mid_p(failures, trials, beta, alpha)


def _lower_mid_p_block(successes: Array, trials: Array, alpha: Array, beta: Array) -> Array:
    # The special functions take the time: they are worked out only where there is something to add.
    lengths = np.maximum(np.floor(successes).astype(np.intp) + 1, 0)
    width, ends = int(lengths.max(initial=1)), np.cumsum(lengths)
    column = np.arange(lengths.sum()) - np.repeat(ends - lengths, lengths)
    count, n, a, b = (
        column.astype(np.float64),
        *(np.repeat(one, lengths) for one in (trials, alpha, beta)),
    )
    factorial = gammaln(np.arange(width) + 1.0)
    choose = (
        np.repeat(gammaln(trials + 1.0), lengths) - factorial[column] - gammaln(n - count + 1.0)
    )
    norm = np.repeat(betaln(alpha, beta), lengths)
    density = np.exp(choose + betaln(count + a, n - count + b) - norm)
    # The last of each counts half, where it is the count itself.
    density[ends[lengths > 0] - 1] *= np.where(successes % 1.0 > 0.0, 1.0, 0.5)[lengths > 0]
    parts = np.zeros((len(successes), width))
    parts[np.arange(width) < lengths[:, None]] = density
    return np.asarray(np.minimum(parts.sum(axis=1), 1.0))


def _blocks(order: NDArray[np.intp], successes: Array) -> list[NDArray[np.intp]]:
    blocks, first = [], 0
    while first < len(order):
        last = len(order)
        while last - first > 1 and (last - first) * (successes[order[last - 1]] + 1) > GRID_CELLS:
            last = first + (last - first + 1) // 2
        blocks.append(order[first:last])
        first = last
    return blocks


def _broadcast(observed: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> list[Array]:
    excess = np.maximum(np.asarray(dispersion, dtype=np.float64) - 1.0, 0.0)
    return list(
        np.broadcast_arrays(
            np.asarray(observed, dtype=np.float64), np.asarray(mean, dtype=np.float64), excess
        )
    )


def _safe(excess: Array) -> Array:
    """The excess where the negative binomial is used; 1 where the Poisson takes its place."""
    return np.where(excess > POISSON_LIMIT, excess, 1.0)
