"""Count tables put together: a correction replaces what it corrects, and is told apart from news.

Of each cohort day (`metrics.delivery`) the newest delivery alone counts, so that loading a day
again never doubles or averages anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.delivery import CountTable
from metrics.model import AreaId

NOBODY: Final = -1
"""The owner of a day that no delivery accounts for."""

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]

Within = Mapping[AreaId, frozenset[AreaId]]
"""Each area with itself and everything below it."""


def empty_table() -> CountTable:
    """Return a table of nothing."""
    day = pd.Series([], dtype="datetime64[s]")
    word = pd.Series([], dtype="category")
    rows = pd.DataFrame(
        {"cohort": day, "day": day, "area": word, "tally": word, "count": np.empty(0)}
    )
    text = pd.Series([], dtype="str")
    covers = pd.DataFrame({"tally": text, "area": text, "first": day, "last": day})
    return CountTable(rows=rows, covers=covers)


def merge(tables: Sequence[CountTable], within: Within) -> CountTable:
    """Put deliveries together.

    Args:
        tables: In the order in which they were loaded, oldest first.
        within: Each area with itself and everything below it.

    Returns:
        The rows of each tally, area and cohort day as its newest delivery gave them, and what the
        covers come to.  Deliveries that were put together before may be put together with later
        ones: the result is the same, to the order of its rows.
    """
    if not tables:
        return empty_table()
    if len(tables) == 1:
        return tables[0]
    grid = _Grid(tables, within)
    owner = grid.owner()
    frames = [table.rows for table in tables]
    kept = [grid.standing(rows, owner, number) for number, rows in enumerate(frames)]
    return CountTable(rows=_stack(frames, kept), covers=_joined([one.covers for one in tables]))


def beside(tables: Sequence[CountTable]) -> CountTable | None:
    """Put tables together of which none corrects another.

    Args:
        tables: Each merged; of different sources, for example.

    Returns:
        None where two of them account for the same tally: then it matters which was first.
    """
    tallies = [set(_distinct(table.covers["tally"])) for table in tables]
    if sum(map(len, tallies)) > len(set().union(*tallies)):
        return None
    if len(tables) <= 1:
        return tables[0] if tables else empty_table()
    covers = pd.concat([table.covers for table in tables], ignore_index=True)
    return CountTable(rows=_stack([table.rows for table in tables]), covers=covers)


def changed(before: CountTable, delivered: CountTable, within: Within) -> CountTable:
    """Return the part of a delivery that says something new.

    Args:
        before: What was known of the same source, merged.
        delivered: What it delivers now.
        within: Each area with itself and everything below it.

    Returns:
        The delivered rows and covers of the cohort days whose counts differ from what was known,
        or that were not accounted for.  Empty if nothing is new.
    """
    if before.covers.empty:
        return delivered
    if delivered.covers.empty:
        return CountTable(rows=delivered.rows[:0], covers=delivered.covers)
    before = _of_cohorts(before, delivered.covers)
    grid = _Grid([before, delivered], within)
    news = ~grid.covered(before) | grid.differences(before, delivered)
    keep = np.zeros_like(news)
    spans = []
    for tally, area, first, last in grid.covers(delivered):
        below = grid.below(tally, area)
        days = slice(first, last + 1)
        fresh: Booleans = np.any(news[below, days], axis=0)
        keep[np.ix_(below, np.flatnonzero(fresh) + first)] = True
        spans += [(tally, area, first + a, first + b) for a, b in _runs(fresh)]
    mine = keep[grid.pairs(delivered.rows), grid.columns(delivered.rows["cohort"])]
    return CountTable(
        rows=delivered.rows[mine].reset_index(drop=True), covers=grid.as_covers(spans)
    )


def _of_cohorts(table: CountTable, covers: pd.DataFrame) -> CountTable:
    """Return a table with the rows of the cohort days that some covers account for."""
    cohort = _ordinals(table.rows["cohort"])
    spans = covers[["first", "last"]].drop_duplicates()
    firsts, lasts = _ordinals(spans["first"]), _ordinals(spans["last"])
    origin = int(min(firsts.min(), cohort.min(initial=firsts.min())))
    wanted = np.zeros(int(max(lasts.max(), cohort.max(initial=lasts.max()))) - origin + 1, bool)
    for first, last in zip(firsts - origin, lasts - origin, strict=True):
        wanted[first : last + 1] = True
    return CountTable(rows=table.rows[wanted[cohort - origin]], covers=table.covers)


class _Grid:
    """The (tally, area) pairs and the days of some tables, numbered, so that arrays can serve."""

    def __init__(self, tables: Sequence[CountTable], within: Within) -> None:
        self._tables = tables
        self._within = within
        frames = [table.rows for table in tables] + [table.covers for table in tables]
        self._tallies = _all_words([frame["tally"] for frame in frames])
        self._areas = _all_words([frame["area"] for frame in frames])
        spans = [_ordinals(table.covers[end]) for table in tables for end in ("first", "last")]
        spans += [_ends(table.rows["cohort"]) for table in tables]
        ends = np.concatenate(spans)
        self._origin = int(ends.min()) if ends.size else 0
        self._days = int(ends.max()) - self._origin + 1 if ends.size else 0
        area_within = [within.get(AreaId(area), frozenset({area})) for area in self._areas]
        self._inside = np.array(
            [[area in inside for area in self._areas] for inside in area_within], dtype=bool
        ).reshape(len(self._areas), len(self._areas))

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self._tallies) * len(self._areas), self._days

    def pairs(self, frame: pd.DataFrame) -> Integers:
        """Return the number of each row's (tally, area)."""
        tallies = _codes(frame["tally"], self._tallies).astype(np.int64)
        return tallies * len(self._areas) + _codes(frame["area"], self._areas)

    def columns(self, days: pd.Series) -> Integers:
        """Return the column of each day."""
        return _ordinals(days) - self._origin

    def below(self, tally: int, area: int) -> Integers:
        """Return the pairs of a tally in an area and everything within it."""
        return tally * len(self._areas) + np.flatnonzero(self._inside[area])

    def covers(self, table: CountTable) -> list[tuple[int, int, int, int]]:
        """Return a table's covers as numbers: tally, area, first and last column."""
        covers = table.covers
        pairs = self.pairs(covers)
        return list(
            zip(
                (pairs // len(self._areas)).tolist(),
                (pairs % len(self._areas)).tolist(),
                self.columns(covers["first"]).tolist(),
                self.columns(covers["last"]).tolist(),
                strict=True,
            )
        )

    def as_covers(self, spans: Sequence[tuple[int, int, int, int]]) -> pd.DataFrame:
        """Return covers as a frame again."""
        numbers = np.array(spans, dtype=np.int64).reshape(-1, 4)
        day = (numbers[:, 2:] + self._origin).astype("datetime64[D]").astype("datetime64[s]")
        return pd.DataFrame(
            {
                "tally": self._tallies[numbers[:, 0]],
                "area": self._areas[numbers[:, 1]],
                "first": day[:, 0],
                "last": day[:, 1],
            }
        )

    def owner(self) -> NDArray[np.int32]:
        """Return which table accounts last for each pair and day; `NOBODY` where none does."""
        owner = np.full(self._shape, NOBODY, dtype=np.int32)
        for number, table in enumerate(self._tables):
            for tally, area, first, last in self.covers(table):
                owner[self.below(tally, area), first : last + 1] = number
        return owner

    def standing(self, rows: pd.DataFrame, owner: NDArray[np.int32], number: int) -> Booleans:
        """Return which rows of a table, of this number, no later one accounts for."""
        column = self.columns(rows["cohort"])
        # Only rows of days that anything later is about need a closer look: of years, a few days.
        later = np.any(owner > number, axis=0)
        near = np.flatnonzero(later[column])
        stands = np.ones(len(rows), dtype=bool)
        stands[near] = owner[self.pairs(rows.iloc[near]), column[near]] == number
        return stands

    def covered(self, table: CountTable) -> Booleans:
        """Return whether a table accounts for each pair and day."""
        covered = np.zeros(self._shape, dtype=bool)
        for tally, area, first, last in self.covers(table):
            covered[self.below(tally, area), first : last + 1] = True
        return covered

    def differences(self, before: CountTable, after: CountTable) -> Booleans:
        """Return the pairs and cohort days on which the counts of two tables are not the same."""
        rows = _stack([before.rows, after.rows])
        sign = np.repeat([-1.0, 1.0], [len(before.rows), len(after.rows)])
        cells = pd.DataFrame(
            {
                "pair": self.pairs(rows),
                "cohort": self.columns(rows["cohort"]),
                "day": self.columns(rows["day"]),
                "count": rows["count"].to_numpy() * sign,
            }
        )
        sums = cells.groupby(["pair", "cohort", "day"], sort=False, as_index=False)["count"].sum()
        unlike = sums[sums["count"] != 0]
        different = np.zeros(self._shape, dtype=bool)
        different[unlike["pair"], unlike["cohort"]] = True
        return different


def _joined(covers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return what some covers come to: of each tally and area the stretches, none touching another.

    Otherwise they would grow with every load for as long as there are loads.
    """
    frame = pd.concat(covers, ignore_index=True).drop_duplicates()
    frame = frame.sort_values(["tally", "area", "first", "last"], ignore_index=True)
    if frame.empty:
        return frame
    first, last = _ordinals(frame["first"]), _ordinals(frame["last"])
    line = frame.groupby(["tally", "area"], sort=False).ngroup().to_numpy()
    # Lines are set so far apart that none reaches, or touches, the next.
    apart = line * (int(last.max() - first.min()) + 2)
    reached = np.maximum.accumulate(last + apart)
    begins = np.concatenate([[True], (first + apart)[1:] > reached[:-1] + 1])
    ends = np.concatenate([np.flatnonzero(begins)[1:] - 1, [len(frame) - 1]])
    joined = frame[begins].reset_index(drop=True)
    days = (reached - apart)[ends].astype("datetime64[D]").astype("datetime64[s]")
    return joined.assign(last=days)


def _runs(marked: Booleans) -> list[tuple[int, int]]:
    """Return the first and last place of each run of marked places."""
    edges = np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8))
    return list(
        zip(
            np.flatnonzero(edges == 1).tolist(),
            (np.flatnonzero(edges == -1) - 1).tolist(),
            strict=True,
        )
    )


def _ordinals(days: pd.Series) -> Integers:
    """Return days since 1 January 1970."""
    return days.to_numpy().astype("datetime64[D]").astype(np.int64)


def _ends(days: pd.Series) -> Integers:
    """Return the first and the last of some days; nothing of none."""
    return _ordinals(pd.Series([days.min(), days.max()])) if len(days) else _ordinals(days)


def _all_words(columns: Sequence[pd.Series]) -> pd.Index:
    """Return every word of some category columns, sorted."""
    words = {str(word) for column in columns for word in _distinct(column)}
    return pd.Index(sorted(words), dtype="str")


def _codes(column: pd.Series, words: pd.Index) -> Codes:
    """Return the place of each row's word among all words, in as few bytes as it takes."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return words.get_indexer(pd.Index(column))
    codes: Codes = column.cat.codes.to_numpy()
    if words.equals(column.cat.categories):
        return codes
    places = words.get_indexer(pd.Index(column.cat.categories, dtype="str"))
    narrow: Codes = places.astype(np.int16 if len(words) < 2**15 else np.int64)
    return narrow[codes]


def _distinct(column: pd.Series) -> pd.Index:
    """Return the different words of a column, of categories or of plain text."""
    categories = isinstance(column.dtype, pd.CategoricalDtype)
    return column.cat.categories if categories else pd.Index(column.unique())


def _stack(frames: Sequence[pd.DataFrame], kept: Sequence[Booleans] = ()) -> pd.DataFrame:
    """Put frames below each other, words as categories; of each the rows that are kept, or all."""
    chosen = kept or [np.ones(len(frame), dtype=bool) for frame in frames]
    columns: dict[str, object] = {}
    for name in frames[0].columns:
        parts = [frame[name] for frame in frames]
        if name in ("area", "tally"):
            words = _all_words(parts)
            codes = [_codes(part, words)[mask] for part, mask in zip(parts, chosen, strict=True)]
            columns[name] = pd.Categorical.from_codes(np.concatenate(codes), words)
        else:
            values = [part.to_numpy()[mask] for part, mask in zip(parts, chosen, strict=True)]
            columns[name] = np.concatenate(values)
    return pd.DataFrame(columns, copy=False)
