"""The count table as dense arrays: every series at once, rolled up the area tree.

A series is one thing counted in one area.  Crime groups are sums of their types, areas are sums
of what lies within them, each part once whatever the paths to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, Measure, MeasureKind, TallyId

EPOCH: Final = date(1970, 1, 1)

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Counted(NamedTuple):
    """What one series counts: the sum of some tallies, and who delivers them."""

    tallies: tuple[TallyId, ...]
    suppliers: tuple[AreaId, ...]
    by_record: bool
    """Whether single records are counted: a source that locates any record in an area then knows
    all of that area's.  Of surveys and returns each figure speaks for itself."""


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
    return Counts(
        first=first,
        counted=wanted,
        areas=areas,
        values=_values(table, catalogue, wanted, areas, first=first, to=to),
        observed=_observed(table, catalogue, wanted, areas, first=first, to=to),
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


def _values(
    table: CountTable,
    catalogue: Catalogue,
    wanted: tuple[Counted, ...],
    areas: tuple[AreaId, ...],
    *,
    first: date,
    to: date,
) -> Floats:
    """Scatter the rows over (tally and area, days), then add up groups and areas."""
    days = (to - first).days + 1
    column = table.rows["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    column -= (first - EPOCH).days
    inside = (column >= 0) & (column < days)
    return rolled_up(
        table.rows[inside], column[inside], days, catalogue=catalogue, wanted=wanted, areas=areas
    )


def rolled_up(
    rows: pd.DataFrame,
    column: NDArray[np.int64],
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
    tally, area = rows["tally"].cat, rows["area"].cat
    width = max(len(area.categories), 1)
    pair = tally.codes.to_numpy(dtype=np.int64) * width + area.codes.to_numpy()
    # Marked and not sorted: there are far fewer pairs than rows.
    is_there = np.zeros(len(tally.categories) * width, dtype=bool)
    is_there[pair] = True
    pairs, place = np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[pair]
    flat = np.bincount(
        place * columns + column,
        weights=rows["count"].to_numpy(),
        minlength=pairs.size * columns,
    )
    tallies, places = tally.categories.to_list(), area.categories.to_list()
    summing = _summing(
        [tallies[one] for one in pairs // width],
        [places[one] for one in pairs % width],
        catalogue,
        wanted,
        areas,
    )
    total = summing @ flat.reshape(pairs.size, columns)
    return np.asarray(total, dtype=np.float64).reshape(len(wanted), len(areas), columns)


def _summing(
    tallies: list[str],
    places: list[str],
    catalogue: Catalogue,
    wanted: Sequence[Counted],
    areas: Sequence[AreaId],
) -> sparse.csr_array:
    """Return the matrix of zeros and ones that sums pairs into (things counted x areas)."""
    using: dict[str, list[int]] = {}
    for number, counted in enumerate(wanted):
        for tally in counted.tallies:
            using.setdefault(tally, []).append(number)
    above = {
        below: [n for n, area in enumerate(areas) if below in catalogue.within[area]]
        for below in catalogue.areas
    }
    cells = [
        (number * len(areas) + up, pair)
        for pair, (tally, place) in enumerate(zip(tallies, places, strict=True))
        for number in using.get(tally, ())
        for up in above.get(AreaId(place), ())
    ]
    row, column = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    shape = (len(wanted) * len(areas), len(tallies))
    return sparse.csr_array((np.ones(len(cells)), (row, column)), shape=shape)


def _observed(
    table: CountTable,
    catalogue: Catalogue,
    wanted: tuple[Counted, ...],
    areas: tuple[AreaId, ...],
    *,
    first: date,
    to: date,
) -> Booleans:
    """Return on which days each series is accounted for."""
    covered = _covered(table, first=first, to=to)
    records = {tally for one in wanted if one.by_record for tally in one.tallies}
    nothing = np.zeros((to - first).days + 1, dtype=bool)
    observed = np.zeros((len(wanted), len(areas), nothing.size), dtype=bool)
    told_apart: dict[frozenset[TallyId], frozenset[AreaId]] = {}
    for number, counted in enumerate(wanted):
        by_tally = [covered.get(tally, {}) for tally in counted.tallies]
        # Of records any other record shows that the source knows an area; of figures, its own.
        together = frozenset(records if counted.by_record else counted.tallies)
        if together not in told_apart:
            told_apart[together] = _told_apart(table, catalogue, together)
        for place, area in enumerate(areas):
            within_cover = area in told_apart[together]
            parts = [
                _of_area(one, area, counted, catalogue, nothing, within_cover=within_cover)
                for one in by_tally
            ]
            observed[number, place] = np.logical_and.reduce(parts)
    return observed


def _told_apart(
    table: CountTable, catalogue: Catalogue, tallies: frozenset[TallyId]
) -> frozenset[AreaId]:
    """Return the areas in which any of some tallies has ever been located.

    A source that knows districts but no smaller areas says nothing of the smaller ones: that no
    crime was recorded in them is not a nought.
    """
    mine = table.rows["area"][table.rows["tally"].isin(tallies)]
    places = {AreaId(str(place)) for place in mine.unique()}
    return frozenset(area for area, within in catalogue.within.items() if within & places)


def _of_area(
    covered: Mapping[AreaId, Booleans],
    area: AreaId,
    counted: Counted,
    catalogue: Catalogue,
    nothing: Booleans,
    *,
    within_cover: bool,
) -> Booleans:
    """Return on which days one tally is accounted for in one area.

    It is where the area itself was delivered; where the source tells it apart, also where an area
    around it was; and otherwise where every part that delivers for itself was.
    """
    within = catalogue.within
    around = [
        days
        for place, days in covered.items()
        if place == area or (within_cover and area in within.get(place, ()))
    ]
    known: Booleans = np.logical_or.reduce([nothing, *around])
    expected = counted.suppliers or tuple(covered)
    parts = [place for place in expected if place != area and place in within[area]]
    if parts:
        known = known | np.logical_and.reduce([covered.get(place, nothing) for place in parts])
    return known


def _covered(table: CountTable, *, first: date, to: date) -> dict[TallyId, dict[AreaId, Booleans]]:
    """Return the covers as marked days, by tally and area."""
    marked: dict[TallyId, dict[AreaId, Booleans]] = {}
    days = (to - first).days + 1
    start = np.datetime64(first, "D")
    covers = table.covers
    firsts = (covers["first"].to_numpy().astype("datetime64[D]") - start).astype(np.int64)
    lasts = (covers["last"].to_numpy().astype("datetime64[D]") - start).astype(np.int64)
    for tally, area, begin, end in zip(
        covers["tally"].astype(str), covers["area"].astype(str), firsts, lasts, strict=True
    ):
        areas = marked.setdefault(TallyId(tally), {})
        line = areas.setdefault(AreaId(area), np.zeros(days, dtype=bool))
        line[max(begin, 0) : max(end + 1, 0)] = True
    return marked
