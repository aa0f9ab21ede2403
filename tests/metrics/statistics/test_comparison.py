from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson_2indep, test_poisson_2indep

from metrics.statistics.comparison import (
    ChangeForm,
    NotTestable,
    Verdict,
    compare_counts,
    count_p_rise,
    count_p_value,
    definition_change_between,
    fragile_counts,
    ratio_interval,
)

# pytest would collect statsmodels' function as a test of ours
poisson_test = test_poisson_2indep
del test_poisson_2indep

whole = st.integers(0, 400)
exposure = st.sampled_from([0.5, 1.0, 28 / 31, 2.0, 365.0])


@settings(max_examples=80, deadline=None)
@given(whole, whole, exposure, exposure)
def test_one_sided_mid_p_agrees_with_statsmodels(o: int, b: int, t1: float, t0: float) -> None:
    rising = count_p_rise(o, b, t1, t0)

    with np.errstate(all="ignore"):
        for alternative, ours in (("larger", rising), ("smaller", 1.0 - rising)):
            theirs = poisson_test(
                o, t1, float(b), t0, method="cond-midp", alternative=alternative
            ).pvalue
            assert ours == pytest.approx(theirs, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([1.0, 1.25, 2.0, 3.0]))
def test_counts_are_divided_by_the_dispersion_before_the_test(o: int, b: int, phi: float) -> None:
    made = compare_counts([o * phi], [b * phi], dispersion=phi, level=0.999)

    smaller = min(
        poisson_test(o, 1, b, 1, method="cond-midp", alternative=a).pvalue
        for a in ("larger", "smaller")
    )
    assert made.p_value == pytest.approx([min(1.0, 2 * smaller)], abs=1e-10)


def test_statsmodels_two_sided_counts_half_of_what_was_seen_once_ours_on_both_sides() -> None:
    # its two-sided p adds both exact tails and takes half of the observed point off once
    theirs = poisson_test(10, 1, 20, 1, method="cond-midp").pvalue

    assert count_p_value(10, 20) == pytest.approx(theirs - 0.5 * stats.binom.pmf(10, 30, 0.5))


@pytest.mark.parametrize(("o", "b", "t1", "t0"), [(10, 20, 1, 1), (45, 30, 28, 31), (3, 9, 1, 2)])
def test_ratio_interval_agrees_with_statsmodels_score_interval(
    o: int, b: int, t1: float, t0: float
) -> None:
    low, high = ratio_interval(o / 1.3, b / 1.3, t1, t0, confidence=0.95)

    theirs = confint_poisson_2indep(o / 1.3, t1, b / 1.3, t0, method="score", alpha=0.05)
    assert (float(low), float(high)) == pytest.approx(theirs, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 500), st.floats(0.1, 500), exposure, exposure)
def test_ends_of_the_interval_are_where_the_score_test_turns(
    o: float, b: float, t1: float, t0: float
) -> None:
    ends = ratio_interval(o, b, t1, t0, confidence=0.95)

    for end in ends:
        r = float(end) * t1 / t0
        score = (o - b * r) / np.sqrt((o + b) * r)
        assert abs(score) == pytest.approx(stats.norm.ppf(0.975), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 500), st.floats(0, 500), exposure, exposure)
def test_swapping_the_periods_swaps_the_direction_and_nothing_else(
    o: float, b: float, t1: float, t0: float
) -> None:
    rising, falling = count_p_rise(o, b, t1, t0), count_p_rise(b, o, t0, t1)

    assert rising == pytest.approx(1.0 - falling, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 300), st.floats(0.001, 50), st.floats(0.1, 300))
def test_more_crimes_are_never_less_evidence_of_a_rise(o: float, more: float, b: float) -> None:
    assert count_p_rise(o + more, b) <= count_p_rise(o, b) + 1e-12


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 400), st.integers(10, 400), st.floats(1.0, 2.9))
def test_more_dispersion_never_makes_a_change_more_significant(o: int, b: int, phi: float) -> None:
    made = compare_counts([[o, o]], [[b, b]], dispersion=[phi, phi + 0.1], level=0.999)

    assert made.p_value[0, 1] >= made.p_value[0, 0] - 1e-12


@pytest.mark.parametrize(("mean", "phi"), [(10, 1.0), (50, 1.3), (300, 2.0)])
def test_alarms_without_change_keep_to_the_nominal_level(mean: float, phi: float) -> None:
    rng = np.random.default_rng(2013)
    size = (2, 20_000)
    draws = (
        rng.poisson(mean, size)
        if phi == 1.0
        else rng.negative_binomial(mean / (phi - 1), 1 / phi, size)
    )

    p = count_p_value(draws[0] / phi, draws[1] / phi)

    assert 0.006 < np.mean(p < 0.01) < 0.012
    assert 0.040 < np.mean(p < 0.05) < 0.056


def test_published_changes_of_december_2013_are_told_as_chance_would_have_it() -> None:
    # Strategic Assurance Board, December 2013: burglary, theft of and from vehicles, violence
    made = compare_counts([2678, 780, 3803, 3315], [2775, 746, 3521, 2940], dispersion=1.3)

    assert list(made.verdict) == [
        Verdict.NO_SIGNIFICANT_CHANGE,
        Verdict.NO_SIGNIFICANT_CHANGE,
        Verdict.SIGNIFICANT_RISE,
        Verdict.SIGNIFICANT_RISE,
    ]
    assert made.proportion_change == pytest.approx([-0.035, 0.046, 0.080, 0.128], abs=0.0006)


def test_from_zero_there_is_no_per_cent_and_no_infinity() -> None:
    made = compare_counts([12], [0], dispersion=1.0)

    assert made.form[0] == ChangeForm.FROM_ZERO
    assert np.isnan([made.proportion_change[0], made.ratio[0], made.ratio_high[0]]).all()
    assert made.verdict[0] == Verdict.SIGNIFICANT_RISE
    assert made.ratio_low[0] > 1


def test_below_fifty_in_the_base_a_change_is_told_in_counts() -> None:
    made = compare_counts([60, 60, 60], [49, 50, np.nan], dispersion=1.0)

    assert list(made.form) == [ChangeForm.COUNTS, ChangeForm.PER_CENT, ChangeForm.NOT_RECORDED]


@pytest.mark.parametrize(
    ("o", "b", "phi", "changed", "reason"),
    [
        (100, 50, 1.0, True, NotTestable.DEFINITION_CHANGED),
        (np.nan, 50, 1.0, False, NotTestable.NOT_RECORDED),
        (50, np.nan, 1.0, False, NotTestable.NOT_RECORDED),
        (-1, 50, 1.0, False, NotTestable.NEGATIVE_COUNT),
        (100, 50, np.nan, False, NotTestable.NO_DISPERSION),
        (0, 0, 1.0, False, NotTestable.NOTHING_COUNTED),
        (6, 0, 1.0, False, NotTestable.TOO_FEW),
        (7, 0, 1.0, False, NotTestable.TESTED),
        (7, 0, 1.3, False, NotTestable.TOO_FEW),
    ],
)
def test_where_nothing_can_be_said_the_reason_is_said(
    *, o: float, b: float, phi: float, changed: bool, reason: NotTestable
) -> None:
    made = compare_counts([o], [b], dispersion=phi, definition_changed=changed)

    assert made.reason[0] == reason
    assert (made.verdict[0] == Verdict.NOT_TESTABLE) == (reason != NotTestable.TESTED)


def test_a_missing_exposure_is_not_a_comparison() -> None:
    made = compare_counts([10], [20], dispersion=1.0, exposure_base=0.0)

    assert made.reason[0] == NotTestable.NO_EXPOSURE
    assert np.isnan(made.expected[0])


def test_a_comparison_that_cannot_be_made_costs_the_others_nothing() -> None:
    alone = compare_counts([150], [100], dispersion=1.0)
    among = compare_counts([150, np.nan, 1, 9], [100, 3, 0, np.nan], dispersion=1.0)

    assert among.p_adjusted[0] == alone.p_adjusted[0]


def test_a_dispersion_below_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        compare_counts([10], [10], dispersion=0.9)


def test_unequal_months_are_scaled_to_the_same_length() -> None:
    made = compare_counts([280], [310], dispersion=1.0, exposure_current=28, exposure_base=31)

    assert made.change[0] == pytest.approx(0.0)
    assert made.p_value[0] == pytest.approx(1.0, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 0.2))
def test_fragile_is_what_comparing_the_revised_page_again_would_say(
    seed: int, revision: float
) -> None:
    rng = np.random.default_rng(seed)
    b = rng.poisson(200, 8).astype(float)
    o = rng.poisson(b * rng.choice([0.6, 1.0, 1.4], 8)).astype(float)
    made = compare_counts(o, b, dispersion=1.2)

    found = fragile_counts(made, b, dispersion=1.2, revision_up=revision)

    for i in range(8):
        rise = made.verdict[i] == Verdict.SIGNIFICANT_RISE
        revised = o.copy()
        revised[i] *= 1 - revision if rise else 1 + revision
        again = compare_counts(revised, b, dispersion=1.2)
        significant = made.verdict[i] != Verdict.NO_SIGNIFICANT_CHANGE
        assert found[i] == (significant and again.verdict[i] != made.verdict[i])


def test_what_is_fragile_depends_on_its_own_page_alone() -> None:
    # Beside three plain rises the borderline one would stand; on its own page it does not.
    now, before = np.array([400.0, 400.0, 400.0, 255.0, 200.0, 200.0]), np.full(6, 200.0)
    page = np.array([0, 0, 0, 1, 1, 1])
    together = compare_counts(now, before, dispersion=1.0, level=0.05)
    alone = compare_counts(now[3:], before[3:], dispersion=1.0, level=0.05)
    assert together.verdict[3:].tolist() == alone.verdict.tolist()

    found = fragile_counts(
        together, before, dispersion=1.0, revision_up=0.03, page=page, level=0.05
    )

    judged = fragile_counts(alone, before[3:], dispersion=1.0, revision_up=0.03, level=0.05)
    assert found[3:].tolist() == judged.tolist() == [True, False, False]


def test_late_records_weaken_a_fall_and_not_a_rise() -> None:
    made = compare_counts([250, 160], [200, 200], dispersion=1.0, level=0.05)

    found = fragile_counts(
        made, [200, 200], dispersion=1.0, revision_up=0.1, revision_down=0.0, level=0.05
    )

    assert list(found) == [False, True]


def test_a_change_of_definition_between_the_periods_is_found() -> None:
    changes = np.array(
        [
            ["2013-04-01", "NaT"],
            ["2012-04-01", "NaT"],
            ["2013-12-12", "2013-04-02"],
            ["NaT", "NaT"],
        ],
        dtype="datetime64[D]",
    )

    found = definition_change_between(
        changes, base_start=np.datetime64("2012-04-01"), current_end=np.datetime64("2013-12-11")
    )

    assert list(found) == [True, False, True, False]
