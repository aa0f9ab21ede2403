"""Watching rates: the tail, the windows, the CUSUM and the rolling year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.rate_reference import (
    FloatArray,
    RateSeries,
    predict,
)
from metrics.statistics.rates import Untested, lower_tail, odds_cusum, rolling_rates, survey


def rates(
    n_series: int = 20, months: int = 72, trials: float = 40.0, rate: float = 0.4, seed: int = 1
) -> RateSeries:
    """One measure: its areas, and last the force as their sum."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(trials, (n_series, months)).astype(np.float64)
    x = rng.binomial(n.astype(np.int64), rate).astype(np.float64)
    return RateSeries(
        successes=np.concatenate([x, x.sum(axis=0, keepdims=True)]),
        trials=np.concatenate([n, n.sum(axis=0, keepdims=True)]),
        measure=np.zeros(n_series + 1, dtype=np.int64),
        level=np.r_[np.zeros(n_series), 1].astype(np.int64),
    )


def altered(series: RateSeries, row: int, months: slice, factor: float) -> RateSeries:
    """The same series with one area's successes multiplied."""
    successes = series.successes.copy()
    successes[row, months] *= factor
    return replace(series, successes=successes)


def below(series: RateSeries) -> np.ndarray:
    return np.ones(len(series.measure), dtype=np.bool_)


def tail(x: float, n: float, mean: float, precision: float, at: float = 0.5) -> float:
    one = (np.array([value]) for value in (x, n, mean, precision))
    return float(lower_tail(*one, at=at)[0])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 400),
    st.floats(0, 1),
    st.floats(0.005, 0.995),
    st.floats(0.2, 5000),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_the_tail_agrees_with_scipy(n: int, part: float, mean: float, m: float, at: float) -> None:
    x = round(part * n)
    oracle = stats.betabinom(n, mean * m, (1 - mean) * m)

    expected = oracle.cdf(x - 1) + at * oracle.pmf(x)

    assert tail(x, n, mean, m, at) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_a_far_tail_keeps_its_digits() -> None:
    oracle = stats.betabinom(2000, 800, 1200)

    exact = oracle.pmf(np.arange(450)).sum() + oracle.pmf(450) / 2

    assert exact < 1e-20
    assert tail(450, 2000, 0.4, 2000) == pytest.approx(exact, rel=1e-8)


def test_a_very_long_tail_is_summed_to_its_end() -> None:
    oracle = stats.betabinom(40000, 20, 30)

    assert tail(12000, 40000, 0.4, 50) == pytest.approx(
        oracle.cdf(12000) - oracle.pmf(12000) / 2, rel=1e-8
    )


def test_with_a_rate_known_for_sure_the_tail_is_binomial() -> None:
    expected = stats.binom.cdf(10, 50, 0.3) - stats.binom.pmf(10, 50, 0.3) / 2

    assert tail(10, 50, 0.3, 1e7) == pytest.approx(expected, rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99), st.floats(0.5, 500))
def test_good_and_bad_answers_mirror_each_other(a: int, b: int, mean: float, m: float) -> None:
    total = tail(a, a + b, mean, m) + tail(b, a + b, 1 - mean, m)

    assert total == pytest.approx(1.0)


def test_a_rate_that_is_not_known_gives_no_chance() -> None:
    assert np.isnan(tail(3, 10, float("nan"), 10))


def test_a_fall_is_found_where_lower_is_worse() -> None:
    series = altered(rates(), 0, slice(69, 72), 0.4)

    found = survey(series, worse_below=below(series))

    assert found.chance[1, 0] < 1e-4
    assert found.score[0] == found.score.max()


def test_a_rise_is_as_bad_as_a_fall_where_higher_is_worse() -> None:
    series = rates()
    mirrored = replace(series, successes=series.trials - series.successes)

    low = survey(series, worse_below=below(series))
    high = survey(mirrored, worse_below=~below(series))

    assert high.chance == pytest.approx(low.chance, rel=0.02)


def test_the_score_is_the_strongest_window() -> None:
    series = rates()

    found = survey(series, worse_below=below(series))

    assert found.score == pytest.approx(-np.log10(found.chance.min(axis=0)))


def test_steady_rates_are_seldom_called_worse() -> None:
    series = rates(n_series=300, seed=11)

    chance = survey(series, worse_below=below(series)).chance

    assert (np.mean(chance < 0.05, axis=1) < 0.075).all()
    assert (np.mean(chance < 0.05, axis=1) > 0.015).all()


def test_a_month_not_recorded_leaves_its_windows_untested() -> None:
    series = rates()
    series.successes[0, 70] = np.nan

    found = survey(series, worse_below=below(series))

    expected = [Untested.NOT, Untested.WINDOW_NOT_RECORDED, Untested.WINDOW_NOT_RECORDED]
    assert found.untested[:, 0].tolist() == expected
    assert np.isfinite(found.chance[:, 1:]).all()


def test_a_month_without_answers_has_no_rate() -> None:
    series = rates()
    series.successes[0, 71] = series.trials[0, 71] = 0.0

    found = survey(series, worse_below=below(series))

    assert found.untested[0, 0] == Untested.NO_ANSWERS
    assert np.isnan(found.rate[0, 0])


def test_a_short_history_is_said_to_be_the_reason() -> None:
    series = rates(months=20)

    found = survey(series, worse_below=below(series))

    assert found.untested[2, 0] == Untested.HISTORY_TOO_SHORT


def test_a_drift_nobody_could_measure_leaves_a_window_untested() -> None:
    series = rates(months=30)

    found = survey(series, worse_below=below(series))

    assert found.untested[2, 0] == Untested.ERROR_NOT_MEASURED


def test_more_outcomes_than_crimes_are_shown_as_they_are_and_tested_as_all() -> None:
    series = rates()
    series.successes[0, 71] = series.trials[0, 71] + 5

    found = survey(series, worse_below=below(series))

    assert found.rate[0, 0] > 1
    assert found.chance[0, 0] > 0.99


@pytest.mark.parametrize("code", [code for code in Untested if code is not Untested.NOT])
def test_every_reason_is_a_sentence(code: Untested) -> None:
    assert code.reason.endswith(".")


def test_the_cusum_adds_up_log_likelihood_ratios() -> None:
    series = altered(rates(), 0, slice(60, 72), 0.7)

    path = odds_cusum(series, worse_below=below(series))[0]

    value = 0.0
    for month in range(15, 72):
        p = predict(series, end=month + 1, length=1).rate[0]
        worse = 0.75 * p / (1 - p + 0.75 * p)
        x, n = series.successes[0, month], series.trials[0, month]
        value = max(0.0, value + x * np.log(worse / p) + (n - x) * np.log((1 - worse) / (1 - p)))
        assert path[month] == pytest.approx(value)


def test_the_cusum_of_a_rise_mirrors_that_of_a_fall() -> None:
    series = altered(rates(), 0, slice(60, 72), 0.7)
    mirrored = replace(series, successes=series.trials - series.successes)

    fall = odds_cusum(series, worse_below=below(series))
    rise = odds_cusum(mirrored, worse_below=~below(series))

    assert rise[0, -1] == pytest.approx(fall[0, -1], rel=0.05)


def test_a_month_not_recorded_leaves_the_cusum_as_it_was() -> None:
    series = altered(rates(), 0, slice(60, 72), 0.7)
    series.trials[0, 70] = np.nan

    path = odds_cusum(series, worse_below=below(series))[0]

    assert path[70] == path[69]


# Newcombe (1998), Statistics in Medicine 17, 857-872, Table I: method 3, score.
@pytest.mark.parametrize(
    ("successes", "answers", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_the_interval_agrees_with_newcombe(
    successes: float, answers: float, lower: float, upper: float
) -> None:
    same = np.zeros(1, dtype=np.int64)
    x, n = np.zeros((1, 12)), np.zeros((1, 12))
    x[0, 3], n[0, 3] = successes, answers
    series = RateSeries(successes=x, trials=n, measure=same, level=same)

    found = rolling_rates(series)

    assert found.lower_95[0] == pytest.approx(lower, abs=5e-5)
    assert found.upper_95[0] == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(("answers", "few"), [(29.0, True), (30.0, False)])
def test_fewer_than_30_answers_are_few(answers: float, *, few: bool) -> None:
    series = rates()
    series.trials[0, -12:] = 0.0
    series.successes[0, -12:] = 0.0
    series.trials[0, -1] = answers

    assert rolling_rates(series).few[0] == few


def test_a_pooled_figure_lies_between_the_area_and_its_force() -> None:
    series = altered(rates(), 0, slice(60, 72), 0.2)

    found = rolling_rates(series)

    assert found.rate[0] < found.pooled[0] < found.rate[-1]


def test_a_rolling_year_with_a_month_missing_is_not_shown() -> None:
    series = rates()
    series.trials[0, 65] = np.nan

    found = rolling_rates(series)

    assert np.isnan([found.rate[0], found.lower_95[0], found.pooled[0], found.trials[0]]).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_fewer_satisfied_answers_are_never_less_alarming(seed: int) -> None:
    series = rates(n_series=6, months=48, seed=seed)
    worse: FloatArray = series.successes.copy()
    worse[0, -1] = max(worse[0, -1] - 1, 0)

    before = survey(series, worse_below=below(series)).chance[:, 0]
    after = survey(replace(series, successes=worse), worse_below=below(series)).chance[:, 0]

    assert (after <= before + 1e-12).all()
