"""A series in a few characters, for where there is no room for a picture, or no eyes on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

LEVELS: Final = "▁▂▃▄▅▆▇█"
"""Eight heights, U+2581 to U+2588: every font that a phone carries has them."""

GAP: Final = " "
"""Stands for what is not recorded, so that what follows keeps its place."""


def sparkline(values: Sequence[float]) -> str:
    """Write a series as blocks, its least as the lowest and its most as the highest.

    It shows the shape alone: unlike the charts it does not start from nought, or a survey would be
    a row of equal blocks.  A series that never varies stands at middle height.

    Args:
        values: Oldest first; NaN or infinite: not recorded, a gap.

    Returns:
        One character for each value; empty where nothing is recorded.
    """
    recorded = [value for value in values if math.isfinite(value)]
    if not recorded:
        return ""
    low, high = min(recorded), max(recorded)
    return "".join(_block(value, low, high) if math.isfinite(value) else GAP for value in values)


def _block(value: float, low: float, high: float) -> str:
    """Return the block of a value; halves are taken first, as the span may exceed any float."""
    span = high / 2 - low / 2
    if span == 0.0:
        return LEVELS[len(LEVELS) // 2 - 1]
    share = (value / 2 - low / 2) / span
    return LEVELS[round(share * (len(LEVELS) - 1))]
