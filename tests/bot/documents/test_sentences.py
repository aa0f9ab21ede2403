"""The papers' sentences: articles, singulars, signs, and figures that reconcile with tables."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.sentences import (
    article,
    by_command,
    by_unit,
    nearly,
    outcomes,
    recorded,
    satisfaction,
)
from bot.render.words import say
from metrics.calendar import Window
from metrics.dashboards.table import Cell, Unit, proportional_change
from metrics.model import FrameworkStyle, Level, MeasureKind, Polarity
from metrics.statistics.verdict import Verdict
from tests.bot.replies.made_up import (
    a_framework,
    a_measure,
    at_least,
    compared,
    judged,
    reduction,
)

CRIME = a_measure(name="Violence with injury", unit="crimes")
RATE = a_measure(
    MeasureKind.OUTCOME_RATE,
    name="Domestic burglary: crime outcome rate",
    polarity=Polarity.HIGHER_IS_BETTER,
    unit="%",
)
SURVEY = a_measure(
    MeasureKind.SATISFACTION,
    name="All users: satisfaction",
    polarity=Polarity.HIGHER_IS_BETTER,
    unit="responses",
)


def test_the_papers_own_sentence() -> None:
    """Strategic Assurance Board, December 2013, "Violence With Injury"."""
    one = judged(3315, 2940, measure=CRIME, target=reduction(0.02), gap=433.8)

    assert recorded(one).startswith(
        "The Force is currently reporting a 12.8% increase in violence with injury, which is 434 "
        "crimes short of the 2% reduction target."
    )


def test_one_crime_is_one_crime() -> None:
    one = judged(101, 100, measure=CRIME, target=reduction(0.0), gap=1.0)

    assert "1 crime short" in recorded(one)
    assert "That is 1 more crime than" in recorded(one)


def test_a_target_that_is_met_is_said_to_be() -> None:
    one = judged(80, 100, measure=CRIME, target=reduction(0.1), gap=-10.0)

    assert (
        "a 20.0% reduction in violence with injury, which is within the 10% reduction target by "
        "10 crimes." in recorded(one)
    )


def test_no_change_is_neither_more_nor_fewer() -> None:
    said = recorded(judged(100, 100, measure=CRIME))

    assert "no change in violence with injury" in said
    assert "as many as in the same period" in said


def test_from_nought_there_is_no_percentage() -> None:
    assert "up from 0 to 4" in recorded(judged(4, 0, measure=CRIME))


def test_what_is_not_recorded_is_said_so_and_is_not_nought() -> None:
    assert "not recorded in full" in recorded(judged(math.nan, 100, measure=CRIME))


def test_a_change_says_whether_chance_explains_it() -> None:
    comparison = compared(Verdict.SIGNIFICANT_RISE, 0.0004)

    assert "a deterioration that chance does not explain (p = 0.0004)" in recorded(
        judged(130, 100, measure=CRIME, comparison=comparison)
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("8.0%", "an"),
        ("80.1%", "an"),
        ("11.6%", "an"),
        ("18.9%", "an"),
        ("1.8%", "a"),
        ("110.0%", "a"),
        ("2.8%", "a"),
        ("18,000.0%", "a"),
    ],
)
def test_the_article_is_the_one_that_is_spoken(written: str, expected: str) -> None:
    assert article(written) == expected


def test_just_under_a_round_hundred_is_nearly_it() -> None:
    """The paper: a margin of nearly 3,200 crimes above the target level."""
    assert nearly(3197, "crimes") == "nearly 3,200 crimes (3,197)"
    assert nearly(3200, "crimes") == "3,200 crimes"
    assert nearly(95, "crimes") == "95 crimes"
    assert nearly(1, "crimes") == "1 crime"


def test_commands_stand_side_by_side() -> None:
    city = judged(93, 100, measure=CRIME, level=Level.BCU, target=reduction(0.13), gap=6.0)

    assert by_command([city, city]) == (
        "The Ebb is reporting a 7.0% reduction (7 fewer crimes; 6 short of the Force target rate), "
        "whilst the Ebb is reporting a 7.0% reduction (7 fewer crimes; 6 short of the Force target "
        "rate)."
    )


def test_of_no_command_nothing_is_said() -> None:
    assert not by_command([])
    assert not by_unit([])


def test_the_largest_in_number_and_in_per_cent_can_be_two() -> None:
    said = by_unit([judged(131, 100, measure=CRIME), judged(15, 10, measure=CRIME)])

    assert "the largest increase, in number and in per cent" in said or (
        "the largest increase in number is on Ebb (31.0%, 31 crimes)" in said
    )


def test_an_outcome_rate_is_told_with_what_is_required_and_still_open() -> None:
    one = judged(
        0.168,
        0.232,
        measure=RATE,
        target=at_least(0.25),
        gap=-0.082,
        required=218.6,
        still_open=522,
    )

    assert outcomes(one) == (
        "The crime outcome rate for domestic burglary is currently 16.8%, which is below the "
        "target of 25%. For the Force to achieve this target a further 219 outcomes are currently "
        "required. There are currently 522 crimes under investigation."
    )


def test_one_outcome_is_one_outcome() -> None:
    one = judged(
        0.2, 0.2, measure=RATE, target=at_least(0.25), gap=-0.05, required=0.3, still_open=1
    )

    assert "a further 1 outcome is currently required" in outcomes(one)
    assert "There is currently 1 crime under investigation." in outcomes(one)


def test_satisfaction_that_rounds_to_its_target_matches_it() -> None:
    one = judged(0.8497, 0.83, measure=SURVEY, target=at_least(0.85), gap=-0.0003, n=2000)

    assert "matching the 85% target" in satisfaction(one, [])


def test_under_the_plan_satisfaction_is_judged_by_the_baseline_year() -> None:
    one = judged(
        0.773,
        0.78,
        measure=SURVEY,
        framework=a_framework(FrameworkStyle.PLAN),
        values={Window.BASELINE: 0.781},
        baseline=compared(Verdict.NO_SIGNIFICANT_CHANGE, 0.7),
        n=704,
    )

    assert "down 0.8 points on 2012/13 (78.1%)" in satisfaction(one, [])


def test_satisfaction_is_never_told_without_how_many_were_asked() -> None:
    one = judged(0.8, 0.83, measure=SURVEY, n=662)

    assert "80.0% of 662 asked (95% range" in satisfaction(one, [])


counts = st.integers(min_value=1, max_value=60_000)


@settings(max_examples=60, deadline=None)
@given(now=counts, before=counts, share=st.sampled_from([0.02, 0.05, 0.1, 0.13, 0.14]))
def test_a_sentence_reconciles_with_the_table_beside_it(
    now: int, before: int, share: float
) -> None:
    gap = now - before * (1 - share)
    one = judged(now, before, measure=CRIME, target=reduction(share), gap=gap)
    said = recorded(one)

    change = say(proportional_change(float(now), float(before))).strip("+−")
    over = say(Cell(value=gap, unit=Unit.OVER_TARGET)).strip("+−")
    difference = say(Cell(value=now - before, unit=Unit.CHANGE)).strip("+−")
    assert change == "0.0%" or change in said
    assert re.search(rf"(?<![\d,]){re.escape(over)}(?![\d.])", said)
    assert now == before or f"That is {difference} " in said


@settings(max_examples=40, deadline=None)
@given(now=counts, before=counts)
def test_more_and_fewer_follow_the_sign(now: int, before: int) -> None:
    said = recorded(judged(now, before, measure=CRIME))

    assert (" more crime" in said) == (now > before)
    assert (" fewer crime" in said) == (now < before)


def test_the_figures_of_a_window_are_those_of_the_year_to_date() -> None:
    one = judged(10, 5, measure=CRIME, values={Window.ROLLING_12: 99})

    assert "(10 against 5)" in recorded(one)
