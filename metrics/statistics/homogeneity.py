"""Whether several rates differ more than chance, and their own restlessness, explain.

The funnel of `peers` asks how far one force stands from the others, and has to measure how much
forces differ anyway; it takes at least four.  This asks less: whether two, three or more differ
at all.  It says nothing of which.

Arrays are (measures, forces); NaN where a force's figure is not held.
Docs: docs/region.md, "How forces are compared".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from metrics.statistics.verdict import Floats, benjamini_hochberg, floats

LEAST_EXPECTED: Final = 5.0
"""With fewer expected of any of them the statistic does not follow its distribution (Cochran 1954,
Biometrics 10, 417-451)."""

LEAST_FORCES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Homogeneity:
    """Whether forces differ, one row for each measure; NaN: it cannot be tested.

    Attributes:
        forces: How many forces are held, (measures,).
        statistic: Sum of (O - E)^2 / E over phi, (measures,).
        p_value: Of forces that do not differ being so far apart, (measures,).
        p_adjusted: The same after Benjamini-Hochberg over the measures that are tested.
    """

    forces: Floats
    statistic: Floats
    p_value: Floats
    p_adjusted: Floats


def homogeneity(
    counts: ArrayLike, exposure: ArrayLike, *, dispersion: ArrayLike = 1.0
) -> Homogeneity:
    """Test whether forces have one rate in common.

    Args:
        counts: O, (measures, forces); NaN: not held.
        exposure: Residents, or of a proportion what it is of, (measures, forces); positive.
        dispersion: phi, the variance over the mean, (measures,) or one for all.  Of a proportion
            p it is 1 - p, which makes this Pearson's test of a table of two rows.

    Returns:
        The test, adjusted over all measures given: pass what is shown together.

    Source: Pearson's statistic, divided by the dispersion (McCullagh and Nelder 1989, 4.5).
    """
    observed, exposed = np.broadcast_arrays(floats(counts), floats(exposure))
    held = ~np.isnan(observed) & (exposed > 0)
    observed, exposed = np.where(held, observed, 0.0), np.where(held, exposed, 0.0)
    forces = held.sum(axis=1)
    total = exposed.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = exposed * (observed.sum(axis=1) / total)[:, None]
        apart = np.where(held, (observed - expected) ** 2 / expected, 0.0).sum(axis=1)
        statistic = apart / np.broadcast_to(floats(dispersion), apart.shape)
    smallest = np.where(held, expected, np.inf).min(axis=1, initial=np.inf)
    testable = (forces >= LEAST_FORCES) & (smallest >= LEAST_EXPECTED) & np.isfinite(statistic)
    statistic = np.where(testable, statistic, np.nan)
    p = np.where(testable, stats.chi2.sf(statistic, np.maximum(forces - 1, 1)), np.nan)
    return Homogeneity(
        forces=forces.astype(np.float64),
        statistic=statistic,
        p_value=p,
        p_adjusted=benjamini_hochberg(p),
    )
