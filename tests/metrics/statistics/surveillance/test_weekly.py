"""Weekly series that stand alone."""

from __future__ import annotations

import numpy as np

from metrics.statistics.surveillance.weekly import GUARD_WEEKS, assess_week

WEEK = 400


def test_an_outbreak_is_found_in_its_first_week() -> None:
    counts = np.random.default_rng(1).poisson(10.0, (20, WEEK + 1)).astype(np.float64)
    counts[0, WEEK] += 30.0

    verdict = assess_week(counts, WEEK)

    assert verdict.score[0] > 6
    assert (verdict.score[1:] < 4).all()


def test_the_guarded_weeks_do_not_train() -> None:
    counts = np.random.default_rng(1).poisson(10.0, (5, WEEK + 1)).astype(np.float64)
    risen = counts.copy()
    risen[:, WEEK - GUARD_WEEKS + 1 :] += 20.0

    assert (assess_week(risen, WEEK).expected == assess_week(counts, WEEK).expected).all()


def test_fewer_than_five_reports_in_four_weeks_never_score() -> None:
    counts = np.zeros((1, WEEK + 1))
    counts[0, ::40] = 1.0
    counts[0, WEEK] = 4.0
    counts[0, WEEK - 3 : WEEK] = 0.0

    assert np.isneginf(assess_week(counts, WEEK).score[0])


def test_a_week_not_recorded_has_no_verdict() -> None:
    counts = np.full((1, WEEK + 1), 6.0)
    counts[0, WEEK] = np.nan

    verdict = assess_week(counts, WEEK)

    assert np.isnan(verdict.p_high[0])
    assert np.isneginf(verdict.score[0])


def test_less_than_a_year_has_no_expectation() -> None:
    counts = np.full((1, WEEK + 1), np.nan)
    counts[0, -40:] = 6.0

    assert np.isnan(assess_week(counts, WEEK).expected[0])
