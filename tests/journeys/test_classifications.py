"""The scorecard of December 2013, and what a run's assessments must keep to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.app import App
from metrics.assess import assess
from metrics.assessment import Assessments
from metrics.classification import ThreatLevel
from metrics.counts import merge
from metrics.model import AreaId, MeasureId
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import SIGNIFICANCE_LEVEL, NotTestable, Verdict
from store.loads import SqlLoads
from tests.journeys.conftest import SnapshotOn

PUBLISHED_DAY = date(2013, 12, 11)
FORCE = AreaId("leicestershire")


@pytest.mark.parametrize(
    ("measure", "level"),
    [
        ("domestic-burglary.recorded", ThreatLevel.HIGH),
        ("domestic-burglary.outcome-rate", ThreatLevel.HIGH),
        ("theft-of-motor-vehicle.recorded", ThreatLevel.MEDIUM),
        ("theft-of-motor-vehicle.outcome-rate", ThreatLevel.LOW),
        ("theft-from-motor-vehicle.recorded", ThreatLevel.MEDIUM),
        ("theft-from-motor-vehicle.outcome-rate", ThreatLevel.LOW),
        ("violence-with-injury.recorded", ThreatLevel.HIGH),
        ("violence-with-injury.outcome-rate", ThreatLevel.MEDIUM),
    ],
)
def test_the_papers_classifications_come_out(
    snapshot_on: SnapshotOn, measure: str, level: ThreatLevel
) -> None:
    threat = snapshot_on(PUBLISHED_DAY).assessments.get(MeasureId(measure), FORCE).threat

    assert threat.level is level
    assert threat.sentences[0]


def test_a_rise_in_what_is_under_reported_is_not_classified_as_a_threat(
    snapshot_on: SnapshotOn,
) -> None:
    assessments = snapshot_on(PUBLISHED_DAY).assessments

    for measure in ("sexual-offences.recorded", "hate-crime.recorded", "domestic-abuse.recorded"):
        threat = assessments.get(MeasureId(measure), FORCE).threat
        assert threat.level is None, measure


def test_no_figure_no_classification(snapshot_on: SnapshotOn) -> None:
    """Victims of domestic abuse were first asked in April 2013: there is no rolling year yet."""
    snapshot = snapshot_on(PUBLISHED_DAY)

    threat = snapshot.assessments.get(MeasureId("domestic-abuse.satisfaction"), FORCE).threat

    assert threat.level is None


def test_a_comparison_across_a_change_of_recording_is_refused(snapshot_on: SnapshotOn) -> None:
    comparison = (
        snapshot_on(PUBLISHED_DAY).assessments.get(MeasureId("rape.recorded"), FORCE).last_year
    )

    assert comparison.verdict is Verdict.NOT_TESTABLE
    assert comparison.reason is NotTestable.DEFINITION_CHANGED


def test_the_autumn_burglaries_stand_out_in_the_last_weeks(snapshot_on: SnapshotOn) -> None:
    """The paper says so too: recent months have seen a rising trend in recorded burglary."""
    watch = (
        snapshot_on(PUBLISHED_DAY)
        .assessments.get(MeasureId("domestic-burglary.recorded"), FORCE)
        .watch
    )

    assert watch.reasons == (NoVerdict.HAS_VERDICT,) * 3
    assert watch.observed[2] > watch.expected[2]
    assert watch.p_value[2] < 0.001


def test_the_chance_of_meeting_a_target_and_the_pace_it_needs_agree(
    snapshot_on: SnapshotOn,
) -> None:
    snapshot = snapshot_on(PUBLISHED_DAY)
    measure = MeasureId("domestic-burglary.recorded")

    year_end = snapshot.assessments.get(measure, FORCE).year_end
    position = snapshot.positions.get(measure, FORCE)

    target = position.yearly[2012] * (1 - 0.13)
    months_left = 12 - (8 + 11 / 31)
    so_far = position.figures[next(iter(position.figures))].numerator
    assert year_end.pace_needed * months_left + so_far == pytest.approx(target)
    assert year_end.chance_met < 0.01
    assert year_end.lower_95 > target


def test_assessments_come_back_from_their_bytes(snapshot_on: SnapshotOn) -> None:
    assessments = snapshot_on(PUBLISHED_DAY).assessments

    again = Assessments.from_bytes(assessments.to_bytes())

    assert again.to_bytes() == assessments.to_bytes()
    assert np.array_equal(again.threat.level, assessments.threat.level)


def test_the_day_after_the_classifications_are_the_same(snapshot_on: SnapshotOn) -> None:
    before = snapshot_on(PUBLISHED_DAY).assessments
    after = snapshot_on(date(2013, 12, 12)).assessments
    home = before.areas.index(FORCE)

    of_force = slice(home, None, len(before.areas))

    same = before.threat.level[of_force] == after.threat.level[of_force]
    assert same.mean() > 0.95


def test_a_revision_of_next_to_nothing_makes_nothing_fragile(demonstration_app: App) -> None:
    """What is significant on its page stands there by itself, whatever other pages hold."""
    catalogue = replace(demonstration_app.catalogue, usual_revision=1e-9)
    with demonstration_app.database.reading() as session:
        table = merge([one for _, one in SqlLoads(session).tables()], catalogue.within)
    counts = dense(table, catalogue, to=PUBLISHED_DAY)
    positions = reckon(counts, table, catalogue, as_at=PUBLISHED_DAY)

    found = assess(counts, positions, table, catalogue, as_at=PUBLISHED_DAY, watch=False)

    significant = found.last_year.p_adjusted < SIGNIFICANCE_LEVEL
    assert significant.sum() > 20
    assert not found.last_year.fragile.any()
