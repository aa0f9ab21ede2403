"""Residents at mid-year: area, year, population.

A population stands on 30 June of its year and covers that day only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from config.sources import EmptyDays, PopulationSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.figures import Figures, Period, count_figures, located
from metrics.sources.layouts import Layout, LayoutRow, RowFaultError, row_area, whole_number
from metrics.sources.names import Names, area_names
from metrics.sources.rejections import Rejections, quoted

COLUMNS: Final = ("area", "year", "population")
TALLY: Final = "population"
MID_YEAR: Final = (6, 30)
"""The reference day of the Office for National Statistics' mid-year estimates."""


class Population:
    """A source of populations, of the force's areas and of its peers."""

    def __init__(self, settings: PopulationSource, folder: Path) -> None:
        """Remember where the files are; nothing is read yet."""
        self.name = settings.name
        self._settings = settings
        self._layout = Layout(settings, folder, COLUMNS)

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._layout.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Read the populations.

        Raises:
            SourceError: The file cannot be read, or too many rows cannot be counted.
        """
        progress(f"{self.name}: reading {self._settings.path}")
        settings, rejections, given = self._settings, Rejections(), Figures()
        areas = area_names(catalogue, settings.areas, among=lambda _: True)
        for row in self._layout.rows(rejections):
            try:
                _take(row, given, catalogue, areas)
            except RowFaultError as fault:
                rejections.add(str(fault), 1, [row.where])
        figures, off = located(given, catalogue, settings.force_rows)
        period = Period(
            tallies={TALLY: (TALLY,)},
            absent=EmptyDays.GAP,
            starts={day: day for day, _ in given.entries},
        )
        table, _ = count_figures(figures, given, catalogue, period)
        return Delivery(
            source=self.name,
            table=table,
            inputs=self._layout.inputs,
            rejected=rejections.settled(
                name=self.name, rows=self._layout.row_count, limit=settings.max_rejected
            ),
            remarks=(*self._layout.remarks, *given.repeat_remarks(), *off),
        )


def _take(row: LayoutRow, given: Figures, catalogue: Catalogue, areas: Names) -> None:
    if not re.fullmatch(r"[12]\d{3}", row["year"]):
        raise RowFaultError(f"the year {quoted(row['year'])} is not written with four digits")
    given.put(
        day=date(int(row["year"]), *MID_YEAR),
        what=TALLY,
        area=row_area(areas, row["area"], catalogue.force.id),
        values=(whole_number(row["population"], "population"),),
        where=row.where,
    )
