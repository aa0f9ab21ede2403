from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics.comparison import compare_counts
from metrics.statistics.dispersion import (
    measured_dispersion,
    year_on_year_dispersion,
)


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


def alone(series: int) -> np.ndarray:
    return np.zeros(series, dtype=np.intp)


@pytest.mark.parametrize("phi", [1.0, 1.5, 3.0])
def test_year_on_year_dispersion_is_that_of_the_counts(phi: float) -> None:
    rng = np.random.default_rng(5)
    mean = np.full((400, 5, 4), 200.0)
    counts = rng.poisson(mean) if phi == 1.0 else rng.poisson(rng.gamma(mean / (phi - 1), phi - 1))

    measured = year_on_year_dispersion(counts, alone(400))

    assert measured[0] == pytest.approx(phi, rel=0.06)


def test_neither_season_nor_a_change_of_level_is_dispersion() -> None:
    rng = np.random.default_rng(6)
    season = np.array([0.6, 0.9, 1.1, 1.4])
    level = np.array([1.0, 0.88, 0.84, 0.72, 0.75])
    mean = 300 * season[None, None, :] * level[None, :, None] * np.ones((300, 1, 1))

    measured = year_on_year_dispersion(rng.poisson(mean), alone(300))

    assert measured[0] == pytest.approx(1.0, abs=0.06)


def test_runs_of_bad_weeks_are_dispersion() -> None:
    rng = np.random.default_rng(7)
    quarter = np.exp(rng.normal(0, 0.1, (300, 5, 4)))

    measured = year_on_year_dispersion(rng.poisson(400 * quarter), alone(300))

    assert measured[0] == pytest.approx(1 + 400 * 0.1**2, rel=0.15)


def test_a_missing_quarter_leaves_its_pairs_out_and_not_the_others() -> None:
    rng = np.random.default_rng(8)
    counts = rng.poisson(200.0, (200, 5, 4)).astype(float)
    counts[:, 2, 1] = np.nan

    assert year_on_year_dispersion(counts, alone(200))[0] == pytest.approx(1.0, abs=0.1)


def test_without_two_whole_years_nothing_is_known() -> None:
    assert np.isnan(year_on_year_dispersion(np.full((3, 1, 4), 50.0), alone(3))).all()
    assert np.isnan(year_on_year_dispersion(np.full((3, 4, 4), np.nan), alone(3))).all()


def test_the_order_of_the_series_does_not_matter() -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(60.0, (40, 4, 4)).astype(float)
    group = rng.integers(0, 3, 40)
    order = rng.permutation(40)

    straight = year_on_year_dispersion(counts, group)
    shuffled = year_on_year_dispersion(counts[order], group[order])

    assert shuffled == pytest.approx(straight[order])


def test_comparing_years_that_only_stray_errs_as_often_as_it_says() -> None:
    """Type I error of the whole chain: quarters that stray, dispersion measured, years compared."""
    rng = np.random.default_rng(10)
    quarter = np.exp(rng.normal(0, 0.08, (6000, 6, 4)))
    counts = rng.poisson(150 * quarter).astype(float)
    phi = year_on_year_dispersion(counts[:, :5], alone(6000))

    found = compare_counts(counts[:, 5].sum(axis=1), counts[:, 4].sum(axis=1), dispersion=phi)

    assert np.mean(found.p_value < 0.05) == pytest.approx(0.05, abs=0.01)
    assert np.mean(found.p_value < 0.01) == pytest.approx(0.01, abs=0.005)
