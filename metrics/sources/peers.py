"""Recorded crime of the most similar forces: month, force, crime_type, count.

Peers may deliver groups of crime types: what they publish is seldom divided as the force's own is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.sources import EmptyDays, PeersSource
from metrics.delivery import Delivery
from metrics.model import Catalogue, Level
from metrics.sources.figures import Figures, Period, count_figures
from metrics.sources.layouts import (
    Layout,
    LayoutRow,
    RowFaultError,
    month,
    row_area,
    whole_number,
)
from metrics.sources.names import Names, area_names, crime_type_names
from metrics.sources.rejections import Rejections, quoted

COLUMNS: Final = ("month", "force", "crime_type", "count")
PREFIX: Final = "peer."


class Peers:
    """A source of other forces' recorded crime; the force itself may be among them."""

    def __init__(self, settings: PeersSource, folder: Path) -> None:
        """Remember where the files are; nothing is read yet."""
        self.name = settings.name
        self._settings = settings
        self._layout = Layout(settings, folder, COLUMNS)

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._layout.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the forces' crimes.

        Raises:
            SourceError: The file cannot be read, or too many rows cannot be counted.
        """
        progress(f"{self.name}: reading {self._settings.path}")
        settings, rejections, given = self._settings, Rejections(), Figures()
        forces = area_names(
            catalogue,
            settings.areas,
            among=lambda area: area.level in (Level.PEER, Level.FORCE),
        )
        types = crime_type_names(catalogue, settings.crime_types, groups=True)
        for row in self._layout.rows(rejections):
            try:
                self._take(row, given, catalogue, forces, types)
            except RowFaultError as fault:
                rejections.add(str(fault), 1, [row.where])
        period = Period(
            tallies={kind: (f"{PREFIX}{kind}",) for kind in catalogue.crime_types},
            absent=EmptyDays.GAP,
            starts={day: day.replace(day=1) for day, _ in given.entries},
        )
        table, absent = count_figures(given, given, catalogue, period)
        return Delivery(
            source=self.name,
            table=table,
            inputs=self._layout.inputs,
            rejected=rejections.settled(
                name=self.name, rows=self._layout.row_count, limit=settings.max_rejected
            ),
            remarks=(*self._layout.remarks, *given.repeat_remarks(), *absent),
        )

    def _take(
        self, row: LayoutRow, given: Figures, catalogue: Catalogue, forces: Names, types: Names
    ) -> None:
        kind = types.find(row["crime_type"])
        if kind is None:
            raise RowFaultError(
                f"the plan has no crime type {quoted(row['crime_type'])} (name it in `crime_types`)"
            )
        if not row["force"]:
            raise RowFaultError("the force is missing")
        given.put(
            day=month(row["month"], self._settings.month_format),
            what=kind,
            area=row_area(forces, row["force"], catalogue.force.id),
            values=(whole_number(row["count"], "count"),),
            where=row.where,
        )
