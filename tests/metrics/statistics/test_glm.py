"""Batched Poisson regression against statsmodels, and by laws."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metrics.statistics.glm import (
    anscombe_residuals,
    both_sided_weights,
    fit_poisson,
    fit_robust_poisson,
    leverage,
    pearson_dispersion,
)

Array = NDArray[np.float64]

TIGHT = 1e-13


def a_design(periods: int = 120) -> Array:
    angle = 2 * np.pi * np.arange(periods) / 52
    years = (np.arange(periods) - periods) / 52
    return np.column_stack([np.ones(periods), years, np.cos(angle), np.sin(angle)])


def some_counts(series: int = 5, periods: int = 120, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    beta = np.column_stack([rng.uniform(0, 3, series), rng.normal(0, 0.2, (series, 3))])
    return rng.poisson(np.exp(beta @ a_design(periods).T)).astype(np.float64)


def test_each_fit_of_a_batch_equals_statsmodels_to_1e_8() -> None:
    rng = np.random.default_rng(2)
    counts, design = some_counts(), a_design()
    offset = rng.normal(0, 0.1, counts.shape)
    weights = rng.uniform(0.2, 1.0, counts.shape)

    fit = fit_poisson(counts, design, offset=offset, weights=weights, tolerance=TIGHT)

    for row in range(len(counts)):
        model = sm.GLM(
            counts[row], design, family=sm.families.Poisson(), offset=offset[row],
            var_weights=weights[row],
        )  # fmt: skip
        single = model.fit(tol=1e-14, tol_criterion="params")
        assert fit.coefficients[row] == pytest.approx(single.params, abs=1e-8)
        assert fit.mean[row] == pytest.approx(single.mu, rel=1e-8)


def test_dispersion_equals_statsmodels_pearson_scale() -> None:
    counts, design = some_counts(), a_design()

    fit = fit_poisson(counts, design, tolerance=TIGHT)

    singles = [sm.GLM(row, design, family=sm.families.Poisson()).fit(scale="X2") for row in counts]
    scales = [single.scale for single in singles]
    assert pearson_dispersion(counts, fit) == pytest.approx(scales, rel=1e-7)


def test_leverage_equals_statsmodels_hat_diagonal() -> None:
    counts, design = some_counts(), a_design()

    fit = fit_poisson(counts, design, tolerance=TIGHT)

    for row, hat in zip(counts, leverage(design, fit), strict=True):
        single = sm.GLM(row, design, family=sm.families.Poisson()).fit(tol=1e-14)
        assert hat == pytest.approx(single.get_hat_matrix_diag(), abs=1e-8)


def test_anscombe_residuals_of_a_plain_fit_equal_statsmodels() -> None:
    counts, design = some_counts(), a_design()
    fit = fit_poisson(counts, design, tolerance=TIGHT)

    ours = anscombe_residuals(counts, fit.mean, np.ones(len(counts)), np.zeros(counts.shape))

    for row, residuals in zip(counts, ours, strict=True):
        single = sm.GLM(row, design, family=sm.families.Poisson()).fit(tol=1e-14)
        assert residuals == pytest.approx(single.resid_anscombe_unscaled, abs=1e-6)


def test_a_design_of_its_own_for_each_series_gives_the_same_as_a_shared_one() -> None:
    counts, design = some_counts(), a_design()
    own = np.broadcast_to(design, (len(counts), *design.shape))

    shared = fit_robust_poisson(counts, design, tolerance=TIGHT)
    separate = fit_robust_poisson(counts, own, tolerance=TIGHT)

    assert separate.coefficients == pytest.approx(shared.coefficients, abs=1e-8)
    assert leverage(own, separate) == pytest.approx(leverage(design, shared), abs=1e-8)


def test_the_ridge_solves_the_penalised_score_equations() -> None:
    counts, design = some_counts(), a_design()
    penalty = np.array([0.0, 25.0, 4.0, 4.0])

    fit = fit_poisson(counts, design, penalty=penalty, tolerance=TIGHT)

    score = (counts - fit.mean) @ design
    assert score == pytest.approx(penalty * fit.coefficients, abs=1e-6)


def test_a_heavy_ridge_removes_a_term() -> None:
    counts, design = some_counts(), a_design()
    penalty = np.array([0.0, 1e9, 0.0, 0.0])

    fit = fit_poisson(counts, design, penalty=penalty)

    assert fit.coefficients[:, 1] == pytest.approx(np.zeros(len(counts)), abs=1e-6)
    assert fit.effective_terms == pytest.approx(np.full(len(counts), 3.0), abs=1e-4)


def test_a_period_not_recorded_is_left_out_rather_than_read_as_zero() -> None:
    counts, design = some_counts(), a_design()
    gappy = counts.copy()
    gappy[:, 40:60] = np.nan
    kept = np.r_[0:40, 60:120]

    with_gap = fit_robust_poisson(gappy, design, tolerance=TIGHT)
    without = fit_robust_poisson(counts[:, kept], design[kept], tolerance=TIGHT)

    assert with_gap.coefficients == pytest.approx(without.coefficients, abs=1e-8)


def test_a_surge_in_the_past_hardly_moves_a_robust_fit() -> None:
    counts, design = some_counts(seed=3) + 20.0, a_design()
    surged = counts.copy()
    surged[:, 50:55] *= 4.0

    plain = fit_poisson(surged, design).coefficients[:, 0]
    robust = fit_robust_poisson(surged, design).coefficients[:, 0]
    truth = fit_poisson(counts, design).coefficients[:, 0]

    assert np.all(np.abs(robust - truth) < 0.5 * np.abs(plain - truth))


def test_weights_begin_to_fall_at_2_58_and_on_both_sides() -> None:
    weights = both_sided_weights(np.array([0.0, 2.58, -2.58, 5.16, -5.16]))

    assert weights == pytest.approx([1.0, 1.0, 1.0, 0.25, 0.25])


def test_a_series_of_zeros_is_fitted_with_a_tiny_mean_and_disturbs_no_other() -> None:
    counts, design = some_counts(), a_design()
    zeros = np.vstack([counts, np.zeros((1, counts.shape[1]))])

    fit = fit_robust_poisson(zeros, design)

    assert np.isfinite(fit.coefficients).all()
    assert fit.mean[-1].max() < 0.01
    alone = fit_robust_poisson(counts, design)
    assert fit.coefficients[:-1] == pytest.approx(alone.coefficients, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 10.0))
def test_more_exposure_moves_the_level_and_nothing_else(seed: int, exposure: float) -> None:
    counts, design = some_counts(series=2, seed=seed) + 1.0, a_design()
    offset = np.full(counts.shape, np.log(exposure))

    plain = fit_poisson(counts, design, tolerance=TIGHT).coefficients
    shifted = fit_poisson(counts, design, offset=offset, tolerance=TIGHT).coefficients

    assert shifted[:, 0] + np.log(exposure) == pytest.approx(plain[:, 0], abs=1e-7)
    assert shifted[:, 1:] == pytest.approx(plain[:, 1:], abs=1e-7)
