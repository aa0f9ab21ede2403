"""The verdict in words: signs, singulars, what chance explains, and which way is worse."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.replies import Standing
from bot.replies.verdict import in_brief, movement, standing_of, target_words, verdict
from metrics.calendar import Window
from metrics.classification import ThreatLevel
from metrics.model import FrameworkStyle, Level, MeasureKind, Polarity
from metrics.statistics.verdict import Verdict
from tests.bot.replies.made_up import (
    a_framework,
    a_measure,
    at_least,
    compared,
    fewer,
    judged,
    reduction,
)

CHANCE = compared(Verdict.NO_SIGNIFICANT_CHANGE, 0.31)
RISE = compared(Verdict.SIGNIFICANT_RISE, 0.0031)
FALL = compared(Verdict.SIGNIFICANT_FALL, 0.00001)

RATE = a_measure(
    MeasureKind.OUTCOME_RATE,
    name="Boat theft: crime outcome rate",
    polarity=Polarity.HIGHER_IS_BETTER,
)
SURVEY = a_measure(
    MeasureKind.SATISFACTION, name="Anglers: satisfaction", polarity=Polarity.HIGHER_IS_BETTER
)
RETURN = a_measure(MeasureKind.PARTNER_RETURN, name="Rescues", unit="rescues")


@pytest.mark.parametrize(
    ("now", "before", "comparison", "said"),
    [
        (
            2678,
            2775,
            CHANCE,
            (
                "Boat theft is down 3.5% on last year (2,678 against 2,775): no more than chance "
                "explains (p = 0.31)."
            ),
        ),
        (
            120,
            100,
            RISE,
            (
                "Boat theft is up 20.0% on last year (120 against 100): a deterioration that "
                "chance does not explain (p = 0.0031)."
            ),
        ),
        (
            80,
            100,
            FALL,
            (
                "Boat theft is down 20.0% on last year (80 against 100): an improvement that "
                "chance does not explain (p under 0.0001)."
            ),
        ),
        (100, 100, CHANCE, "Boat theft is the same as last year (100)."),
        (
            10001,
            10000,
            CHANCE,
            (
                "Boat theft is all but the same as last year (10,001 against 10,000): no more than "
                "chance explains (p = 0.31)."
            ),
        ),
        (
            5,
            0,
            RISE,
            (
                "Boat theft is up from 0 to 5 on last year: a deterioration that chance does not "
                "explain (p = 0.0031)."
            ),
        ),
        (7, math.nan, CHANCE, "Boat theft: 7 boats this year; last year is not recorded in full."),
        (1, math.nan, CHANCE, "Boat theft: 1 boat this year; last year is not recorded in full."),
        (math.nan, 9, CHANCE, "Boat theft: the year to date is not recorded in full."),
    ],
)
def test_says_how_a_count_moved(now: float, before: float, comparison: object, said: str) -> None:
    assert movement(judged(now, before, comparison=comparison)) == said  # type: ignore[arg-type]


def test_names_the_area_that_is_not_the_force() -> None:
    assert movement(judged(9, 8, level=Level.CSP)).startswith("Boat theft in Ebb is up")


def test_several_things_are_not_one() -> None:
    assert movement(judged(9, 8, measure=a_measure(name="Harbour incidents"))).startswith(
        "Harbour incidents are up"
    )


def test_where_neither_way_is_better_a_rise_is_just_a_rise() -> None:
    measure = a_measure(polarity=Polarity.NEITHER)
    found = judged(120, 100, measure=measure, comparison=RISE)

    assert "more than chance explains (p = 0.0031)" in movement(found)
    assert "deteriorat" not in movement(found)
    assert standing_of(found) is Standing.PLAIN


def test_a_fragile_finding_says_what_would_undo_it() -> None:
    found = judged(120, 100, comparison=compared(Verdict.SIGNIFICANT_RISE, 0.009, fragile=True))

    assert "though the usual revisions would undo it" in movement(found)


def test_says_our_level_where_a_common_one_would_decide_otherwise() -> None:
    found = judged(120, 100, comparison=compared(Verdict.NO_SIGNIFICANT_CHANGE, 0.03))

    assert "(p = 0.03, significant is below 0.01)" in movement(found)


def test_says_why_a_change_is_not_tested() -> None:
    assert movement(judged(9, 8)).endswith(
        "(9 against 8), not tested: not recorded in both periods."
    )


def test_figures_that_end_early_say_when() -> None:
    found = judged(9, 8, to=date(2013, 11, 30))

    assert "(9 against 8, to 30 November 2013)" in movement(found)


def test_a_survey_says_how_many_were_asked_with_its_interval() -> None:
    found = judged(0.8, 0.85, measure=SURVEY, n=100, comparison=CHANCE)

    # Wilson's interval of 80 of 100: 71.1% to 86.7% (Brown, Cai and DasGupta 2001, formula 4).
    assert movement(found) == (
        "Anglers, satisfaction: 80.0% of 100 asked (95% range 71.1–86.7%) in the 12 months to "
        "11 December 2013. It is down 5.0 points on the 12 months before: no more than chance "
        "explains (p = 0.31)."
    )


def test_the_plan_of_2015_16_judges_against_the_baseline_year() -> None:
    found = judged(
        90,
        100,
        framework=a_framework(FrameworkStyle.PLAN),
        comparison=CHANCE,
        baseline=RISE,
        values={Window.ROLLING_12: 150, Window.BASELINE: 120},
    )

    assert movement(found) == (
        "Boat theft is up 25.0% on 2012/13 (150 in the last 12 months against 120): statistically "
        "significant deterioration (p = 0.0031). On last year it is down 10.0% (90 against 100): "
        "no more than chance explains (p = 0.31)."
    )
    assert standing_of(found) is Standing.WORSE
    assert in_brief(found).startswith("Boat theft up 25.0% on 2012/13, more than chance")


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (
            262.6,
            (
                "It is 263 boats short of the 13% reduction target, and the chance of meeting it "
                "is 4%."
            ),
        ),
        (
            0.2,
            ("It is 1 boat short of the 13% reduction target, and the chance of meeting it is 4%."),
        ),
        (
            -1.5,
            ("It is within the 13% reduction target by 1 boat, and the chance of ending so is 4%."),
        ),
        (math.nan, "Whether the 13% reduction target is met is not known."),
    ],
)
def test_says_how_far_off_a_reduction_is_in_whole_ones(gap: float, said: str) -> None:
    found = judged(90, 100, target=reduction(0.13), gap=gap, chance=0.04)

    assert target_words(found) == said


def test_a_year_that_is_over_leaves_nothing_to_chance() -> None:
    found = judged(90, 100, target=reduction(0.2), gap=10, chance=0.0, to=date(2014, 3, 31))

    assert target_words(found).endswith("and the year has ended so.")
    assert "10 short, target missed" in in_brief(found)


@pytest.mark.parametrize(
    ("required", "still_open", "said"),
    [
        (
            218.6,
            522,
            (
                "219 more outcomes are required for the 25% target (522 crimes are still "
                "under investigation); the chance of meeting it is 4%."
            ),
        ),
        (
            0.5,
            1,
            (
                "1 more outcome is required for the 25% target (1 crime is still under "
                "investigation); the chance of meeting it is 4%."
            ),
        ),
    ],
)
def test_says_how_many_outcomes_are_required(required: float, still_open: float, said: str) -> None:
    found = judged(
        0.168,
        0.23,
        measure=RATE,
        target=at_least(0.25),
        gap=-0.082,
        required=required,
        still_open=still_open,
        chance=0.04,
    )

    assert target_words(found) == said


def test_a_target_of_any_number_fewer_counts_them() -> None:
    found = judged(90, 100, measure=RETURN, target=fewer(), gap=-10)

    assert target_words(found) == "The plan asks for fewer than last year: it is 10 fewer so far."


def test_nothing_is_said_of_a_target_where_nothing_is_recorded() -> None:
    found = judged(math.nan, math.nan, target=reduction(0.1), to=None)

    assert verdict(found) == "Boat theft: nothing has been recorded."


def test_a_return_is_told_as_given() -> None:
    assert movement(judged(90, 100, measure=RETURN)) == (
        "Rescues: 90 from 1 April 2013 to 11 December 2013, as given. It was 100 in last year's "
        "same months (−10, −10.0%)."
    )


def test_a_locked_phone_tells_the_level_last() -> None:
    found = judged(
        120,
        100,
        comparison=RISE,
        target=reduction(0.1),
        gap=30,
        chance=0.001,
        threat=ThreatLevel.HIGH,
    )

    assert in_brief(found) == (
        "Boat theft up 20.0%, more than chance; 30 short, chance of target under 1%; High"
    )


@settings(max_examples=60)
@given(
    st.integers(0, 100_000) | st.just(math.nan),
    st.integers(0, 100_000) | st.just(math.nan),
    st.sampled_from([CHANCE, RISE, FALL]),
    st.sampled_from(list(Polarity)),
)
def test_whatever_the_figures_it_is_a_sentence(
    now: float, before: float, comparison: object, polarity: Polarity
) -> None:
    found = judged(
        now,
        before,
        measure=a_measure(polarity=polarity),
        comparison=comparison,  # type: ignore[arg-type]
    )

    for said in (verdict(found), in_brief(found)):
        assert not {"nan", "inf", "none", "-0"}.intersection(said.lower().split())
    assert verdict(found).endswith(".")


def test_a_locked_phone_counts_the_outcomes_that_are_short() -> None:
    found = judged(
        0.168, 0.23, measure=RATE, target=at_least(0.25), gap=-0.08, required=218.6, chance=0.04
    )

    assert "; 219 outcomes short, chance of target 4%" in in_brief(found)
