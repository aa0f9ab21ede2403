"""How complete a day's records are while they are still coming in.

Counts by the day of the event grow for weeks.  Read as they stand, the newest days look quiet and
hide a deterioration; so the expectation is scaled down to what should have arrived by now.
Source: chain-ladder development with one factor (Mack 1993, ASTIN Bulletin 23, 213-225).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MATURE_DAYS: Final = 181
"""Records of younger days may still be incomplete and are not learnt from."""

OLDEST_DAYS: Final = 730
"""Older days than this tell of another practice."""

PRIOR_RECORDS: Final = 50.0
"""Records of the average measure added to each measure's own.  Not measured."""


def completeness_curves(
    measures: NDArray[np.intp],
    days: NDArray[np.intp],
    delays: NDArray[np.intp],
    *,
    number: int,
    today: int,
    longest: int = MATURE_DAYS - 1,
) -> Array:
    """Return (number, longest + 1) share of records that have arrived `age` days after the event.

    Args:
        measures: (records,) index of each record's measure.
        days: (records,) column of the day of the event.
        delays: (records,) days from the event to the arrival; negative is read as 0.
        number: Measures there are.
        today: Column of today.  Only days 181 to 730 days old are learnt from.
        longest: Greatest age told; later everything counts as arrived.

    Returns:
        Each row rises to 1.  Without any record to learn from, all ones: nothing is corrected.
    """
    age = today - days
    learnt = (age >= MATURE_DAYS) & (age <= OLDEST_DAYS)
    late = np.clip(delays[learnt], 0, longest)
    cell = measures[learnt] * (longest + 1) + late
    arrived = np.bincount(cell, minlength=number * (longest + 1)).reshape(number, longest + 1)
    if not arrived.any():
        return np.ones((number, longest + 1))
    average = arrived.sum(axis=0) / arrived.sum()
    drawn = arrived + PRIOR_RECORDS * average
    return np.asarray(np.cumsum(drawn, axis=1) / drawn.sum(axis=1, keepdims=True))
