"""Small made-up forces whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.surveillance import Direction, History, Layout, LevelIndex

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

FIRST_DAY: Final = date(2009, 4, 1)
DAYS: Final = 5 * 365
AREAS: Final = 4
FORCE_ROW: Final = AREAS


def a_force(
    *,
    daily: float = 6.0,
    lift: Array | None = None,
    direction: Direction = Direction.RISE_IS_BAD,
    seed: int = 1,
    days: int = DAYS,
) -> History:
    """One measure in four equal areas and their force (the last row).

    Args:
        daily: Expected count per area and day.
        lift: (days,) or (areas, days) factor on the areas' means.
        direction: Of every series.
        seed: Of the draw.
        days: Columns.
    """
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(days) / 365.25
    mean = daily * np.exp(0.1 * np.cos(angle)) * np.ones((AREAS, 1))
    if lift is not None:
        mean = mean * lift
    areas = rng.poisson(mean).astype(np.float64)
    return History(
        counts=np.vstack([areas, areas.sum(axis=0)]),
        first_day=FIRST_DAY,
        layout=a_layout(direction),
    )


def a_layout(direction: Direction = Direction.RISE_IS_BAD) -> Layout:
    """The layout of `a_force`."""
    series = AREAS + 1
    level = np.full(series, int(LevelIndex.LEAF), dtype=np.intp)
    level[FORCE_ROW] = LevelIndex.FORCE
    return Layout(
        measure=np.zeros(series, dtype=np.intp),
        area=np.arange(series, dtype=np.intp),
        level=level,
        parent=np.full(series, FORCE_ROW, dtype=np.intp),
        direction=np.full(series, int(direction), dtype=np.intp),
    )


def step(factor: float, from_day: int, days: int = DAYS) -> Array:
    """(days,) 1 before a day and `factor` from it on."""
    return np.where(np.arange(days) >= from_day, factor, 1.0)


def two_to_one_season(days: int = DAYS) -> Array:
    """(days,) a season whose peak is twice its trough."""
    return np.asarray(np.exp(0.35 * np.sin(2 * np.pi * np.arange(days) / 365.25)))


def two_measures(one: History, other: History) -> History:
    """Two measures of the same areas as one history."""
    series = len(one.counts)

    def joined(first: Indices, second: Indices) -> Indices:
        return np.concatenate([first, second])

    return replace(
        one,
        counts=np.vstack([one.counts, other.counts]),
        layout=Layout(
            measure=joined(one.layout.measure, other.layout.measure + 1),
            area=joined(one.layout.area, other.layout.area),
            level=joined(one.layout.level, other.layout.level),
            parent=joined(one.layout.parent, other.layout.parent + series),
            direction=joined(one.layout.direction, other.layout.direction),
        ),
    )
