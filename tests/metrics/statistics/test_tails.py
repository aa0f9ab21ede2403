"""Tails against SciPy's distributions, and by laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics import tails
from metrics.statistics.tails import (
    beta_binomial_lower_mid_p,
    beta_binomial_upper_mid_p,
    both_mid_p,
    lower_mid_p,
    lower_tail,
    upper_mid_p,
    upper_tail,
)

COUNTS = np.array([0.0, 1.0, 3.0, 10.0, 40.0, 300.0])


def test_poisson_tails_equal_scipy() -> None:
    for mean in (0.3, 5.0, 280.0):
        upper = stats.poisson.sf(COUNTS - 1, mean)
        assert upper_tail(COUNTS, mean) == pytest.approx(upper, rel=1e-9)
        assert lower_tail(COUNTS, mean) == pytest.approx(stats.poisson.cdf(COUNTS, mean), rel=1e-9)


def test_negative_binomial_tails_equal_scipy() -> None:
    for mean, phi in ((0.3, 1.2), (5.0, 3.0), (280.0, 1.001)):
        law = stats.nbinom(mean / (phi - 1), 1 / phi)
        assert upper_tail(COUNTS, mean, phi) == pytest.approx(law.sf(COUNTS - 1), rel=1e-7)
        assert lower_tail(COUNTS, mean, phi) == pytest.approx(law.cdf(COUNTS), rel=1e-7)


def test_a_dispersion_just_above_one_meets_the_poisson() -> None:
    just_above = upper_tail(COUNTS, 12.0, 1.0 + 2 * tails.POISSON_LIMIT)

    assert just_above == pytest.approx(upper_tail(COUNTS, 12.0, 1.0), rel=1e-4)


def test_a_count_not_recorded_has_no_probability() -> None:
    assert np.isnan(upper_mid_p(np.nan, 3.0, 1.5))
    assert np.isnan(upper_mid_p(0.0, np.nan, 1.5))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.floats(0.05, 400.0), st.floats(1.0, 6.0))
def test_upper_and_lower_mid_p_add_to_one(count: int, mean: float, phi: float) -> None:
    upper, lower = upper_mid_p(count, mean, phi), lower_mid_p(count, mean, phi)

    assert float(upper + lower) == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.floats(0.05, 400.0), st.floats(1.0, 6.0))
def test_both_mid_p_are_those_computed_one_by_one(count: int, mean: float, phi: float) -> None:
    upper, lower = both_mid_p(count, mean, phi)

    assert float(upper) == pytest.approx(float(upper_mid_p(count, mean, phi)), rel=1e-5, abs=1e-12)
    assert float(lower) == pytest.approx(float(lower_mid_p(count, mean, phi)), rel=1e-5, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.floats(0.5, 50.0), st.floats(1.01, 4.0))
def test_a_larger_count_is_more_surprising(count: int, mean: float, phi: float) -> None:
    assert upper_mid_p(count + 1, mean, phi) < upper_mid_p(count, mean, phi)


def test_beta_binomial_mid_p_equals_scipy() -> None:
    successes, trials = np.array([0, 3, 20, 250]), np.array([5, 10, 40, 400])
    alpha, beta = np.array([2.0, 30.0, 8.0, 60.0]), np.array([3.0, 20.0, 9.0, 55.0])
    law = stats.betabinom(trials, alpha, beta)

    expected = law.cdf(successes) - law.pmf(successes) / 2

    ours = beta_binomial_lower_mid_p(successes, trials, alpha, beta)
    assert ours == pytest.approx(expected, rel=1e-8)
    assert beta_binomial_upper_mid_p(successes, trials, alpha, beta) == pytest.approx(1 - expected)


def test_beta_binomial_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    trials = rng.integers(1, 60, 40)
    successes = rng.integers(0, trials + 1)
    whole = beta_binomial_lower_mid_p(successes, trials, 4.0, 6.0)

    monkeypatch.setattr(tails, "GRID_CELLS", 50)

    assert beta_binomial_lower_mid_p(successes, trials, 4.0, 6.0) == pytest.approx(whole)


def test_no_trials_show_nothing() -> None:
    assert float(beta_binomial_lower_mid_p(0, 0, 2.0, 3.0)) == pytest.approx(0.5)
