"""Rates and surveys: intervals for a proportion, and this proportion against another.

Outcome rates, satisfaction and confidence are x of n.  Each is shown with its n and its interval
(Wilson), a change with the interval of the difference (Newcombe), and the test is the mid-P of
Fisher's exact test, or a beta-binomial one where the measure is known to vary more than a sample
of that size would.

Arrays may have any common shape.  x is NaN or n is NaN where nothing was recorded; proportions are
0-1.  Docs: docs/methods/comparison.md, "Rates and surveys".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics.two_proportions import (
    beta_binomial_p_value,
    newcombe_interval,
    score_p_value,
    shrunk_proportion,
    two_proportion_p_value,
    wilson_interval,
)
from metrics.statistics.verdict import (
    SIGNIFICANCE_LEVEL,
    WORD,
    Flags,
    Floats,
    NotTestable,
    Words,
    benjamini_hochberg,
    floats,
    verdicts,
)

__all__ = [
    "MINIMUM_RESPONSES",
    "ProportionComparison",
    "beta_binomial_p_value",
    "compare_proportions",
    "newcombe_interval",
    "score_p_value",
    "shrunk_proportion",
    "two_proportion_p_value",
    "wilson_interval",
]

MINIMUM_RESPONSES: Final = 30
"""Below this in either period only the pooled figure is shown, and no verdict is given."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionComparison:
    """One period's proportions against another's.  All arrays share one shape.

    Attributes:
        current: Proportion of this period, 0-1; NaN: not recorded or nobody asked.
        base: Proportion of the period compared with.
        current_low: Lower end of the Wilson interval of `current`.
        current_high: Upper end.
        change: current - base; 0.05 is five points.
        change_low: Lower end of Newcombe's interval of the change.
        change_high: Upper end.
        p_value: Two-sided, of each comparison alone; NaN where not testable.
        p_adjusted: The same after Benjamini-Hochberg over the whole array.
        verdict: Values of `Verdict`.
        reason: Values of `NotTestable`; empty where tested.
    """

    current: Floats
    base: Floats
    current_low: Floats
    current_high: Floats
    change: Floats
    change_low: Floats
    change_high: Floats
    p_value: Floats
    p_adjusted: Floats
    verdict: Words
    reason: Words


def compare_proportions(
    successes: ArrayLike,
    trials: ArrayLike,
    base_successes: ArrayLike,
    base_trials: ArrayLike,
    *,
    extra_variance: ArrayLike = 0.0,
    minimum: float = MINIMUM_RESPONSES,
    definition_changed: ArrayLike = False,
    level: float = SIGNIFICANCE_LEVEL,
) -> ProportionComparison:
    """Compare proportions of two periods that share no day, all shown together at once.

    Args:
        successes: Outcomes or satisfied responses of this period; NaN: not recorded.
        trials: Crimes or responses of this period.
        base_successes: The same of the period compared with.
        base_trials: The same of the period compared with.
        extra_variance: tau2 on the logit scale, how much the true rate moves between periods of
            this length beyond sampling; 0: not at all (Fisher's mid-P is used).
        minimum: Fewer trials than this in either period are not tested.
        definition_changed: True where the comparison has to be refused.
        level: Two-sided significance level, of the adjusted p; the interval of the change has
            confidence 1 - level, that of the proportion itself 95%.

    Returns:
        The comparison, adjusted over the whole array given: pass what is shown together.
    """
    x1, n1, x0, n0, tau2, changed = np.broadcast_arrays(
        *(floats(a) for a in (successes, trials, base_successes, base_trials, extra_variance)),
        np.asarray(definition_changed, dtype=bool),
    )
    reason = np.select(
        [
            changed,
            np.isnan(x1) | np.isnan(n1) | np.isnan(x0) | np.isnan(n0),
            (x1 < 0) | (x0 < 0) | (n1 < 0) | (n0 < 0),
            np.isnan(tau2),
            (n1 == 0) & (n0 == 0),
            (n1 < minimum) | (n0 < minimum),
            (x1 > n1) | (x0 > n0),
        ],
        [
            NotTestable.DEFINITION_CHANGED,
            NotTestable.NOT_RECORDED,
            NotTestable.NEGATIVE_COUNT,
            NotTestable.NO_DISPERSION,
            NotTestable.NOTHING_COUNTED,
            NotTestable.TOO_FEW,
            NotTestable.MORE_THAN_ALL,
        ],
        default=NotTestable.TESTED,
    ).astype(WORD)
    tested = reason == NotTestable.TESTED
    p = _p_values(x1, n1, x0, n0, tau2, tested)
    with np.errstate(divide="ignore", invalid="ignore"):
        current, base = x1 / n1, x0 / n0
    current, base = (np.where(np.isfinite(a), a, np.nan) for a in (current, base))
    deflated = _deflate(x1, n1, tau2), _deflate(x0, n0, tau2)
    low, high = wilson_interval(*deflated[0])
    change_low, change_high = newcombe_interval(*deflated[0], *deflated[1], confidence=1.0 - level)
    adjusted = benjamini_hochberg(p)
    return ProportionComparison(
        current=current,
        base=base,
        current_low=low,
        current_high=high,
        change=current - base,
        change_low=change_low,
        change_high=change_high,
        p_value=p,
        p_adjusted=adjusted,
        verdict=verdicts(adjusted, current - base, level=level),
        reason=reason,
    )


def _p_values(
    x1: Floats, n1: Floats, x0: Floats, n0: Floats, tau2: Floats, tested: Flags
) -> Floats:
    """The p of each comparison by the test that its drift asks for; NaN where not tested."""
    p = np.full(tested.shape, np.nan)
    drifts = tested & (tau2 > 0)
    if drifts.any():
        p[tested] = beta_binomial_p_value(
            x1[tested], n1[tested], x0[tested], n0[tested], extra_variance=tau2[tested]
        )
    steady = tested & ~drifts
    if steady.any():
        p[steady] = two_proportion_p_value(x1[steady], n1[steady], x0[steady], n0[steady])
    return p


def _deflate(successes: Floats, trials: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """Effective numbers: as many trials as would vary so much by sampling alone.

    Var(x / n) = p (1 - p) / n + (p (1 - p))^2 tau2, so n_eff = n / (1 + n p (1 - p) tau2).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.clip(successes / trials, 0.0, 1.0)
        effect = 1.0 + trials * p * (1.0 - p) * tau2
        return successes / effect, trials / effect
