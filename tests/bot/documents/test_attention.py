"""What needs attention early, and what is a risk: fixed rules over the figures."""

from __future__ import annotations

from dataclasses import replace

from bot.access import Sight
from bot.documents.attention import (
    early_attention,
    judged_measures,
    performance_risks,
    reputational_risks,
)
from metrics.classification import ThreatLevel
from metrics.model import MeasureKind, Polarity
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import Verdict
from tests.bot.replies.made_up import a_measure, at_least, compared, judged, reduction

SURVEY = a_measure(
    MeasureKind.SATISFACTION,
    name="Boaters: satisfaction",
    polarity=Polarity.HIGHER_IS_BETTER,
    unit="responses",
)


def test_a_target_in_the_balance_wants_a_look() -> None:
    one = judged(90, 100, target=reduction(0.1), gap=0.0, chance=0.5)

    assert early_attention([one]) == ("Boat theft: its target is in the balance (chance 50%).",)


def test_what_is_high_already_is_a_risk_and_not_a_warning() -> None:
    one = judged(90, 100, target=reduction(0.1), gap=0.0, chance=0.5, threat=ThreatLevel.HIGH)

    assert not early_attention([one])
    assert performance_risks([one])[0].startswith("High. Boat theft")


def test_an_unlikely_target_is_a_risk_whatever_its_level() -> None:
    one = judged(90, 100, target=reduction(0.1), gap=5.0, chance=0.01, threat=ThreatLevel.LOW)

    assert performance_risks([one])[0].startswith("Low. Boat theft")


def test_a_survey_under_its_target_is_a_reputational_risk() -> None:
    one = judged(0.78, 0.8, measure=SURVEY, target=at_least(0.85), gap=-0.07, n=500)

    assert reputational_risks([one]) == (
        "Boaters (satisfaction): 78.0%, 7.0 points under the 85% target.",
    )


def test_a_survey_that_rounds_to_its_target_is_none() -> None:
    one = judged(0.8499, 0.8, measure=SURVEY, target=at_least(0.85), gap=-0.0001, n=500)

    assert not reputational_risks([one])


def test_a_significant_fall_of_satisfaction_is_one() -> None:
    fall = compared(Verdict.SIGNIFICANT_FALL, 0.001)
    one = judged(0.7, 0.8, measure=SURVEY, comparison=fall, n=500)

    assert (
        "significantly under the period before (70.0% against 80.0%)"
        in reputational_risks([one])[0]
    )


def test_a_place_significantly_worse_than_the_group_is_one() -> None:
    one = judged(100, 100)
    peers = replace(one.assessment.peers, rank=8, forces=8, verdict=PeerVerdict.SIGNIFICANTLY_ABOVE)
    one = replace(one, assessment=replace(one.assessment, peers=peers))

    assert reputational_risks([one]) == (
        "Boat theft: 8th of 8 most similar forces over 12 months, significantly above them.",
    )


def test_more_reports_of_what_should_be_reported_are_no_risk() -> None:
    measure = a_measure(polarity=Polarity.NEITHER)
    rise = compared(Verdict.SIGNIFICANT_RISE, 0.001)

    assert not early_attention([judged(200, 100, measure=measure, comparison=rise)])
    assert not reputational_risks([judged(200, 100, measure=measure, comparison=rise)])


def test_every_measure_of_the_plan_is_looked_at_once(published: Sight) -> None:
    found = judged_measures(published, published.catalogue.force)
    ids = [one.measure.id for one in found]

    assert len(ids) == len(set(ids)) > 20
