"""Which areas to hide beside those that must be hidden, so that no sum of areas gives them away.

Docs: docs/methods/small-numbers.md, "Areas".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.model import Area, AreaId, Catalogue

Floats = NDArray[np.float64]

REMEMBERED: Final = 1_000
"""Of so many combinations of what is hidden it is remembered what they give away."""

TOLERANCE: Final = 1e-9
"""Sums of noughts and ones are told apart by far more than this."""


def follows(wanted: Floats, known: Floats) -> bool:
    """Whether a sum can be worked out from others, by adding and subtracting them.

    Args:
        wanted: What it sums, (parts,).
        known: What the others sum, (sums, parts).
    """
    if not known.size:
        return not wanted.any()
    weights, *_ = np.linalg.lstsq(known.T, wanted, rcond=None)
    return bool(np.abs(known.T @ weights - wanted).max() < TOLERANCE)


class AreaSums:
    """The force's areas as sums of the smallest ones.

    What lies in an area and in none of its parts is taken to be known to whoever subtracts: so an
    area with one part has the part's figures.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the tree of a catalogue."""
        self._catalogue = catalogue
        self._areas = {area.id: area for area in catalogue.tree}
        leaves = [one for one in self._areas if not catalogue.children(one)]
        self._sums = {
            one: np.array([leaf in catalogue.within[one] for leaf in leaves], dtype=np.float64)
            for one in self._areas
        }
        # Figures of other days hide the same combinations.
        self._gives_away = lru_cache(maxsize=REMEMBERED)(self._follow)

    @property
    def all(self) -> frozenset[AreaId]:
        """Every area of the force."""
        return frozenset(self._areas)

    def close(self, hidden: Iterable[AreaId], *, own: Collection[AreaId] = ()) -> frozenset[AreaId]:
        """Return the areas to hide so that none of those to be hidden can be worked out.

        With an area go all its parts, and all of its siblings: which of them are small is not to
        be seen.  Where that is not enough, as with an only part, the area above goes too.

        Args:
            hidden: Areas that must not be shown.
            own: Areas that are shown all the same; what follows from them alone stays known.
        """
        kept = frozenset(own)
        closed = set(hidden) - kept
        beyond_help: set[AreaId] = set()
        while True:
            closed |= {part for one in closed for part in self._catalogue.within[one]} - kept
            told = self.given_away(closed) - beyond_help
            if not told:
                return frozenset(closed)
            one = next(area for area in self._areas if area in told)
            more = self._more(self._areas[one], closed | kept)
            closed |= more
            if not more:
                beyond_help.add(one)

    def given_away(self, closed: Collection[AreaId]) -> frozenset[AreaId]:
        """Return the hidden areas that can be worked out from those that are not hidden."""
        return self._gives_away(frozenset(closed))

    def _follow(self, closed: frozenset[AreaId]) -> frozenset[AreaId]:
        known = np.array([row for one, row in self._sums.items() if one not in closed])
        return frozenset(one for one in closed if follows(self._sums[one], known))

    def _more(self, area: Area, settled: Collection[AreaId]) -> set[AreaId]:
        """Return what to hide next so that an area is not given away: siblings, else parents."""
        siblings = {
            one.id
            for one in self._areas.values()
            if one.level is area.level and set(one.parents) & set(area.parents)
        }
        overlapping = {one for one, row in self._sums.items() if row @ self._sums[area.id]}
        for more in (siblings, set(area.parents), overlapping):
            if left := more.difference(settled):
                return left
        return set()
