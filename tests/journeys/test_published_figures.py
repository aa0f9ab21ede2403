"""Every figure that the papers printed comes out of the demonstration, through the product."""

from __future__ import annotations

from datetime import date

import pytest

from bot.app import App
from bot.figures import find_figures
from bot.render.words import say
from demonstration import PUBLISHED, FigureKind, PublishedFigure
from metrics.calendar import Window
from metrics.dashboards import DashboardName, make_dashboard
from metrics.model import AreaId, MeasureId
from metrics.positions import Position
from metrics.snapshot import SnapshotKind
from tests.journeys.conftest import SnapshotOn

PUBLISHED_DAY = date(2013, 12, 11)


def computed(figure: PublishedFigure, position: Position) -> float:
    """Return what the product says where the paper printed a figure."""
    starts_with_year = (figure.start.month, figure.start.day) == (4, 1)
    now = Window.YTD if starts_with_year else Window.ROLLING_12
    before = Window.LYTD
    match figure.kind:
        case FigureKind.CHANGE:
            return position.change
        case FigureKind.CHANGE_PCT:
            return position.change_proportion
        case FigureKind.SHORT:
            return position.gap
        case FigureKind.OUTCOMES_REQUIRED:
            return position.outcomes_required
        case FigureKind.UNDER_INVESTIGATION:
            return position.under_investigation
        case FigureKind.OUTCOMES:
            return position.figures[now].numerator
        case FigureKind.OUTCOMES_CHANGE:
            return position.figures[now].numerator - position.figures[before].numerator
        case FigureKind.COUNT | FigureKind.OUTCOME_RATE | FigureKind.RETURNED:
            return position.values[now]
        case FigureKind.SATISFACTION:
            return position.values[Window.ROLLING_12]
        case FigureKind.PEER_POSITION:
            raise AssertionError("a position among peers is not counted")


@pytest.mark.parametrize("figure", PUBLISHED, ids=lambda one: f"{one.what}, {one.as_at}")
def test_a_published_figure_comes_out_as_printed(
    figure: PublishedFigure, snapshot_on: SnapshotOn
) -> None:
    measure, area = MeasureId(figure.measure), AreaId(figure.area)
    snapshot = snapshot_on(figure.as_at)

    if figure.kind is FigureKind.PEER_POSITION:
        value = float(snapshot.assessments.get(measure, area).peers.rank)
    else:
        value = computed(figure, snapshot.positions.get(measure, area))

    assert figure.agrees_with(value), f"{value} is not {figure.value} ({figure.source})"


@pytest.mark.parametrize(
    ("dashboard", "area", "row", "column", "printed"),
    [
        ("all-crime", None, "All crime", "Change %", "+2.8%"),
        ("all-crime", None, "All crime", "Change", "+1,141"),
        ("all-crime", "City", "All crime", "Change", "+397"),
        ("all-crime", "Counties", "All crime", "Change", "+744"),
        ("all-crime", None, "Shoplifting", "Change", "+685"),
        ("all-crime", "Blaby LPU", "Domestic burglary", "Change %", "−26.6%"),
        ("all-crime", "Hinckley LPU", "Domestic burglary", "Change", "+94"),
        ("targets", None, "Domestic burglary", "Gap", "+263"),
        ("targets", "City", "Domestic burglary", "Gap", "+76"),
        ("targets", "Counties", "Domestic burglary", "Gap", "+188"),
        ("targets", None, "Violence with injury", "Gap", "+434"),
        ("targets", "Counties", "Violence with injury", "Gap", "+214"),
        ("targets", None, "Theft from motor vehicle", "Gap", "+775"),
        ("targets", None, "Domestic burglary: crime outcome rate", "Now", "16.8%"),
        ("targets", None, "Domestic burglary: crime outcome rate", "Outcomes required", "219"),
        ("targets", None, "Domestic burglary: crime outcome rate", "Still open", "522"),
        ("targets", None, "Hate crime: crime outcome rate", "Outcomes required", "68"),
        ("targets", None, "All users: satisfaction", "Now", "85.0%"),
        ("targets", None, "All users: satisfaction", "On course", "yes"),
    ],
)
def test_the_dashboards_print_it_as_the_board_read_it(
    demonstration_app: App,
    snapshot_on: SnapshotOn,
    dashboard: str,
    area: str | None,
    row: str,
    column: str,
    printed: str,
) -> None:
    snapshot_on(PUBLISHED_DAY)
    figures = find_figures(demonstration_app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)

    made = make_dashboard(figures, DashboardName(dashboard), area)

    [line] = [one for one in made.rows if one.label == row]
    [place] = [n for n, one in enumerate(made.columns) if one.name == column]
    assert say(line.cells[place]) == printed


def test_the_long_term_trend_is_the_published_one(
    demonstration_app: App, snapshot_on: SnapshotOn
) -> None:
    snapshot_on(date(2014, 3, 31))
    figures = find_figures(
        demonstration_app.database, kind=SnapshotKind.MONTH_END, as_at=date(2014, 3, 31)
    )

    made = make_dashboard(figures, DashboardName.LONG_TERM, None)

    totals = {row.label: int(row.cells[0].value) for row in made.rows}
    assert totals == {
        "2003/04": 95643, "2004/05": 95846, "2005/06": 90943, "2006/07": 92828,
        "2007/08": 88117, "2008/09": 86195, "2009/10": 81131, "2010/11": 71229,
        "2011/12": 68151, "2012/13": 58805, "2013/14": 60752,
    }  # fmt: skip
