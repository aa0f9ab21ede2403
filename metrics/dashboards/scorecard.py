"""The Emergent scorecard: the classification of every priority's crime types, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from metrics.assessment import Threat
from metrics.calendar import Window
from metrics.dashboards.table import NOTHING, Cell, Column, Dashboard, Row, dashboard
from metrics.model import Area, Catalogue, Measure, MeasureKind
from metrics.snapshot import Snapshot

COLUMNS: Final = (
    Column(name="Priority", meaning="The strategic priority that it belongs to."),
    Column(name="Recorded crime", meaning="The classification of crimes or incidents recorded."),
    Column(name="Outcomes", meaning="The classification of the crime outcome rate."),
    Column(name="Satisfaction", meaning="The classification of the victims' satisfaction."),
    Column(name="Other", meaning="The classification of confidence, or of a partner's return."),
    Column(name="Why", meaning="The first reason of the highest classification beside it."),
)

RECORDED, OUTCOMES, SATISFACTION, OTHER = range(4)

COLUMN_OF: Final = {
    MeasureKind.RECORDED: RECORDED,
    MeasureKind.OUTCOME_RATE: OUTCOMES,
    MeasureKind.SATISFACTION: SATISFACTION,
    MeasureKind.CONFIDENCE: OTHER,
    MeasureKind.PARTNER_RETURN: OTHER,
}
"""Where the classification of a kind of measure stands; other kinds have none."""

WHOLE_SURVEY: Final = ("", "overall")
"""The components of a survey that stand for the whole of it."""

NOT_CLASSIFIED: Final = "not classified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one row is about, and the measures that it is judged by."""

    priority: str
    measures: Mapping[int, Measure]  # by column

    @property
    def first(self) -> Measure:
        """The measure that the row is named after."""
        return self.measures[min(self.measures)]

    @property
    def name(self) -> str:
        """The first measure's name up to a colon, after which a name says what is counted."""
        return self.first.name.partition(":")[0]


def scorecard(snapshot: Snapshot, catalogue: Catalogue, area: Area) -> Dashboard:
    """Make the scorecard of an area.

    One row for each crime type of a priority; a priority without one has rows for what it is
    measured by instead.  Priorities that are not cited have none.
    """
    framework = catalogue.framework(snapshot.as_at)
    silent = framework.not_cited if framework else {}
    shown = [one for one in subjects(catalogue) if one.priority not in silent]
    return dashboard(
        "scorecard",
        "emergent scorecard",
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(Window.YTD, Window.LYTD),
        rows=[_row(snapshot, area, one) for one in shown],
        remarks=[f"Priority {number}: {reason}" for number, reason in silent.items()],
    )


def subjects(catalogue: Catalogue) -> list[Subject]:
    """Return what the scorecard has rows for, in the order of the plan's priorities.

    Satisfaction belongs to every crime of its priority: there it is a column, not a row of its
    own.  The parts of a priority (14A, 14B) share the satisfaction of the whole (14).
    """
    groups: dict[tuple[str, str, str], dict[int, Measure]] = {}
    satisfaction: dict[str, Measure] = {}
    for measure in catalogue.measures.values():
        column = COLUMN_OF.get(measure.kind)
        if not measure.priority or column is None or measure.component not in WHOLE_SURVEY:
            continue
        if column == SATISFACTION:
            satisfaction.setdefault(measure.priority, measure)
        else:
            about = measure.crime_type or measure.id
            key = measure.priority, about, measure.flag
            groups.setdefault(key, {}).setdefault(column, measure)
    made = [
        Subject(priority=priority, measures=_with_victims(measures, priority, satisfaction))
        for (priority, _, _), measures in groups.items()
    ]
    used = {one.measures[SATISFACTION].id for one in made if SATISFACTION in one.measures}
    made += [
        Subject(priority=priority, measures={SATISFACTION: measure})
        for priority, measure in satisfaction.items()
        if measure.id not in used
    ]
    order = list(catalogue.priorities)
    return sorted(made, key=lambda one: order.index(one.priority))


def _with_victims(
    measures: Mapping[int, Measure], priority: str, satisfaction: Mapping[str, Measure]
) -> Mapping[int, Measure]:
    """Add the satisfaction of a crime's victims to its measures."""
    whole = priority.rstrip(ascii_uppercase)
    victims = satisfaction.get(priority) or satisfaction.get(whole)
    if victims is None or not {RECORDED, OUTCOMES}.intersection(measures):
        return measures
    return {**measures, SATISFACTION: victims}


def _row(snapshot: Snapshot, area: Area, subject: Subject) -> Row:
    threats = {
        column: snapshot.assessments.get(measure.id, area.id).threat
        for column, measure in subject.measures.items()
    }
    return Row(
        label=subject.name,
        measure=subject.first.id,
        area=area.id,
        cells=(
            Cell(words=subject.priority),
            *(
                Cell(words=say_level(threats[column])) if column in threats else NOTHING
                for column in (RECORDED, OUTCOMES, SATISFACTION, OTHER)
            ),
            Cell(words=_why([threats[column] for column in sorted(threats)])),
        ),
    )


def say_level(threat: Threat) -> str:
    """Write a classification: High, Medium, Low or that there is none."""
    return NOT_CLASSIFIED if threat.level is None else threat.level.name.capitalize()


def _why(threats: list[Threat]) -> str:
    """Return the first reason of the highest level; among equals, of the first column."""
    highest = max(threats, key=lambda one: one.level or 0)
    return highest.sentences[0] if highest.sentences else ""
