"""The long-term trend: total crime by performance year."""

from __future__ import annotations

import math
from typing import Final

from metrics.calendar import year_name
from metrics.dashboards.table import (
    Cell,
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
    Column(name="Crimes", meaning="Crimes recorded in the performance year, 1 April to 31 March."),
    Column(name="Change", meaning="The change from the year before."),
    Column(name="Change %", meaning="The change as a percentage of the year before."),
    Column(name="From", meaning="Records that are held, or a published total."),
)


def long_term(snapshot: Snapshot, catalogue: Catalogue, area: Area) -> Dashboard:
    """Make the long-term trend of an area from whole years only.

    Years before the records are those published for the force (`[[past_year]]`); a year that is
    held in part is left out and said.
    """
    measure = catalogue.total_crime()
    held = snapshot.positions.get(measure.id, area.id).yearly
    published = {
        past.year: past
        for past in catalogue.past_years
        if past.measure == measure.id and area.id == catalogue.force.id
    }
    whole = {year: value for year, value in held.items() if not math.isnan(value)}
    totals = {year: past.value for year, past in published.items()} | whole
    rows = []
    for year in sorted(totals):
        before = totals.get(year - 1, math.nan)
        origin = "records" if year in whole else f"published: {published[year].source}"
        rows.append(
            Row(
                label=year_name(year),
                measure=measure.id,
                area=area.id,
                cells=(
                    count(totals[year]),
                    difference(measure, totals[year], before),
                    proportional_change(totals[year], before),
                    Cell(words=origin),
                ),
            )
        )
    in_part = [year_name(year) for year in held if year not in totals]
    remarks = [f"Held in part and so left out: {', '.join(in_part)}."] if in_part else []
    return dashboard(
        "long-term",
        "long-term trend of total recorded crime",
        area,
        snapshot=snapshot,
        catalogue=catalogue,
        columns=COLUMNS,
        windows=(),
        rows=rows,
        remarks=remarks,
    )
