"""Whether several rates differ: against SciPy, and by what must hold of any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.homogeneity import homogeneity

COUNTS = st.lists(st.integers(20, 2_000), min_size=2, max_size=6)


def test_counts_over_the_same_people_agree_with_the_chi_square_test() -> None:
    made = homogeneity([[100, 120, 90]], [[1_000.0] * 3])

    assert made.p_value[0] == pytest.approx(stats.chisquare([100, 120, 90]).pvalue)


def test_counts_over_other_people_agree_with_expected_counts_by_population() -> None:
    counts, people = np.array([597.0, 622.0, 276.0]), np.array([60_000.0, 90_000.0, 45_000.0])
    expected = people * counts.sum() / people.sum()

    made = homogeneity([counts], [people])

    assert made.statistic[0] == pytest.approx(stats.chisquare(counts, expected).statistic)


def test_proportions_agree_with_pearsons_test_of_a_table() -> None:
    met, of = np.array([40.0, 60.0, 45.0]), np.array([100.0, 110.0, 120.0])

    made = homogeneity([met], [of], dispersion=1 - met.sum() / of.sum())

    table = stats.chi2_contingency([met, of - met], correction=False)
    assert made.p_value[0] == pytest.approx(table.pvalue)


def test_what_strays_anyway_is_less_telling() -> None:
    calm = homogeneity([[100, 140]], [[1.0, 1.0]])
    restless = homogeneity([[100, 140]], [[1.0, 1.0]], dispersion=3.0)

    assert restless.statistic[0] == pytest.approx(calm.statistic[0] / 3)


def test_a_force_that_is_not_held_is_not_nought() -> None:
    two = homogeneity([[100, 120]], [[1.0, 1.0]])
    three = homogeneity([[100, 120, np.nan]], [[1.0, 1.0, 1.0]])

    assert three.p_value[0] == pytest.approx(two.p_value[0])


@pytest.mark.parametrize("counts", [[100, np.nan], [3, 2], [0, 0]])
def test_too_little_is_not_tested(counts: list[float]) -> None:
    assert np.isnan(homogeneity([counts], [[1.0, 1.0]]).p_value[0])


def test_what_is_shown_together_is_adjusted_together() -> None:
    counts = np.array([[100, 150], [100, 101], [np.nan, 5]])
    made = homogeneity(counts, np.ones_like(counts))

    tested = made.p_value[:2]
    assert made.p_adjusted[:2] == pytest.approx(stats.false_discovery_control(tested))
    assert np.isnan(made.p_adjusted[2])


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_the_order_of_forces_does_not_matter(counts: list[int]) -> None:
    shuffled = sorted(counts)

    one = homogeneity([counts], [np.ones(len(counts))])
    other = homogeneity([shuffled], [np.ones(len(counts))])

    assert one.statistic[0] == pytest.approx(other.statistic[0], rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(2, 50))
def test_people_counted_in_another_unit_change_nothing(counts: list[int], unit: int) -> None:
    people = np.arange(1, len(counts) + 1, dtype=float)

    one = homogeneity([counts], [people])
    other = homogeneity([counts], [people * unit])

    assert one.statistic[0] == pytest.approx(other.statistic[0], rel=1e-9, abs=1e-9)


def test_forces_that_do_not_differ_are_called_different_as_rarely_as_is_said() -> None:
    random = np.random.default_rng(9)
    people = np.array([60_000.0, 90_000.0, 45_000.0])
    counts = random.poisson(people * 0.012, size=(4_000, 3))

    p = homogeneity(counts, np.broadcast_to(people, counts.shape)).p_value

    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.012)
