"""What the rest of a year should bring."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics.remainder import (
    DISCOUNT,
    FloatArray,
    SeriesHistory,
    _month_shares,
    expected_remainder,
    past_errors,
    remainder_variance,
)


def history(counts: FloatArray, level: list[int] | None = None) -> SeriesHistory:
    """Series of one measure."""
    same = np.zeros(len(counts), dtype=np.int64)
    return SeriesHistory.of(
        counts, measure=same, level=same if level is None else np.array(level, dtype=np.int64)
    )


def rest(series: SeriesHistory, year: int, whole: int, share: float = 0.0) -> FloatArray:
    part = series.history[:, year * 12 + whole] * share if share else np.zeros(1)
    known = SeriesHistory.of(
        series.history[:, : year * 12 + whole], measure=series.measure, level=series.level
    )
    return expected_remainder(known, year=year, whole=whole, share=share, part=part)


def test_a_steady_series_goes_on_as_it_was() -> None:
    # lambda = (a + 0.5) / b with a = 100 sum delta^age, b = sum delta^age / 12.
    exposure = sum(DISCOUNT**age for age in range(36)) / 12

    found = rest(history(np.full((1, 60), 100.0)), year=3, whole=0)

    assert found == pytest.approx(1200 + 0.5 / exposure)


def test_a_season_that_returns_every_year_is_expected_again() -> None:
    season = np.array([50.0, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160])

    found = rest(history(np.tile(season, 5)[None]), year=4, whole=9)

    assert found == pytest.approx(450, rel=0.01)


def test_recent_months_weigh_more_than_old_ones() -> None:
    lately, once = np.full((1, 60), 100.0), np.full((1, 60), 100.0)
    lately[:, 36:48] = 120.0
    once[:, 24:36] = 120.0

    assert rest(history(lately), year=4, whole=0) > rest(history(once), year=4, whole=0) + 150


def test_growth_is_halved_and_taken_to_the_middle_of_what_is_left() -> None:
    counts = np.repeat([1000.0, 1000.0, 1000.0, 1210.0], 12)[None]

    found = rest(history(np.concatenate([counts, counts[:, :12]], axis=1)), year=4, whole=0)

    weights = DISCOUNT ** np.arange(36)
    level = 12 * (1000 + 210 * weights[:12].sum() / weights.sum())
    growth = np.log((12 * 1210 + 20) / (12 * 1000 + 20))
    assert found == pytest.approx(level * np.exp(0.5 * growth * 12 / 24), rel=1e-4)


def test_a_small_area_takes_the_months_of_its_measure() -> None:
    force = np.tile(np.r_[np.full(6, 100.0), np.full(6, 300.0)], 5)
    small = np.tile(np.r_[1.0, np.zeros(11)], 5)
    series = history(np.stack([small, force]), level=[0, 1])

    shares = _month_shares(series, year=4)[0]

    # s_ak = (sum y_ak + 400 s_mk) / (sum y_a + 400), with four years and half a crime a month
    # added to the measure's: s_mk = 100.5 / 2406 and 300.5 / 2406.
    assert shares[0] == pytest.approx((4 + 400 * 100.5 / 2406) / 404)
    assert shares[11] == pytest.approx(400 * 300.5 / 2406 / 404)


def test_half_of_the_current_month_leaves_half_of_it() -> None:
    found = rest(history(np.full((1, 60), 100.0)), year=4, whole=8, share=0.5)

    assert found == pytest.approx(350, rel=0.01)


def test_a_month_missing_long_ago_is_left_out_and_not_read_as_zero() -> None:
    gap = np.full((1, 60), 100.0)
    gap[:, 37] = np.nan

    assert rest(history(gap), year=4, whole=3) == pytest.approx(900, rel=0.002)


def test_a_year_is_not_expected_without_a_complete_one_before() -> None:
    counts = np.full((1, 36), 100.0)
    counts[:, 3] = np.nan

    assert np.isnan(rest(history(counts), year=1, whole=6)).all()


def test_a_crime_type_that_never_happened_has_even_months() -> None:
    found = rest(history(np.zeros((1, 48))), year=3, whole=6)

    assert 0 < found[0] < 1


def test_the_error_is_that_of_the_same_month_in_earlier_years() -> None:
    # March alone jumps about: from March on the remainder was never right, before it averages out.
    rng = np.random.default_rng(1)
    counts = np.full((30, 84), 200.0)
    counts[:, 11::12] *= np.exp(rng.normal(0, 0.4, (30, 7)))
    series = history(counts[:, :72])

    early = past_errors(series, year=6, whole=1, share=0.0).at_whole
    late = past_errors(series, year=6, whole=11, share=0.0).at_whole

    assert late[0] > 10 * early[0]


def test_between_two_months_the_error_lies_between_theirs() -> None:
    rng = np.random.default_rng(2)
    series = history(rng.poisson(50 * np.exp(rng.normal(0, 0.2, (30, 72)))).astype(float))

    whole, half, following = (
        remainder_variance(past_errors(series, year=5, whole=m, share=s), whole=m, share=s)[0]
        for m, s in ((8, 0.0), (8, 0.5), (9, 0.0))
    )

    assert half == pytest.approx((whole + following) / 2)
