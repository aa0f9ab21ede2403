"""Days into weeks."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics.surveillance.periods import weeks_until
from metrics.statistics.surveillance.windows import window_sums


def test_the_newest_week_ends_with_the_day_asked_for() -> None:
    counts = np.arange(30, dtype=np.float64)[None, :]

    weeks = weeks_until(counts, 20, 2)

    assert weeks.counts[0].tolist() == [sum(range(7, 14)), sum(range(14, 21))]
    assert weeks.middle.tolist() == [10.0, 17.0]


def test_a_week_is_scaled_to_its_recorded_days() -> None:
    counts = np.ones((1, 14))
    counts[0, 8:10] = np.nan

    weeks = weeks_until(counts, 13, 2)

    assert weeks.counts[0].tolist() == [7.0, 5.0]
    assert weeks.share[0].tolist() == [1.0, 5 / 7]


def test_a_week_with_three_recorded_days_does_not_train() -> None:
    counts = np.ones((1, 7))
    counts[0, :4] = np.nan

    assert weeks_until(counts, 6, 1).usable[0, 0] == 0.0


def test_a_gap_counts_neither_as_crimes_nor_as_expectation() -> None:
    counts, expected = np.full((1, 10), 3.0), np.full((1, 10), 2.0)
    counts[0, 4] = np.nan

    observed, predicted = window_sums(counts, expected, (10,))

    assert observed[0, 0] == pytest.approx(27.0)
    assert predicted[0, 0] == pytest.approx(18.0)


def test_a_window_longer_than_the_counts_is_not_told() -> None:
    observed, _ = window_sums(np.ones((1, 10)), np.ones((1, 10)), (28,))

    assert np.isnan(observed[0, 0])
