"""Which sensitive figures are hidden because they are small, or would give a small one away.

Decided once for a snapshot, over the whole tree and every period, so that no two answers differ
in what they hide.  Docs: docs/methods/small-numbers.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from bot.access.areas import AreaSums, Floats
from bot.access.gate import COMPANION, MONTH_ENDS_ONLY, SMALL, Cause, Clearance, Hidden, restricted
from bot.access.kinds import MeasureSums
from metrics.calendar import Window
from metrics.model import AreaId, Catalogue, Level, Measure, MeasureId
from metrics.positions import WINDOWS
from metrics.snapshot import Figures, Snapshot, SnapshotKind

TOLD: Final = [n for n, window in enumerate(WINDOWS) if window is not Window.LATEST]
"""The windows that count: of a sensitive measure, the latest day is never told (`hiding`)."""

PLANS_KEPT: Final = 64
"""Of so many plans it is remembered what follows from what: it does not depend on figures."""

Pair = tuple[MeasureId, AreaId]


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """What is hidden of a snapshot: measures in areas, all their periods."""

    hidden: Mapping[Pair, Hidden]
    sensitive: frozenset[MeasureId]  # shown without days and weeks, even where they are shown

    def __bool__(self) -> bool:
        return bool(self.hidden or self.sensitive)


def make_mask(figures: Figures, cleared: Clearance) -> Mask:
    """Decide what is hidden of a snapshot from whoever is cleared in this way."""
    catalogue, snapshot = figures.catalogue, figures.snapshot
    sensitive = [one for one in catalogue.measures.values() if one.minimum and cleared.guarded]
    hidden = what_to_hide(
        catalogue,
        areas=snapshot.positions.areas,
        whole=restricted(catalogue, snapshot.as_at, cleared),
        small={one.id: small_areas(figures, one) for one in sensitive},
        own=cleared.own,
        daily=snapshot.kind is SnapshotKind.DAILY,
    )
    return Mask(hidden=hidden, sensitive=frozenset(one.id for one in sensitive))


def what_to_hide(
    catalogue: Catalogue,
    *,
    areas: Collection[AreaId],
    whole: Mapping[MeasureId, Hidden],
    small: Mapping[MeasureId, Collection[AreaId]],
    own: Collection[AreaId] = (),
    daily: bool = False,
) -> Mapping[Pair, Hidden]:
    """Return everything to hide, so that nothing hidden follows from what is shown.

    Args:
        catalogue: The tree of areas, and what measures count.
        areas: Every area that figures are held of, other forces among them.
        whole: Measures that are hidden in every area.
        small: Of sensitive measures, the areas with a small number.
        own: Areas whose small numbers are shown all the same.
        daily: Whether small areas are hidden for being told daily.
    """
    making = _Making(catalogue)
    for measure, why in whole.items():
        making.hide(measure, frozenset(areas), why)
    force = frozenset({catalogue.force.id})
    for measure, found in small.items():
        closed = making.areas.close(found, own=own)
        minimum = catalogue.measures[measure].minimum
        making.hide(measure, closed & force, _because_small(minimum))
        monthly = Hidden(cause=Cause.SMALL, reason=MONTH_ENDS_ONLY)
        making.hide(measure, closed - force, monthly if daily else _because_small(minimum))
    making.hide_what_would_tell()
    return making.hidden


def small_areas(figures: Figures, measure: Measure) -> frozenset[AreaId]:
    """Return the areas where a measure has a count above 0 and under its minimum.

    Every month that the snapshot holds is looked at, and every period: what may be shown for a
    month end is then safe beside what was shown for the month end before, since the difference
    of two periods is made of months.  Below the force, daily figures are small by themselves, and
    so are figures whose months are not held.
    """
    catalogue, snapshot = figures.catalogue, figures.snapshot
    unsafe = snapshot.kind is SnapshotKind.DAILY or not snapshot.trends
    return frozenset(
        area.id
        for area in catalogue.tree
        if (unsafe and area.level is not Level.FORCE)
        or _is_small(_counts(snapshot, measure, area.id), measure.minimum)
    )


def _is_small(counts: Floats, minimum: int) -> bool:
    return bool(((counts > 0) & (counts < minimum)).any())  # NaN is neither


def _counts(snapshot: Snapshot, measure: Measure, area: AreaId) -> Floats:
    """Return every count that is kept of a measure in an area; NaN where not recorded."""
    positions, trends = snapshot.positions, snapshot.trends
    row = positions.measures.index(measure.id) * len(positions.areas) + positions.areas.index(area)
    found = [positions.numerator[row, TOLD], positions.denominator[row, TOLD]]
    if trends:
        found += [trends.above[row], trends.below[row]]
    if not measure.kind.is_rate:
        found += [positions.yearly[row], snapshot.assessments.watch.observed[row]]
    return np.concatenate(found)


def _because_small(minimum: int) -> Hidden:
    return Hidden(cause=Cause.SMALL, reason=SMALL.format(minimum=minimum))


class _Making:
    """A mask in the making: what is hidden of each measure."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.areas = _area_sums(catalogue)
        self.hidden: dict[Pair, Hidden] = {}
        self._kinds = _measure_sums(catalogue)
        self._closed: dict[MeasureId, set[AreaId]] = {one: set() for one in catalogue.measures}
        self._guarded: dict[MeasureId, frozenset[AreaId]] = {}

    def hide(self, measure: MeasureId, areas: Collection[AreaId], why: Hidden) -> None:
        """Hide a measure in areas for its own sake; the first reason stays."""
        self._guarded[measure] = self._guarded.get(measure, frozenset()).union(areas)
        self._add(measure, areas, why)

    def hide_what_would_tell(self) -> None:
        """Hide companions until no hidden measure follows from what is told in the same areas.

        A companion goes in *all* the areas where the measure is hidden: the figures can then be
        moved between two types and between areas at once with every sum kept, so that none of
        them is determined.
        """
        why = Hidden(cause=Cause.COMPANION, reason=COMPANION)
        for measure, areas in self._guarded.items():
            while areas:
                closed = {one for one, where in self._closed.items() if areas <= where}
                if not self._kinds.given_away(measure, closed):
                    break
                companions = self._kinds.companions(measure, closed)
                if not companions:
                    break
                for one in companions:
                    self._add(one, areas, why)

    def _add(self, measure: MeasureId, areas: Collection[AreaId], why: Hidden) -> None:
        self._closed[measure].update(areas)
        for area in areas:
            self.hidden.setdefault((measure, area), why)


@lru_cache(maxsize=PLANS_KEPT)
def _area_sums(catalogue: Catalogue) -> AreaSums:
    return AreaSums(catalogue)


@lru_cache(maxsize=PLANS_KEPT)
def _measure_sums(catalogue: Catalogue) -> MeasureSums:
    return MeasureSums(catalogue)
