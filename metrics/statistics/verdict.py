"""What may be said of a change: the verdicts, why there is none, and many tests on one page.

Arrays may have any shape; NaN means "not tested".
Docs: docs/methods/comparison.md, "Verdict".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIGNIFICANCE_LEVEL: Final = 0.01
"""Two-sided, after adjustment over the page shown (docs/methods/comparison.md, "Verdict")."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]

WORD: Final = np.dtype("<U24")
"""Wide enough for every value of the closed sets below and in the rooms beside this one."""


class Verdict(StrEnum):
    """What may be said of a change."""

    SIGNIFICANT_RISE = "significant_rise"
    SIGNIFICANT_FALL = "significant_fall"
    NO_SIGNIFICANT_CHANGE = "no_significant_change"
    NOT_TESTABLE = "not_testable"


class NotTestable(StrEnum):
    """Why nothing may be said of a change."""

    TESTED = ""
    NOT_RECORDED = "not_recorded"
    PERIODS_OVERLAP = "periods_overlap"
    DEFINITION_CHANGED = "definition_changed"
    NEGATIVE_COUNT = "negative_count"
    MORE_THAN_ALL = "more_than_all"
    NO_DISPERSION = "no_dispersion"
    NO_EXPOSURE = "no_exposure"
    NOTHING_COUNTED = "nothing_counted"
    TOO_FEW = "too_few"


def benjamini_hochberg(p_values: ArrayLike, *, axis: int | None = None) -> Floats:
    """Adjust p-values for being shown together.

    Args:
        p_values: Any shape, between 0 and 1; NaN: not tested, stays NaN and does not count.
        axis: Adjust along this axis, each line a family of its own; None: all together.

    Returns:
        Adjusted p-values, same shape.  Reject at q where the adjusted value is below q.

    Raises:
        ValueError: A value outside 0 to 1.

    Source:
        Benjamini and Hochberg 1995; the same numbers as `scipy.stats.false_discovery_control`.
    """
    p = floats(p_values)
    if np.any((p < 0.0) | (p > 1.0)):
        raise ValueError("A p-value outside 0 to 1 cannot be adjusted.")
    lines = p.reshape(1, -1) if axis is None else np.moveaxis(p, axis, -1)
    order = np.argsort(lines, axis=-1)  # NaN sorts last
    ranked = np.take_along_axis(lines, order, axis=-1)
    tested = np.sum(~np.isnan(lines), axis=-1, keepdims=True)
    scaled = ranked * tested / np.arange(1, lines.shape[-1] + 1)
    smallest_from_here = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    smallest_from_here = np.where(np.isnan(ranked), np.nan, smallest_from_here)
    adjusted = np.empty_like(lines)
    np.put_along_axis(adjusted, order, smallest_from_here, axis=-1)
    return adjusted.reshape(p.shape) if axis is None else np.moveaxis(adjusted, -1, axis)


def verdicts(
    p_adjusted: ArrayLike, change: ArrayLike, *, level: float = SIGNIFICANCE_LEVEL
) -> Words:
    """What may be said of each change; NaN p means not testable.

    Args:
        p_adjusted: Two-sided p after adjustment.
        change: Signed change, any unit.
        level: Significant below this.

    Returns:
        Values of `Verdict`.
    """
    p, sign = floats(p_adjusted), np.sign(floats(change))
    return np.select(
        [np.isnan(p), (p < level) & (sign > 0), (p < level) & (sign < 0)],
        [Verdict.NOT_TESTABLE, Verdict.SIGNIFICANT_RISE, Verdict.SIGNIFICANT_FALL],
        default=Verdict.NO_SIGNIFICANT_CHANGE,
    ).astype(WORD)


def floats(values: ArrayLike) -> Floats:
    """The values as float64, so that a whole number can be missing too."""
    return np.asarray(values, dtype=np.float64)
