from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion

from metrics.statistics.comparison import NotTestable, Verdict
from metrics.statistics.proportions import (
    beta_binomial_p_value,
    compare_proportions,
    newcombe_interval,
    score_p_value,
    shrunk_proportion,
    two_proportion_p_value,
    wilson_interval,
)


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 500))
    return draw(st.integers(0, n)), n


@settings(max_examples=60, deadline=None)
@given(samples())
def test_wilson_agrees_with_statsmodels(sample: tuple[int, int]) -> None:
    low, high = wilson_interval(*sample)

    theirs = proportion.proportion_confint(*sample, method="wilson")
    assert (float(low), float(high)) == pytest.approx(theirs, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(samples(), samples())
def test_newcombe_agrees_with_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    low, high = newcombe_interval(*one, *other, confidence=0.95)

    theirs = proportion.confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert (float(low), float(high)) == pytest.approx(theirs, abs=1e-12)


def test_newcombe_gives_his_published_example() -> None:
    # Newcombe 1998, table II, (a) 56/70 - 48/80, method 10: 0.0524 to 0.3339
    low, high = newcombe_interval(56, 70, 48, 80, confidence=0.95)

    assert (float(low), float(high)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@settings(max_examples=60, deadline=None)
@given(samples(), samples())
def test_score_test_agrees_with_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    if one[0] + other[0] in (0, one[1] + other[1]):
        assert score_p_value(*one, *other) == 1.0
        return
    theirs = proportion.score_test_proportions_2indep(*one, *other, compare="diff")
    assert score_p_value(*one, *other) == pytest.approx(theirs.pvalue, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(samples(), samples())
def test_mid_p_is_fisher_less_half_of_what_was_seen(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    (x1, n1), (x0, n0) = one, other
    table = np.array([[x1, n1 - x1], [x0, n0 - x0]])
    seen = stats.hypergeom.pmf(x1, n1 + n0, x1 + x0, n1)
    tails = [stats.fisher_exact(table, alternative=a).pvalue for a in ("less", "greater")]

    expected = min(1.0, 2 * (min(tails) - seen / 2))

    assert two_proportion_p_value(x1, n1, x0, n0) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(samples(), samples())
def test_swapping_the_periods_changes_only_the_sign(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    forwards = compare_proportions([one[0]], [one[1]], [other[0]], [other[1]], minimum=1)
    backwards = compare_proportions([other[0]], [other[1]], [one[0]], [one[1]], minimum=1)

    assert forwards.p_value == pytest.approx(backwards.p_value, abs=1e-9)
    assert forwards.change_low == pytest.approx(-backwards.change_high, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(samples())
def test_an_interval_holds_its_proportion(sample: tuple[int, int]) -> None:
    low, high = wilson_interval(*sample)

    assert 0.0 <= low <= sample[0] / sample[1] <= high <= 1.0


def test_beta_binomial_p_agrees_with_scipy() -> None:
    x, n, x0, n0, tau2 = 150, 400, 200, 420, 0.03
    p = (x0 + 0.5) / (n0 + 1)
    m = 1 / (1 / (n0 + 2) + p * (1 - p) * tau2) - 1
    law = stats.betabinom(n, p * m, (1 - p) * m)
    lower = law.cdf(x) - 0.5 * law.pmf(x)

    made = beta_binomial_p_value(x, n, x0, n0, extra_variance=tau2)

    assert made == pytest.approx(2 * min(lower, 1 - lower), rel=1e-6)


def test_where_rates_drift_the_same_change_is_less_significant() -> None:
    args = ([300, 300], [1000, 1000], [360, 360], [1000, 1000])

    made = compare_proportions(*args, extra_variance=[0.0, 0.02])

    assert made.p_value[0] < 0.01 < made.p_value[1]
    assert made.change_high[1] - made.change_low[1] > made.change_high[0] - made.change_low[0]


def test_alarms_without_change_keep_to_the_nominal_level_where_rates_drift() -> None:
    rng = np.random.default_rng(5)
    p, tau2, n = 0.3, 0.02, 800
    spread = p * (1 - p) * tau2
    m = 1 / spread - 1
    base = rng.binomial(n, p, 8000)
    drifted = rng.binomial(n, rng.beta(p * m, (1 - p) * m, 8000))

    found = beta_binomial_p_value(drifted, n, base, n, extra_variance=tau2)
    ignored = two_proportion_p_value(drifted, n, base, n)

    assert 0.006 < np.mean(found < 0.01) < 0.014
    assert np.mean(ignored < 0.01) > 0.05


def test_published_fall_of_vehicle_satisfaction_is_significant_with_its_sample() -> None:
    # 2015/16 plan dashboard: 85.9% to 74.8%; 400 responses a year assumed, not published
    made = compare_proportions([299], [400], [344], [400])

    assert made.verdict[0] == Verdict.SIGNIFICANT_FALL


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ((20, 29, 40, 50), NotTestable.TOO_FEW),
        ((40, 50, 20, 29), NotTestable.TOO_FEW),
        ((51, 50, 40, 50), NotTestable.MORE_THAN_ALL),
        ((np.nan, 50, 40, 50), NotTestable.NOT_RECORDED),
        ((0, 0, 0, 0), NotTestable.NOTHING_COUNTED),
        ((40, 50, 40, 50), NotTestable.TESTED),
    ],
)
def test_where_nothing_can_be_said_of_a_rate_the_reason_is_said(
    sample: tuple[float, ...], reason: NotTestable
) -> None:
    made = compare_proportions(*([value] for value in sample))

    assert made.reason[0] == reason
    assert np.isnan(made.p_value[0]) == (reason != NotTestable.TESTED)


def test_a_changed_question_refuses_the_comparison() -> None:
    made = compare_proportions([40], [50], [10], [50], definition_changed=[True])

    assert made.reason[0] == NotTestable.DEFINITION_CHANGED


def test_with_nobody_asked_the_small_area_has_its_force_s_figure() -> None:
    assert shrunk_proportion(0, 0, prior_weight=50, prior_proportion=0.8) == pytest.approx(0.8)
