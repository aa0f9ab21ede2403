"""What the statistics say, as cells: of a change, and of the year's end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from metrics.assessment import Comparison, YearEnd
from metrics.dashboards.table import NOTHING, Cell, Column, Unit, unit_of
from metrics.model import Measure, MeasureKind, Polarity
from metrics.statistics.verdict import NotTestable, Verdict, benjamini_hochberg, verdicts

AS_GIVEN: Final = (MeasureKind.PARTNER_RETURN, MeasureKind.MONEY)
"""Kinds that are told as they are given: nothing is tested or projected of them."""

SIGNIFICANCE: Final = Column(
    name="Significance", meaning="Whether chance and the usual variation explain the change."
)
YEAR_END: Final = Column(
    name="Year end", meaning="What the performance year is expected to end with.", is_detail=True
)
YEAR_END_RANGE: Final = Column(
    name="95% range",
    meaning="Where the year ends with a chance of 95%.",
    is_detail=True,
)

VERDICTS: Final = {
    Verdict.SIGNIFICANT_RISE: "significant rise",
    Verdict.SIGNIFICANT_FALL: "significant fall",
    Verdict.NO_SIGNIFICANT_CHANGE: "no significant change",
}

NOT_TESTED: Final = {
    NotTestable.TESTED: "",
    NotTestable.NOT_RECORDED: "not recorded in both periods",
    NotTestable.PERIODS_OVERLAP: "the periods overlap",
    NotTestable.DEFINITION_CHANGED: "definition changed",
    NotTestable.NEGATIVE_COUNT: "a count below 0",
    NotTestable.MORE_THAN_ALL: "more outcomes than crimes",
    NotTestable.NO_DISPERSION: "usual variation not known",
    NotTestable.NO_EXPOSURE: "nobody or no day to compare",
    NotTestable.NOTHING_COUNTED: "none in either period",
    NotTestable.TOO_FEW: "too few",
}
"""Why a change was not tested, in words."""

UNCHANGED: Final = "no statistically significant change"
"""The middle one of the plan dashboard's three assessments, December 2015."""


def significance(measure: Measure, comparison: Comparison) -> Cell:
    """Return what may be said of a change, in words."""
    if comparison.verdict is Verdict.NOT_TESTABLE:
        return Cell(words=not_tested(measure, comparison.reason))
    fragile = " (fragile)" if comparison.fragile else ""
    return Cell(words=f"{VERDICTS[comparison.verdict]}{fragile}")


def significance_together(
    measure: Measure, comparisons: Sequence[Comparison], changes: Sequence[float]
) -> list[Cell]:
    """Return what may be said of changes that are shown side by side.

    What is shown together is adjusted together, so the p-values of the comparisons alone are
    adjusted anew over the ones given.

    Args:
        measure: The one measure of them all.
        comparisons: The comparisons, one for each area or crime type shown.
        changes: Their changes, of which only the sign matters; NaN where not known.
    """
    adjusted = benjamini_hochberg([one.p_value for one in comparisons])
    cells = []
    for comparison, word in zip(comparisons, verdicts(adjusted, changes), strict=True):
        verdict = Verdict(str(word))
        cells.append(
            Cell(words=not_tested(measure, comparison.reason))
            if verdict is Verdict.NOT_TESTABLE
            else Cell(words=VERDICTS[verdict])
        )
    return cells


def assessment_words(measure: Measure, comparison: Comparison) -> Cell:
    """Return the assessment as the plan dashboard words it, as compared with the baseline.

    Where neither way is better there is neither improvement nor deterioration: a rise is a rise.
    """
    if comparison.verdict is Verdict.NOT_TESTABLE:
        why = told_as_given(measure) or NOT_TESTED[comparison.reason]
        return Cell(words=f"not tested: {why}" if why else "not tested")
    if comparison.verdict is Verdict.NO_SIGNIFICANT_CHANGE:
        return Cell(words=UNCHANGED)
    if measure.polarity is Polarity.NEITHER:
        return Cell(words=f"statistically {VERDICTS[comparison.verdict]}")
    direction = 1 if comparison.verdict is Verdict.SIGNIFICANT_RISE else -1
    worse = measure.polarity.is_worse(direction)
    return Cell(words=f"statistically significant {'deterioration' if worse else 'improvement'}")


def not_tested(measure: Measure, reason: NotTestable) -> str:
    """Say that a change was not tested, and why."""
    if reason is NotTestable.TOO_FEW and not told_as_given(measure):
        return "too few to test"
    why = told_as_given(measure) or NOT_TESTED[reason]
    return f"not tested: {why}" if why else "not tested"


def told_as_given(measure: Measure) -> str:
    """Say that a measure is told as it is given; empty where it is tested like others."""
    return "told as given" if measure.kind in AS_GIVEN else ""


def expected(measure: Measure, year_end: YearEnd) -> Cell:
    """Return what the year is expected to end with, in the measure's own unit."""
    if measure.kind in AS_GIVEN:
        return NOTHING
    return Cell(value=year_end.expected, unit=unit_of(measure))


def year_end_range(measure: Measure, low: float, high: float) -> Cell:
    """Return a range of the year end as words, e.g. "54,903–58,312" or "24.1–27.9%"."""
    if measure.kind in AS_GIVEN:
        return NOTHING
    if math.isnan(low) or math.isnan(high):
        return Cell(unit=unit_of(measure))
    if measure.kind.is_rate:
        return Cell(words=f"{100 * low:.1f}–{100 * high:.1f}%")
    return Cell(words=f"{low:,.0f}–{high:,.0f}")


def chance(year_end: YearEnd) -> Cell:
    """Return the chance of meeting the target by the end of the year."""
    return Cell(value=year_end.chance_met, unit=Unit.CHANCE)
