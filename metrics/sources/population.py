"""Residents at mid-year: area, year, population.

A population stands on 30 June of its year and covers that day only.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from config.sources import PopulationSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.layouts import LayoutRow, RowFaultError, row_area, whole_number
from metrics.sources.names import area_names
from metrics.sources.rejections import quoted
from metrics.sources.tables_of_counts import Figure, FigureRows, TableOfCounts

COLUMNS: Final = ("area", "year", "population")
TALLY: Final = "population"
MID_YEAR: Final = (6, 30)
"""The reference day of the Office for National Statistics' mid-year estimates."""


class Population(TableOfCounts[PopulationSource, Delivery]):
    """A source of populations, of the force's areas and of its peers."""

    columns = COLUMNS

    def _begin(self, catalogue: Catalogue) -> FigureRows:
        areas = area_names(catalogue, self._settings.areas, among=lambda _: True)

        def read(row: LayoutRow) -> Figure:
            if not re.fullmatch(r"[12]\d{3}", row["year"]):
                raise RowFaultError(
                    f"the year {quoted(row['year'])} is not written with four digits"
                )
            return Figure(
                day=date(int(row["year"]), *MID_YEAR),
                what=TALLY,
                area=row_area(areas, row["area"], catalogue.force.id),
                values=(whole_number(row["population"], "population"),),
            )

        return FigureRows(
            catalogue=catalogue,
            read=read,
            tallies={TALLY: (TALLY,)},
            totals=self._settings.force_rows,
            tells_absent=False,
            start=lambda day: day,
        )
