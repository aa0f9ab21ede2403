"""How many people live in each area, for rates per 1,000."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, TallyId

POPULATION: Final = TallyId("population")
"""The tally of mid-year estimates; each lies on 30 June of its year."""


def population(table: CountTable, catalogue: Catalogue, on: date) -> dict[AreaId, float]:
    """Return the newest mid-year estimate of each area that is not after a day.

    Returns:
        Persons by area: what is given for the area and everything within it, each once.  An area
        that is neither given nor made up of areas that are has no entry.
    """
    mine = table.rows[table.rows["tally"] == POPULATION]
    mine = mine[mine["day"] <= np.datetime64(on)]
    if mine.empty:
        return {}
    newest = mine[mine["day"] == mine["day"].max()]
    given = {
        AreaId(str(area)): float(count)
        for area, count in zip(newest["area"], newest["count"], strict=True)
    }
    return {
        area: sum(given[place] for place in within if place in given)
        for area, within in catalogue.within.items()
        if _is_known(area, given, catalogue)
    }


def _is_known(area: AreaId, given: dict[AreaId, float], catalogue: Catalogue) -> bool:
    children = catalogue.children(area)
    return area in given or (
        bool(children) and all(_is_known(child.id, given, catalogue) for child in children)
    )


def as_array(people: dict[AreaId, float], areas: tuple[AreaId, ...]) -> NDArray[np.float64]:
    """Return persons by area; NaN where they are not known."""
    return np.array([people.get(area, np.nan) for area in areas], dtype=np.float64)
