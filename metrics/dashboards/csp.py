"""CSP tables: a partnership's crime types, or one crime type across the partnerships."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from metrics.calendar import Window
from metrics.dashboards.significance import (
    SIGNIFICANCE,
    significance,
    significance_together,
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
    proportional_change,
)
from metrics.model import Area, Catalogue, Level, Measure
from metrics.snapshot import Snapshot

COLUMNS: Final = (
    Column(name="Month", meaning="Crimes recorded in the latest month, to date.", is_detail=True),
    Column(name="Year to date", meaning="Crimes recorded since 1 April."),
    Column(name="Last year", meaning="Crimes recorded on the same days of last year."),
    Column(name="Change", meaning="This year less last year."),
    Column(name="Change %", meaning="The change as a percentage of last year."),
    Column(name="Last 12 months", meaning="Crimes recorded in the last 12 months.", is_detail=True),
    Column(name="Per 1,000", meaning="The last 12 months per 1,000 population."),
    Column(name="Rank", meaning="Among the CSPs by rate per 1,000; 1st is the lowest."),
    SIGNIFICANCE,
)

NOT_LOCATED: Final = "Not located in a CSP"
"""Crimes that the force recorded without a place, or outside every partnership."""


def csp(
    snapshot: Snapshot, catalogue: Catalogue, area: Area, *, crime_type: str | None = None
) -> Dashboard:
    """Make a CSP table.

    Args:
        snapshot: The figures.
        catalogue: Gives the crime types and the partnerships.
        area: One partnership: its crime types, one a row.  A larger area: the partnerships in it,
            one a row, with what lies in none of them, so that the rows add up to the last one.
        crime_type: Which type the larger area's table is about; all crime by default.
    """
    if area.level in (Level.CSP, Level.LPU):
        title = "crime types"
        measures = [catalogue.recorded(one.id) for one in catalogue.dashboard_crime_types()]
        rows = [
            _row(
                snapshot,
                catalogue,
                area,
                one,
                label=one.name,
                tested=significance(one, snapshot.assessments.get(one.id, area.id).last_year),
            )
            for one in measures
        ]
    else:
        measure = catalogue.recorded(crime_type) if crime_type else catalogue.total_crime()
        title = f"{measure.name.lower()} by Community Safety Partnership"
        rows = _partnerships(snapshot, catalogue, area, measure)
    return dashboard(
        "csp",
        title,
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(Window.MONTH, Window.YTD, Window.LYTD, Window.ROLLING_12),
        rows=rows,
    )


def _partnerships(
    snapshot: Snapshot, catalogue: Catalogue, area: Area, measure: Measure
) -> list[Row]:
    """Return a row for each partnership, for what lies in none of them, and for them all.

    Their changes are tested as one page: adjusted over the rows shown, the area's own among them.
    """
    places = (*catalogue.at_level(Level.CSP, inside=area.id), area)
    positions = [snapshot.positions.get(measure.id, one.id) for one in places]
    tested = significance_together(
        measure,
        [snapshot.assessments.get(measure.id, one.id).last_year for one in places],
        [position.change for position in positions],
    )
    *rows, total = (
        _row(snapshot, catalogue, one, measure, label=one.name, tested=words)
        for one, words in zip(places, tested, strict=True)
    )
    total = replace(total, is_total=True)
    return [*rows, _remainder(rows, total), total]


def _row(
    snapshot: Snapshot,
    catalogue: Catalogue,
    area: Area,
    measure: Measure,
    *,
    label: str,
    tested: Cell,
) -> Row:
    position = snapshot.positions.get(measure.id, area.id)
    now, before = position.values[Window.YTD], position.values[Window.LYTD]
    rate = position.rate_per_thousand(Window.ROLLING_12)
    return Row(
        label=label,
        measure=measure.id,
        area=area.id,
        cells=(
            count(position.values[Window.MONTH]),
            count(now),
            count(before),
            difference(measure, now, before),
            proportional_change(now, before),
            count(position.values[Window.ROLLING_12]),
            Cell(value=rate, unit=Unit.PER_THOUSAND),
            rank(snapshot, catalogue, area, measure),
            tested,
        ),
    )


def rank(snapshot: Snapshot, catalogue: Catalogue, area: Area, measure: Measure) -> Cell:
    """Return a partnership's place by rate per 1,000, 1st the lowest; equals share a place."""
    if area.level is not Level.CSP:
        return NOTHING
    rates = {
        one.id: snapshot.positions.get(measure.id, one.id).rate_per_thousand(Window.ROLLING_12)
        for one in catalogue.at_level(Level.CSP)
    }
    if any(math.isnan(rate) for rate in rates.values()):
        return Cell(unit=Unit.RANK)
    lower = sum(rate < rates[area.id] for rate in rates.values())
    return Cell(value=lower + 1, unit=Unit.RANK)


def _remainder(rows: Sequence[Row], total: Row) -> Row:
    """Return what the total holds beyond the rows, so that they add up to it."""
    cells = tuple(
        Cell(value=whole.value - sum(row.cells[n].value for row in rows), unit=whole.unit)
        if whole.unit in (Unit.COUNT, Unit.CHANGE)
        else NOTHING
        for n, whole in enumerate(total.cells)
    )
    return Row(label=NOT_LOCATED, measure=total.measure, area=total.area, cells=cells)
