from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.classification_reasons import ReasonKind
from metrics.classify import (
    Classification,
    ClassificationRule,
    Evidence,
    Impact,
    NotClassified,
    Standing,
    ThreatLevel,
    classify,
    evidence_of_change,
    evidence_of_side,
)
from metrics.statistics.comparison import Verdict

RULE = ClassificationRule()
HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW
BURGLARY = Standing(impact=Impact.HIGH, is_rate=False, probability_met=0.02, gap=0.109)
WITHOUT_TARGET = Standing(
    impact=Impact.HIGH,
    is_rate=False,
    has_target=False,
    comparison=Evidence.NO_DIFFERENCE,
    control=Evidence.NO_DIFFERENCE,
)

# The eight classifications that the Emergent Scorecard of December 2013 printed, with the chance
# of meeting the target when 25, 50 or 75% of the year is assumed to have passed.
PUBLISHED = [
    ("burglary recorded", Impact.HIGH, False, (0.07, 0.02, 0.00), 0.109, HIGH),
    ("burglary outcomes", Impact.HIGH, True, (0.0, 0.0, 0.0), 0.082, HIGH),
    ("theft of motor vehicle recorded", Impact.STANDARD, False, (0.03, 0.01, 0.0), 0.162, MEDIUM),
    ("theft of motor vehicle outcomes", Impact.STANDARD, True, (0.33, 0.28, 0.18), 0.008, LOW),
    ("theft from motor vehicle recorded", Impact.STANDARD, False, (0.0, 0.0, 0.0), 0.256, MEDIUM),
    ("theft from motor vehicle outcomes", Impact.STANDARD, True, (0.07, 0.02, 0.0), 0.010, LOW),
    ("violence with injury recorded", Impact.HIGH, False, (0.03, 0.01, 0.0), 0.151, HIGH),
    ("violence with injury outcomes", Impact.HIGH, True, (0.5, 0.5, 0.5), 0.0, MEDIUM),
]

evidence = st.sampled_from(list(Evidence))
standings = st.builds(
    Standing,
    impact=st.sampled_from(list(Impact)),
    is_rate=st.booleans(),
    has_target=st.booleans(),
    probability_met=st.one_of(st.none(), st.floats(0, 1), st.just(math.nan)),
    gap=st.one_of(st.none(), st.floats(-0.5, 0.5), st.just(math.nan)),
    comparison=evidence,
    control=evidence,
    peers=evidence,
)


@pytest.mark.parametrize("passed", [0, 1, 2], ids=["25%", "50%", "75%"])
@pytest.mark.parametrize(("name", "impact", "is_rate", "chances", "gap", "said"), PUBLISHED)
def test_the_published_scorecard_is_reproduced(
    *,
    name: str,
    impact: Impact,
    is_rate: bool,
    chances: tuple[float, ...],
    gap: float,
    said: ThreatLevel,
    passed: int,
) -> None:
    standing = Standing(impact=impact, is_rate=is_rate, probability_met=chances[passed], gap=gap)

    assert classify(standing, RULE).level is said


@settings(max_examples=200, deadline=None)
@given(standings)
def test_missing_figures_are_never_low(standing: Standing) -> None:
    made = classify(standing, RULE)

    unknown = standing.probability_met is None or math.isnan(standing.probability_met)
    if standing.has_target and unknown:
        assert made.not_classified is NotClassified.NO_PROJECTION
    if not standing.has_target and Evidence.UNKNOWN in (standing.comparison, standing.control):
        worse = Evidence.WORSE in (standing.comparison, standing.control, standing.peers)
        assert made.level is None or worse
    assert (made.level is None) == (made.not_classified is not None)


@settings(max_examples=200, deadline=None)
@given(standings, st.floats(0, 1), st.floats(0, 1))
def test_a_smaller_chance_never_gives_a_lower_level(
    standing: Standing, one: float, other: float
) -> None:
    standing = replace(standing, has_target=True, gap=0.2)
    worse = classify(replace(standing, probability_met=min(one, other)), RULE)
    better = classify(replace(standing, probability_met=max(one, other)), RULE)

    assert worse.level is not None
    assert better.level is not None
    assert worse.level >= better.level


@settings(max_examples=200, deadline=None)
@given(standings)
def test_every_classification_has_its_reasons_in_words(standing: Standing) -> None:
    made = classify(standing, RULE)

    assert made.reasons
    assert all(reason.sentence.endswith(".") for reason in made.reasons)
    assert "nan" not in made.sentence


@settings(max_examples=200, deadline=None)
@given(
    standings,
    st.sampled_from(
        [
            lambda standing, one: replace(standing, comparison=one),
            lambda standing, one: replace(standing, control=one),
            lambda standing, one: replace(standing, peers=one),
        ]
    ),
)
def test_worse_evidence_never_gives_a_lower_level(
    standing: Standing, change: Callable[[Standing, Evidence], Standing]
) -> None:
    levels = [
        classify(change(standing, one), RULE).level
        for one in (Evidence.BETTER, Evidence.NO_DIFFERENCE, Evidence.WORSE)
    ]

    known = [level for level in levels if level is not None]
    assert known == sorted(known)


@pytest.mark.parametrize(
    ("chance", "gap", "level"),
    [
        (0.80, 0.2, LOW),
        (0.79, 0.2, MEDIUM),
        (0.20, 0.2, MEDIUM),
        (0.19, 0.2, HIGH),
        (0.19, 0.05, HIGH),
        (0.19, 0.049, MEDIUM),
    ],
)
def test_the_cuts_are_where_the_rule_says(chance: float, gap: float, level: ThreatLevel) -> None:
    assert classify(replace(BURGLARY, probability_met=chance, gap=gap), RULE).level is level


def test_a_gap_of_a_rate_is_material_from_two_and_a_half_points() -> None:
    outcomes = replace(BURGLARY, is_rate=True)

    assert classify(replace(outcomes, gap=0.025), RULE).level is HIGH
    assert classify(replace(outcomes, gap=0.024), RULE).level is MEDIUM


@pytest.mark.parametrize(
    ("chance", "lean", "level"),
    [
        (0.25, Evidence.WORSE, HIGH),
        (0.31, Evidence.WORSE, MEDIUM),
        (0.15, Evidence.BETTER, MEDIUM),
        (0.09, Evidence.BETTER, HIGH),
        (0.85, Evidence.WORSE, MEDIUM),
        (0.75, Evidence.BETTER, LOW),
    ],
)
def test_other_evidence_tips_only_what_is_close_to_a_cut(
    chance: float, lean: Evidence, level: ThreatLevel
) -> None:
    made = classify(replace(BURGLARY, probability_met=chance, comparison=lean), RULE)

    assert made.level is level


def test_evidence_that_disagrees_tips_nothing() -> None:
    torn = replace(BURGLARY, probability_met=0.25, comparison=Evidence.WORSE, peers=Evidence.BETTER)

    assert classify(torn, RULE).level is MEDIUM


def previous(level: ThreatLevel, pending: ThreatLevel | None = None) -> Classification:
    return Classification(level=level, reasons=(), pending=pending, rule=RULE.version)


def test_close_to_a_cut_the_previous_level_holds_and_the_other_is_pending() -> None:
    made = classify(replace(BURGLARY, probability_met=0.18), RULE, previous=previous(MEDIUM))

    assert (made.level, made.pending) == (MEDIUM, HIGH)
    assert made.reasons[-1].kind is ReasonKind.HELD_AT_PREVIOUS


def test_said_a_second_time_it_changes() -> None:
    first = classify(replace(BURGLARY, probability_met=0.18), RULE, previous=previous(MEDIUM))
    second = classify(replace(BURGLARY, probability_met=0.17), RULE, previous=first)

    assert (second.level, second.pending) == (HIGH, None)


def test_said_once_and_taken_back_it_has_to_be_said_twice_again() -> None:
    close, back = (replace(BURGLARY, probability_met=p) for p in (0.18, 0.22))

    first = classify(close, RULE, previous=previous(MEDIUM))
    second = classify(back, RULE, previous=first)
    third = classify(close, RULE, previous=second)

    assert (second.pending, third.level) == (None, MEDIUM)


def test_clear_of_the_cut_it_changes_at_once() -> None:
    made = classify(replace(BURGLARY, probability_met=0.12), RULE, previous=previous(MEDIUM))

    assert made.level is HIGH


def test_a_gap_close_to_material_does_not_flap() -> None:
    made = classify(replace(BURGLARY, gap=0.051), RULE, previous=previous(MEDIUM))

    assert (made.level, made.pending) == (MEDIUM, HIGH)


def test_a_classification_under_another_rule_has_no_hold() -> None:
    old = replace(previous(MEDIUM), rule="2012/13")

    assert classify(replace(BURGLARY, probability_met=0.18), RULE, previous=old).level is HIGH


@pytest.mark.parametrize(
    ("comparison", "control", "peers", "level"),
    [
        (Evidence.WORSE, Evidence.WORSE, Evidence.UNKNOWN, HIGH),
        (Evidence.WORSE, Evidence.NO_DIFFERENCE, Evidence.WORSE, HIGH),
        (Evidence.NO_DIFFERENCE, Evidence.WORSE, Evidence.WORSE, MEDIUM),
        (Evidence.WORSE, Evidence.UNKNOWN, Evidence.UNKNOWN, MEDIUM),
        (Evidence.BETTER, Evidence.WORSE, Evidence.NO_DIFFERENCE, LOW),
        (Evidence.BETTER, Evidence.WORSE, Evidence.WORSE, MEDIUM),
        (Evidence.NO_DIFFERENCE, Evidence.NO_DIFFERENCE, Evidence.UNKNOWN, LOW),
        (Evidence.NO_DIFFERENCE, Evidence.UNKNOWN, Evidence.BETTER, None),
        (Evidence.UNKNOWN, Evidence.NO_DIFFERENCE, Evidence.NO_DIFFERENCE, None),
    ],
)
def test_without_a_target_significance_decides(
    comparison: Evidence, control: Evidence, peers: Evidence, level: ThreatLevel | None
) -> None:
    standing = replace(WITHOUT_TARGET, comparison=comparison, control=control, peers=peers)

    assert classify(standing, RULE).level is level


def test_where_neither_direction_is_good_there_is_no_classification() -> None:
    made = classify(replace(BURGLARY, is_judged=False), RULE)

    assert (made.level, made.not_classified) == (None, NotClassified.NO_JUDGEMENT)


def test_reasons_say_the_figures() -> None:
    made = classify(replace(BURGLARY, comparison=Evidence.NO_DIFFERENCE), RULE)

    assert made.sentence == (
        "High. The target is unlikely to be met (chance 2%; 10.9% from the target level). "
        "The measure is of high impact: high harm or a priority. "
        "No significant change on the period it is compared with."
    )
    assert made.reasons[0].figure("gap_proportion") == 0.109


def test_rounding_never_claims_certainty() -> None:
    nearly = classify(replace(BURGLARY, probability_met=0.004), RULE)
    surely = classify(replace(BURGLARY, probability_met=0.999), RULE)

    assert "under 1%" in nearly.sentence
    assert "over 99%" in surely.sentence


@pytest.mark.parametrize(
    ("verdict", "better", "said"),
    [
        (Verdict.SIGNIFICANT_RISE, -1, Evidence.WORSE),
        (Verdict.SIGNIFICANT_RISE, 1, Evidence.BETTER),
        (Verdict.SIGNIFICANT_FALL, -1, Evidence.BETTER),
        (Verdict.SIGNIFICANT_FALL, 0, Evidence.NO_DIFFERENCE),
        (Verdict.NO_SIGNIFICANT_CHANGE, -1, Evidence.NO_DIFFERENCE),
        (Verdict.NOT_TESTABLE, -1, Evidence.UNKNOWN),
    ],
)
def test_polarity_decides_what_a_verdict_means(
    verdict: Verdict, better: int, said: Evidence
) -> None:
    assert evidence_of_change(verdict, better) is said


def test_a_side_of_a_chart_is_good_or_bad_by_polarity() -> None:
    assert evidence_of_side(1, -1) is Evidence.WORSE
    assert evidence_of_side(-1, -1) is Evidence.BETTER
    assert evidence_of_side(0, -1) is Evidence.NO_DIFFERENCE


def test_levels_are_ordered() -> None:
    assert LOW < MEDIUM < HIGH


def test_cuts_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="unlikely_met < likely_met"):
        ClassificationRule(likely_met=0.2, unlikely_met=0.8)


def test_a_matrix_that_falls_with_likelihood_is_refused() -> None:
    with pytest.raises(ValueError, match="greater likelihood"):
        ClassificationRule(high_impact=(HIGH, MEDIUM, LOW))
