"""Incidents by month and area: month, area, incident, count."""

from __future__ import annotations

from typing import Final

from config.sources import IncidentsSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.layouts import LayoutRow, RowFaultError, month, row_area, whole_number
from metrics.sources.names import area_names, folded, known_tallies
from metrics.sources.rejections import quoted
from metrics.sources.tables_of_counts import Figure, FigureRows, TableOfCounts

COLUMNS: Final = ("month", "area", "incident", "count")
PREFIX: Final = "incident."


class Incidents(TableOfCounts[IncidentsSource, Delivery]):
    """A source of incidents that are not crimes, e.g. anti-social behaviour."""

    columns = COLUMNS

    def _begin(self, catalogue: Catalogue) -> FigureRows:
        settings = self._settings
        areas = area_names(catalogue, settings.areas)
        known = known_tallies(catalogue, PREFIX)

        def read(row: LayoutRow) -> Figure:
            incident = known.get(folded(row["incident"]))
            if incident is None:
                raise RowFaultError(
                    f"no measure of the plan counts the incident {quoted(row['incident'])}"
                )
            return Figure(
                day=month(row["month"], settings.month_format),
                what=incident,
                area=row_area(areas, row["area"], catalogue.force.id),
                values=(whole_number(row["count"], "count"),),
            )

        return FigureRows(
            catalogue=catalogue,
            read=read,
            tallies={incident: (f"{PREFIX}{incident}",) for incident in known.values()},
            totals=settings.force_rows,
            absent=settings.absent_rows,
        )
