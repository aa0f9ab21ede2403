"""What `why` tells is what the dashboards show, to the digit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.app import App
from bot.figures import find_figures
from bot.render.words import say, say_line
from metrics.dashboards import Dashboard, DashboardName, Unit, explain_claim, make_dashboard
from metrics.snapshot import Figures, SnapshotKind
from tests.journeys.conftest import SnapshotOn

PUBLISHED_DAY = date(2013, 12, 11)

NOT_TOLD = ("not known", "")


@pytest.fixture(scope="module")
def figures(demonstration_app: App, snapshot_on: SnapshotOn) -> Figures:
    """The figures of the published day."""
    snapshot_on(PUBLISHED_DAY)
    return find_figures(demonstration_app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)


def shown(dashboard: Dashboard, column: str) -> Iterator[tuple[str, str]]:
    """Give each measure of a dashboard with what a column says of it."""
    [place] = [n for n, one in enumerate(dashboard.columns) if one.name == column]
    return ((row.measure, say(row.cells[place])) for row in dashboard.rows)


def told(figures: Figures, measure: str, area: str | None) -> list[str]:
    """Return every sentence of `why`."""
    made = explain_claim(figures, measure, area)
    return [say_line(line) for section in made.sections for line in section.lines]


@pytest.mark.parametrize("area", [None, "city", "charnwood"])
def test_significance_is_that_of_the_all_crime_dashboard(
    figures: Figures, area: str | None
) -> None:
    made = make_dashboard(figures, DashboardName.ALL_CRIME, area)

    for measure, significance in shown(made, "Significance"):
        assert f"Significance: {significance}." in told(figures, measure, area), measure


@pytest.mark.parametrize("area", [None, "city", "charnwood"])
def test_year_end_and_range_are_those_of_the_all_crime_dashboard(
    figures: Figures, area: str | None
) -> None:
    made = make_dashboard(figures, DashboardName.ALL_CRIME, area)
    ranges = dict(shown(made, "95% range"))

    for measure, expected in shown(made, "Year end"):
        lines = told(figures, measure, area)
        if expected not in NOT_TOLD:
            [line] = [one for one in lines if one.startswith("Expected: ")]
            assert line.startswith(f"Expected: {expected};"), measure
            assert line.endswith(f"95% range: {ranges[measure]}."), measure


@pytest.mark.parametrize("area", [None, "counties"])
def test_chance_and_gap_are_those_of_the_targets_dashboard(
    figures: Figures, area: str | None
) -> None:
    made = make_dashboard(figures, DashboardName.TARGETS, area)
    gaps = dict(shown(made, "Gap"))
    returns = ("missing-reports-storm", "missing-reports-nine-locations")

    for measure, chance in shown(made, "Chance of meeting"):
        lines = told(figures, measure, area)
        assert any(f"; gap: {gaps[measure]};" in one for one in lines), measure
        if measure not in returns:
            assert f"Chance of meeting the target: {chance}." in lines, measure


def test_p_is_the_one_that_was_kept(figures: Figures) -> None:
    for kind in figures.catalogue.dashboard_crime_types():
        measure = figures.catalogue.recorded(kind.id)
        kept = figures.snapshot.assessments.get(measure.id, figures.catalogue.force.id).last_year
        made = explain_claim(figures, measure.id, None)
        [section] = [one for one in made.sections if one.heading == "Against last year"]
        p_values = [
            part.value
            for line in section.lines
            for part in line
            if not isinstance(part, str) and part.unit is Unit.P_VALUE
        ]
        assert p_values in ([], [kept.p_value, kept.p_adjusted]), measure.id


def test_the_level_is_that_of_the_scorecard(figures: Figures) -> None:
    made = make_dashboard(figures, DashboardName.SCORECARD, None)

    for measure, level in shown(made, "Recorded crime"):
        if level:
            assert f"Classification: {level}." in told(figures, measure, None), measure
