"""Recorded crime of the most similar forces: month, force, crime_type, count.

Peers may deliver groups of crime types: what they publish is seldom divided as the force's own is.
"""

from __future__ import annotations

from typing import Final

from config.sources import PeersSource
from metrics.delivery import Delivery
from metrics.model import Catalogue, Level
from metrics.sources.layouts import LayoutRow, RowFaultError, month, row_area, whole_number
from metrics.sources.names import area_names, crime_type_names
from metrics.sources.rejections import quoted
from metrics.sources.tables_of_counts import Figure, FigureRows, TableOfCounts

COLUMNS: Final = ("month", "force", "crime_type", "count")
PREFIX: Final = "peer."


class Peers(TableOfCounts[PeersSource, Delivery]):
    """A source of other forces' recorded crime; the force itself may be among them."""

    columns = COLUMNS

    def _begin(self, catalogue: Catalogue) -> FigureRows:
        settings = self._settings
        forces = area_names(
            catalogue,
            settings.areas,
            among=lambda area: area.level in (Level.PEER, Level.FORCE),
        )
        types = crime_type_names(catalogue, settings.crime_types, groups=True)

        def read(row: LayoutRow) -> Figure:
            kind = types.find(row["crime_type"])
            if kind is None:
                raise RowFaultError(
                    f"the plan has no crime type {quoted(row['crime_type'])} (name it in "
                    "`crime_types`)"
                )
            if not row["force"]:
                raise RowFaultError("the force is missing")
            return Figure(
                day=month(row["month"], settings.month_format),
                what=kind,
                area=row_area(forces, row["force"], catalogue.force.id),
                values=(whole_number(row["count"], "count"),),
            )

        return FigureRows(
            catalogue=catalogue,
            read=read,
            tallies={kind: (f"{PREFIX}{kind}",) for kind in catalogue.crime_types},
        )
