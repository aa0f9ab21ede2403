"""What a paper is numbered and called by: of a month end, and of a quarter."""

from __future__ import annotations

from datetime import date
from typing import Final

from metrics.calendar import FIRST_MONTH, performance_year, say_date, year_name
from metrics.snapshot import SnapshotKind

MONTHS: Final = 12
MONTHS_IN_QUARTER: Final = 3


def month_of_year(day: date) -> int:
    """Return the month of the performance year, 1 for April to 12 for March."""
    return (day.month - FIRST_MONTH) % MONTHS + 1


def quarter_of_year(day: date) -> int:
    """Return the quarter of the performance year, 1 for April to June."""
    return (month_of_year(day) - 1) // MONTHS_IN_QUARTER + 1


def briefing_number(day: date, kind: SnapshotKind) -> str:
    """Return the number of a performance briefing, e.g. "PB 2013/14-08" of November.

    One on daily figures carries its day, so that it is not taken for the month's own.
    """
    number = f"PB {year_name(performance_year(day))}-{month_of_year(day):02d}"
    return number if kind is SnapshotKind.MONTH_END else f"{number}/{day:%d%m}"


def report_number(day: date) -> str:
    """Return the number of a quarter's thematic report, e.g. "TR 2013/14-Q3"."""
    return f"TR {year_name(performance_year(day))}-Q{quarter_of_year(day)}"


def briefing_month(day: date, kind: SnapshotKind) -> str:
    """Say what a briefing is of: a month, or a day where the figures are daily ones."""
    return f"{day:%B %Y}" if kind is SnapshotKind.MONTH_END else say_date(day)
