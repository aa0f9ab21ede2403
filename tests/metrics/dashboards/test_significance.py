"""What the statistics say, in words: never more than was tested, and why where it was not."""

from __future__ import annotations

import math

import pytest

from metrics.assessment import Comparison, YearEnd
from metrics.dashboards.significance import (
    NOT_TESTED,
    assessment_words,
    expected,
    significance,
    significance_together,
    year_end_range,
)
from metrics.dashboards.table import Unit
from metrics.model import Measure, MeasureId, MeasureKind, Polarity
from metrics.statistics.projection import Withheld
from metrics.statistics.verdict import NotTestable, Verdict


def a_measure(
    polarity: Polarity = Polarity.LOWER_IS_BETTER, kind: MeasureKind = MeasureKind.RECORDED
) -> Measure:
    return Measure(
        id=MeasureId("boats"), name="Boats", kind=kind, polarity=polarity, unit="", numerator=()
    )


def a_comparison(
    verdict: Verdict = Verdict.NOT_TESTABLE,
    reason: NotTestable = NotTestable.TESTED,
    p: float = math.nan,
) -> Comparison:
    return Comparison(
        verdict=verdict, reason=reason, p_value=p, p_adjusted=p,
        low=math.nan, high=math.nan, fragile=False, dispersion=1.0,
    )  # fmt: skip


def a_year_end(value: float) -> YearEnd:
    return YearEnd(
        expected=value, lower_80=value, upper_80=value, lower_95=value, upper_95=value,
        chance_met=math.nan, pace_needed=math.nan, withheld=Withheld.NOT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.SIGNIFICANT_RISE, "significant rise"),
        (Verdict.SIGNIFICANT_FALL, "significant fall"),
        (Verdict.NO_SIGNIFICANT_CHANGE, "no significant change"),
    ],
)
def test_a_verdict_is_said_in_words(verdict: Verdict, said: str) -> None:
    assert significance(a_measure(), a_comparison(verdict)).words == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (NotTestable.TOO_FEW, "too few to test"),
        (NotTestable.DEFINITION_CHANGED, "not tested: definition changed"),
        (NotTestable.NOT_RECORDED, "not tested: not recorded in both periods"),
    ],
)
def test_what_was_not_tested_says_why(reason: NotTestable, said: str) -> None:
    assert significance(a_measure(), a_comparison(reason=reason)).words == said


@pytest.mark.parametrize("reason", NotTestable)
def test_every_reason_has_words(reason: NotTestable) -> None:
    assert bool(NOT_TESTED[reason]) == (reason is not NotTestable.TESTED)


@pytest.mark.parametrize(
    ("polarity", "verdict", "said"),
    [
        (Polarity.LOWER_IS_BETTER, Verdict.SIGNIFICANT_RISE, "deterioration"),
        (Polarity.LOWER_IS_BETTER, Verdict.SIGNIFICANT_FALL, "improvement"),
        (Polarity.HIGHER_IS_BETTER, Verdict.SIGNIFICANT_RISE, "improvement"),
        (Polarity.HIGHER_IS_BETTER, Verdict.SIGNIFICANT_FALL, "deterioration"),
        (Polarity.NEITHER, Verdict.SIGNIFICANT_RISE, "rise"),
        (Polarity.NEITHER, Verdict.SIGNIFICANT_FALL, "fall"),
    ],
)
def test_the_plan_words_a_change_by_which_way_is_better(
    polarity: Polarity, verdict: Verdict, said: str
) -> None:
    cell = assessment_words(a_measure(polarity), a_comparison(verdict))

    assert cell.words == f"statistically significant {said}"


def test_the_plan_words_no_change_as_the_papers_do() -> None:
    cell = assessment_words(a_measure(), a_comparison(Verdict.NO_SIGNIFICANT_CHANGE))

    assert cell.words == "no statistically significant change"


def test_the_plan_says_why_nothing_was_tested() -> None:
    cell = assessment_words(a_measure(), a_comparison(reason=NotTestable.TOO_FEW))

    assert cell.words == "not tested: too few"


@pytest.mark.parametrize("kind", [MeasureKind.PARTNER_RETURN, MeasureKind.MONEY])
def test_what_is_told_as_given_is_not_tested_for_that_reason(kind: MeasureKind) -> None:
    comparison = a_comparison(reason=NotTestable.NO_DISPERSION)

    assert significance(a_measure(kind=kind), comparison).words == "not tested: told as given"


def test_what_is_shown_together_is_adjusted_together() -> None:
    alone = a_comparison(Verdict.SIGNIFICANT_RISE, p=0.004)
    others = [a_comparison(Verdict.NO_SIGNIFICANT_CHANGE, p=0.5)] * 4

    said = significance_together(a_measure(), [alone, *others], [9.0] * 5)

    assert said[0].words == "no significant change"
    assert significance_together(a_measure(), [alone], [9.0])[0].words == "significant rise"


def test_what_was_not_tested_does_not_make_the_others_less_sure() -> None:
    alone = a_comparison(Verdict.SIGNIFICANT_FALL, p=0.004)
    untested = [a_comparison(reason=NotTestable.DEFINITION_CHANGED)] * 4

    said = significance_together(a_measure(), [alone, *untested], [-9.0] * 5)

    assert said[0].words == "significant fall"
    assert said[1].words == "not tested: definition changed"


def test_a_range_is_in_the_unit_of_the_measure() -> None:
    assert year_end_range(a_measure(), 54903.0, 58312.0).words == "54,903–58,312"
    rate = a_measure(kind=MeasureKind.SATISFACTION)
    assert year_end_range(rate, 0.241, 0.279).words == "24.1–27.9%"


def test_a_range_that_is_not_known_is_not_nothing() -> None:
    assert not year_end_range(a_measure(), math.nan, math.nan).is_empty


def test_the_year_end_is_in_the_unit_of_the_measure() -> None:
    rate = a_measure(kind=MeasureKind.SATISFACTION)

    assert expected(rate, a_year_end(0.8)).unit is Unit.PROPORTION
    assert expected(a_measure(), a_year_end(80.0)).unit is Unit.COUNT
