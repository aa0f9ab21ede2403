"""How many alerts there are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.budget import (
    adjusted_for_all,
    control_deviations,
    strong_threshold,
    watch_threshold,
)


@pytest.mark.parametrize(("rate", "score"), [(1.0, 3.07), (2.0, 2.74), (5.0, 2.27)])
def test_the_measured_thresholds_come_back_for_the_force_they_were_measured_on(
    rate: float, score: float
) -> None:
    assert watch_threshold(rate, 750) == pytest.approx(score)


def test_twice_the_series_need_the_threshold_of_half_the_rate() -> None:
    assert watch_threshold(2.0, 1500) == pytest.approx(3.07)


def test_a_tenth_of_the_budget_costs_about_one_step_of_the_score() -> None:
    """A score is minus the logarithm of a chance: a tenth as many is one more."""
    assert 0.9 < strong_threshold(1.0, 750) - watch_threshold(1.0, 750) < 1.3


@given(st.floats(0.01, 20), st.floats(1.01, 5), st.integers(1, 100_000))
def test_a_larger_budget_never_raises_the_threshold(rate: float, more: float, series: int) -> None:
    assert watch_threshold(rate * more, series) < watch_threshold(rate, series)


def test_without_series_nothing_is_told() -> None:
    assert watch_threshold(1.0, 0) == math.inf


def test_a_chart_is_never_told_before_its_own_limit() -> None:
    assert control_deviations(20.0, 1) == 3.0
    assert control_deviations(0.2, 75) > 3.0


def test_a_year_of_days_without_change_raises_next_to_nothing_against_last_year() -> None:
    """A year to date without change, looked at every day over all series, within the budget.

    Each series' change grows as a random walk does, as a count's does over its year.
    """
    random = np.random.default_rng(2013)
    days, series = np.arange(28, 366), 1_000
    steps = random.standard_normal((series, days[-1]))
    walk = steps.cumsum(axis=1)[:, days - 1] / np.sqrt(days)
    p = np.vectorize(math.erfc)(np.abs(walk) / math.sqrt(2))
    adjusted = np.column_stack([adjusted_for_all(one) for one in p.T])

    falsely_raised = int((adjusted < 0.01).any(axis=1).sum())

    assert falsely_raised <= 1
