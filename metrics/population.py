"""How many people live in each area, for rates per 1,000."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.delivery import CountTable
from metrics.model import Area, AreaId, Catalogue, TallyId

POPULATION: Final = TallyId("population")
"""The tally of mid-year estimates; each lies on 30 June of its year."""


def population(table: CountTable, catalogue: Catalogue, on: date) -> dict[AreaId, float]:
    """Return the newest mid-year estimate of each area that is not after a day.

    Returns:
        Persons by area.  An area without an estimate of its own has the sum of the areas
        directly below it, if all of them are known for that year; otherwise it has no entry.
    """
    mine = table.rows[
        (table.rows["tally"] == POPULATION) & (table.rows["day"] <= np.datetime64(on))
    ]
    if mine.empty:
        return {}
    newest = mine[mine["day"] == mine["day"].max()]
    given = {
        AreaId(str(area)): float(count)
        for area, count in zip(newest["area"], newest["count"], strict=True)
    }
    summed = {area.id: _of(area, given, catalogue) for area in catalogue.areas.values()}
    return {area: people for area, people in summed.items() if people is not None}


def _of(area: Area, given: dict[AreaId, float], catalogue: Catalogue) -> float | None:
    if area.id in given:
        return given[area.id]
    parts = [_of(child, given, catalogue) for child in catalogue.children(area.id)]
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def as_array(people: dict[AreaId, float], areas: tuple[AreaId, ...]) -> NDArray[np.float64]:
    """Return persons by area; NaN where they are not known."""
    return np.array([people.get(area, np.nan) for area in areas], dtype=np.float64)
