"""Count tables put together: a correction replaces what it corrects, and is told apart from news.

Of each cohort day (`metrics.delivery`) the newest delivery alone counts, so that loading a day
again never doubles or averages anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.count_grid import (
    DAY_S,
    NOBODY,
    Booleans,
    Covers,
    Grid,
    Integers,
    Within,
    distinct,
    ordinals,
    stack,
)
from metrics.delivery import CountTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """A merged count table whose rows lie in blocks, so that a correction touches few of them."""

    rows: tuple[pd.DataFrame, ...]  # each as the rows of a count table; one follows on another
    covers: pd.DataFrame

    @classmethod
    def of(cls, table: CountTable) -> Self:
        """Return a table as one block."""
        return cls(rows=(table.rows,), covers=table.covers)

    def table(self) -> CountTable:
        """Return the blocks put below each other."""
        return CountTable(rows=stack(self.rows), covers=self.covers)


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
    return put_onto(Blocks.of(tables[0]), tables[1:], within).table()


def put_onto(before: Blocks, later: Sequence[CountTable], within: Within) -> Blocks:
    """Put deliveries together with what those before them come to, as `merge` does.

    Args:
        before: What was merged before.
        later: In the order in which they were loaded, oldest first.
        within: Each area with itself and everything below it.

    Returns:
        Block by block what stands; then the later deliveries, each a block.  A block of which
        nothing was replaced is the very object that it was.
    """
    if not later:
        return before
    covers = [before.covers, *(table.covers for table in later)]
    blocks = [(rows, 0) for rows in before.rows]
    blocks += [(table.rows, number) for number, table in enumerate(later, start=1)]
    first, last = _reach(covers[1:])
    grid = Grid([rows for rows, _ in blocks], covers, within, first=first, last=last)
    owner = grid.owner(covers)
    return Blocks(
        rows=tuple(_standing(rows, grid, owner, number) for rows, number in blocks),
        covers=_joined(covers),
    )


def beside(merged: Sequence[Blocks]) -> Blocks | None:
    """Put together what corrects nothing of each other.

    Args:
        merged: Of different sources, for example.

    Returns:
        None where two of them account for the same tally: then it matters which was first.
    """
    tallies = [set(distinct(one.covers["tally"])) for one in merged]
    if sum(map(len, tallies)) > len(set().union(*tallies)):
        return None
    if len(merged) <= 1:
        return merged[0] if merged else Blocks.of(empty_table())
    covers = pd.concat([one.covers for one in merged], ignore_index=True)
    return Blocks(rows=tuple(chain.from_iterable(one.rows for one in merged)), covers=covers)


def changed(before: CountTable, delivered: CountTable, within: Within) -> CountTable:
    """Return the part of a delivery that says something new.

    Args:
        before: What was known of the same source, merged; rows of cohort days that the delivery
            is not about may be missing.
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
    known, given = (_of_cohorts(one.rows, delivered.covers) for one in (before, delivered))
    first, last = _reach([delivered.covers])
    covers = [before.covers, delivered.covers]
    grid = Grid([known, given], covers, within, first=first, last=last)
    news = (grid.owner([before.covers]) == NOBODY) | grid.differences(known, given)
    keep, spans = _told(news, delivered.covers, grid)
    mine = keep.reshape(-1, keep.shape[-1])[grid.pairs(given), grid.columns(given["cohort"])]
    return CountTable(rows=given[mine].reset_index(drop=True), covers=grid.as_covers(spans))


def _told(news: Booleans, delivered: pd.DataFrame, grid: Grid) -> tuple[Booleans, Covers]:
    """Return what a delivery tells of what is new.

    Args:
        news: Whether a tally, area and day is new; of the shape of the grid.
        delivered: The covers of the delivery.
        grid: Numbers them.

    Returns:
        Of which tallies, areas and days everything is to be kept: where anything is new in what
        one cover accounts for, all that it accounts for on that day; and as what parts of the
        covers, in their order.
    """
    covers = grid.covers(delivered)
    keep = np.zeros_like(news)
    days = np.arange(news.shape[-1])
    parts = []
    for area in np.unique(covers.area):
        below = grid.below(area)
        mine = np.flatnonzero(covers.area == area)
        tally = covers.tally[mine]
        inside = (covers.first[mine, None] <= days) & (days <= covers.last[mine, None])
        fresh: Booleans = news[tally][:, below].any(axis=1) & inside
        told = np.zeros((len(news), days.size), dtype=bool)
        np.logical_or.at(told, tally, fresh)  # a tally may be covered in several stretches
        keep[:, below] |= told[:, None]
        line, first, last = _runs(fresh)
        parts.append((mine[line], tally[line], np.full(line.size, area), first, last))
    place, *found = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(place, kind="stable")
    return keep, Covers(*(column[order] for column in found))


def _of_cohorts(rows: pd.DataFrame, covers: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the cohort days that some covers account for."""
    first, last = _reach([covers])
    edges = np.zeros(last - first + 2, dtype=np.int64)
    np.add.at(edges, ordinals(covers["first"]) - first, 1)
    np.add.at(edges, ordinals(covers["last"]) - first + 1, -1)
    wanted = np.cumsum(edges) > 0
    # Whatever lies before or after is on the last place, which is of no day.
    cohort = ordinals(rows["cohort"]) - first
    mine = wanted[np.where((cohort >= 0) & (cohort <= last - first), cohort, -1)]
    return rows if mine.all() else rows[mine]


def _standing(
    rows: pd.DataFrame, grid: Grid, owner: NDArray[np.int32], number: int
) -> pd.DataFrame:
    """Return the rows of a table, of this number, that no later one accounts for."""
    # Only rows of days that anything later is about need a closer look: of years, a few days.
    near = grid.inside(rows["cohort"])
    if not near.size:
        return rows
    pair, day = grid.pairs(rows)[near], grid.columns(rows["cohort"])[near]
    newest = owner.reshape(-1, owner.shape[-1])[pair, day]
    gone = near[(newest != number) & (owner.max(axis=(0, 1)) > number)[day]]
    if not gone.size:
        return rows
    stands = np.ones(len(rows), dtype=bool)
    stands[gone] = False
    return rows[stands].reset_index(drop=True)


def _reach(covers: Sequence[pd.DataFrame]) -> tuple[int, int]:
    """Return the first and the last day of some covers; an end before the beginning of none."""
    firsts = np.concatenate([ordinals(one["first"]) for one in covers])
    lasts = np.concatenate([ordinals(one["last"]) for one in covers])
    return (int(firsts.min()), int(lasts.max())) if firsts.size else (0, -1)


def _joined(covers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return what some covers come to: of each tally and area the stretches, none touching another.

    Otherwise they would grow with every load for as long as there are loads.
    """
    frame = pd.concat(covers, ignore_index=True)
    if frame.empty:
        return frame
    first, last = ordinals(frame["first"]), ordinals(frame["last"])
    tally, area = (frame[name].astype("category").cat for name in ("tally", "area"))
    line = tally.codes.to_numpy(dtype=np.int64) * len(area.categories) + area.codes.to_numpy()
    order = np.lexsort((last, first, line))
    frame, first, last = frame.iloc[order], first[order], last[order]
    # Lines are set so far apart that none reaches, or touches, the next.
    apart = line[order] * (int(last.max() - first.min()) + 2)
    reached = np.maximum.accumulate(last + apart)
    begins = np.concatenate([[True], (first + apart)[1:] > reached[:-1] + 1])
    ends = np.concatenate([np.flatnonzero(begins)[1:] - 1, [len(frame) - 1]])
    joined = frame[begins].reset_index(drop=True)
    return joined.assign(last=((reached - apart)[ends] * DAY_S).view("datetime64[s]"))


def _runs(marked: Booleans) -> tuple[Integers, Integers, Integers]:
    """Return the line, the first and the last place of each run of marked places."""
    edges = np.diff(np.pad(marked, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    line, first = np.nonzero(edges == 1)
    return line, first, np.nonzero(edges == -1)[1] - 1
