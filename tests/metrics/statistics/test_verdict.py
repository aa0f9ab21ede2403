from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from metrics.statistics.verdict import Verdict, benjamini_hochberg, verdicts

p_values = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0.0, 1.0))


@settings(max_examples=60, deadline=None)
@given(p_values)
def test_adjustment_agrees_with_scipy(p: np.ndarray) -> None:
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-12)


def test_what_was_not_tested_does_not_count_and_stays_not_tested() -> None:
    p = np.array([0.01, np.nan, 0.04, np.nan, 0.03])

    adjusted = benjamini_hochberg(p)

    assert np.isnan(adjusted[[1, 3]]).all()
    assert adjusted[[0, 2, 4]] == pytest.approx(stats.false_discovery_control([0.01, 0.04, 0.03]))


def test_along_an_axis_each_line_is_a_family_of_its_own() -> None:
    p = np.array([[0.01, 0.02, np.nan], [0.5, 0.001, 0.3]])

    adjusted = benjamini_hochberg(p, axis=1)

    assert adjusted[0] == pytest.approx([0.02, 0.02, np.nan], nan_ok=True)
    assert adjusted[1] == pytest.approx([0.5, 0.003, 0.45])


@settings(max_examples=40, deadline=None)
@given(p_values, st.randoms(use_true_random=False))
def test_the_order_on_the_page_does_not_matter(p: np.ndarray, random: object) -> None:
    order = np.random.default_rng(len(p)).permutation(len(p))

    assert benjamini_hochberg(p[order]) == pytest.approx(benjamini_hochberg(p)[order])


def test_a_p_value_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="outside 0 to 1"):
        benjamini_hochberg([0.5, 1.01])


def test_a_p_value_at_the_level_is_not_significant() -> None:
    said = verdicts([0.01, 0.0099, 0.0099, np.nan], [5.0, 5.0, -5.0, 5.0])

    assert list(said) == [
        Verdict.NO_SIGNIFICANT_CHANGE,
        Verdict.SIGNIFICANT_RISE,
        Verdict.SIGNIFICANT_FALL,
        Verdict.NOT_TESTABLE,
    ]
