"""Trends are kept to the bit, found by name, and never made up where none were kept."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId
from metrics.trends import Trend, Trends, no_trends

BOATS, RATE, HARBOUR = MeasureId("boats"), MeasureId("boats.rate"), AreaId("harbour")


def some_trends() -> Trends:
    """A count and a rate over two months, the count with three weeks."""
    nan = np.nan
    return Trends(
        measures=(BOATS, RATE),
        areas=(HARBOUR,),
        months=(date(2020, 11, 1), date(2020, 12, 1)),
        days=(date(2020, 4, 7), date(2020, 4, 14), date(2021, 3, 31)),
        is_rate=np.array([0, 1]),
        is_daily=np.array([1, 0]),
        last_is_part=np.array([1, 0]),
        above=np.array([[12.0, 3.0], [4.0, 0.0]]),
        below=np.array([[nan, nan], [16.0, 0.0]]),
        mean=np.array([[5.0, nan], [0.5, 0.5]]),
        spread=np.array([[2.0, nan], [1.5, 1.5]]),
        signals=np.array([[1, 0], [0, 0]]),
        counted=np.array([[4.0, 3.0, nan], [nan, nan, nan]]),
        counted_last_year=np.array([[1.0, 0.0, 2.0], [nan, nan, nan]]),
    )


@pytest.fixture
def boats() -> Trend:
    return some_trends().get(BOATS, HARBOUR)


@pytest.fixture
def rate() -> Trend:
    return some_trends().get(RATE, HARBOUR)


def test_a_count_is_told_as_it_was_counted(boats: Trend) -> None:
    assert boats.values == (12, 3)
    assert all(math.isnan(one) for one in boats.n)


def test_the_limits_of_a_count_are_three_deviations_away_and_not_below_nought(
    boats: Trend,
) -> None:
    assert (boats.mean[0], boats.lower[0], boats.upper[0]) == (5, 0, 11)


def test_a_month_without_limits_has_none_of_the_three(boats: Trend) -> None:
    assert all(math.isnan(line[1]) for line in (boats.mean, boats.lower, boats.upper))


def test_a_rate_is_a_proportion_of_its_n(rate: Trend) -> None:
    assert rate.values[0] == 0.25
    assert rate.n[0] == 16


def test_a_rate_of_nothing_is_not_known_and_has_no_limits(rate: Trend) -> None:
    assert rate.n[1] == 0
    assert all(math.isnan(line[1]) for line in (rate.values, rate.mean, rate.lower, rate.upper))


def test_the_limits_of_a_rate_are_those_for_its_n(rate: Trend) -> None:
    # 3 x 1.5 x sqrt(0.5 x 0.5 / 16) = 0.5625: further than there is room on either side.
    assert (rate.mean[0], rate.lower[0], rate.upper[0]) == (0.5, 0.0, 1.0)


def test_weeks_are_counted_up_from_april(boats: Trend) -> None:
    assert boats.last_year == (1, 1, 3)
    assert boats.this_year[:2] == (4, 7)
    assert math.isnan(boats.this_year[2])


def test_what_is_not_counted_by_day_has_no_weeks(rate: Trend) -> None:
    assert (rate.days, rate.this_year, rate.last_year) == ((), (), ())


def test_bytes_come_back_as_they_were() -> None:
    content = some_trends().to_bytes()

    again = Trends.from_bytes(content)

    assert again.to_bytes() == content
    assert again.get(BOATS, HARBOUR).months == (date(2020, 11, 1), date(2020, 12, 1))


def test_the_bytes_do_not_depend_on_how_the_processor_writes_nan() -> None:
    other = some_trends()
    other.mean[0, 1] = -np.float64("nan")

    assert other.to_bytes() == some_trends().to_bytes()


@pytest.mark.parametrize("content", [b"", some_trends().to_bytes()[:-8], b"\1" * 40])
def test_bytes_of_something_else_are_refused(content: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        Trends.from_bytes(content)


def test_an_unknown_measure_is_refused_by_name() -> None:
    with pytest.raises(UnknownName, match="hold no canoes in harbour"):
        some_trends().get(MeasureId("canoes"), HARBOUR)


def test_where_none_were_kept_it_says_so() -> None:
    with pytest.raises(UnknownName, match="kept by an earlier version") as refused:
        no_trends().get(BOATS, HARBOUR)

    assert refused.value.hint


def test_only_those_that_hold_something_are_true() -> None:
    assert some_trends()
    assert not no_trends()
