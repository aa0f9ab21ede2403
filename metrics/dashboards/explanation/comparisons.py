"""Whether chance and the usual variation explain a change, with the arithmetic of the test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from metrics.assessment import Comparison
from metrics.calendar import year_name
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.significance import assessment_words, significance
from metrics.dashboards.table import Cell, Unit
from metrics.statistics.verdict import SIGNIFICANCE_LEVEL, Verdict

MEANINGS: Final = {
    Verdict.SIGNIFICANT_RISE: "Chance and the usual variation do not explain such a rise.",
    Verdict.SIGNIFICANT_FALL: "Chance and the usual variation do not explain such a fall.",
    Verdict.NO_SIGNIFICANT_CHANGE: (
        "Chance and the usual variation could explain the change; "
        "that does not show that nothing has changed."
    ),
    Verdict.NOT_TESTABLE: "Nothing may be said of the change.",
}
"""What a verdict means, in one sentence."""


def against_last_year(claim: Claim) -> Section:
    """Tell the test of the period against the one before."""
    comparison = claim.assessment.last_year
    said = significance(claim.measure, comparison)
    survey = claim.measure.kind.is_survey
    return Section(
        heading="Against the 12 months before" if survey else "Against last year",
        lines=(("Significance: ", said, "."), *_arithmetic(claim, comparison)),
    )


def against_baseline(claim: Claim) -> Section:
    """Tell the test of the last 12 months against the baseline year."""
    comparison = claim.assessment.baseline
    framework = claim.catalogue.framework(claim.snapshot.as_at)
    year = f", {year_name(framework.baseline_year)}" if framework else ""
    said = assessment_words(claim.measure, comparison)
    return Section(
        heading=f"The last 12 months against the baseline year{year}",
        lines=(("Assessment: ", said, "."), *_arithmetic(claim, comparison)),
    )


def against_last_years_month(claim: Claim) -> Section:
    """Tell the test of the latest month, to date, against the same days of last year's."""
    comparison = claim.assessment.month
    said = significance(claim.measure, comparison)
    return Section(
        heading="The latest month against last year's",
        lines=(("Significance: ", said, "."), *_arithmetic(claim, comparison)),
    )


def _arithmetic(claim: Claim, comparison: Comparison) -> Iterator[Line]:
    yield (MEANINGS[comparison.verdict],)
    if comparison.verdict is Verdict.NOT_TESTABLE:
        return
    yield (
        "p of this comparison alone: ",
        Cell(value=comparison.p_value, unit=Unit.P_VALUE),
        "; adjusted for the measures of its kind in the same area: ",
        Cell(value=comparison.p_adjusted, unit=Unit.P_VALUE),
        f". Significant is below {SIGNIFICANCE_LEVEL}.",
    )
    if comparison.fragile:
        yield ("Fragile: the usual revisions of a recent count would undo it.",)
    yield from _interval(claim, comparison)
    if not math.isnan(comparison.dispersion):
        yield (
            "Usual variation allowed for: ",
            Cell(value=comparison.dispersion, unit=Unit.DISPERSION),
            " times what chance alone would bring.",
        )


def _interval(claim: Claim, comparison: Comparison) -> Iterator[Line]:
    """Tell the 99% interval: of a count, of the change of its daily rate."""
    if claim.measure.kind.is_rate:
        low = Cell(value=comparison.low, unit=Unit.POINTS)
        high = Cell(value=comparison.high, unit=Unit.POINTS)
    else:
        low = Cell(value=comparison.low - 1.0, unit=Unit.CHANGE_PROPORTION)
        high = Cell(value=comparison.high - 1.0, unit=Unit.CHANGE_PROPORTION)
    if not math.isnan(comparison.high):
        yield "The change lies between ", low, " and ", high, ", with a confidence of 99%."
    elif not math.isnan(comparison.low):
        yield "The change is at least ", low, "; from nought it has no upper end."
