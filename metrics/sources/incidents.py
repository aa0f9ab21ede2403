"""Incidents by month and area: month, area, incident, count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.sources import IncidentsSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.figures import Figures, Period, count_figures, located
from metrics.sources.layouts import Layout, LayoutRow, RowFaultError, month, row_area, whole_number
from metrics.sources.names import Names, area_names, folded, known_tallies
from metrics.sources.rejections import Rejections, quoted

COLUMNS: Final = ("month", "area", "incident", "count")
PREFIX: Final = "incident."


class Incidents:
    """A source of incidents that are not crimes, e.g. anti-social behaviour."""

    def __init__(self, settings: IncidentsSource, folder: Path) -> None:
        """Remember where the files are; nothing is read yet."""
        self.name = settings.name
        self._settings = settings
        self._layout = Layout(settings, folder, COLUMNS)

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._layout.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the incidents.

        Raises:
            SourceError: The file cannot be read, or too many rows cannot be counted.
        """
        progress(f"{self.name}: reading {self._settings.path}")
        settings, rejections, given = self._settings, Rejections(), Figures()
        areas = area_names(catalogue, settings.areas)
        known = known_tallies(catalogue, PREFIX)
        for row in self._layout.rows(rejections):
            try:
                self._take(row, given, catalogue, areas, known)
            except RowFaultError as fault:
                rejections.add(str(fault), 1, [row.where])
        figures, off = located(given, catalogue, settings.force_rows)
        table, absent = count_figures(
            figures,
            given,
            catalogue,
            Period(
                tallies={incident: (f"{PREFIX}{incident}",) for incident in known.values()},
                absent=settings.absent_rows,
                starts={day: day.replace(day=1) for day, _ in given.entries},
            ),
        )
        return Delivery(
            source=self.name,
            table=table,
            inputs=self._layout.inputs,
            rejected=rejections.settled(
                name=self.name, rows=self._layout.row_count, limit=settings.max_rejected
            ),
            remarks=(*self._layout.remarks, *given.repeat_remarks(), *off, *absent),
        )

    def _take(
        self,
        row: LayoutRow,
        given: Figures,
        catalogue: Catalogue,
        areas: Names,
        known: dict[str, str],
    ) -> None:
        incident = known.get(folded(row["incident"]))
        if incident is None:
            raise RowFaultError(
                f"no measure of the plan counts the incident {quoted(row['incident'])}"
            )
        given.put(
            day=month(row["month"], self._settings.month_format),
            what=incident,
            area=row_area(areas, row["area"], catalogue.force.id),
            values=(whole_number(row["count"], "count"),),
            where=row.where,
        )
