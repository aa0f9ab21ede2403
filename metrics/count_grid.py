"""The (tally, area) pairs and the days of some count tables, numbered, so that arrays can serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import AreaId

NOBODY: Final = -1
"""The owner of a day that no delivery accounts for."""

DAY_S: Final = 86_400
"""Seconds of a day: those of `datetime64[s]` know no other."""

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]

Within = Mapping[AreaId, frozenset[AreaId]]
"""Each area with itself and everything below it."""


class Covers(NamedTuple):
    """Covers as numbers, one entry each."""

    tally: Integers
    area: Integers
    first: Integers  # column; of one that begins before the grid, the first
    last: Integers  # column; of one that ends after the grid, the last


class Grid:
    """Every tally and area of some tables, and the days from one to another.

    Of a stretch of a few months in many years, everything here is made of the few months alone.
    """

    def __init__(
        self,
        rows: Sequence[pd.DataFrame],
        covers: Sequence[pd.DataFrame],
        within: Within,
        *,
        first: int,
        last: int,
    ) -> None:
        """Number what there is.

        Args:
            rows: Of the tables; every word in them is numbered.
            covers: Of the tables; the same.
            within: Each area with itself and everything below it.
            first: The first day, as days since 1 January 1970.
            last: The last day; before the first where there is none.
        """
        frames = [*rows, *covers]
        self._tallies = all_words([frame["tally"] for frame in frames])
        self._areas = all_words([frame["area"] for frame in frames])
        self._first = first
        self._days = max(last - first + 1, 0)
        area_within = [within.get(AreaId(area), frozenset({area})) for area in self._areas]
        self._inside = np.array(
            [[area in inside for area in self._areas] for inside in area_within], dtype=bool
        ).reshape(len(self._areas), len(self._areas))

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many tallies, areas and days there are."""
        return len(self._tallies), len(self._areas), self._days

    def pairs(self, frame: pd.DataFrame) -> Integers:
        """Return the number of each row's (tally, area): the row in an array of pairs and days."""
        tallies = codes_of(frame["tally"], self._tallies).astype(np.int64)
        return tallies * len(self._areas) + codes_of(frame["area"], self._areas)

    def columns(self, days: pd.Series) -> Integers:
        """Return the column of each day; it may lie outside the grid."""
        return ordinals(days) - self._first

    def inside(self, days: pd.Series) -> Integers:
        """Return the places of the days that lie in the grid."""
        moments = days.to_numpy().view(np.int64)
        since, until = self._first * DAY_S, (self._first + self._days) * DAY_S
        return np.flatnonzero((moments >= since) & (moments < until))

    def below(self, area: int) -> Integers:
        """Return an area and everything within it."""
        return np.flatnonzero(self._inside[area])

    def covers(self, covers: pd.DataFrame) -> Covers:
        """Return the covers that reach into the grid."""
        first, last = self.columns(covers["first"]), self.columns(covers["last"])
        inside = (first < self._days) & (last >= 0)
        return Covers(
            tally=codes_of(covers["tally"], self._tallies).astype(np.int64)[inside],
            area=codes_of(covers["area"], self._areas).astype(np.int64)[inside],
            first=np.maximum(first[inside], 0),
            last=np.minimum(last[inside], self._days - 1),
        )

    def as_covers(self, covers: Covers) -> pd.DataFrame:
        """Return covers as a frame again."""
        ends = [
            ((end + self._first) * DAY_S).view("datetime64[s]")
            for end in (covers.first, covers.last)
        ]
        return pd.DataFrame(
            {
                "tally": self._tallies[covers.tally],
                "area": self._areas[covers.area],
                "first": ends[0],
                "last": ends[1],
            }
        )

    def owner(self, covers: Sequence[pd.DataFrame]) -> NDArray[np.int32]:
        """Return which table accounts last for each tally, area and day.

        Args:
            covers: Of the tables in turn, the first of number nought.

        Returns:
            Of the shape of the grid; `NOBODY` where none does.
        """
        owner = np.full(self.shape, NOBODY, dtype=np.int32)
        below = [self.below(area) for area in range(len(self._areas))]
        for number, table in enumerate(covers):
            for tally, area, first, last in zip(*self.covers(table), strict=True):
                owner[tally, below[area], first : last + 1] = number
        return owner

    def differences(self, before: pd.DataFrame, after: pd.DataFrame) -> Booleans:
        """Return on which cohort days, all in the grid, the counts of some rows are not the same.

        Returns:
            Of the shape of the grid.
        """
        tables = before, after
        day = np.concatenate([ordinals(rows["day"]) for rows in tables])
        earliest = day.min(initial=0)
        days = int(day.max(initial=0) - earliest) + 1
        cell = np.concatenate(
            [self.pairs(rows) * self._days + self.columns(rows["cohort"]) for rows in tables]
        )
        count = np.concatenate([-before["count"].to_numpy(), after["count"].to_numpy()])
        sums = pd.Series(count).groupby(cell * days + (day - earliest), sort=False).sum()
        different = np.zeros(self.shape, dtype=bool)
        different.reshape(-1)[sums.index[sums != 0] // days] = True
        return different


def ordinals(days: pd.Series) -> Integers:
    """Return days, of `datetime64[s]`, as days since 1 January 1970."""
    moments: Integers = days.to_numpy().view(np.int64)
    return moments // DAY_S


def all_words(columns: Sequence[pd.Series]) -> pd.Index:
    """Return every word of some columns: in their order where all have the same, else sorted."""
    first, *others = (distinct(column) for column in columns)
    if not all(one is first or one.equals(first) for one in others):
        first = pd.Index(sorted({str(word) for one in (first, *others) for word in one}))
    words: pd.Index = first.astype("str")
    return words


def codes_of(column: pd.Series, words: pd.Index) -> Codes:
    """Return the place of each row's word among all words, in as few bytes as it takes."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return words.get_indexer(pd.Index(column))
    codes: Codes = column.cat.codes.to_numpy()
    if words.equals(column.cat.categories):
        return codes
    places = words.get_indexer(pd.Index(column.cat.categories, dtype="str"))
    narrow: Codes = places.astype(np.int16 if len(words) < 2**15 else np.int64)
    return narrow[codes]


def pairs_of(rows: pd.DataFrame) -> tuple[Integers, tuple[list[str], list[str]]]:
    """Return the number of each row's (tally, area), and the words that these are numbers of."""
    tally, area = rows["tally"].cat, rows["area"].cat
    pair = tally.codes.to_numpy(dtype=np.int64) * len(area.categories) + area.codes.to_numpy()
    return pair, (tally.categories.to_list(), area.categories.to_list())


def distinct(column: pd.Series) -> pd.Index:
    """Return the different words of a column, of categories or of plain text."""
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    words: pd.Index = column.cat.categories if is_category else pd.Index(column.unique())
    return words


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of count tables below each other, words as categories."""
    if len(frames) == 1:
        return frames[0]
    columns: dict[str, object] = {}
    for name in frames[0].columns:
        parts = [frame[name] for frame in frames]
        if name in ("area", "tally"):
            words = all_words(parts)
            codes = np.concatenate([codes_of(part, words) for part in parts])
            columns[name] = pd.Categorical.from_codes(codes, words)
        else:
            columns[name] = np.concatenate([part.to_numpy() for part in parts])
    return pd.DataFrame(columns, copy=False)
