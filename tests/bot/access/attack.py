"""What somebody can work out who has every answer: all that is shown, and how it adds up."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from metrics.model import AreaId, Catalogue, MeasureId

Floats = NDArray[np.float64]
Pair = tuple[MeasureId, AreaId]


class Attack:
    """Every figure as a sum over what was counted in the smallest areas.

    It knows nothing of how the hiding is decided, and takes everything at once: all measures, all
    areas, counts, denominators and what is still open.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        tallies = {
            tally
            for one in catalogue.measures.values()
            for tally in (*one.numerator, *one.denominator, *one.closed)
        }
        self._tallies = sorted(tallies)
        self._leaves = [one.id for one in catalogue.tree if not catalogue.children(one.id)]

    def sums(self, pair: Pair) -> list[Floats]:
        """Return the sums that a measure's figures in an area tell, over (leaves, tallies)."""
        measure, area = self._catalogue.measures[pair[0]], pair[1]
        where = np.array([one in self._catalogue.within[area] for one in self._leaves], dtype=float)
        counted, of, closed = (
            np.array([tally in which for tally in self._tallies], dtype=float)
            for which in (measure.numerator, measure.denominator, measure.closed)
        )
        told = [counted]
        if measure.denominator:
            told.append(of)
        if measure.closed:
            told.append(of - closed)
        return [np.kron(where, one) for one in told]

    def works_out(self, hidden: Collection[Pair], wanted: Collection[Pair]) -> list[Pair]:
        """Return those of the hidden figures that follow from what is shown."""
        bases = {part: self._basis(part, hidden) for part in {self._part(pair) for pair in wanted}}
        found = []
        for pair in wanted:
            row, basis = self.sums(pair)[0], bases[self._part(pair)]
            if np.abs(row - (row @ basis.T) @ basis).max() < 1e-7:
                found.append(pair)
        return found

    def _basis(self, measures: frozenset[MeasureId], hidden: Collection[Pair]) -> Floats:
        """Return an orthonormal basis of all that is told of some measures, (sums, counts)."""
        known = [
            row
            for measure in measures
            for area in self._catalogue.tree
            if (measure, area.id) not in hidden
            for row in self.sums((measure, area.id))
        ]
        if not known:
            return np.zeros((1, len(self._leaves) * len(self._tallies)))
        counted = np.array(known)
        used = counted.any(axis=0)
        used_only = counted[:, used]
        # Of whole numbers: what is told and what is not are far apart, also as squares.
        sizes, vectors = np.linalg.eigh(used_only.T @ used_only)
        basis = np.zeros((len(sizes), counted.shape[1]))
        basis[:, used] = vectors.T
        return np.asarray(basis[sizes > 1e-9 * sizes[-1]])

    def _part(self, pair: Pair) -> frozenset[MeasureId]:
        """Return the measures that have anything to do with one, however far removed."""
        part, tallies = {pair[0]}, set(self._tallies_of(pair[0]))
        while True:
            more = {one for one in self._catalogue.measures if tallies & set(self._tallies_of(one))}
            if more == part:
                return frozenset(part)
            part = more
            tallies = {tally for one in part for tally in self._tallies_of(one)}

    def _tallies_of(self, measure: MeasureId) -> tuple[str, ...]:
        one = self._catalogue.measures[measure]
        return (*one.numerator, *one.denominator, *one.closed)
