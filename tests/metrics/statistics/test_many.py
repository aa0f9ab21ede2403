"""Choosing among many series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from metrics.statistics.many import (
    alert_days,
    benjamini_hochberg,
    budget_threshold,
    score_p,
    select,
    strongest,
)

# Worked example of Benjamini and Hochberg (1995), section 3.1: four of fifteen are rejected at 5%.
PUBLISHED = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
     0.6528, 0.7590, 1.0]
)  # fmt: skip


def test_agrees_with_the_published_worked_example() -> None:
    assert benjamini_hochberg(PUBLISHED, 0.05).tolist() == [True] * 4 + [False] * 11


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_agrees_with_scipy(values: list[float], level: float) -> None:
    p = np.array(values)

    adjusted = false_discovery_control(p)

    near = np.isclose(adjusted, level)
    ours = benjamini_hochberg(p, level)
    assert ours[~near].tolist() == (adjusted <= level)[~near].tolist()


def test_a_series_without_a_p_value_is_not_counted_as_a_test() -> None:
    p = np.array([0.04, np.nan, np.nan, np.nan])

    assert benjamini_hochberg(p, 0.05).tolist() == [True, False, False, False]


def test_the_p_value_of_a_score_allows_for_the_three_windows() -> None:
    scores = np.array([3.0, 0.0, -np.inf, np.nan])

    assert score_p(scores) == pytest.approx([0.0015, 1.0, 1.0, 1.0])


def test_the_digest_holds_everything_that_is_pushed() -> None:
    chosen = select(np.array([6.0, 5.0, 1.0, -np.inf]))

    assert chosen.push.tolist() == [True, True, False, False]
    assert chosen.digest[chosen.push].all()


def test_a_spent_budget_pushes_nothing_but_still_fills_the_digest() -> None:
    chosen = select(np.array([6.0, 5.0]), push_left=0)

    assert not chosen.push.any()
    assert chosen.digest.all()


def test_a_budget_keeps_the_strongest() -> None:
    score = np.array([3.0, 5.0, 4.0])

    assert strongest(score, np.array([True, True, True]), 2).tolist() == [False, True, True]


def test_a_series_stays_silent_for_its_quiet_period() -> None:
    scores = np.full((1, 60), 4.0)

    days = np.flatnonzero(alert_days(scores, 3.0, quiet_days=28)[0])

    assert days.tolist() == [0, 28, 56]


def test_the_budget_threshold_keeps_to_the_budget_and_does_not_waste_it() -> None:
    scores = np.random.default_rng(8).exponential(0.43, (200, 364))

    threshold = budget_threshold(scores, 2.0)

    assert alert_days(scores, threshold).sum() <= 2.0 * 52
    assert alert_days(scores, threshold - 0.05).sum() > 2.0 * 52


def test_a_budget_without_any_score_lets_nothing_through() -> None:
    assert budget_threshold(np.full((3, 10), -np.inf), 1.0) == np.inf
