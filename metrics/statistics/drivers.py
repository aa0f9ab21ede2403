"""What drove a change: which areas or crime types make it up, and what went the other way.

A parent's change is the sum of its children's, so each child has its share; what no child accounts
for (crimes with no location, a child not recorded) is kept as a line of its own, and the shares
with it always add up to one.  Each child also has its own chance test, because the largest part of
a change is not always more than chance.

Arrays are (parents, children): pad with NaN where parents have different numbers of children.
Docs: docs/methods/comparison.md, "Drivers".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.comparison import compare_counts
from metrics.statistics.verdict import (
    SIGNIFICANCE_LEVEL,
    Flags,
    Floats,
    Words,
    benjamini_hochberg,
    floats,
    verdicts,
)

MAIN_SHARE: Final = 0.8
"""Children are named until they make up this much of what moved the parent's way."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drivers:
    """What drove each parent's change.

    Attributes:
        change: Each child's change in counts, (parents, children); NaN: not recorded.
        share: change / parent's change, signed; NaN where the parent did not change.
        unallocated_change: The part of the parent's change that no child accounts for, (parents,).
        unallocated_share: The same as a share; with `share` it adds up to 1.
        order: Children of each parent from the largest mover in the parent's direction to the
            largest against it, those not recorded last, (parents, children).
        main: The children that together make up `MAIN_SHARE` of what moved the parent's way.
        against: The children that moved the other way.
        p_adjusted: Two-sided p of each child's own change, adjusted within its parent.
        verdict: Values of `Verdict`, each child on its own.
    """

    change: Floats
    share: Floats
    unallocated_change: Floats
    unallocated_share: Floats
    order: NDArray[np.intp]
    main: Flags
    against: Flags
    p_adjusted: Floats
    verdict: Words


def find_drivers(
    current: ArrayLike,
    base: ArrayLike,
    *,
    parent_current: ArrayLike,
    parent_base: ArrayLike,
    dispersion: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
    level: float = SIGNIFICANCE_LEVEL,
) -> Drivers:
    """Split each parent's change among its children, and test each child on its own.

    Args:
        current: Counts of this period, (parents, children); NaN: not recorded or no such child.
        base: Counts of the period compared with, same shape.
        parent_current: The parent's own count of this period, (parents,).
        parent_base: The parent's own count of the period compared with, (parents,).
        dispersion: phi' of each child, broadcast to (parents, children).
        exposure_current: Length of this period.
        exposure_base: Length of the other, to which its counts are scaled.
        level: Significance level of a child's own verdict.

    Returns:
        Changes, shares, tests and the order to tell them in.
    """
    ratio = floats(exposure_current) / floats(exposure_base)
    change = floats(current) - floats(base) * ratio
    whole = floats(parent_current) - floats(parent_base) * ratio
    unallocated = whole - np.nansum(change, axis=1)
    divisor = np.where(whole == 0, np.nan, whole)
    with_parent = change * np.sign(whole)[:, None]
    order = np.argsort(-with_parent, axis=1, kind="stable")  # NaN sorts last
    tests = compare_counts(
        current,
        base,
        dispersion=dispersion,
        exposure_current=exposure_current,
        exposure_base=exposure_base,
        level=level,
    )
    adjusted = benjamini_hochberg(tests.p_value, axis=1)
    return Drivers(
        change=change,
        share=change / divisor[:, None],
        unallocated_change=unallocated,
        unallocated_share=unallocated / divisor,
        order=order,
        main=_main(with_parent, order),
        against=with_parent < 0,
        p_adjusted=adjusted,
        verdict=verdicts(adjusted, change, level=level),
    )


def _main(with_parent: Floats, order: NDArray[np.intp]) -> Flags:
    """The fewest children that make up `MAIN_SHARE` of all movement in the parent's direction.

    Of all such movement, not of the net change: beside large movements the other way the net
    change can be small, and the first child alone would "explain" it several times over.
    """
    helping = np.fmax(np.take_along_axis(with_parent, order, axis=1), 0.0)
    helping = np.nan_to_num(helping)
    total = helping.sum(axis=1, keepdims=True)
    # A child is needed while those before it have not yet reached the share.
    before = np.cumsum(helping, axis=1) - helping
    ranked = (helping > 0) & (before < MAIN_SHARE * total)
    main: Flags = np.zeros(ranked.shape, dtype=np.bool_)
    np.put_along_axis(main, order, ranked, axis=1)
    return main
