"""On which days each series is accounted for: outside them nothing is known, and not nought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.count_grid import Within, ordinals, pairs_of
from metrics.model import AreaId, Catalogue, TallyId

Booleans = NDArray[np.bool_]

Stretch = tuple[AreaId, int, int]
"""An area, and the columns of the first and last day that are accounted for in it."""


class Counted(NamedTuple):
    """What one series counts: the sum of some tallies, and who delivers them."""

    tallies: tuple[TallyId, ...]
    suppliers: tuple[AreaId, ...]
    by_record: bool
    """Whether single records are counted: a source that locates any record in an area then knows
    all of that area's.  Of surveys and returns each figure speaks for itself."""


def observed(
    rows: pd.DataFrame,
    covers: pd.DataFrame,
    catalogue: Catalogue,
    wanted: Sequence[Counted],
    areas: Sequence[AreaId],
    *,
    first: date,
    to: date,
) -> Booleans:
    """Return on which days each series is accounted for.

    Args:
        rows: Of the merged deliveries, those of which anything that is wanted is made.
        covers: Of the merged deliveries.
        catalogue: Gives the area tree.
        wanted: The things counted: the first axis of the result.
        areas: The areas: its second axis.
        first: The day of the first column.
        to: The day of the last.

    Returns:
        Shape (wanted, areas, days).
    """
    days = (to - first).days + 1
    stretches = _stretches(covers, first)
    located = _located(rows)
    records = frozenset(tally for one in wanted if one.by_record for tally in one.tallies)
    known = np.ones((len(wanted), len(areas), days), dtype=bool)
    found: dict[object, Booleans] = {}  # most tallies are accounted for alike: worked out once
    for number, counted in enumerate(wanted):
        # Of records any other record shows that the source knows an area; of figures, its own.
        together = records if counted.by_record else frozenset(counted.tallies)
        for delivered in {stretches.get(tally, frozenset()) for tally in counted.tallies}:
            alike = delivered, counted.suppliers, together
            if alike not in found:
                known_in = partial(
                    _of_area,
                    _covered(delivered, days),
                    suppliers=counted.suppliers,
                    told_apart=_told_apart(located, catalogue, together),
                    within=catalogue.within,
                    nothing=np.zeros(days, dtype=bool),
                )
                found[alike] = np.stack([known_in(area) for area in areas])
            known[number] &= found[alike]
    return known


def _located(rows: pd.DataFrame) -> dict[TallyId, frozenset[AreaId]]:
    """Return the areas in which each tally has ever been located."""
    pair, (tallies, places) = pairs_of(rows)
    found: dict[TallyId, set[AreaId]] = {}
    for one in np.flatnonzero(np.bincount(pair)):
        tally, place = divmod(one, len(places))
        found.setdefault(TallyId(tallies[tally]), set()).add(AreaId(places[place]))
    return {tally: frozenset(areas) for tally, areas in found.items()}


def _told_apart(
    located: Mapping[TallyId, frozenset[AreaId]], catalogue: Catalogue, tallies: Iterable[TallyId]
) -> frozenset[AreaId]:
    """Return the areas in which any of some tallies has ever been located.

    A source that knows districts but no smaller areas says nothing of the smaller ones: that no
    crime was recorded in them is not a nought.
    """
    places = frozenset[AreaId]().union(*(located.get(tally, ()) for tally in tallies))
    return frozenset(area for area, within in catalogue.within.items() if within & places)


def _of_area(
    covered: Mapping[AreaId, Booleans],
    area: AreaId,
    *,
    suppliers: Sequence[AreaId],
    told_apart: Collection[AreaId],
    within: Within,
    nothing: Booleans,
) -> Booleans:
    """Return on which days one tally is accounted for in one area.

    It is where the area itself was delivered; where the source tells it apart, also where an area
    around it was; and otherwise where every part that delivers for itself was.
    """
    around = [
        days
        for place, days in covered.items()
        if place == area or (area in told_apart and area in within.get(place, ()))
    ]
    known: Booleans = np.logical_or.reduce([nothing, *around])
    expected = suppliers or tuple(covered)
    parts = [place for place in expected if place != area and place in within[area]]
    if parts:
        known = known | np.logical_and.reduce([covered.get(place, nothing) for place in parts])
    return known


def _stretches(covers: pd.DataFrame, first: date) -> dict[TallyId, frozenset[Stretch]]:
    """Return the covers of each tally, their ends as columns from the first day."""
    found: dict[TallyId, set[Stretch]] = {}
    start = int(np.datetime64(first, "D").astype(np.int64))
    ends = (ordinals(covers[end]) - start for end in ("first", "last"))
    for tally, area, begin, end in zip(covers["tally"], covers["area"], *ends, strict=True):
        found.setdefault(TallyId(tally), set()).add((AreaId(area), int(begin), int(end)))
    return {tally: frozenset(stretches) for tally, stretches in found.items()}


def _covered(stretches: Iterable[Stretch], days: int) -> dict[AreaId, Booleans]:
    """Return some covers as marked days, by area."""
    marked: dict[AreaId, Booleans] = {}
    for area, begin, end in stretches:
        line = marked.setdefault(area, np.zeros(days, dtype=bool))
        line[max(begin, 0) : max(end + 1, 0)] = True
    return marked
