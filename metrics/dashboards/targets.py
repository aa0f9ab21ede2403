"""The police targets dashboard: every target of the framework in force, and how far off it is."""

from __future__ import annotations

import math
from typing import Final

from metrics.calendar import Window
from metrics.dashboards.significance import (
    YEAR_END,
    YEAR_END_RANGE,
    chance,
    expected,
    year_end_range,
)
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
from metrics.model import Area, Catalogue, Measure, MeasureKind, Target, TargetKind
from metrics.positions import Position
from metrics.snapshot import Snapshot

COLUMNS: Final = (
    Column(name="Target", meaning="What the framework in force asks for."),
    Column(name="Now", meaning="The year to date; of surveys, the last 12 months."),
    Column(
        name="Last year",
        meaning="The same days of last year; of surveys, the 12 months before.",
        is_detail=True,
    ),
    Column(name="Change", meaning="Now less last year: per cent of a count, points of a rate."),
    Column(
        name="Target level", meaning="The figure that would meet the target today.", is_detail=True
    ),
    Column(name="Gap", meaning="Crimes above the target level; points from the target rate."),
    Column(name="Outcomes required", meaning="Outcomes still needed for the target rate."),
    Column(name="Still open", meaning="Crimes of this year that are still open.", is_detail=True),
    Column(name="Responses", meaning="How many people answered the survey.", is_detail=True),
    Column(name="On course", meaning="Whether the target is met as things stand today."),
    Column(
        name="Chance of meeting", meaning="How likely the target is to be met by the year's end."
    ),
    YEAR_END,
    YEAR_END_RANGE,
)


def targets(snapshot: Snapshot, catalogue: Catalogue, area: Area) -> Dashboard:
    """Make the targets dashboard of an area, under the framework in force on the as-at day."""
    framework = catalogue.framework(snapshot.as_at)
    asked = framework.targets if framework else ()
    numeric = [target for target in asked if target.kind.is_numeric]
    remarks = []
    if framework is None:
        remarks.append("No performance framework is in force on this day: there are no targets.")
    elif not numeric:
        remarks.append(f"The {framework.id} framework sets no numeric targets.")
    title = f"police targets {framework.id}" if framework else "police targets"
    return dashboard(
        "targets",
        title,
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(Window.YTD, Window.LYTD),
        rows=[_row(snapshot, catalogue, area, target) for target in asked],
        remarks=remarks,
    )


def _row(snapshot: Snapshot, catalogue: Catalogue, area: Area, target: Target) -> Row:
    measure = catalogue.measures[target.measure]
    position = snapshot.positions.get(measure.id, area.id)
    year_end = snapshot.assessments.get(measure.id, area.id).year_end
    survey = measure.kind.is_survey
    now = Window.ROLLING_12 if survey else Window.YTD
    before = Window.PREVIOUS_12 if survey else Window.LYTD
    outcome_rate = measure.kind is MeasureKind.OUTCOME_RATE
    return Row(
        label=measure.name,
        measure=measure.id,
        area=area.id,
        cells=(
            Cell(words=say_target(target)),
            headline(measure, position, now),
            headline(measure, position, before),
            _change(measure, position.values[now], position.values[before]),
            target_level(measure, position),
            gap(measure, position),
            Cell(value=position.outcomes_required, unit=Unit.STILL_NEEDED)
            if outcome_rate
            else NOTHING,
            count(position.under_investigation) if measure.closed else NOTHING,
            count(position.figures[now].denominator) if survey else NOTHING,
            on_course(measure, target, position),
            chance(year_end) if target.kind.is_numeric else NOTHING,
            expected(measure, year_end),
            year_end_range(measure, year_end.lower_95, year_end.upper_95),
        ),
    )


def say_target(target: Target) -> str:
    """Write what a target asks for, e.g. "−13%" of a count, "25%" of a rate."""
    match target.kind:
        case TargetKind.REDUCTION:
            return f"−{target.value * 100:.4g}%"
        case TargetKind.AT_LEAST:
            return f"{target.value * 100:.4g}%"
        case TargetKind.FEWER:
            return "fewer"
        case TargetKind.IMPROVEMENT | TargetKind.SIGNIFICANT_REDUCTION:
            return target.text or target.kind.replace("_", " ")


def target_level(measure: Measure, position: Position) -> Cell:
    """Return the figure that would meet the target today."""
    unit = Unit.PROPORTION if measure.kind.is_rate else Unit.TARGET_LEVEL
    return Cell(value=position.target, unit=unit)


def _change(measure: Measure, now: float, before: float) -> Cell:
    rate = measure.kind.is_rate
    return difference(measure, now, before) if rate else proportional_change(now, before)


def gap(measure: Measure, position: Position) -> Cell:
    """Return crimes above the target level, or points from the target rate."""
    unit = Unit.POINTS if measure.kind.is_rate else Unit.OVER_TARGET
    return Cell(value=position.gap, unit=unit)


def on_course(measure: Measure, target: Target, position: Position) -> Cell:
    """Say whether the target is met today; nothing where the framework sets no number."""
    if not target.kind.is_numeric:
        return NOTHING
    if math.isnan(position.gap):
        return Cell(words="not known")
    if target.kind is TargetKind.FEWER:
        return Cell(words="yes" if position.gap < 0 else "no")
    met = position.gap >= 0 if measure.kind.is_rate else position.gap <= 0
    return Cell(words="yes" if met else "no")
