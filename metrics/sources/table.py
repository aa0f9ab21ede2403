"""Makes the count table of `metrics.delivery` from arrays of codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.calendar import ONE_DAY
from metrics.delivery import COVER_COLUMNS, ROW_COLUMNS, CountTable

Codes: TypeAlias = npt.NDArray[np.int64]
Days: TypeAlias = npt.NDArray[np.int64]
"""Days since 1 January 1970."""

Counts: TypeAlias = npt.NDArray[np.float64]

EPOCH: Final = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Return a day as days since 1 January 1970."""
    return day.toordinal() - EPOCH


def number_day(number: int) -> date:
    """Return the day that is so many days after 1 January 1970."""
    return date.fromordinal(number + EPOCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Days of one tally in one area that are accounted for in full."""

    tally: str
    area: str
    first: date
    last: date


class Tallies:
    """Collects counts, many at a time, and adds up those of one day, area and tally."""

    def __init__(self) -> None:
        self._parts: list[tuple[Days, Days, Codes, Codes, Counts]] = []
        self._single: list[tuple[int, int, int, int, float]] = []
        self._areas: dict[str, int] = {}
        self._tallies: dict[str, int] = {}

    def area(self, area: str) -> int:
        """Return the code of an area."""
        return self._areas.setdefault(area, len(self._areas))

    def tally(self, tally: str) -> int:
        """Return the code of a tally."""
        return self._tallies.setdefault(tally, len(self._tallies))

    def add(
        self,
        *,
        cohort: Days,
        day: Days,
        area: Codes,
        tally: Codes,
        count: Counts,
    ) -> None:
        """Add counts; all arrays have the same length, one entry for each count."""
        self._parts.append((cohort, day, area, tally, count))

    def add_one(self, *, cohort: date, day: date, area: str, tally: str, count: float) -> None:
        """Add one count."""
        self._single.append(
            (day_number(cohort), day_number(day), self.area(area), self.tally(tally), count)
        )

    def table(self, covers: Iterable[Cover]) -> CountTable:
        """Return the count table, ordered by cohort, day, area and tally."""
        return CountTable(rows=self._rows(), covers=cover_frame(covers))

    def _rows(self) -> pd.DataFrame:
        columns = zip(*self._single, strict=True) if self._single else [()] * len(ROW_COLUMNS)
        *codes, counts = (list(column) for column in columns)
        single = (*(np.array(one, dtype=np.int64) for one in codes), np.array(counts, dtype=float))
        cohort, day, area, tally, count = (
            np.concatenate(column) for column in zip(*self._parts, single, strict=True)
        )
        area, areas = _sorted_codes(area, list(self._areas))
        tally, tallies = _sorted_codes(tally, list(self._tallies))
        first = int(min(cohort.min(initial=0), day.min(initial=0)))
        span = int(max(cohort.max(initial=0), day.max(initial=0))) - first + 1
        # One number for each place a count can fall in, so that adding up is one pass.
        place = cohort - first
        for column, size in ((day - first, span), (area, len(areas)), (tally, len(tallies))):
            place = place * max(size, 1) + column
        place, count = added_up(place, count)
        place, tally = np.divmod(place, max(len(tallies), 1))
        place, area = np.divmod(place, max(len(areas), 1))
        cohort, day = np.divmod(place, span)
        return pd.DataFrame(
            {
                "cohort": _as_days(cohort + first),
                "day": _as_days(day + first),
                "area": pd.Categorical.from_codes(area, categories=pd.Index(areas, dtype="str")),
                "tally": pd.Categorical.from_codes(
                    tally, categories=pd.Index(tallies, dtype="str")
                ),
                "count": count.astype(np.float64),
            }
        )


def added_up(place: Codes, count: Counts) -> tuple[Codes, Counts]:
    """Return the different places in order, and the sum of the counts at each.

    Args:
        place: Where each count falls, 0 or more, shape (counts,).
        count: The counts, shape (counts,).
    """
    if not len(place):
        return place, count
    # Sorting numbers is several times faster than sorting their order, so a count that is whole
    # and small enough travels in the lower bits of its place.
    bits = 62 - int(place.max()).bit_length()
    if bits > 0 and count.max() < 2**bits and bool((count == np.floor(count)).all()):
        packed = np.sort((place << bits) | count.astype(np.int64))
        place, count = packed >> bits, (packed & ((1 << bits) - 1)).astype(np.float64)
    else:
        order = np.argsort(place, kind="stable")
        place, count = place[order], count[order]
    firsts = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])))
    return place[firsts], np.add.reduceat(count, firsts)


def cover_frame(covers: Iterable[Cover]) -> pd.DataFrame:
    """Return covers as the frame that a count table has."""
    rows = [(one.tally, one.area, one.first, one.last) for one in joined(covers)]
    frame = pd.DataFrame(rows, columns=list(COVER_COLUMNS)).astype({"tally": "str", "area": "str"})
    for column in ("first", "last"):
        frame[column] = pd.Series(
            np.array(frame[column].to_list(), dtype="datetime64[D]").astype("datetime64[s]")
        )
    return frame


def joined(covers: Iterable[Cover]) -> list[Cover]:
    """Return covers in order, those that meet or overlap as one."""
    whole: list[Cover] = []
    for one in sorted(covers, key=lambda cover: (cover.tally, cover.area, cover.first)):
        last = whole[-1] if whole else None
        if (
            last is not None
            and (last.tally, last.area) == (one.tally, one.area)
            and one.first <= last.last + ONE_DAY
        ):
            whole[-1] = replace(last, last=max(last.last, one.last))
        else:
            whole.append(one)
    return whole


def stretches(days: Days) -> list[tuple[date, date]]:
    """Return the runs of consecutive days among days that are in order and different."""
    if not len(days):
        return []
    breaks = np.flatnonzero(np.diff(days) > 1)
    firsts = days[np.concatenate(([0], breaks + 1))]
    lasts = days[np.concatenate((breaks, [len(days) - 1]))]
    return [
        (number_day(int(first)), number_day(int(last)))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _sorted_codes(codes: Codes, names: list[str]) -> tuple[Codes, list[str]]:
    """Renumber codes so that they follow the order of their names."""
    order = np.argsort(np.array(names, dtype=object)) if names else np.empty(0, dtype=np.int64)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return (rank[codes] if names else codes), sorted(names)


def _as_days(numbers: Days) -> npt.NDArray[np.datetime64]:
    return numbers.astype("datetime64[D]").astype("datetime64[s]")
