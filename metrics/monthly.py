"""Dense daily arrays by month, for what is told and forecast by month.

Months run from the April before the first day, so that column 0 begins a performance year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import performance_year, whole_year
from metrics.series import Counts

Floats = NDArray[np.float64]

MONTHS = 12


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


def by_month(counts: Counts) -> Months:
    """Add daily arrays up by month, to the last day they hold."""
    first = whole_year(performance_year(counts.first)).first
    starts = _month_starts(first, counts.last)
    places = [counts.column(start) for start in starts]
    days = counts.values.shape[2]
    ends = [*places[1:], counts.column(_next_month(starts[-1]))]
    totals = [
        _total(counts, begin, min(end, days)) for begin, end in zip(places, ends, strict=True)
    ]
    is_whole = ends[-1] <= days
    share = 0.0 if is_whole else (days - places[-1]) / (ends[-1] - places[-1])
    whole = totals if is_whole else totals[:-1]
    shape = (*counts.values.shape[:2], 0)
    return Months(
        starts=tuple(starts if is_whole else starts[:-1]),
        whole=np.stack(whole, axis=2) if whole else np.empty(shape),
        part=np.zeros(shape[:2]) if is_whole else totals[-1],
        share=share,
    )


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
