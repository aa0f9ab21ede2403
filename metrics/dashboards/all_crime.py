"""The all-crime dashboard: every major crime type against last year."""

from __future__ import annotations

from typing import Final

from metrics.calendar import Window
from metrics.dashboards.significance import (
    SIGNIFICANCE,
    YEAR_END,
    YEAR_END_RANGE,
    expected,
    significance,
    year_end_range,
)
from metrics.dashboards.table import (
    Column,
    Dashboard,
    Row,
    count,
    dashboard,
    difference,
    proportional_change,
)
from metrics.model import Area, Catalogue
from metrics.snapshot import Snapshot

COLUMNS: Final = (
    Column(name="Year to date", meaning="Crimes recorded since 1 April."),
    Column(name="Last year", meaning="Crimes recorded on the same days of last year."),
    Column(name="Change", meaning="This year less last year."),
    Column(name="Change %", meaning="The change as a percentage of last year."),
    Column(name="Last 12 months", meaning="Crimes recorded in the last 12 months.", is_detail=True),
    SIGNIFICANCE,
    YEAR_END,
    YEAR_END_RANGE,
)


def all_crime(snapshot: Snapshot, catalogue: Catalogue, area: Area) -> Dashboard:
    """Make the all-crime dashboard of an area, in the catalogue's order of crime types."""
    return dashboard(
        "all-crime",
        "all crime against last year",
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(Window.YTD, Window.LYTD, Window.ROLLING_12),
        rows=[
            _row(snapshot, catalogue, area, kind.id, is_total=kind.is_total)
            for kind in catalogue.dashboard_crime_types()
        ],
    )


def _row(
    snapshot: Snapshot, catalogue: Catalogue, area: Area, crime_type: str, *, is_total: bool
) -> Row:
    measure = catalogue.recorded(crime_type)
    position = snapshot.positions.get(measure.id, area.id)
    assessment = snapshot.assessments.get(measure.id, area.id)
    year_end = assessment.year_end
    now, before = position.values[Window.YTD], position.values[Window.LYTD]
    return Row(
        label=measure.name,
        measure=measure.id,
        area=area.id,
        is_total=is_total,
        cells=(
            count(now),
            count(before),
            difference(measure, now, before),
            proportional_change(now, before),
            count(position.values[Window.ROLLING_12]),
            significance(measure, assessment.last_year),
            expected(measure, year_end),
            year_end_range(measure, year_end.lower_95, year_end.upper_95),
        ),
    )
