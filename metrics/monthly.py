"""Dense daily arrays by month, for what is told and forecast by month.

Months run from the April before the first day, so that column 0 begins a performance year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import performance_year, whole_year
from metrics.series import Counts

Floats = NDArray[np.float64]

MONTHS = 12

KEPT: Final = 8
"""Days whose months are kept: on one day the sources reach a few different ones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Months:
    """Whole months and what there is of the one in progress.

    Arrays have the shape (things counted, areas, months) or (things counted, areas); NaN: a day of
    the month is not recorded, or the month lies before the records.
    """

    starts: tuple[date, ...]  # the first day of each whole month; the first is an April
    whole: Floats
    part: Floats  # the month in progress, to date; 0 where a month has just ended
    share: float  # of the month in progress that has passed, 0-1

    @property
    def elapsed(self) -> float:
        """Months of the performance year that have passed, with the share of the current one."""
        whole = len(self.starts) % MONTHS
        ended = not whole and not self.share and bool(self.starts)
        return (MONTHS if ended else whole) + self.share


class MonthTotals:
    """Daily arrays added up by month once, to be asked for as they stood on any of their days."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        starts = _month_starts(whole_year(performance_year(counts.first)).first, counts.last)
        ends = [counts.column(_next_month(start)) for start in starts]
        whole = sum(end <= counts.values.shape[2] for end in ends)
        self._starts = starts[:whole]
        self._whole = _totals(counts, [counts.column(starts[0]), *ends[:whole]])
        self._asked: dict[date, Months] = {}

    def until(self, day: date) -> Months:
        """Return the months as they stood on a day, which the arrays reach.

        Months that were asked for last are kept, so that every part of a run shares them.
        """
        if day not in self._asked:
            if len(self._asked) >= KEPT:
                self._asked.clear()
            self._asked[day] = self._until(day)
        return self._asked[day]

    def _until(self, day: date) -> Months:
        counts, start = self._counts, day.replace(day=1)
        begin, end = counts.column(start), counts.column(_next_month(start))
        days = counts.column(day) + 1
        is_whole = days == end
        months = sum(one < start for one in self._starts) + is_whole
        return Months(
            starts=tuple(self._starts[:months]),
            whole=self._whole[:, :, :months],
            part=np.zeros(self._whole.shape[:2]) if is_whole else _total(counts, begin, days),
            share=0.0 if is_whole else (days - begin) / (end - begin),
        )


def by_month(counts: Counts) -> Months:
    """Add daily arrays up by month, to the last day they hold."""
    return MonthTotals(counts).until(counts.last)


def _totals(counts: Counts, places: Sequence[int]) -> Floats:
    """Return the sums over the columns from one place to the next; NaN as `_total` has it.

    The order of adding shows in nothing: counts are whole, and a level stands alone in its month.
    """
    totals = np.full((*counts.values.shape[:2], len(places) - 1), np.nan)
    before = sum(begin < 0 for begin in places[:-1])
    begins = places[before:-1]
    if begins:
        held = slice(None, places[-1])
        sums = np.add.reduceat(counts.values[:, :, held], begins, axis=2)
        observed = np.logical_and.reduceat(counts.observed[:, :, held], begins, axis=2)
        totals[:, :, before:] = np.where(observed, sums, np.nan)
    return totals


def _total(counts: Counts, begin: int, end: int) -> Floats:
    """Return the sum over some columns; NaN where one of them is not observed."""
    if begin < 0:
        return np.full(counts.values.shape[:2], np.nan)
    columns = slice(begin, end)
    observed = counts.observed[:, :, columns].all(axis=2)
    return np.where(observed, counts.values[:, :, columns].sum(axis=2), np.nan)


def _month_starts(first: date, last: date) -> list[date]:
    starts = [first]
    while (start := _next_month(starts[-1])) <= last:
        starts.append(start)
    return starts


def _next_month(start: date) -> date:
    return (start + timedelta(days=31)).replace(day=1)
