"""Poisson regression of many series at once: penalised, weighted, robust.

One call fits every row of an array of counts by iteratively reweighted least squares (Newton steps
on the Poisson log-likelihood with log link).  The design is shared by all series, shape
(periods, terms), or one per series, shape (series, periods, terms).

Sources: McCullagh and Nelder (1989), Generalized Linear Models, ch. 6 and 9 (quasi-Poisson);
Farrington et al. (1996), J R Stat Soc A 159, 547-563 (down-weighting of past outbreaks);
Noufaily et al. (2013), Statistics in Medicine 32, 1206-1222 (its threshold 2.58).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

START: Final = 0.1
"""Added to the counts to begin with, so that a zero has a logarithm (as R's `glm` does)."""

SMALLEST_PRECISION: Final = 1e-12
"""Keeps the information of an unused term invertible."""

LARGEST_STEP: Final = 5.0
"""A Newton step changes no coefficient by more: far from the fit, a full step may overshoot."""

LARGEST_LEVERAGE: Final = 1.0 - 1e-9
"""Keeps the residual of a period that a term fits exactly from dividing by zero."""

ETA_LIMIT: Final = 30.0
"""Linear predictors are kept within plus and minus this: a series of zeros has no finite fit."""

MAX_ITERATIONS: Final = 25
"""Newton steps allowed (as in R's `glm`)."""

WEIGHT_THRESHOLD: Final = 2.58
"""Standardised residuals beyond this are down-weighted (Noufaily et al. 2013, section 3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonFit:
    """What a batch of Poisson regressions gave.

    Attributes:
        coefficients: (series, terms), on the log scale.
        previous: (series, terms), the coefficients one step before the last; R takes the
            dispersion and the leverage from there.
        mean: (series, periods), fitted counts per period, offset included.
        weights: (series, periods), the case weights used; 0 where nothing was recorded.
        information: (series, terms, terms), expected information plus penalty.
        penalty: (series, terms), the ridge precisions used.
        converged: (series,), whether the deviance had settled within the iterations allowed.
    """

    coefficients: Array
    previous: Array
    mean: Array
    weights: Array
    information: Array
    penalty: Array
    converged: Mask

    @property
    def effective_terms(self) -> Array:
        """(series,) trace of the hat matrix: the number of terms, less what the ridge takes."""
        inverse = np.linalg.inv(self.information)
        kept = np.einsum("sii,si->s", inverse, self.penalty)
        terms = float(self.coefficients.shape[1])
        return np.asarray(terms - kept, dtype=np.float64)


def fit_poisson(
    counts: Array,
    design: Array,
    *,
    offset: Array | None = None,
    weights: Array | None = None,
    penalty: Array | None = None,
    start: Array | None = None,
    tolerance: float = 1e-8,
    max_iterations: int = MAX_ITERATIONS,
) -> PoissonFit:
    """Fit log mean = offset + design x coefficients to every series.

    Args:
        counts: (series, periods), not negative.  NaN means "not recorded": the period is left out.
        design: (periods, terms), or (series, periods, terms).
        offset: Known part of the linear predictor, (series, periods).  None means 0.
        weights: Case weights, (series, periods), 0 leaves a period out.  None means 1.
        penalty: Ridge precisions of the coefficients around 0, (terms,) or (series, terms): the
            prior is Normal(0, 1/precision).  None means unpenalised.
        start: Coefficients to begin with, (series, terms).  None begins from the counts.
        tolerance: A series has converged when its deviance changes by less than this, relative
            to itself plus 0.1 (the rule of R's `glm.fit`).
        max_iterations: Newton steps allowed.

    Returns:
        The fit.  A series that did not converge says so and keeps its last coefficients.
    """
    batch = _batch(counts, design, offset, weights, penalty)
    return _fit(batch, start, tolerance, max_iterations)


def fit_robust_poisson(
    counts: Array,
    design: Array,
    *,
    offset: Array | None = None,
    weights: Array | None = None,
    penalty: Array | None = None,
    start: Array | None = None,
    rounds: int = 2,
    threshold: float = WEIGHT_THRESHOLD,
    tolerance: float = 1e-8,
) -> PoissonFit:
    """Fit as `fit_poisson`, then again with outlying periods down-weighted, `rounds` times.

    The weight of a period is min(1, (threshold / |s|)^2) with s its standardised Anscombe
    residual, on both sides: a past surge and a past gap in recording alike lose their pull.
    Deviation from Farrington (1996): both sides rather than surges only, continuous at the
    threshold, and not rescaled to sum to the number of periods.
    """
    batch = _batch(counts, design, offset, weights, penalty)
    fit = _fit(batch, start, tolerance, MAX_ITERATIONS)
    two_thirds = np.cbrt(counts) ** 2
    for _ in range(rounds):
        dispersion = np.maximum(pearson_dispersion(counts, fit), 1.0)
        hat = leverage(design, fit)
        residuals = _anscombe(two_thirds, fit.mean, dispersion, hat)
        robust = replace(batch, weights=batch.weights * both_sided_weights(residuals, threshold))
        fit = _fit(robust, fit.coefficients, tolerance, MAX_ITERATIONS)
    return fit


def pearson_dispersion(counts: Array, fit: PoissonFit) -> Array:
    """Return (series,) weighted Pearson chi-squared over its degrees of freedom; NaN without any.

    Degrees of freedom are the sum of the case weights less the effective number of terms.
    """
    return _ratio(*pearson_parts(counts, fit))


def pearson_parts(counts: Array, fit: PoissonFit) -> tuple[Array, Array]:
    """Return (series,) the weighted Pearson chi-squared, and its degrees of freedom."""
    difference = np.where(fit.weights > 0, counts, fit.mean) - fit.mean
    squares = np.einsum("st,st->s", fit.weights, difference * difference / fit.mean)
    return squares, fit.weights.sum(axis=1) - fit.effective_terms


def leverage(design: Array, fit: PoissonFit) -> Array:
    """Return (series, periods) the diagonal of the hat matrix, between 0 and 1."""
    inverse = np.linalg.inv(fit.information)
    if design.ndim == 3:
        spread = np.einsum("stp,spq,stq->st", design, inverse, design, optimize=True)
    else:
        rows, columns = np.triu_indices(design.shape[1])
        twice = np.where(rows == columns, 1.0, 2.0)
        spread = (inverse[:, rows, columns] * twice) @ _products(design).T
    return np.asarray(np.clip(fit.weights * fit.mean * spread, 0.0, LARGEST_LEVERAGE))


def anscombe_residuals(counts: Array, mean: Array, dispersion: Array, hat: Array) -> Array:
    """Return standardised Anscombe residuals of Poisson counts, (series, periods).

    s = 1.5 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h)).  NaN counts give NaN.

    Source: Farrington et al. (1996), section 3.6; McCullagh and Nelder (1989), section 2.4.2.
    """
    return _anscombe(np.cbrt(counts) ** 2, mean, dispersion, hat)


def _anscombe(two_thirds: Array, mean: Array, dispersion: Array, hat: Array) -> Array:
    """The residuals from y^(2/3), which does not change while the weights do."""
    half = np.sqrt(mean)
    raw = 1.5 * (two_thirds / np.cbrt(half) - half)
    return np.asarray(raw / np.sqrt(dispersion[:, None] * (1.0 - hat)), dtype=np.float64)


def both_sided_weights(residuals: Array, threshold: float = WEIGHT_THRESHOLD) -> Array:
    """Return min(1, (threshold / |s|)^2); NaN, left out anyway, gets 1."""
    size = np.maximum(np.nan_to_num(np.abs(residuals), nan=0.0), threshold)
    return np.asarray((threshold / size) ** 2, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """The fixed part of one batch: data, design, weights and penalty.

    `own_likelihood` is y log y - y, the log-likelihood of mean = count: it turns a log-likelihood
    into a deviance.  `products` are those of the terms of a shared design.
    """

    observed: Array
    own_likelihood: Array
    design: Array
    products: Array
    offset: Array
    weights: Array
    penalty: Array

    def only(self, keep: NDArray[np.intp]) -> _Batch:
        """The same batch for some of its series."""
        return _Batch(
            observed=self.observed[keep],
            own_likelihood=self.own_likelihood[keep],
            design=self.design[keep] if self.design.ndim == 3 else self.design,
            products=self.products,
            offset=self.offset[keep],
            weights=self.weights[keep],
            penalty=self.penalty[keep],
        )

    def first_step(self) -> Array:
        """Coefficients after one weighted least squares step from mean = count + START."""
        mean = self.observed + START
        working = np.log(mean) - self.offset + (self.observed - mean) / mean
        return _solve(self.information(mean), self._project(self.weights * mean * working))

    def linear(self, coefficients: Array) -> Array:
        """Log mean, (series, periods)."""
        if self.design.ndim == 3:
            eta = np.matmul(self.design, coefficients[:, :, None])[:, :, 0]
        else:
            eta = coefficients @ self.design.T
        eta += self.offset
        return np.asarray(np.clip(eta, -ETA_LIMIT, ETA_LIMIT, out=eta), dtype=np.float64)

    def information(self, mean: Array) -> Array:
        """Expected information plus penalty, (series, terms, terms)."""
        weight = self.weights * mean
        terms = self.design.shape[-1]
        if self.design.ndim == 3:
            full: Array = np.matmul(
                (self.design * weight[:, :, None]).transpose(0, 2, 1), self.design
            )
        else:
            rows, columns = np.triu_indices(terms)
            upper = weight @ self.products
            full = np.empty((len(upper), terms, terms))
            full[:, rows, columns] = upper
            full[:, columns, rows] = upper
        diagonal = np.arange(terms)
        full[:, diagonal, diagonal] += self.penalty + SMALLEST_PRECISION
        return full

    def newton_step(self, coefficients: Array, mean: Array) -> Array:
        score = self._project(self.weights * (self.observed - mean)) - self.penalty * coefficients
        step = _solve(self.information(mean), score)
        return coefficients + np.clip(step, -LARGEST_STEP, LARGEST_STEP)

    def deviance(self, coefficients: Array, linear: Array, mean: Array) -> Array:
        """Penalised deviance, (series,)."""
        lost = self.own_likelihood - self.observed * linear + mean
        ridge = np.einsum("sp,sp->s", self.penalty, coefficients**2)
        return np.asarray(2.0 * np.einsum("st,st->s", self.weights, lost) + ridge)

    def _project(self, values: Array) -> Array:
        if self.design.ndim == 3:
            return np.asarray(np.matmul(values[:, None, :], self.design)[:, 0, :])
        return np.asarray(values @ self.design)


def _batch(
    counts: Array,
    design: Array,
    offset: Array | None,
    weights: Array | None,
    penalty: Array | None,
) -> _Batch:
    recorded = ~np.isnan(counts)
    observed = np.where(recorded, counts, 0.0)
    shape = (len(counts), design.shape[-1])
    ridge = np.zeros(shape) if penalty is None else np.broadcast_to(penalty, shape)
    return _Batch(
        observed=observed,
        own_likelihood=np.asarray(xlogy(observed, observed) - observed, dtype=np.float64),
        design=design,
        products=_products(design) if design.ndim == 2 else np.empty((0, 0)),
        offset=np.zeros(counts.shape) if offset is None else offset,
        weights=recorded * 1.0 if weights is None else np.where(recorded, weights, 0.0),
        penalty=np.asarray(ridge),
    )


def _products(design: Array) -> Array:
    """(periods, pairs) products of every two terms of a design, each pair once."""
    rows, columns = np.triu_indices(design.shape[1])
    return np.asarray(design[:, rows] * design[:, columns])


def _fit(batch: _Batch, start: Array | None, tolerance: float, max_iterations: int) -> PoissonFit:
    begin = batch.first_step() if start is None else start
    coefficients, previous, converged = _iterate(batch, begin, tolerance, max_iterations)
    mean = np.exp(batch.linear(coefficients))
    return PoissonFit(
        coefficients=coefficients,
        previous=previous,
        mean=mean,
        weights=batch.weights,
        information=batch.information(mean),
        penalty=batch.penalty,
        converged=converged,
    )


def _iterate(
    batch: _Batch, start: Array, tolerance: float, max_iterations: int
) -> tuple[Array, Array, Mask]:
    """Newton steps until every series has converged; finished series are frozen and dropped."""
    coefficients, previous = start.copy(), start.copy()
    active = np.arange(len(start))
    converged = np.zeros(len(start), dtype=np.bool_)
    local, linear = start, batch.linear(start)
    mean = np.exp(linear)
    deviance = batch.deviance(local, linear, mean)
    for _ in range(max_iterations):
        previous[active] = local
        local = batch.newton_step(local, mean)
        linear = batch.linear(local)
        mean = np.exp(linear)
        before, deviance = deviance, batch.deviance(local, linear, mean)
        done = np.abs(deviance - before) < tolerance * (np.abs(deviance) + 0.1)
        coefficients[active] = local
        converged[active] = done
        if done.all():
            break
        left = np.flatnonzero(~done)
        if len(left) < len(active):
            active, local, mean = active[left], local[left], mean[left]
            deviance, batch = deviance[left], batch.only(left)
    return coefficients, previous, converged


def _solve(matrices: Array, vectors: Array) -> Array:
    return np.asarray(np.linalg.solve(matrices, vectors[:, :, None])[:, :, 0])


def _ratio(numerator: Array, denominator: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)
