"""What forecast errors vary by beyond chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from metrics.statistics.hindcasts import FLOOR, OUTLIER, FloatArray, pooled_error


def errors(n_series: int, n_hindcasts: int, drift: float, chance: float, seed: int) -> FloatArray:
    """Squared errors of normal forecasts with a known drift."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, np.sqrt(drift + chance), (n_series, n_hindcasts)) ** 2


def one_group(squared: FloatArray, chance: FloatArray, cap: float | None = None) -> FloatArray:
    same = np.zeros(len(squared), dtype=np.int64)
    return pooled_error(squared, chance, measure=same, level=same, cap=cap)


def test_a_known_drift_is_recovered() -> None:
    squared = errors(500, 10, drift=0.04, chance=0.02, seed=1)

    found = one_group(squared, np.full_like(squared, 0.02), cap=10.0)

    assert found == pytest.approx(0.04, rel=0.05)


def test_the_moment_equation_is_solved() -> None:
    rng = np.random.default_rng(2)
    chance = rng.uniform(0.001, 0.1, (40, 5))
    squared = rng.exponential(0.03 + chance)

    def excess(tau2: float) -> float:
        variance = chance + tau2
        capped = np.minimum(squared, OUTLIER * variance)
        return float(((capped - variance) / variance**2).sum())

    assert one_group(squared, chance)[0] == pytest.approx(brentq(excess, 1e-4, 1.0), rel=1e-6)


def test_an_outlier_counts_for_its_cap() -> None:
    squared = errors(50, 5, drift=0.01, chance=0.01, seed=3)
    wild, capped = squared.copy(), squared.copy()
    wild[0, 0], capped[0, 0] = 1e6, 0.36
    chance = np.full_like(squared, 0.01)

    assert np.array_equal(one_group(wild, chance, cap=0.36), one_group(capped, chance, cap=0.36))


def test_a_forecast_that_could_not_be_made_does_not_count_as_right() -> None:
    squared = errors(50, 5, drift=0.01, chance=0.01, seed=4)
    longer = np.concatenate([squared, np.full((50, 3), np.nan)], axis=1)

    assert one_group(longer, np.full_like(longer, 0.01)) == pytest.approx(
        one_group(squared, np.full_like(squared, 0.01))
    )


def test_without_enough_hindcasts_nothing_is_said() -> None:
    assert np.isnan(one_group(np.full((9, 1), 0.1), np.full((9, 1), 0.01))).all()


def test_a_level_with_few_hindcasts_takes_the_variance_of_all() -> None:
    squared = errors(101, 5, drift=0.04, chance=0.01, seed=5)
    level = np.zeros(101, dtype=np.int64)
    level[-1] = 1
    squared[-1] = np.nan

    found = pooled_error(squared, np.full_like(squared, 0.01), measure=level, level=level)

    assert found[-1] == pytest.approx(found[0], rel=0.02)


def test_a_measure_that_was_always_right_keeps_a_quarter_of_its_level() -> None:
    squared = errors(100, 10, drift=0.04, chance=0.01, seed=6)
    measure = np.repeat(np.arange(2), 50)
    squared[measure == 1] = 0.0
    level = np.zeros_like(measure)

    found = pooled_error(squared, np.full_like(squared, 0.01), measure=measure, level=level)

    whole = one_group(squared, np.full_like(squared, 0.01))[0]
    assert found[-1] == pytest.approx(FLOOR * whole)


def test_a_measure_with_many_hindcasts_speaks_for_itself() -> None:
    small = errors(200, 10, drift=0.01, chance=0.01, seed=7)
    large = errors(200, 10, drift=0.09, chance=0.01, seed=8)
    squared = np.concatenate([small, large])
    measure = np.repeat(np.arange(2), 200)

    found = pooled_error(
        squared, np.full_like(squared, 0.01), measure=measure, level=measure * 0, cap=10.0
    )

    assert found[-1] == pytest.approx(0.09, rel=0.1)


def test_hindcasts_that_repeat_each_other_say_less_of_their_measure() -> None:
    small = errors(20, 10, drift=0.01, chance=0.01, seed=7)
    large = errors(20, 10, drift=0.09, chance=0.01, seed=8)
    squared = np.concatenate([small, large])
    measure = np.repeat(np.arange(2), 20)
    chance = np.full_like(squared, 0.01)

    alone = pooled_error(squared, chance, measure=measure, level=measure * 0)
    repeated = pooled_error(squared, chance, measure=measure, level=measure * 0, overlap=12)

    # Six independent hindcasts, each made twelve times over in twenty areas, against 200.
    level = one_group(squared, chance)[0]
    assert alone[0] < repeated[0] < level < repeated[-1] < alone[-1]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_the_series_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    squared = rng.exponential(0.05, (30, 4))
    chance = rng.uniform(0.01, 0.05, (30, 4))
    measure, level = rng.integers(0, 3, 30), rng.integers(0, 2, 30)
    order = rng.permutation(30)

    straight = pooled_error(squared, chance, measure=measure, level=level)
    shuffled = pooled_error(
        squared[order], chance[order], measure=measure[order], level=level[order]
    )

    assert shuffled == pytest.approx(straight[order])
