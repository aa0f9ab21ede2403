"""Year-end rates, their limits and the chance of meeting a target."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from metrics.statistics.rate_reference import RateSeries, predict
from metrics.statistics.year_end_rate import RateWithheld, project_rates


def rates(
    n_series: int = 20, months: int = 66, trials: float = 40.0, rate: float = 0.4, seed: int = 1
) -> RateSeries:
    """Areas of one measure."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(trials, (n_series, months)).astype(np.float64)
    x = rng.binomial(n.astype(np.int64), rate).astype(np.float64)
    same = np.zeros(n_series, dtype=np.int64)
    return RateSeries(successes=x, trials=n, measure=same, level=same)


def test_the_months_left_come_at_the_rate_and_number_of_the_last_twelve() -> None:
    series = rates()

    made = project_rates(series, months_elapsed=6)

    ahead = predict(series, end=72, length=6, reference=12, gap=0)
    left = np.rint(series.trials[:, -12:].sum(axis=1) / 2)
    so_far = series.successes[:, -6:].sum(axis=1)
    everything = series.trials[:, -6:].sum(axis=1) + left
    assert made.trials_left == pytest.approx(left)
    assert made.rate == pytest.approx((so_far + left * ahead.rate) / everything)


def test_the_chance_of_a_floor_is_that_of_enough_successes() -> None:
    series = rates()
    target = np.full(20, 0.4)

    made = project_rates(series, months_elapsed=6, target=target)

    ahead = predict(series, end=72, length=6, reference=12, gap=0)
    so_far, trials = series.successes[:, -6:].sum(axis=1), series.trials[:, -6:].sum(axis=1)
    need = np.ceil(0.4 * (trials + made.trials_left) - so_far - 1e-9)
    m = ahead.precision
    oracle = stats.betabinom(made.trials_left, ahead.rate * m, (1 - ahead.rate) * m)
    assert made.chance_met == pytest.approx(oracle.sf(need - 1))


def test_limits_are_half_a_count_beyond_the_quantiles_of_what_is_left() -> None:
    series = rates()

    made = project_rates(series, months_elapsed=6)

    ahead = predict(series, end=72, length=6, reference=12, gap=0)
    m = ahead.precision
    oracle = stats.betabinom(made.trials_left, ahead.rate * m, (1 - ahead.rate) * m)
    so_far, trials = series.successes[:, -6:].sum(axis=1), series.trials[:, -6:].sum(axis=1)
    everything = trials + made.trials_left
    assert made.lower_95 == pytest.approx((so_far + oracle.ppf(0.025) - 0.5) / everything)
    assert made.upper_80 == pytest.approx((so_far + oracle.ppf(0.9) + 0.5) / everything)


def test_a_floor_and_a_ceiling_between_two_counts_share_the_chances() -> None:
    series = rates()
    target = np.full(20, 0.40001)

    floor = project_rates(series, months_elapsed=6, target=target).chance_met
    ceiling = project_rates(
        series, months_elapsed=6, target=target, at_most=np.ones(20, dtype=np.bool_)
    ).chance_met

    assert floor + ceiling == pytest.approx(1.0)


def test_at_the_end_of_the_year_the_rate_is_known() -> None:
    series = rates(months=72)
    actual = series.successes[:, -12:].sum(axis=1) / series.trials[:, -12:].sum(axis=1)

    made = project_rates(series, months_elapsed=12, target=actual)

    assert made.rate == pytest.approx(actual)
    assert made.upper_95 == pytest.approx(made.lower_95)
    assert (made.chance_met == 1.0).all()


@pytest.mark.parametrize(("target", "chance"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_target_that_cannot_be_missed_or_met(target: float, chance: float) -> None:
    made = project_rates(rates(), months_elapsed=6, target=np.full(20, target))

    assert (made.chance_met == chance).all()


def test_part_of_a_month_counts_as_a_part() -> None:
    series = rates()

    made = project_rates(
        series, months_elapsed=6.5, part_successes=np.full(20, 8.0), part_trials=np.full(20, 20.0)
    )

    assert made.to_date == pytest.approx(
        (series.successes[:, -6:].sum(axis=1) + 8) / (series.trials[:, -6:].sum(axis=1) + 20)
    )
    assert made.trials_left == pytest.approx(np.rint(series.trials[:, -12:].sum(axis=1) * 5.5 / 12))


def test_a_part_of_a_month_without_its_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="current month"):
        project_rates(rates(), months_elapsed=6.5)


@pytest.mark.parametrize(
    ("column", "why"),
    [(62, RateWithheld.THIS_YEAR_NOT_RECORDED), (55, RateWithheld.LAST_YEAR_NOT_RECORDED)],
)
def test_a_missing_month_withholds_the_projection(column: int, why: RateWithheld) -> None:
    series = rates()
    series.trials[3, column] = np.nan

    made = project_rates(series, months_elapsed=6)

    assert made.withheld[3] == why
    assert np.isnan([made.rate[3], made.lower_95[3], made.upper_80[3], made.to_date[3]]).all()


def test_without_answers_there_is_no_rate() -> None:
    series = rates()
    series.trials[3, 54:] = 0.0
    series.successes[3, 54:] = 0.0

    assert project_rates(series, months_elapsed=6).withheld[3] == RateWithheld.NO_ANSWERS


def test_a_drift_nobody_could_measure_withholds_the_projection() -> None:
    made = project_rates(rates(months=14), months_elapsed=2)

    assert (made.withheld == RateWithheld.ERROR_NOT_MEASURED).all()


@pytest.mark.parametrize("code", [code for code in RateWithheld if code is not RateWithheld.NOT])
def test_every_reason_is_a_sentence(code: RateWithheld) -> None:
    assert code.reason.endswith(".")


def test_limits_cover_as_often_as_they_say() -> None:
    series = rates(n_series=400, months=72, seed=4)
    known = RateSeries(
        successes=series.successes[:, :66],
        trials=series.trials[:, :66],
        measure=series.measure,
        level=series.level,
    )
    actual = series.successes[:, 60:].sum(axis=1) / series.trials[:, 60:].sum(axis=1)

    made = project_rates(known, months_elapsed=6)

    inside = (made.lower_95 - 1e-9 <= actual) & (actual <= made.upper_95 + 1e-9)
    assert 0.935 <= inside.mean() <= 0.985
