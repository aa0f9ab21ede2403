from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.control import natural_limits
from metrics.statistics.control_state import (
    ControlState,
    band_words,
    control_position,
    control_words,
    sigma_band,
)

# Mean 10, moving ranges of 1, so that one deviation is 0.887.
STEADY = [9.0, 10, 11, 10] * 6
ONE = 0.887


def described(later: list[float]) -> tuple[str, int]:
    """State and side after a steady baseline of two years."""
    values = np.array([STEADY + later])
    baseline = np.arange(values.shape[1]) < len(STEADY)
    made = control_position(natural_limits(values, baseline=baseline))
    return str(made.state[0]), int(made.side[0])


def at(*positions: float) -> list[float]:
    """Values at these positions, in deviations from the mean."""
    return [10 + ONE * position for position in positions]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (at(0.5, -0.6, 0.2, 0.9, -0.3, 0.1, 0.4), (ControlState.AROUND_THE_MEAN, 0)),
        (at(0.5, -1.6, 0.2, 1.5, -0.3, 0.1, 0.4), (ControlState.WITHIN_BOUNDS, 0)),
        (at(0.5, -0.6, 0.2, 0.9, -0.3, 0.1, 3.2), (ControlState.OUTSIDE, 1)),
        (at(0.5, -0.6, 0.2, 0.9, -0.3, 0.1, -3.2), (ControlState.OUTSIDE, -1)),
        (at(1.2, 0.8, 1.1, 0.9, 1.4, 0.7, 1.0), (ControlState.STABILISED, 1)),
        (at(-1.2, -0.8, -1.1, -0.9, -1.4, -0.7, -1.0), (ControlState.STABILISED, -1)),
        (at(1.9, 2.4, 1.6, 2.1, 2.0, 1.8, 2.2), (ControlState.STABILISED, 1)),
        (at(*[2.6, 0.2, 2.9, 0.3] * 3), (ControlState.LONG_TERM, 1)),
        (at(*[2.6, 0.2, 2.9, -0.5] * 2, 2.6, 0.2, 2.9, 0.3), (ControlState.LONG_TERM, 1)),
        (at(*[2.6, 0.2, 2.9, -0.5] * 3), (ControlState.WITHIN_BOUNDS, 0)),
        (at(*[-2.4, -0.2] * 6), (ControlState.LONG_TERM, -1)),
    ],
)
def test_the_papers_words_follow_their_rules(
    later: list[float], expected: tuple[ControlState, int]
) -> None:
    assert described(later) == expected


def test_a_december_as_high_as_every_december_is_a_seasonal_spike() -> None:
    year = [10.0, 9.5, 10.5, 10, 9.5, 10.5, 10, 9.5, 10.5, 10, 9.5, 13.5]

    three_years = control_position(natural_limits([year * 3]))
    first_time = control_position(natural_limits([[*[*year[:11], 10.0] * 2, *year]]))

    assert three_years.state[0] == ControlState.SEASONAL_SPIKE
    assert first_time.state[0] == ControlState.OUTSIDE


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ((1.4, 1.4), ControlState.SEASONAL_SPIKE),
        ((0.6, 0.6), ControlState.WITHIN_BOUNDS),
        ((np.nan, 1.4), ControlState.WITHIN_BOUNDS),
    ],
)
def test_a_season_is_known_from_two_earlier_years_each_high(
    earlier: tuple[float, float], expected: ControlState
) -> None:
    values = np.array([[9.0, 10, 11, 10] * 9 + [10.0]])  # three years, and the first month again
    values[0, [0, 12, 24, 36]] = [np.nan, *at(*earlier, 2.4)]
    baseline = ~np.isin(np.arange(37), [11, 12, 23, 24, 36])

    made = control_position(natural_limits(values, baseline=baseline))

    assert made.state[0] == expected


def test_a_december_far_above_every_december_is_outside() -> None:
    year = [10.0, 9.5, 10.5, 10, 9.5, 10.5, 10, 9.5, 10.5, 10, 9.5, 12.5]
    values = np.array([year * 3])
    values[0, -1] = 20.0

    made = control_position(natural_limits(values, baseline=np.arange(36) < 24))

    assert made.state[0] == ControlState.OUTSIDE


def test_a_month_not_recorded_has_no_state() -> None:
    assert described([*at(0.1), np.nan]) == (ControlState.NOT_RECORDED, 0)


def test_fewer_than_twelve_points_give_no_state() -> None:
    made = control_position(natural_limits([STEADY[:11]]))

    assert made.state[0] == ControlState.TOO_FEW_POINTS


def test_a_level_before_a_break_is_not_a_level_after_it() -> None:
    values = np.array([[*STEADY, *at(*[2.6, 0.2] * 6), *STEADY[:12]]])
    baseline = ~np.isin(np.arange(48), range(24, 36))

    made = control_position(natural_limits(values, baseline=baseline, breaks=np.arange(48) == 36))

    assert made.state[0] == ControlState.WITHIN_BOUNDS


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-4, 4), min_size=14, max_size=14))
def test_a_chart_turned_over_has_its_state_on_the_other_side(positions: list[float]) -> None:
    state, side = described(at(*positions))
    over, other = described(at(*[-position for position in positions]))

    if ControlState.SEASONAL_SPIKE not in (state, over):
        assert (over, other) == (state, -side)


@pytest.mark.parametrize(
    ("state", "side", "deviations", "words"),
    [
        (ControlState.WITHIN_BOUNDS, 0, 0.3, "within expected bounds"),
        (
            ControlState.STABILISED,
            1,
            1.1,
            "within expected bounds, stabilised at one deviation above the mean",
        ),
        (ControlState.LONG_TERM, 1, 1.4, "significantly high over the long term"),
        (ControlState.LONG_TERM, -1, -1.4, "significantly low over the long term"),
        (ControlState.AROUND_THE_MEAN, 0, 0.1, "levels concentrated around the mean"),
        (
            ControlState.SEASONAL_SPIKE,
            1,
            2.6,
            "a seasonal spike, as in the same period of earlier years",
        ),
        (ControlState.OUTSIDE, -1, -3.4, "outside the expected bounds, below the lower limit"),
    ],
)
def test_states_are_worded_as_the_papers_word_them(
    state: ControlState, side: int, deviations: float, words: str
) -> None:
    assert control_words(state, side, deviations) == words


def test_bands_change_at_the_published_probabilities() -> None:
    cuts = stats.norm.sf([1, 2, 3])  # 0.159, 0.0228, 0.00135

    just_within, just_beyond = sigma_band(cuts * 1.001), sigma_band(cuts * 0.999)

    assert list(just_within) == [0, 1, 2]
    assert list(just_beyond) == [1, 2, 3]


@settings(max_examples=60, deadline=None)
@given(st.floats(-4.0, 4.0).filter(lambda z: abs(z - round(z)) > 1e-6))
def test_a_band_mirrors_its_opposite_probability(z: float) -> None:
    assert sigma_band(stats.norm.sf(z)) == -sigma_band(stats.norm.cdf(z))


def test_an_impossible_count_is_in_the_outermost_band() -> None:
    assert list(sigma_band([0.0, 1.0])) == [3, -3]


def test_an_unknown_probability_has_no_band() -> None:
    assert sigma_band([np.nan]) == [0]


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (0, "within expected bounds, around the mean"),
        (1, "within expected bounds, more than one deviation above the mean"),
        (-2, "within expected bounds, more than two deviations below the mean"),
        (3, "outside the expected bounds, above the upper limit"),
    ],
)
def test_bands_are_worded_like_the_charts(band: int, words: str) -> None:
    assert band_words(band) == words
