"""The plan dashboard: the latest 12 months against the baseline year, and the five-theme plan."""

from __future__ import annotations

from typing import Final

from metrics.calendar import Window, year_name
from metrics.dashboards.significance import assessment_words, expected, told_as_given
from metrics.dashboards.table import (
    NOTHING,
    Cell,
    Column,
    Dashboard,
    Row,
    Unit,
    count,
    dashboard,
    difference,
    headline,
    proportional_change,
)
from metrics.model import Area, Catalogue, Measure, MeasureId
from metrics.snapshot import Snapshot

COLUMNS: Final = (
    Column(name="Priority", meaning="The strategic priority that the measure belongs to."),
    Column(name="Baseline", meaning="The baseline year of the plan."),
    Column(name="Latest 12 months", meaning="The 12 months that end on the as-at day."),
    Column(name="Variance", meaning="Latest less baseline: per cent of a count, points of a rate."),
    Column(
        name="Responses", meaning="How many people answered the survey in the latest 12 months."
    ),
    Column(name="Assessment", meaning="As compared with the baseline year."),
    Column(
        name="Position in the MSG",
        meaning="Among the most similar group by rate; 1st is the best.",
    ),
    Column(name="SPC", meaning="Where the latest month stands on its control chart."),
    Column(name="Projection", meaning="What the performance year is expected to end with."),
)


def plan(snapshot: Snapshot, catalogue: Catalogue, area: Area) -> Dashboard:
    """Make the plan dashboard of an area.

    The rows are those that the framework in force names; a framework without such a list shows
    the measures of its targets, and a day without a framework every measure of a priority.
    """
    framework = catalogue.framework(snapshot.as_at)
    rows = [catalogue.measures[one] for one in _measures(snapshot, catalogue)]
    remarks = []
    if framework:
        remarks.append(f"Baseline: {year_name(framework.baseline_year)}.")
    for number, reason in (framework.not_cited if framework else {}).items():
        remarks.append(f"Priority {number}: {reason}")
        rows = [one for one in rows if one.priority != number]
    return dashboard(
        "plan",
        f"Police and Crime Plan {framework.id}" if framework else "Police and Crime Plan",
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(Window.BASELINE, Window.ROLLING_12),
        rows=[_row(snapshot, area, measure) for measure in rows],
        remarks=remarks,
    )


def _measures(snapshot: Snapshot, catalogue: Catalogue) -> list[MeasureId]:
    framework = catalogue.framework(snapshot.as_at)
    if framework is None:
        return [one.id for one in catalogue.measures.values() if one.priority]
    named = framework.plan_rows or tuple(target.measure for target in framework.targets)
    return list(named)


def _row(snapshot: Snapshot, area: Area, measure: Measure) -> Row:
    position = snapshot.positions.get(measure.id, area.id)
    latest = position.values[Window.ROLLING_12]
    baseline = position.values[Window.BASELINE]
    variance = (
        difference(measure, latest, baseline)
        if measure.kind.is_rate
        else proportional_change(latest, baseline)
    )
    survey = measure.kind.is_survey
    assessment = snapshot.assessments.get(measure.id, area.id)
    peers = assessment.peers
    return Row(
        label=measure.name,
        measure=measure.id,
        area=area.id,
        cells=(
            Cell(words=measure.priority),
            headline(measure, position, Window.BASELINE),
            headline(measure, position, Window.ROLLING_12),
            variance,
            count(position.figures[Window.ROLLING_12].denominator) if survey else NOTHING,
            assessment_words(measure, assessment.baseline),
            Cell(value=peers.rank, unit=Unit.RANK) if peers.rank else NOTHING,
            NOTHING if told_as_given(measure) else Cell(words=assessment.control.words),
            expected(measure, assessment.year_end),
        ),
    )
