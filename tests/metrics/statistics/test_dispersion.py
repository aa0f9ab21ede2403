from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics.dispersion import effective_dispersion, measured_dispersion


def negative_binomial(mean: np.ndarray, phi: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    draws = rng.negative_binomial(mean / (phi - 1), 1 / phi)
    return draws.astype(float)


def seasonal(areas: int, periods: int) -> np.ndarray:
    season = 1 + 0.3 * np.sin(np.arange(periods) * 2 * np.pi / 52)
    return np.linspace(2, 30, areas)[:, None] * season


@pytest.mark.parametrize("phi", [1.2, 1.7, 2.5])
def test_known_dispersion_is_found_whatever_the_season(phi: float) -> None:
    y = negative_binomial(seasonal(20, 156), phi, seed=1)

    found = measured_dispersion(y, np.zeros(20, dtype=np.intp), 1)

    assert found[0] == pytest.approx(phi, rel=0.06)


def test_each_measure_has_its_own() -> None:
    y = np.concatenate(
        [negative_binomial(seasonal(12, 156), phi, seed=2) for phi in (1.1, 2.0)], axis=0
    )

    found = measured_dispersion(y, np.repeat([0, 1], 12), 2)

    assert found == pytest.approx([1.1, 2.0], rel=0.08)


def test_a_measure_with_one_area_is_measured_by_its_successive_differences() -> None:
    y = negative_binomial(np.full((1, 400), 20.0), 1.8, seed=3)

    assert measured_dispersion(y, np.array([0]), 1)[0] == pytest.approx(1.8, rel=0.15)


def test_counts_steadier_than_chance_are_still_given_chance() -> None:
    assert measured_dispersion(np.full((5, 60), 9.0), np.zeros(5, dtype=np.intp), 1)[0] == 1.0


def test_a_break_in_one_area_is_not_taken_for_more_than_the_upper_bound() -> None:
    y = np.full((5, 60), 9.0)
    y[0, 30:] = 900.0

    assert measured_dispersion(y, np.zeros(5, dtype=np.intp), 1)[0] == 3.0


def test_a_missing_month_is_left_out_and_not_read_as_zero() -> None:
    y = negative_binomial(seasonal(10, 100), 1.3, seed=4)
    gap = y.copy()
    gap[3, 40] = np.nan

    found = measured_dispersion(gap, np.zeros(10, dtype=np.intp), 1)

    expected = measured_dispersion(np.delete(y, 40, axis=1), np.zeros(10, dtype=np.intp), 1)
    assert found == pytest.approx(expected)


def test_without_history_it_is_not_known() -> None:
    measure = np.array([0, 0, 1, 1])
    y = np.array([[3.0, 4, 5], [2, 2, 9], [np.nan] * 3, [1, 2, 3]])

    assert np.isnan(measured_dispersion(y, measure, 3)).all()


@pytest.mark.parametrize(("periods", "known"), [(12, False), (13, True)])
def test_it_is_known_from_twelve_independent_counts(*, periods: int, known: bool) -> None:
    y = negative_binomial(np.full((1, periods), 20.0), 1.5, seed=5)

    assert np.isfinite(measured_dispersion(y, np.array([0]), 1)[0]) == known


def test_the_larger_the_count_the_more_drift_outweighs_chance() -> None:
    assert effective_dispersion(1.2, [0.0, 1000.0], 0.0025) == pytest.approx([1.2, 3.7])
