"""This period against another: is a count really up or down, or only as usual?

Two counts of the same thing (this year to date and last, this month and that, now and the plan's
baseline) are compared by a conditional mid-P test on *effective* counts: both are divided by the
dispersion that the measure's own history shows, so that ordinary clustering of crime does not read
as change.  What is shown together is adjusted together (Benjamini-Hochberg), and where nothing can
be said the reason is said instead.

Arrays may have any common shape (usually series, or rows x columns of one page); everything is
computed for all of them at once.  NaN means "not recorded", never zero.

Symbols: O the count of this period, B of the other, phi' the dispersion (variance / mean).
Docs: docs/methods/comparison.md, "Counts against another period".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.change_form import ChangeForm, change_form
from metrics.statistics.two_counts import count_p_rise, count_p_value, ratio_interval
from metrics.statistics.verdict import (
    SIGNIFICANCE_LEVEL,
    WORD,
    Flags,
    Floats,
    NotTestable,
    Verdict,
    Words,
    benjamini_hochberg,
    floats,
    verdicts,
)

__all__ = [
    "SIGNIFICANCE_LEVEL",
    "ChangeForm",
    "CountComparison",
    "NotTestable",
    "Verdict",
    "benjamini_hochberg",
    "change_form",
    "compare_counts",
    "count_p_rise",
    "count_p_value",
    "definition_change_between",
    "fragile_counts",
    "ratio_interval",
    "verdicts",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountComparison:
    """One period's counts against another's.  All arrays share one shape.

    Attributes:
        current: Counts of this period; NaN: not recorded.
        expected: Counts of the other period, scaled to this period's exposure.
        change: current - expected, in counts.
        proportion_change: change / expected; NaN from zero, never infinite.
        ratio: current rate / base rate; NaN from zero.
        ratio_low: Lower end of the score interval of the ratio.
        ratio_high: Upper end; NaN where the base is zero and no upper end exists.
        p_value: Two-sided, of each comparison alone; NaN where not testable.
        p_adjusted: The same after Benjamini-Hochberg over the whole array.
        verdict: Values of `Verdict`.
        reason: Values of `NotTestable`; empty where tested.
        form: Values of `ChangeForm`.
    """

    current: Floats
    expected: Floats
    change: Floats
    proportion_change: Floats
    ratio: Floats
    ratio_low: Floats
    ratio_high: Floats
    p_value: Floats
    p_adjusted: Floats
    verdict: Words
    reason: Words
    form: Words


def compare_counts(
    current: ArrayLike,
    base: ArrayLike,
    *,
    dispersion: ArrayLike,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
    definition_changed: ArrayLike = False,
    level: float = SIGNIFICANCE_LEVEL,
) -> CountComparison:
    """Compare counts of this period with those of another, all series shown together at once.

    Args:
        current: Counts O of this period, any shape; NaN: not recorded.
        base: Counts B of the period compared with, same shape.
        dispersion: phi' = phi0 + E tau2, variance / mean, at least 1; NaN: not known.
        exposure_current: Length of this period (days), or population at risk.
        exposure_base: The same of the other period.
        definition_changed: True where a change of definition or of recording practice lies
            between the two periods: the comparison is refused.
        level: Two-sided significance level, of the adjusted p; the ratio's interval has
            confidence 1 - level so that the two tell the same story.

    Returns:
        The comparison, adjusted over the whole array given: pass what is shown together.

    Raises:
        ValueError: A dispersion below 1.

    Source:
        Conditional test: Przyborowski and Wilenski 1940; mid-P: Lancaster 1961; effective
        counts and their type I error: docs/methods/comparison.md.
    """
    o, b, phi, t1, t0, changed = np.broadcast_arrays(
        *(floats(a) for a in (current, base, dispersion, exposure_current, exposure_base)),
        np.asarray(definition_changed, dtype=bool),
    )
    if np.any(phi < 1.0):
        raise ValueError("A dispersion below 1 was given: counts cannot vary less than by chance.")
    with np.errstate(divide="ignore", invalid="ignore"):
        reason = _why_not_testable(o, b, phi, t1, t0, changed, level=level)
        p = np.where(reason == "", count_p_value(o / phi, b / phi, t1, t0), np.nan)
        expected = b * t1 / t0
        expected = np.where(np.isfinite(expected), expected, np.nan)
        low, high = ratio_interval(o / phi, b / phi, t1, t0, confidence=1.0 - level)
        from_something = expected > 0
        ratio = np.where(from_something, o / expected, np.nan)
    adjusted = benjamini_hochberg(p)
    change = o - expected
    return CountComparison(
        current=o.copy(),
        expected=expected,
        change=change,
        proportion_change=ratio - 1.0,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        p_value=p,
        p_adjusted=adjusted,
        verdict=verdicts(adjusted, change, level=level),
        reason=reason,
        form=change_form(o, b),
    )


def fragile_counts(
    comparison: CountComparison,
    base: ArrayLike,
    *,
    dispersion: ArrayLike,
    revision_up: ArrayLike,
    revision_down: ArrayLike | None = None,
    exposure_current: ArrayLike = 1.0,
    exposure_base: ArrayLike = 1.0,
    page: NDArray[np.intp] | None = None,
    level: float = SIGNIFICANCE_LEVEL,
) -> Flags:
    """Whether the usual revision of a recent count would take a significant verdict away.

    A fall is weakened when late records arrive, a rise when crimes are cancelled.  Only the
    series' own count is revised; the rest of the page stays.  That needs no second adjustment:
    with R of m verdicts significant on the page, one of them stands exactly while its own p is
    below level x R / m, whatever it was before.

    Args:
        comparison: The comparison to question.
        base: Counts of the other period, as given to `compare_counts`.
        dispersion: As given to `compare_counts`.
        revision_up: Proportion by which recent counts usually grow, at least 0.
        revision_down: Proportion by which they usually shrink; left out: as `revision_up`.
        exposure_current: As given to `compare_counts`.
        exposure_base: As given to `compare_counts`.
        page: Number of the page that each count is shown on, same shape; None: all on one.
        level: As given to `compare_counts`.

    Returns:
        True where a significant verdict would be lost; False where there is none to lose.
    """
    up = floats(revision_up)
    down = up if revision_down is None else floats(revision_down)
    rise = comparison.verdict == Verdict.SIGNIFICANT_RISE
    significant = rise | (comparison.verdict == Verdict.SIGNIFICANT_FALL)
    phi = floats(dispersion)
    revised = np.maximum(0.0, comparison.current * np.where(rise, 1.0 - down, 1.0 + up))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = count_p_value(revised / phi, floats(base) / phi, exposure_current, exposure_base)
    on = np.zeros(significant.shape, dtype=np.intp) if page is None else page
    standing = np.bincount(on.ravel(), weights=significant.ravel())
    tested = np.bincount(on.ravel(), weights=~np.isnan(comparison.p_value).ravel())
    bar = (level * standing / np.maximum(tested, 1.0))[on]
    turned = np.sign(revised - comparison.expected) != np.sign(comparison.change)
    return np.asarray(significant & ((p >= bar) | turned))


def definition_change_between(
    changes: NDArray[np.datetime64],
    *,
    base_start: NDArray[np.datetime64] | np.datetime64,
    current_end: NDArray[np.datetime64] | np.datetime64,
) -> Flags:
    """Whether a dated change of definition lies between the two periods of a comparison.

    A change that took effect on or before the first day of the base leaves both periods under
    the new definition; one after the last day of this period leaves both under the old.

    Args:
        changes: First day under the new definition, shape (series, changes); NaT: none.
        base_start: First day of the period compared with, one or one per series.
        current_end: Last day of this period, one or one per series.

    Returns:
        True where the comparison has to be refused, shape (series,).
    """
    start, end = np.asarray(base_start)[..., None], np.asarray(current_end)[..., None]
    return np.asarray(np.any((changes > start) & (changes <= end), axis=-1))


def _why_not_testable(
    o: Floats, b: Floats, phi: Floats, t1: Floats, t0: Floats, changed: Flags, *, level: float
) -> Words:
    """The first reason that applies, in the order a reader would want to hear it."""
    share = np.minimum(t1, t0) / (t1 + t0)
    # The total is ancillary: leaving out comparisons that could never be significant, whichever
    # way the total fell, costs nothing and spares the others (Tarone 1990).
    least_possible_p = share ** ((o + b) / phi)
    return np.select(
        [
            changed,
            np.isnan(o) | np.isnan(b),
            (o < 0) | (b < 0),
            ~((t1 > 0) & (t0 > 0)),
            np.isnan(phi),
            (o + b) == 0,
            least_possible_p >= level,
        ],
        [
            NotTestable.DEFINITION_CHANGED,
            NotTestable.NOT_RECORDED,
            NotTestable.NEGATIVE_COUNT,
            NotTestable.NO_EXPOSURE,
            NotTestable.NO_DISPERSION,
            NotTestable.NOTHING_COUNTED,
            NotTestable.TOO_FEW,
        ],
        default=NotTestable.TESTED,
    ).astype(WORD)
