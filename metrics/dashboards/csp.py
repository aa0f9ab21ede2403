"""CSP tables: a partnership's crime types, or one crime type across the partnerships."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from metrics.calendar import Window
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
        rows = [_row(snapshot, catalogue, area, one, label=one.name) for one in measures]
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
    parts = catalogue.at_level(Level.CSP, inside=area.id)
    rows = [_row(snapshot, catalogue, part, measure, label=part.name) for part in parts]
    total = _row(snapshot, catalogue, area, measure, label=area.name, is_total=True)
    return [*rows, _remainder(rows, total), total]


def _row(
    snapshot: Snapshot,
    catalogue: Catalogue,
    area: Area,
    measure: Measure,
    *,
    label: str,
    is_total: bool = False,
) -> Row:
    position = snapshot.positions.get(measure.id, area.id)
    now, before = position.values[Window.YTD], position.values[Window.LYTD]
    rate = position.rate_per_thousand(Window.ROLLING_12)
    return Row(
        label=label,
        measure=measure.id,
        area=area.id,
        is_total=is_total,
        cells=(
            count(position.values[Window.MONTH]),
            count(now),
            count(before),
            difference(measure, now, before),
            proportional_change(now, before),
            count(position.values[Window.ROLLING_12]),
            Cell(value=rate, unit=Unit.PER_THOUSAND),
            rank(snapshot, catalogue, area, measure),
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
