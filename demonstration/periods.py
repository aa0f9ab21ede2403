"""The calendar of the demonstration: which days exist, and the spans whose totals are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

FIRST_DAY = date(2008, 4, 1)
LAST_DAY = date(2016, 3, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1

# The December 2013 paper gives no date; its figures stand at about 70% of a performance year.
BOARD_DAY = date(2013, 12, 11)
BOARD_DAY_LAST_YEAR = date(2012, 12, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of days, both ends included, over which totals are fixed."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days in the span."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> int:
        """Day number of the first day, counted from `FIRST_DAY` = 0."""
        return day_number(self.first)


def day_number(day: date) -> int:
    """Days since `FIRST_DAY`."""
    return (day - FIRST_DAY).days


def _span(name: str, first: date, last: date) -> Span:
    return Span(name=name, first=first, last=last)


# Recorded crime is fixed per span: no published total crosses the middle of one.
SPANS: tuple[Span, ...] = (
    _span("2008/09", FIRST_DAY, date(2009, 3, 31)),
    _span("2009/10", date(2009, 4, 1), date(2010, 3, 31)),
    _span("2010/11", date(2010, 4, 1), date(2011, 3, 31)),
    _span("2011/12", date(2011, 4, 1), date(2012, 3, 31)),
    _span("2012/13 to 11 December", date(2012, 4, 1), BOARD_DAY_LAST_YEAR),
    _span("2012/13 rest", date(2012, 12, 12), date(2013, 3, 31)),
    _span("2013/14 to 11 December", date(2013, 4, 1), BOARD_DAY),
    _span("2013/14 rest", date(2013, 12, 12), date(2014, 3, 31)),
    _span("April to December 2014", date(2014, 4, 1), date(2014, 12, 31)),
    _span("2015", date(2015, 1, 1), date(2015, 12, 31)),
    _span("January to March 2016", date(2016, 1, 1), LAST_DAY),
)
LAST_YEAR_TO_DATE = 4  # index in SPANS
LAST_YEAR_REST = 5
YEAR_TO_DATE = 6
YEAR_REST = 7
NINE_MONTHS_2014 = 8
CALENDAR_2015 = 9
QUARTER_2016 = 10


def span_of_days(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index of the span each day number falls in; -1 for a day outside the demonstration."""
    starts = np.array([span.start for span in SPANS])
    index = np.searchsorted(starts, days, side="right") - 1
    return np.where((days < 0) | (days >= DAYS), -1, index)


def months(first: date, last: date) -> list[str]:
    """Every month from `first` to `last`, as YYYY-MM."""
    found: list[str] = []
    day = first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = (day + timedelta(days=32)).replace(day=1)
    return found
