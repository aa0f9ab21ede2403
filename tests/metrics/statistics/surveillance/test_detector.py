"""The daily detector: what it finds, what it must not, and when it stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from metrics.errors import UserError
from metrics.statistics.surveillance import (
    Direction,
    NoVerdict,
    RecordingChange,
    assess,
    fit,
)
from tests.metrics.statistics.surveillance.made_up import (
    AREAS,
    DAYS,
    FIRST_DAY,
    FORCE_ROW,
    a_force,
    step,
    two_measures,
    two_to_one_season,
)

TODAY = DAYS - 1
BUDGET_OF_ONE_A_WEEK = 3.2


def test_a_doubling_in_one_area_scores_far_above_any_budget_there_and_only_there() -> None:
    lift = np.ones((AREAS, DAYS))
    lift[0, DAYS - 28 :] = 2.0
    history = a_force(lift=lift)

    day = assess(history, fit(history, TODAY), TODAY)

    assert day.score[0] > BUDGET_OF_ONE_A_WEEK + 2
    assert (day.score[1:AREAS] < BUDGET_OF_ONE_A_WEEK).all()
    assert day.band[0] == 3


def test_a_quiet_force_is_expected_to_count_what_it_counts() -> None:
    history = a_force(seed=2)

    day = assess(history, fit(history, TODAY), TODAY)

    assert day.expected[:, 2] == pytest.approx(day.observed[:, 2], rel=0.15)
    assert (day.reason == NoVerdict.HAS_VERDICT).all()


def test_a_fall_counts_where_a_fall_is_bad_and_only_there() -> None:
    fallen = a_force(lift=step(0.5, DAYS - 28), direction=Direction.FALL_IS_BAD)
    state = fit(fallen, TODAY)
    crimes = replace(fallen, layout=a_force().layout)

    assert (assess(fallen, state, TODAY).score > BUDGET_OF_ONE_A_WEEK).all()
    assert (assess(crimes, state, TODAY).score < 1).all()


def test_a_measure_without_a_bad_direction_gets_bands_but_no_score() -> None:
    history = a_force(lift=step(2.0, DAYS - 28), direction=Direction.NEITHER)

    day = assess(history, fit(history, TODAY), TODAY)

    assert np.isneginf(day.score).all()
    assert (day.band == 3).all()


def test_an_announced_change_of_recording_does_not_alert() -> None:
    changed = DAYS - 60
    history = a_force(lift=step(1.5, changed))
    announced = RecordingChange(measure=0, day=FIRST_DAY + timedelta(days=changed))

    silent = assess(history, fit(history, TODAY), TODAY)
    told = replace(history, changes=[announced])
    known = assess(told, fit(told, TODAY), TODAY)

    assert (silent.score > BUDGET_OF_ONE_A_WEEK).all()
    assert (known.score < BUDGET_OF_ONE_A_WEEK).all()


def test_an_old_step_that_nobody_announced_is_found_and_becomes_the_new_level() -> None:
    history = a_force(lift=step(1.5, DAYS - 300))

    state = fit(history, TODAY)

    found = state.expectation.parents.steps[0]
    assert abs(found[np.isfinite(found)] - (DAYS - 300)).min() <= 7
    assert assess(history, state, TODAY).expected[FORCE_ROW, 1] == pytest.approx(
        assess(history, state, TODAY).observed[FORCE_ROW, 1], rel=0.15
    )


def test_a_running_deterioration_does_not_train_its_own_baseline() -> None:
    before = a_force()
    during = replace(before, counts=before.counts * step(1.6, DAYS - 80))

    calm = assess(before, fit(before, TODAY), TODAY).expected
    risen = assess(during, fit(during, TODAY), TODAY).expected

    assert risen == pytest.approx(calm, rel=1e-9)


def test_nothing_after_today_is_looked_at() -> None:
    history = a_force()
    poisoned = history.counts.copy()
    poisoned[:, TODAY - 99 :] = 1e6
    later = replace(history, counts=poisoned)

    known = assess(history, fit(history, TODAY - 100), TODAY - 100)
    same = assess(later, fit(later, TODAY - 100), TODAY - 100)

    assert same.p_high == pytest.approx(known.p_high, abs=0.0)


def test_rolling_forward_gives_the_same_as_fitting_from_scratch() -> None:
    history = a_force()

    rolled = fit(history, TODAY, previous=fit(history, TODAY - 60))
    fresh = fit(history, TODAY)

    assert rolled.hindcasts.days.tolist() == fresh.hindcasts.days.tolist()
    assert assess(history, rolled, TODAY).p == pytest.approx(
        assess(history, fresh, TODAY).p, rel=1e-4
    )


def test_a_few_missing_days_scale_the_expectation_and_are_never_zero() -> None:
    history = a_force()
    counts = history.counts.copy()
    counts[:, TODAY - 3] = np.nan
    gappy = replace(history, counts=counts)
    state = fit(history, TODAY)

    whole, holed = assess(history, state, TODAY), assess(gappy, state, TODAY)

    ratio = holed.expected[:, 0] / whole.expected[:, 0]
    assert ratio == pytest.approx(np.full(AREAS + 1, 6 / 7), rel=0.1)
    assert (holed.reason[:, 0] == NoVerdict.HAS_VERDICT).all()


def test_a_window_with_many_missing_days_has_no_verdict() -> None:
    history = a_force()
    counts = history.counts.copy()
    counts[0, TODAY - 2 : TODAY + 1] = np.nan
    gappy = replace(history, counts=counts)

    day = assess(gappy, fit(gappy, TODAY), TODAY)

    assert day.reason[0, 0] == NoVerdict.GAP_IN_WINDOW
    assert np.isnan(day.p_high[0, 0])
    assert day.reason[0, 1] == NoVerdict.HAS_VERDICT


def test_less_than_a_year_of_history_gives_no_verdict() -> None:
    history = a_force(days=300)

    day = assess(history, fit(history, 299), 299)

    assert (day.reason == NoVerdict.TOO_LITTLE_HISTORY).all()
    assert np.isneginf(day.score).all()


def test_a_year_and_a_half_gives_a_verdict_on_a_level_without_a_trend() -> None:
    history = a_force(days=540)

    state = fit(history, 539)

    assert (assess(history, state, 539).reason == NoVerdict.HAS_VERDICT).all()
    trends = state.expectation.children.coefficients[:, 1]
    assert trends == pytest.approx(np.zeros(AREAS + 1), abs=1e-5)


def test_an_area_with_hardly_any_crime_gets_no_verdict_of_its_own() -> None:
    history = a_force(daily=0.01)

    day = assess(history, fit(history, TODAY), TODAY)

    assert (day.reason[:AREAS] == NoVerdict.TOO_FEW_EXPECTED).all()


def test_a_first_of_month_artefact_is_learnt_and_does_not_alert() -> None:
    days = [FIRST_DAY + timedelta(days=offset) for offset in range(DAYS)]
    lift = np.array([1.8 if day.day == 1 else 1.0 for day in days])
    history = a_force(daily=40.0, lift=lift)
    first = max(offset for offset, day in enumerate(days) if day.day == 1)

    state = fit(history, first)

    assert (assess(history, state, first).score < BUDGET_OF_ONE_A_WEEK).all()
    factor = state.expectation.special[0].max()
    assert factor == pytest.approx(1.8, rel=0.1)


def test_incomplete_counts_are_compared_with_what_should_have_arrived() -> None:
    history = a_force(daily=20.0)
    counts = history.counts.copy()
    counts[:, -7:] = np.round(counts[:, -7:] * 0.5)
    late = replace(history, counts=counts)
    half = np.full((1, 7), 0.5)
    state = fit(history, TODAY)

    corrected = assess(late, state, TODAY, completeness=half)

    assert corrected.expected[:, 0] == pytest.approx(corrected.observed[:, 0], rel=0.15)


def test_a_day_beyond_the_counts_is_refused_with_the_days_there_are() -> None:
    history = a_force()

    with pytest.raises(UserError, match="The counts run from 2009-04-01"):
        fit(history, DAYS)


def test_a_stale_state_is_refused() -> None:
    history = a_force()
    state = fit(history, TODAY - 60)

    with pytest.raises(UserError, match="60 days older"):
        assess(history, state, TODAY)


def test_forecasts_that_went_wrong_widen_the_variance() -> None:
    rng = np.random.default_rng(4)
    weeks = np.exp(rng.normal(0, 0.3, DAYS // 28 + 1))
    wandering = np.repeat(weeks, 28)[:DAYS]

    calm, wild = a_force(), a_force(lift=wandering)

    month = 1
    drift, still = fit(wild, TODAY).drift[:, month], fit(calm, TODAY).drift[:, month]
    assert (drift > 5 * still).all()


def test_each_series_follows_the_season_of_its_own_measure() -> None:
    steady, seasonal = a_force(seed=5), a_force(seed=6, lift=two_to_one_season())
    both = two_measures(steady, seasonal)
    state = fit(both, TODAY)

    together = assess(both, state, TODAY).expected

    alone = assess(seasonal, fit(seasonal, TODAY), TODAY).expected
    assert together[AREAS + 1 :] == pytest.approx(alone, rel=0.02)


def test_four_crimes_never_alert_however_few_were_expected() -> None:
    history = a_force(daily=0.05)
    counts = history.counts.copy()
    counts[0, TODAY - 55 :] = 0.0
    counts[0, TODAY] = 4.0
    day_of_four = replace(history, counts=counts)

    day = assess(day_of_four, fit(day_of_four, TODAY), TODAY)

    assert day.p[0, 0] < 0.01
    assert np.isneginf(day.score[0])
