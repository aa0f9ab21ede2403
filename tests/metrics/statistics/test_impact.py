"""The measured effect of an operation: published data, statsmodels, and laws."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from metrics.statistics.impact import (
    AHEAD,
    LEAST_BEFORE,
    TAIL_FREEDOM,
    WIDENING,
    ImpactVerdict,
    Months,
    Placebos,
    by_itself,
    chance_of_effect,
    chance_variance,
    counterfactual,
    drift,
    fit,
    log_ratio,
    never_surer,
    placebo_launches,
    reach,
    since_launch,
    smallest_fall,
    verdict,
)

Floats = NDArray[np.float64]

# Acute coronary episodes in Sicily by month, January 2002 to November 2006, and the smoking ban of
# January 2005: the worked example of Bernal, Cummins and Gasparrini (2017), Int J Epidemiol 46,
# 348-355; data published with it (github.com/gasparrini/2017_lopezbernal_IJE_codedata).
EPISODES = (
    *(728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858),
    *(887, 766, 851, 769, 781, 756, 766, 752, 765, 831, 879, 928),
    *(914, 808, 937, 840, 916, 828, 845, 818, 860, 839, 887, 886),
    *(831, 833, 820, 877, 758, 767, 738, 781, 843, 850, 908, 1021),
)
BAN = 36


def months_of(many: int, first: int = 0) -> Months:
    """So many months of 30 days, from a month of the year on (0: January)."""
    return Months(
        of_year=(first + np.arange(many)) % 12 + 1, days=np.full(many, 30.0, dtype=np.float64)
    )


def force(seed: int, *, series: int = 40, months: int = 60, drifting: float = 0.0) -> Floats:
    """Counts of Poisson series of 20 to 200 a month, whose level wanders if they are drifting."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.uniform(np.log(20), np.log(200), (series, 1)))
    level = np.cumsum(rng.normal(0.0, drifting, (series, months)), axis=1)
    return rng.poisson(size * np.exp(level)).astype(np.float64)


def alike(series: int) -> NDArray[np.int64]:
    """All series of one measure, or one level."""
    return np.zeros(series, dtype=np.int64)


def test_without_ridge_and_discount_it_is_the_regression_of_statsmodels() -> None:
    months = months_of(60)
    counts = np.array([EPISODES + (0.0,) * 12])
    ours = fit(counts, months, before=BAN, precision=(0.0, 0.0), discount=1.0)
    time = np.arange(BAN)
    angle = 2 * np.pi * months.of_year[:BAN] / 12
    design = np.column_stack(
        [
            np.ones(BAN),
            (time - BAN + 0.5) / 12,
            *(wave(n * angle) for n in (1, 2) for wave in (np.cos, np.sin)),
        ]
    )
    theirs = sm.GLM(
        np.array(EPISODES[:BAN]),
        design,
        family=sm.families.Poisson(),
        offset=np.full(BAN, np.log(30.0)),
    ).fit()

    assert ours.coefficients[0] == pytest.approx(theirs.params, abs=1e-7)


def test_the_published_example_shows_the_fall_that_was_published() -> None:
    # 11% fewer episodes since the ban in the tutorial's model with a step, a trend and harmonics
    # (relative risk 0.89), which offsets by population; observed over expected is that step.
    counts = np.array([EPISODES], dtype=np.float64)
    after = fit(counts, months_of(48), before=BAN, precision=(0.0, 0.0), discount=1.0).mean[:, BAN:]

    ratio = float(counts[0, BAN:].sum() / after.sum())

    assert ratio == pytest.approx(0.89, abs=0.03)


def test_what_came_after_a_launch_does_not_bend_what_was_expected() -> None:
    counts = force(1)
    changed = counts.copy()
    changed[:, 40:] *= 5.0

    expected = counterfactual(changed, months_of(60), before=40)

    assert np.array_equal(expected, counterfactual(counts, months_of(60), before=40))


def test_the_level_of_the_last_year_counts_for_more_than_that_of_earlier_ones() -> None:
    risen = np.full((1, 60), 100.0)
    risen[:, 28:] = 200.0  # a year before the launch

    assert counterfactual(risen, months_of(60), before=40)[0, 40:].min() > 190.0


def test_a_month_that_is_longer_is_expected_to_hold_more() -> None:
    days = np.array([31.0, 28.0] * 30)
    months = Months(of_year=np.ones(60, dtype=np.int64), days=days)
    counts = (days * 10.0)[None]

    expected = counterfactual(counts, months, before=40)

    assert expected[0, 40:] == pytest.approx(counts[0, 40:], rel=0.01)


def test_fewer_than_two_years_before_a_launch_say_nothing() -> None:
    counts = force(1)
    counts[0, : 40 - LEAST_BEFORE + 1] = np.nan
    counts[1, : 40 - LEAST_BEFORE] = np.nan

    expected = counterfactual(counts, months_of(60), before=40)

    assert np.isnan(expected[0]).all()
    assert np.isfinite(expected[1]).all()


@pytest.mark.parametrize("gap", [0, 1])
def test_a_placebo_looks_at_nothing_from_the_true_launch_on(gap: int) -> None:
    counts = force(2)
    changed = counts.copy()
    changed[:, 45:] = 0.0

    found = placebo_launches(changed, months_of(60), launch=45, gap=gap)
    same = placebo_launches(counts, months_of(60), launch=45, gap=gap)

    assert np.array_equal(found.observed, same.observed, equal_nan=True)
    assert np.array_equal(found.expected, same.expected, equal_nan=True)


def test_the_nearest_placebo_measures_the_last_month_before_the_launch() -> None:
    counts = force(2)

    found = placebo_launches(counts, months_of(60), launch=45, gap=1)

    assert np.array_equal(found.observed[:, 0, 0], counts[:, 44])
    assert np.isnan(found.observed[:, 0, 1:]).all()


def test_series_that_drift_are_less_sure_the_longer_ago_the_launch_was() -> None:
    counts = force(3, series=100, drifting=0.03)
    placebos = placebo_launches(counts, months_of(60), launch=52, gap=0)

    tau2 = drift(placebos, measure=alike(100), level=alike(100), over=by_itself)[0]

    assert tau2[11] > 3.0 * tau2[0]


def test_what_comparison_areas_share_does_not_count_as_spread() -> None:
    rng = np.random.default_rng(4)
    shared = np.exp(np.cumsum(rng.normal(0.0, 0.05, 60)))
    counts = rng.poisson(2000.0 * shared, (30, 60)).astype(np.float64)
    placebos = placebo_launches(counts, months_of(60), launch=50, gap=0)
    other = placebo_launches(
        np.repeat(rng.poisson(20000.0 * shared, (1, 60)).astype(np.float64), 30, axis=0),
        months_of(60),
        launch=50,
        gap=0,
    )

    alone = drift(placebos, measure=alike(30), level=alike(30), over=since_launch)
    against = drift(
        placebos, measure=alike(30), level=alike(30), over=since_launch, comparison=other
    )

    assert against[0, 5] < 0.2 * alone[0, 5]


def test_too_few_placebos_say_nothing_of_the_spread() -> None:
    counts = force(5, series=3)
    placebos = placebo_launches(counts, months_of(60), launch=27, gap=0)

    tau2 = drift(placebos, measure=alike(3), level=alike(3), over=since_launch)

    assert np.isnan(tau2).all()


def test_the_interval_is_a_t_interval_of_both_variances_widened() -> None:
    expected = WIDENING * np.sqrt(4.0 / 6.0 * (0.01 + 0.03)) * stats.t.ppf(0.975, TAIL_FREEDOM)

    assert reach(np.array([0.01]), np.array([0.03]))[0] == pytest.approx(expected)


def test_a_fall_as_large_as_the_smallest_that_shows_just_shows() -> None:
    width = np.array([0.2])
    fall = float(smallest_fall(width)[0])

    assert np.log1p(-fall) + width[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.14, -0.02, ImpactVerdict.FALL),
        (0.02, 0.14, ImpactVerdict.RISE),
        (-0.14, 0.02, ImpactVerdict.NOT_DETECTABLE),
        (-0.14, 0.0, ImpactVerdict.NOT_DETECTABLE),
    ],
)
def test_an_interval_that_holds_no_change_shows_nothing(
    low: float, high: float, said: ImpactVerdict
) -> None:
    assert verdict(low, high) is said


def test_the_interval_of_a_large_fall_is_wider_than_that_of_no_change() -> None:
    few, many = chance_of_effect(np.array([40.0, 100.0]), np.array([100.0, 100.0]))

    assert few > many == chance_variance(np.array(100.0))


def test_no_count_at_all_has_an_effect_that_can_be_written() -> None:
    assert np.isfinite(log_ratio(np.array([0.0]), np.array([30.0]))).all()


def test_variances_of_months_further_ahead_never_fall_and_keep_their_sum() -> None:
    jagged = np.array([0.02, 0.01, 0.04, 0.03, np.nan, np.nan])

    smooth = never_surer(jagged)

    assert smooth[:4] == pytest.approx([0.015, 0.015, 0.035, 0.035])
    assert np.isnan(smooth[4:]).all()


def test_intervals_hold_the_true_effect_about_as_often_as_they_promise() -> None:
    """95% intervals of 400 series with a known effect; the bench has thousands."""
    counts = force(6, series=400, months=60, drifting=0.01)
    launch = 47
    rng = np.random.default_rng(7)
    counts[:, launch:] = rng.binomial(counts[:, launch:].astype(np.int64), 0.8)
    months = months_of(60)
    measure = np.repeat(np.arange(10), 40)

    placebos = placebo_launches(counts, months, launch=launch, gap=0)
    tau2 = drift(placebos, measure=measure, level=alike(400), over=since_launch)[:, 5]
    expected = counterfactual(counts, months, before=launch)[:, launch : launch + 6].sum(axis=1)
    observed = counts[:, launch : launch + 6].sum(axis=1)
    error = log_ratio(observed, expected) - np.log(0.8)

    covered = np.abs(error) <= reach(chance_variance(expected), tau2)

    assert 0.93 <= covered.mean() <= 0.99


@given(factor=st.integers(2, 50))
@settings(max_examples=10, deadline=None)
def test_twelve_times_as_many_crimes_are_the_same_share_of_what_was_expected(factor: int) -> None:
    # The ridge and the penalty of small numbers fade with size: large counts scale as they should.
    counts = force(8, series=5) * 1000.0

    once = counterfactual(counts, months_of(60), before=40)
    often = counterfactual(counts * factor, months_of(60), before=40)

    assert often[:, 40:] == pytest.approx(once[:, 40:] * factor, rel=0.01)


@given(st.lists(st.floats(0.0, 1e6), min_size=AHEAD, max_size=AHEAD))
@settings(max_examples=30, deadline=None)
def test_the_last_sum_since_a_launch_is_the_sum_of_its_months(values: list[float]) -> None:
    monthly = np.array(values)

    assert since_launch(monthly)[-1] == pytest.approx(by_itself(monthly).sum())


def test_a_month_that_is_missing_ends_the_sums_since_a_launch() -> None:
    observed = np.full((12, 1, AHEAD), 100.0)
    observed[:, :, 4] = np.nan
    placebos = Placebos(observed=observed, expected=np.full((12, 1, AHEAD), 100.0))

    tau2 = drift(placebos, measure=alike(12), level=alike(12), over=since_launch)[0]

    assert np.isfinite(tau2[:4]).all()
    assert np.isnan(tau2[4:]).all()
