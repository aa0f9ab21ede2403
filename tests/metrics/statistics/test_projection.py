"""Year-end totals, their limits and the chance of meeting a target."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.projection import (
    FloatArray,
    Projection,
    RecordingSteps,
    Withheld,
    chance_met,
    present_basis,
    project,
)


def counts(n_series: int = 30, months: int = 66, mean: float = 40.0, seed: int = 1) -> FloatArray:
    """Noisy counts around a mean that drifts."""
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(0, 0.03, (n_series, months)), axis=1)
    return rng.poisson(mean * np.exp(drift)).astype(np.float64)


def projected(
    monthly: FloatArray,
    elapsed: float = 6.0,
    *,
    part_month: FloatArray | None = None,
    target: float | FloatArray | None = None,
    at_least: bool = False,
    basis: FloatArray | None = None,
) -> Projection:
    """Series of one measure at one level, all with the same kind of target."""
    n = len(monthly)
    return project(
        monthly,
        measure=np.zeros(n, dtype=np.int64),
        level=np.zeros(n, dtype=np.int64),
        months_elapsed=elapsed,
        part_month=part_month,
        target=None if target is None else np.broadcast_to(target, n).astype(np.float64),
        at_least=np.full(n, at_least),
        basis=basis,
    )


def a_chance(target: float, *, to_date: float = 100.0, rest: float = 50.0) -> float:
    one = [np.array([value]) for value in (to_date, rest, 0.2, target)]
    found = chance_met(
        to_date=one[0], rest=one[1], scale=one[2], target=one[3], at_least=np.array([False])
    )
    return float(found[0])


def test_the_chance_of_a_target_is_that_of_a_t_distribution_with_6_degrees_of_freedom() -> None:
    assert a_chance(160.0) == pytest.approx(stats.t.cdf(np.log(60 / 50) / 0.2, 6))


@pytest.mark.parametrize(
    ("target", "rest", "chance"),
    [
        pytest.param(99.0, 50.0, 0.0, id="already passed"),
        pytest.param(100.0, 0.0, 1.0, id="kept exactly, and the year is over"),
        pytest.param(150.0, 50.0, 0.5, id="as projected"),
    ],
)
def test_chance_of_staying_within_a_target(target: float, rest: float, chance: float) -> None:
    assert a_chance(target, rest=rest) == pytest.approx(chance)


def test_a_floor_already_reached_is_met() -> None:
    made = projected(counts(), target=10.0, at_least=True)

    assert (made.chance_met == 1.0).all()


def test_a_floor_and_a_ceiling_share_the_chances() -> None:
    series = counts()

    floor = projected(series, target=500.0, at_least=True).chance_met
    ceiling = projected(series, target=500.0).chance_met

    assert floor + ceiling == pytest.approx(1.0)


def test_without_a_target_there_is_no_chance_of_meeting_it() -> None:
    assert np.isnan(projected(counts()).chance_met).all()


def test_limits_are_the_quantiles_rounded_outwards() -> None:
    made = projected(counts())
    scale = made.log_error * np.sqrt(4 / 6)
    rest = made.total - made.year_to_date

    upper = made.year_to_date + rest * np.exp(scale * stats.t.ppf(0.975, 6))
    lower = made.year_to_date + rest * np.exp(scale * stats.t.ppf(0.1, 6))

    assert np.array_equal(made.upper_95, np.ceil(upper))
    assert np.array_equal(made.lower_80, np.floor(lower))


def test_the_error_holds_chance_and_drift() -> None:
    made = projected(np.full((30, 66), 100.0))

    # A series that never moved keeps the least drift, 1%: log(1 + 1.3 / (E + 0.5) + 0.0001).
    rest = made.total - made.year_to_date
    assert made.log_error**2 == pytest.approx(np.log1p(1.3 / (rest + 0.5) + 1e-4))


def test_at_the_end_of_the_year_the_total_is_known() -> None:
    series = counts(months=72)

    made = projected(series, 12.0, target=480.0)

    assert np.array_equal(made.total, series[:, -12:].sum(axis=1))
    assert np.array_equal(made.lower_95, made.upper_95)
    assert np.array_equal(made.chance_met, (made.total <= 480).astype(float))


def test_the_pace_needed_is_the_room_left_over_the_months_left() -> None:
    series = counts()
    series[:, 60:] = 300.0

    made = projected(series, 6.0, target=3522.0)

    assert made.pace_needed == pytest.approx(287.0)


def test_no_pace_is_named_when_the_target_is_out_of_reach() -> None:
    assert np.isnan(projected(counts(), target=1.0).pace_needed).all()


def test_a_floor_already_reached_needs_no_more() -> None:
    assert (projected(counts(), target=1.0, at_least=True).pace_needed == 0.0).all()


def test_part_of_a_month_counts_as_a_part() -> None:
    series = np.full((30, 66), 100.0)

    made = projected(series, 6.5, part_month=np.full(30, 50.0))

    assert made.year_to_date == pytest.approx(650)
    assert made.total == pytest.approx(1200, rel=0.01)


def test_the_first_hours_of_a_month_change_nothing() -> None:
    series = counts()

    before = projected(series, 6.0)
    after = projected(series, 6.0 + 1e-9, part_month=np.zeros(30))

    assert after.total == pytest.approx(before.total, rel=1e-6)
    assert after.log_error == pytest.approx(before.log_error, rel=1e-6)


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (62, Withheld.THIS_YEAR_NOT_RECORDED),
        (56, Withheld.LAST_YEAR_NOT_RECORDED),
    ],
)
def test_a_missing_month_that_is_needed_withholds_the_projection(
    column: int, why: Withheld
) -> None:
    series = counts()
    series[3, column] = np.nan

    made = projected(series)

    assert made.withheld[3] == why
    assert np.isnan(made.total[3])
    assert np.isnan(made.upper_95[3])


def test_a_series_withheld_does_not_withhold_its_neighbours() -> None:
    series = counts()
    series[3, 62] = np.nan

    made = projected(series)

    assert (np.delete(made.withheld, 3) == Withheld.NOT).all()
    assert np.isfinite(np.delete(made.total, 3)).all()


def test_a_month_missing_long_ago_withholds_nothing() -> None:
    series = counts()
    series[:, 14] = np.nan

    assert (projected(series).withheld == Withheld.NOT).all()


def test_no_complete_year_is_said_to_be_the_reason() -> None:
    series = counts()
    series[0, :52] = np.nan

    assert projected(series).withheld[0] == Withheld.NO_COMPLETE_YEAR


def test_without_an_earlier_year_to_hindcast_the_error_is_unknown() -> None:
    series = counts(months=18)

    assert (projected(series, 6.0).withheld == Withheld.ERROR_NOT_MEASURED).all()


@pytest.mark.parametrize("code", [code for code in Withheld if code is not Withheld.NOT])
def test_every_reason_is_a_sentence(code: Withheld) -> None:
    assert code.reason.endswith(".")


def test_columns_that_do_not_begin_a_year_are_refused() -> None:
    with pytest.raises(ValueError, match="pad the beginning"):
        projected(counts(months=65), 6.0)


def test_a_part_of_a_month_without_its_count_is_refused() -> None:
    with pytest.raises(ValueError, match="part_month"):
        projected(counts(), 6.5)


def test_a_recording_step_rescales_what_was_before_it() -> None:
    steps = RecordingSteps(
        series=np.array([1]), month=np.array([2.0]), log_step=np.array([np.log(1.5)])
    )

    factors = present_basis(2, 4, steps)

    assert factors == pytest.approx(np.array([[1, 1, 1, 1], [1.5, 1.5, 1, 1]]))


def test_a_step_in_the_middle_of_a_month_scales_its_first_half() -> None:
    steps = RecordingSteps(
        series=np.array([0]), month=np.array([1.5]), log_step=np.array([np.log(1.5)])
    )

    # Half a month at 1 and half at 1.5 is recorded as 1.25; on today's basis it is 1.5.
    assert present_basis(1, 3, steps)[0] == pytest.approx([1.5, 1.5 / 1.25, 1.0])


def test_two_steps_of_one_series_multiply() -> None:
    steps = RecordingSteps(
        series=np.array([0, 0]), month=np.array([1.0, 2.0]), log_step=np.log([1.5, 2.0])
    )

    assert present_basis(1, 3, steps)[0] == pytest.approx([3.0, 2.0, 1.0])


def test_a_step_in_the_year_is_projected_as_if_recording_had_always_been_so() -> None:
    always = counts()
    step = RecordingSteps(
        series=np.arange(30), month=np.full(30, 64.0), log_step=np.full(30, np.log(2.0))
    )
    factors = present_basis(30, 66, step)
    recorded = always / factors

    made = projected(recorded, basis=factors, target=400.0)
    plain = projected(always)

    assert made.total - made.year_to_date == pytest.approx(plain.total - plain.year_to_date)
    assert made.year_to_date == pytest.approx(recorded[:, 60:].sum(axis=1))


def test_a_target_set_on_old_recording_is_judged_on_both_bases() -> None:
    always = counts()
    step = RecordingSteps(
        series=np.arange(30), month=np.full(30, 60.0), log_step=np.full(30, np.log(2.0))
    )
    factors = present_basis(30, 66, step)
    target = 0.95 * (always / factors)[:, 48:60].sum(axis=1)

    made = projected(always / factors, basis=factors, target=target)
    plain = projected(always, target=0.95 * always[:, 48:60].sum(axis=1))

    assert made.chance_met_like_for_like == pytest.approx(plain.chance_met)
    assert (made.chance_met < 0.01).all()


def test_limits_cover_as_often_as_they_say() -> None:
    series = counts(n_series=400, months=72, mean=60.0, seed=9)
    actual = series[:, 60:].sum(axis=1)

    made = projected(series[:, :66])

    inside_95 = (made.lower_95 <= actual) & (actual <= made.upper_95)
    inside_80 = (made.lower_80 <= actual) & (actual <= made.upper_80)
    assert 0.92 <= inside_95.mean() <= 0.98
    assert 0.74 <= inside_80.mean() <= 0.87


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 12))
def test_a_looser_target_is_never_less_likely(seed: int, elapsed: float) -> None:
    whole = int(elapsed)
    series = counts(n_series=12, months=48 + whole, mean=5.0, seed=seed)
    part = np.ones(12) if elapsed > whole else None
    chances = [
        projected(series, elapsed, part_month=part, target=float(target)).chance_met
        for target in range(0, 150, 15)
    ]

    assert (np.diff(np.array(chances), axis=0) >= 0).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_limits_hold_the_projection_and_never_undo_what_is_recorded(seed: int) -> None:
    made = projected(counts(n_series=12, mean=2.0, seed=seed))

    assert (made.year_to_date <= made.lower_95).all()
    assert (made.lower_95 <= made.lower_80).all()
    assert (made.lower_80 <= made.total).all()
    assert (made.total <= made.upper_80).all()
    assert (made.upper_80 <= made.upper_95).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_the_series_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = counts(n_series=20, seed=seed)
    measure, level = rng.integers(0, 3, 20), rng.integers(0, 2, 20)
    order = rng.permutation(20)

    straight = project(series, measure=measure, level=level, months_elapsed=6)
    shuffled = project(series[order], measure=measure[order], level=level[order], months_elapsed=6)

    assert shuffled.total == pytest.approx(straight.total[order])
    assert np.array_equal(shuffled.upper_95, straight.upper_95[order])
