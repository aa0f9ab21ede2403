"""Days summed into weeks that end on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK: Final = 7

MIN_RECORDED_DAYS: Final = 4
"""A week with fewer recorded days does not train a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Weekly sums, oldest first.

    Attributes:
        counts: (series, weeks), sums over the recorded days.
        share: (series, weeks), share of the week's days that were recorded, 0 to 1.
        usable: (series, weeks), 1 where enough days were recorded to train on, else 0.
        middle: (weeks,), column of the middle day of each week.
    """

    counts: Array
    share: Array
    usable: Array
    middle: Array

    @property
    def log_share(self) -> Array:
        """Offset that scales a whole week's expectation to its recorded days; 0 where unusable."""
        return np.log(np.where(self.usable > 0, self.share, 1.0))


def weeks_until(counts: Array, last: int, limit: int) -> Weeks:
    """Sum daily counts into at most `limit` whole weeks, the newest ending with column `last`.

    Args:
        counts: (series, days), NaN = not recorded.
        last: Column of the newest day to use; columns after it are not looked at.
        limit: Most weeks wanted; fewer come back where the counts begin later.
    """
    number = max(0, min(limit, (last + 1) // WEEK))
    first = last + 1 - number * WEEK
    shape = (len(counts), number)
    days = np.ascontiguousarray(counts[:, first : last + 1]).reshape(-1, WEEK)
    ones = np.ones(WEEK)  # a product with ones sums short rows faster than a sum does
    sums: Array = days @ ones
    recorded_days = np.full(len(sums), float(WEEK))
    gaps = np.flatnonzero(np.isnan(sums))
    recorded = ~np.isnan(days[gaps])
    recorded_days[gaps] = recorded @ ones
    sums[gaps] = np.where(recorded, days[gaps], 0.0) @ ones
    return Weeks(
        counts=sums.reshape(shape),
        share=recorded_days.reshape(shape) / WEEK,
        usable=(recorded_days.reshape(shape) >= MIN_RECORDED_DAYS).astype(np.float64),
        middle=first + WEEK * np.arange(number, dtype=np.float64) + (WEEK - 1) / 2.0,
    )
