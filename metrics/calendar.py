"""The periods that performance is told in.

The performance year runs from 1 April to 31 March.  Days are Europe/London days; what a "day" is
has been decided before it reaches this module.  All periods include both their ends.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

from metrics.model import Grain

LONDON: Final = ZoneInfo("Europe/London")
"""The zone of every date that a person reads."""

FIRST_MONTH: Final = 4
"""The performance year starts on the first day of April."""

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{say_date(self.first)} to {say_date(self.last)}"


class Window(StrEnum):
    """The periods that every measure is counted over, named from the day it is asked at."""

    YTD = "ytd"
    LYTD = "lytd"
    MONTH = "month"
    MONTH_LAST_YEAR = "month_last_year"
    LAST_3_MONTHS = "last_3_months"
    LAST_3_MONTHS_LAST_YEAR = "last_3_months_last_year"
    ROLLING_12 = "rolling_12"
    PREVIOUS_12 = "previous_12"
    BASELINE = "baseline"
    LATEST = "latest"  # the latest whole day, month or quarter that the source reports by


def performance_year(day: date) -> int:
    """Return the calendar year in which the performance year of a day starts."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def year_name(start: int) -> str:
    """Write a performance year as the papers do, e.g. 2013 as "2013/14"."""
    return f"{start}/{(start + 1) % 100:02d}"


def whole_year(start: int) -> Period:
    """Return the performance year that starts in a calendar year."""
    return Period(date(start, FIRST_MONTH, 1), date(start + 1, FIRST_MONTH, 1) - ONE_DAY)


def year_earlier(day: date) -> date:
    """Return the same day of the year before; 29 February becomes 28 February."""
    return _clamped(day.year - 1, day.month, day.day)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def quarter_end(day: date) -> date:
    """Return the last day of a day's quarter (quarters of the performance and calendar year)."""
    return month_end(date(day.year, (day.month + 2) // 3 * 3, 1))


def last_month_end(day: date) -> date:
    """Return the newest month end that is not after a day: what board papers use."""
    return day if day == month_end(day) else day.replace(day=1) - ONE_DAY


def last_whole(day: date, grain: Grain) -> date:
    """Return the newest day, not after the given one, on which a period of the grain ends."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.MONTH:
            return last_month_end(day)
        case Grain.QUARTER:
            return day if day == quarter_end(day) else quarter_start(day) - ONE_DAY


def quarter_start(day: date) -> date:
    """Return the first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def period(window: Window, to: date, *, grain: Grain, baseline_year: int) -> Period:
    """Return the days of a window.

    Args:
        window: Which one.
        to: The last day with figures; YTD and its siblings end here.
        grain: The shortest period of the source (LATEST is one of them).
        baseline_year: The performance year, by its first calendar year, that BASELINE means.
    """
    match window:
        case Window.YTD:
            return Period(date(performance_year(to), FIRST_MONTH, 1), to)
        case Window.LYTD:
            last = year_earlier(to)
            # A monthly figure cannot leave out 29 February, so whole months stay whole.
            last = last if grain is Grain.DAY else month_end(last)
            return Period(date(performance_year(to) - 1, FIRST_MONTH, 1), last)
        case Window.MONTH:
            return Period(to.replace(day=1), to)
        case Window.MONTH_LAST_YEAR:
            return _year_before(Period(to.replace(day=1), to))
        case Window.LAST_3_MONTHS:
            return Period(_months_back(to, 3), to)
        case Window.LAST_3_MONTHS_LAST_YEAR:
            return _year_before(Period(_months_back(to, 3), to))
        case Window.ROLLING_12:
            return Period(_months_back(to, 12), to)
        case Window.PREVIOUS_12:
            first = _months_back(to, 12)
            return Period(_months_back(first - ONE_DAY, 12), first - ONE_DAY)
        case Window.BASELINE:
            return whole_year(baseline_year)
        case Window.LATEST:
            starts = {
                Grain.DAY: to,
                Grain.MONTH: to.replace(day=1),
                Grain.QUARTER: quarter_start(to),
            }
            return Period(starts[grain], to)


def bank_holidays(first: date, last: date) -> dict[date, str]:
    """Return the bank holidays of England between two days, each as one kind of special day."""
    found = country_holidays("GB", subdiv="ENG", years=range(first.year, last.year + 1))
    return {day: "bank holiday" for day in sorted(found) if first <= day <= last}


def say_date(day: date) -> str:
    """Write a date as people say it, e.g. "11 December 2013"."""
    return f"{day.day} {day:%B %Y}"


def london_day(moment: datetime) -> date:
    """Return the day on which a moment falls in London.

    Raises:
        ValueError: The moment has no timezone, so no day can be told.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive time: {moment!r}")
    return moment.astimezone(LONDON).date()


def _first_of_latest(to: date, grain: Grain) -> date:
    """Return the first day of the source's own period that ends on a day."""
    match grain:
        case Grain.DAY:
            return to
        case Grain.MONTH:
            return to.replace(day=1)
        case Grain.QUARTER:
            return quarter_start(to)


def _year_before(one: Period) -> Period:
    """Return the same days of the year before, whole months staying whole."""
    last = year_earlier(one.last)
    if one.first.day == 1 and one.last == month_end(one.last):
        last = month_end(last)
    return Period(year_earlier(one.first), last)


def _months_back(to: date, months: int) -> date:
    """Return the first day of the stretch of whole months that ends on a day."""
    after = to + ONE_DAY
    month = after.year * 12 + after.month - 1 - months
    first = _clamped(month // 12, month % 12 + 1, after.day)
    # Where the month has no such day (30 February), the stretch starts after its last one, so
    # that no day is counted in two stretches that follow each other.
    return first if first.day == after.day else first + ONE_DAY


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
