"""Which measures to hide beside those that are hidden, so that no sum of types gives them away.

All crime less every other type is the type that was left out; a rate's denominator is the count.
Docs: docs/methods/small-numbers.md, "Types".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

import numpy as np

from bot.access.areas import REMEMBERED, Floats, follows
from metrics.model import Catalogue, Measure, MeasureId


class MeasureSums:
    """The measures of a plan as sums of what is counted."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the measures of a catalogue."""
        self._measures = catalogue.measures
        tallies = {
            tally
            for measure in self._measures.values()
            for tally in (*measure.numerator, *measure.denominator, *measure.closed)
        }
        self._place = {tally: n for n, tally in enumerate(sorted(tallies))}
        self._told = {one.id: self._sums_told(one) for one in self._measures.values()}
        # Figures of other days hide the same combinations.
        self._gives_away = lru_cache(maxsize=REMEMBERED)(self._follows)

    def given_away(self, measure: MeasureId, closed: Collection[MeasureId]) -> bool:
        """Whether a hidden measure can be worked out from the measures that are not hidden."""
        return self._gives_away(measure, frozenset(closed))

    def companions(
        self, measure: MeasureId, closed: Collection[MeasureId]
    ) -> tuple[MeasureId, ...]:
        """Return what to hide beside a hidden measure that is given away.

        They depend on the plan alone, never on figures: what is hidden would otherwise change
        from day to day, and the days together would tell.
        """
        if same := tuple(self._that_tell(measure, closed)):
            return same
        one = self._beside(self._measures[measure], closed)
        return () if one is None else (one.id, *self._that_tell(one.id, {*closed, one.id}))

    def _follows(self, measure: MeasureId, closed: frozenset[MeasureId]) -> bool:
        known = [row for one, rows in self._told.items() if one not in closed for row in rows]
        return follows(self._told[measure][0], np.array(known))

    def _sums_told(self, measure: Measure) -> list[Floats]:
        """Return the sums that a measure's figures tell: what it counts, of what, still open."""
        counted, of = self._sum(measure.numerator), self._sum(measure.denominator)
        told = [counted]
        if measure.denominator:
            told.append(of)
        if measure.closed:
            told.append(of - self._sum(measure.closed))
        return told

    def _sum(self, tallies: Collection[str]) -> Floats:
        row = np.zeros(len(self._place))
        row[[self._place[one] for one in tallies]] = 1.0  # type: ignore[index]
        return row

    def _that_tell(self, measure: MeasureId, closed: Collection[MeasureId]) -> Iterator[MeasureId]:
        """Give the measures not hidden that tell the same sum, as a rate does of its crimes."""
        wanted = self._told[measure][0]
        for one, rows in self._told.items():
            if one not in closed and any(np.array_equal(row, wanted) for row in rows):
                yield one

    def _beside(self, measure: Measure, closed: Collection[MeasureId]) -> Measure | None:
        """Return the next measure to hide, if there is one that would help.

        Where a sum's own parts give it away, one of them; else a type beside it in the smallest
        group that it is part of, or that group.
        """
        alike = [
            one
            for one in self._measures.values()
            if one.id not in closed and one.kind is measure.kind and one.flag == measure.flag
        ]
        counted = set(measure.numerator)
        parts = [one for one in alike if set(one.numerator) < counted]
        if parts and follows(self._told[measure.id][0], self._counted(parts)):
            return _last_single(parts)
        groups = [one for one in alike if counted < set(one.numerator)]
        for group in sorted(groups, key=lambda one: len(one.numerator)):
            beside = set(group.numerator) - counted
            if types := [one for one in alike if set(one.numerator) <= beside]:
                return _last_single(types)
        return groups[0] if groups else None

    def _counted(self, measures: Collection[Measure]) -> Floats:
        return np.array([self._told[one.id][0] for one in measures])


def _last_single(measures: Sequence[Measure]) -> Measure:
    """Return the last of the smallest: plans write the least prominent types last."""
    fewest = min(len(one.numerator) for one in measures)
    return [one for one in measures if len(one.numerator) == fewest][-1]
