"""What a source hands over: one count table, and an account of how it came about.

Every kind of source delivers the same table, so that nothing after it knows where records
came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import pandas as pd

ROW_COLUMNS: Final = ("cohort", "day", "area", "tally", "count")
COVER_COLUMNS: Final = ("tally", "area", "first", "last")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountTable:
    """Counts, and the days they account for.

    `rows`, one per thing counted:
        cohort: datetime64[s], the day whose delivery this count belongs to: of a crime, the day
            it was recorded; of a monthly or quarterly figure, the last day of its period; of a
            population, 30 June of its year.  A later delivery that covers the cohort replaces it.
        day: datetime64[s], the day it counts on: of a crime outcome, the day it was given; of
            everything else, the cohort.
        area: category of str, the smallest area that is known.
        tally: category of str, what is counted.
        count: float64, never NaN and never negative in a whole: what is not known has no row.
    `covers`, one per stretch of cohort days that are accounted for in full (both ends included;
    a day in it without a row is a true zero, a day outside it is not recorded):
        tally: str.  area: str, the area for which, and within which, it holds.
        first, last: datetime64[s].
    """

    rows: pd.DataFrame
    covers: pd.DataFrame

    def __post_init__(self) -> None:
        for name, frame, columns in (
            ("rows", self.rows, ROW_COLUMNS),
            ("covers", self.covers, COVER_COLUMNS),
        ):
            if tuple(frame.columns) != columns:
                raise ValueError(f"{name} must have the columns {columns}: {list(frame.columns)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One file, table or query that figures were read from."""

    name: str  # as a person would find it; never with a password
    size: int  # bytes; 0 of a query
    sha256: str  # of the bytes as they lay there, or of the rows a query gave
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Rows that could not be counted, in whole or in part, and why.

    A crime whose outcome cannot be understood still counts as recorded; the reason says so.
    """

    reason: str  # a sentence: what is wrong and, where it helps, the value
    rows: int
    first: tuple[str, ...]  # "file.csv, line 17": the first few, so that they can be found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivery:
    """What one source delivered in one load."""

    source: str  # the name of the source in `sources.toml`
    table: CountTable
    inputs: tuple[InputFile, ...]
    rejected: tuple[Rejection, ...] = ()
    remarks: tuple[str, ...] = ()  # what a reader should know, e.g. months that are missing
    reach: tuple[date, date] | None = None
    """Of a table that holds changed days only: the first and last day that the source has."""

    @property
    def rows_in(self) -> int:
        """How many rows the inputs held."""
        return sum(one.rows for one in self.inputs)

    @property
    def rows_rejected(self) -> int:
        """How many of them could not be counted, in whole or in part."""
        return sum(one.rows for one in self.rejected)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day accounted for, or None if nothing is."""
        if self.reach:
            return self.reach
        covers = self.table.covers
        if covers.empty:
            return None
        return covers["first"].min().date(), covers["last"].max().date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """An account of one load.  Its counts are read apart."""

    id: int  # rises with every load, of whatever source
    source: str
    loaded_at: datetime  # UTC
    fingerprint: str  # of what the source looked like: the same again means nothing to load
    rows_in: int
    rows_rejected: int
    span: tuple[date, date] | None  # the first and the last day accounted for; None: none is
    cohort_days_changed: int  # days that were new, or whose counts differ from what was known
    inputs: tuple[InputFile, ...]
    rejections: tuple[Rejection, ...]
    remarks: tuple[str, ...]


def standing(loads: Sequence[Load]) -> tuple[Load, ...]:
    """Return the loads that figures rest on, each with those of its inputs that still stand.

    A delivery accounts anew for all it covers, whether or not it changes a count; what was read
    before it is then no longer what the figures are from.  So an input stands unless the same
    source has since delivered one of the same name, over the same days or more.  A file that is
    gone, and the older ends of an extract that moves along with time, stand.

    Args:
        loads: Of any sources, oldest first; also what came of this before, followed by newer ones.

    Returns:
        In the same order; without the loads of which nothing stands.
    """
    kept = []
    names: dict[str, set[str]] = {}
    reach: dict[str, tuple[date, date]] = {}
    for load in reversed(loads):
        later, span = names.setdefault(load.source, set()), load.span
        if span is None:  # it brought no figures, and replaced none
            continue
        first, last = reach.get(load.source, (date.max, date.min))
        sticks_out = span[0] < first or span[1] > last
        inputs = tuple(one for one in load.inputs if sticks_out or one.name not in later)
        reach[load.source] = min(first, span[0]), max(last, span[1])
        later.update(one.name for one in load.inputs)
        if inputs:
            kept.append(replace(load, inputs=inputs))
    return tuple(reversed(kept))
