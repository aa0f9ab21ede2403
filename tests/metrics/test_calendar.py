"""Periods: the performance year, last year's same days, leap days, whole months."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calendar import (
    ONE_DAY,
    Period,
    Window,
    last_month_end,
    last_whole,
    london_day,
    performance_year,
    period,
    quarter_end,
    say_date,
    whole_year,
    year_name,
)
from metrics.model import Grain

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def windows(window: Window, to: str, grain: Grain = Grain.DAY) -> tuple[str, str]:
    found = period(window, date.fromisoformat(to), grain=grain, baseline_year=2012)
    return found.first.isoformat(), found.last.isoformat()


@pytest.mark.parametrize(
    ("window", "to", "first", "last"),
    [
        (Window.YTD, "2013-12-11", "2013-04-01", "2013-12-11"),
        (Window.LYTD, "2013-12-11", "2012-04-01", "2012-12-11"),
        (Window.YTD, "2013-04-01", "2013-04-01", "2013-04-01"),
        (Window.LYTD, "2013-04-01", "2012-04-01", "2012-04-01"),
        (Window.YTD, "2014-03-31", "2013-04-01", "2014-03-31"),
        (Window.LYTD, "2012-02-29", "2010-04-01", "2011-02-28"),
        (Window.LYTD, "2013-02-28", "2011-04-01", "2012-02-28"),
        (Window.MONTH, "2013-12-11", "2013-12-01", "2013-12-11"),
        (Window.MONTH_LAST_YEAR, "2013-02-28", "2012-02-01", "2012-02-29"),
        (Window.MONTH_LAST_YEAR, "2013-02-27", "2012-02-01", "2012-02-27"),
        (Window.LAST_3_MONTHS, "2013-11-30", "2013-09-01", "2013-11-30"),
        (Window.LAST_3_MONTHS, "2013-12-11", "2013-09-12", "2013-12-11"),
        (Window.LAST_3_MONTHS, "2013-05-29", "2013-03-01", "2013-05-29"),
        (Window.LAST_3_MONTHS_LAST_YEAR, "2013-11-30", "2012-09-01", "2012-11-30"),
        (Window.ROLLING_12, "2015-12-31", "2015-01-01", "2015-12-31"),
        (Window.ROLLING_12, "2013-02-28", "2012-03-01", "2013-02-28"),
        (Window.ROLLING_12, "2012-02-29", "2011-03-01", "2012-02-29"),
        (Window.ROLLING_12, "2012-02-28", "2011-03-01", "2012-02-28"),
        (Window.PREVIOUS_12, "2015-12-31", "2014-01-01", "2014-12-31"),
        (Window.BASELINE, "2015-12-31", "2012-04-01", "2013-03-31"),
    ],
)
def test_windows(window: Window, to: str, first: str, last: str) -> None:
    assert windows(window, to) == (first, last)


def test_a_monthly_source_keeps_29_february_in_last_years_months() -> None:
    assert windows(Window.LYTD, "2013-02-28", Grain.MONTH) == ("2011-04-01", "2012-02-29")


def test_the_latest_period_is_the_sources_own() -> None:
    assert windows(Window.LATEST, "2015-12-31", Grain.DAY)[0] == "2015-12-31"
    assert windows(Window.LATEST, "2015-12-31", Grain.MONTH)[0] == "2015-12-01"
    assert windows(Window.LATEST, "2015-12-31", Grain.QUARTER)[0] == "2015-10-01"


@given(days)
def test_the_two_rolling_years_touch_and_do_not_overlap(to: date) -> None:
    latest = period(Window.ROLLING_12, to, grain=Grain.DAY, baseline_year=2012)
    before = period(Window.PREVIOUS_12, to, grain=Grain.DAY, baseline_year=2012)

    assert before.last + ONE_DAY == latest.first
    assert latest.days in (365, 366)
    assert before.days in (365, 366)


@given(days)
def test_a_day_lies_in_its_own_performance_year(day: date) -> None:
    year = whole_year(performance_year(day))

    assert year.first <= day <= year.last
    assert (year.first.day, year.first.month) == (1, 4)


@given(days)
def test_the_last_whole_period_is_never_in_the_future(day: date) -> None:
    for grain in Grain:
        assert last_whole(day, grain) <= day
    assert last_whole(day, Grain.MONTH) == last_month_end(day)
    assert quarter_end(last_whole(day, Grain.QUARTER)) == last_whole(day, Grain.QUARTER)


def test_years_are_named_as_the_papers_name_them() -> None:
    assert year_name(2013) == "2013/14"
    assert year_name(1999) == "1999/00"


def test_dates_are_said_without_a_leading_nought() -> None:
    assert say_date(date(2013, 12, 1)) == "1 December 2013"
    assert str(Period(date(2013, 4, 1), date(2013, 12, 11))) == "1 April 2013 to 11 December 2013"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2013, 7, 1, 23, 30, tzinfo=UTC), date(2013, 7, 2)),
        (datetime(2013, 12, 1, 23, 30, tzinfo=UTC), date(2013, 12, 1)),
        (datetime(2013, 10, 27, 0, 30, tzinfo=UTC), date(2013, 10, 27)),
    ],
)
def test_a_day_is_a_london_day(moment: datetime, day: date) -> None:
    assert london_day(moment) == day


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        london_day(datetime(2013, 7, 1))  # noqa: DTZ001 - the point of the test
