"""What detection reads: counts by day, how the series hang together, the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.errors import UserError

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class LevelIndex(IntEnum):
    """Where in the area tree a series sits: series of one level share their drift variance."""

    LEAF = 0
    BCU = 1
    FORCE = 2


class Direction(IntEnum):
    """Which way a series has to move to be a deterioration."""

    FALL_IS_BAD = -1
    NEITHER = 0
    RISE_IS_BAD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChange:
    """A dated change of recording practice: a break in the series, not a threat.

    Attributes:
        measure: Index of the measure whose level changes.  A total that contains the measure
            changes as well: list the change once for each.
        day: First day of the new practice.
        announced: Only an announced change is taken as known.  One that nobody announced has to
            be found by the step search, as it would have been at the time.
    """

    measure: int
    day: date
    announced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the series hang together; every array has shape (series,).

    Attributes:
        measure: Index of the measure.
        area: Index of the area.
        level: `LevelIndex` of the area.
        parent: Row of the force-level series of the same measure; its own row at force level.
        direction: `Direction`.
    """

    measure: Indices
    area: Indices
    level: Indices
    parent: Indices
    direction: Indices

    def __post_init__(self) -> None:
        sizes = {len(self.measure), len(self.area), len(self.level)}
        if len(sizes | {len(self.parent), len(self.direction)}) != 1:
            raise ValueError("measure, area, level, parent and direction must be equally long")
        if not np.array_equal(self.parent[self.parent], self.parent):
            raise ValueError("the parent of a series must be its own parent")


@dataclass(frozen=True, kw_only=True)
class History:
    """Counts by day of every series, with what is known about their days.

    Attributes:
        counts: (series, days) float64, not negative.  NaN means "not recorded", never zero.
        first_day: The day of the first column.
        layout: How the series hang together.
        changes: Changes of recording practice.
        special_days: Days that are unlike others, by kind ("bank holiday").  Days of one kind
            share one factor.  Those of `FIXED_KINDS` are known without being listed.
    """

    counts: Array
    first_day: date
    layout: Layout
    changes: Sequence[RecordingChange] = ()
    special_days: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or len(self.counts) != len(self.layout.measure):
            raise ValueError("counts must have shape (series, days) and match the layout")

    @property
    def days(self) -> int:
        """Columns of the counts."""
        return int(self.counts.shape[1])

    def column(self, day: date) -> int:
        """Column of a day; negative or past the end where the counts do not reach it."""
        return (day - self.first_day).days

    def weekdays(self, columns: Indices) -> Indices:
        """Weekday of each column, 0 = Monday."""
        return (columns + self.first_day.weekday()) % 7

    def year_angle(self, columns: Array) -> Array:
        """Position in the year of each column in radians; a year has 365.25 days."""
        return 2.0 * np.pi * (columns + self.first_day.toordinal()) / 365.25

    def special_kinds(self, first: int, last: int) -> tuple[Indices, int]:
        """Kind of each column from `first` to `last`: 0 ordinary, and the number of kinds."""
        kinds, number = self._kinds
        return kinds[first : last + 1], number

    @cached_property
    def _kinds(self) -> tuple[Indices, int]:
        """Kind of every column; models are fitted again and again to the same days."""
        names = sorted(set(FIXED_KINDS) | set(self.special_days.values()))
        number = {name: index for index, name in enumerate(names, start=1)}
        kinds = np.zeros(self.days, dtype=np.intp)
        days = np.datetime64(self.first_day, "D") + np.arange(self.days)
        month = days.astype("datetime64[M]")
        day_of_month = (days - month).astype(np.int64) + 1
        kinds[day_of_month == 1] = number[FIRST_OF_MONTH]
        for day, kind in self.special_days.items():
            if 0 <= self.column(day) < self.days:
                kinds[self.column(day)] = number[kind]
        month_of_year = month.astype(np.int64) % 12 + 1
        for (of_year, of_month), kind in FIXED_DAYS.items():
            kinds[(month_of_year == of_year) & (day_of_month == of_month)] = number[kind]
        return kinds, len(names)


FIRST_OF_MONTH: Final = "first of month"
"""Special in any year, as records without an exact date are often entered on it (Los Angeles counts
40% more on it); a listed day of another kind goes before it."""

FIXED_DAYS: Final = {(1, 1): "New Year's Day", (12, 25): "Christmas Day", (12, 26): "Boxing Day"}
"""(month, day) of days that are special in any year, whatever else is listed on them."""

FIXED_KINDS: Final = (*FIXED_DAYS.values(), FIRST_OF_MONTH)


def require_column(history: History, today: int) -> None:
    """Refuse a day that the counts do not reach."""
    if not 0 <= today < history.days:
        last = history.first_day + timedelta(days=history.days - 1)
        raise UserError(
            f"The counts run from {history.first_day} to {last}; day {today} is not among them.",
            hint="Load counts up to the day that is to be assessed.",
        )
