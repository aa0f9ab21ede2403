"""The count table as dense arrays: every series at once, rolled up the area tree.

A series is one thing counted in one area.  Crime groups are sums of their types, areas are sums
of what lies within them, each part once whatever the paths to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from metrics.count_grid import Integers, ordinals, pairs_of
from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, Measure, MeasureKind, TallyId
from metrics.observed import Counted, observed

EPOCH: Final = date(1970, 1, 1)

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Counts:
    """Dense daily arrays.

    `values` and `observed` have the shape (things counted, areas, days).  A count that stands for
    a month or a quarter lies on the period's last day, and the whole period is observed.  Where
    a day is not observed its value means nothing.
    """

    first: date
    counted: tuple[Counted, ...]
    areas: tuple[AreaId, ...]
    values: Floats
    observed: Booleans

    @property
    def last(self) -> date:
        """The last day of the arrays."""
        return self.first + timedelta(days=self.values.shape[2] - 1)

    @cached_property
    def place(self) -> Mapping[Counted, int]:
        """Where each thing counted stands on the first axis."""
        return {counted: place for place, counted in enumerate(self.counted)}

    def until(self, day: date) -> Counts:
        """Return the same arrays, ending on an earlier day."""
        days = self.column(day) + 1
        return replace(self, values=self.values[:, :, :days], observed=self.observed[:, :, :days])

    def column(self, day: date) -> int:
        """Return a day's place on the last axis; it may lie outside the arrays."""
        return (day - self.first).days


def numerator(measure: Measure) -> Counted:
    """Return what is counted above the line of a measure."""
    return _counted(measure, measure.numerator)


def denominator(measure: Measure) -> Counted | None:
    """Return what is counted below the line of a measure; None of a plain count."""
    return _counted(measure, measure.denominator) if measure.denominator else None


def _counted(measure: Measure, tallies: tuple[TallyId, ...]) -> Counted:
    by_record = measure.kind in (MeasureKind.RECORDED, MeasureKind.OUTCOME_RATE)
    return Counted(tallies=tallies, suppliers=measure.suppliers, by_record=by_record)


def dense(table: CountTable, catalogue: Catalogue, *, to: date) -> Counts:
    """Return every series that the catalogue's measures need, up to a day.

    Args:
        table: Merged deliveries.  What counts on a later day than `to` is left out.
        catalogue: Gives the measures, the area tree and the crime groups.
        to: The last day of the arrays.

    Returns:
        Arrays from the first day of any record, or of `to`, whichever is earlier.
    """
    wanted = _wanted(catalogue)
    areas = tuple(area.id for area in catalogue.tree)
    first = _first_day(table, to)
    rows = _asked_for(table.rows, wanted)
    return Counts(
        first=first,
        counted=wanted,
        areas=areas,
        values=_values(rows, catalogue, wanted, areas, first=first, to=to),
        observed=observed(rows, table.covers, catalogue, wanted, areas, first=first, to=to),
    )


def _wanted(catalogue: Catalogue) -> tuple[Counted, ...]:
    lines = (
        line
        for measure in catalogue.measures.values()
        for line in (numerator(measure), denominator(measure))
        if line is not None
    )
    return tuple(dict.fromkeys(lines))


def _first_day(table: CountTable, to: date) -> date:
    days = [table.covers["first"].min(), table.rows["day"].min()]
    known: list[date] = [day.date() for day in days if not pd.isna(day)]
    return min([to, *known])


def _asked_for(rows: pd.DataFrame, wanted: Sequence[Counted]) -> pd.DataFrame:
    """Return the rows of which anything that is wanted is made: a third of them, as a rule."""
    tally = rows["tally"].cat
    asked = tally.categories.isin({tally for counted in wanted for tally in counted.tallies})
    mine = np.flatnonzero(asked[tally.codes.to_numpy()])
    # Column by column, which pandas does in a third of the time that it takes over rows.
    columns = {name: rows[name].array.take(mine) for name in ("day", "area", "tally", "count")}
    return pd.DataFrame(columns, copy=False)


def _values(
    rows: pd.DataFrame,
    catalogue: Catalogue,
    wanted: tuple[Counted, ...],
    areas: tuple[AreaId, ...],
    *,
    first: date,
    to: date,
) -> Floats:
    """Scatter the rows over (tally and area, days), then add up groups and areas."""
    days = (to - first).days + 1
    column = ordinals(rows["day"]) - (first - EPOCH).days
    inside = (column >= 0) & (column < days)
    if not inside.all():
        rows, column = rows[inside], column[inside]
    return rolled_up(rows, column, days, catalogue=catalogue, wanted=wanted, areas=areas)


def rolled_up(
    rows: pd.DataFrame,
    column: Integers,
    columns: int,
    *,
    catalogue: Catalogue,
    wanted: Sequence[Counted],
    areas: Sequence[AreaId],
) -> Floats:
    """Add rows up by thing counted, area and column.

    Args:
        rows: Rows of a count table.
        column: The column of each row, from 0.
        columns: How many columns there are.
        catalogue: Gives the area tree.
        wanted: The things counted: the first axis of the result.
        areas: The areas: its second axis.

    Returns:
        Sums, of the shape (wanted, areas, columns); nought where there is no row.
    """
    pair, (tallies, places) = pairs_of(rows)
    # Marked and not sorted: there are far fewer pairs than rows.
    is_there = np.zeros(len(tallies) * len(places), dtype=bool)
    is_there[pair] = True
    pairs, place = np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[pair]
    flat = np.bincount(
        place * columns + column,
        weights=rows["count"].to_numpy(),
        minlength=pairs.size * columns,
    )
    summing = _summing(tallies, places, catalogue, wanted, areas)[:, pairs]
    total = summing.sorted_indices() @ flat.reshape(pairs.size, columns)
    return np.asarray(total, dtype=np.float64).reshape(len(wanted), len(areas), columns)


def _summing(
    tallies: Sequence[str],
    places: Sequence[str],
    catalogue: Catalogue,
    wanted: Sequence[Counted],
    areas: Sequence[AreaId],
) -> sparse.csr_array:
    """Return the matrix of zeros and ones that sums (tallies x places) into (wanted x areas)."""
    number = {tally: place for place, tally in enumerate(tallies)}
    using = [
        (line, number[tally])
        for line, counted in enumerate(wanted)
        for tally in counted.tallies
        if tally in number
    ]
    above = [
        (line, place)
        for line, area in enumerate(areas)
        for place, name in enumerate(places)
        if name in catalogue.within[area]
    ]
    return sparse.kron(
        _marking(using, (len(wanted), len(tallies))),
        _marking(above, (len(areas), len(places))),
        format="csr",
    )


def _marking(cells: Sequence[tuple[int, int]], shape: tuple[int, int]) -> sparse.coo_array:
    line, column = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    return sparse.coo_array((np.ones(len(cells)), (line, column)), shape=shape)
