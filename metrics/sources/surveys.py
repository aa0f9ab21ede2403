"""Survey answers: month, area, group, component, satisfied, responses.

Each response counts once, at the area that its row gives.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.sources import SurveysSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.figures import Figures, Period, count_figures, located
from metrics.sources.layouts import Layout, LayoutRow, RowFaultError, month, row_area, whole_number
from metrics.sources.names import Names, area_names, folded, known_tallies
from metrics.sources.rejections import Rejections, quoted

COLUMNS: Final = ("month", "area", "group", "component", "satisfied", "responses")
PREFIX: Final = "survey."
SATISFIED: Final = ".satisfied"
RESPONSES: Final = ".responses"


class Surveys:
    """A source of satisfaction and confidence, as answers to surveys."""

    def __init__(self, settings: SurveysSource, folder: Path) -> None:
        """Remember where the files are; nothing is read yet."""
        self.name = settings.name
        self._settings = settings
        self._layout = Layout(settings, folder, COLUMNS)

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._layout.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the answers.

        Raises:
            SourceError: The file cannot be read, or too many rows cannot be counted.
        """
        progress(f"{self.name}: reading {self._settings.path}")
        settings, rejections, given = self._settings, Rejections(), Figures()
        areas = area_names(catalogue, settings.areas)
        known = known_tallies(catalogue, PREFIX, RESPONSES)
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
                tallies={
                    asked: (f"{PREFIX}{asked}{SATISFIED}", f"{PREFIX}{asked}{RESPONSES}")
                    for asked in known.values()
                },
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
        asked = known.get(folded(f"{row['group']}.{row['component']}"))
        if asked is None:
            raise RowFaultError(
                f"no measure of the plan counts the component {quoted(row['component'])} of the "
                f"survey group {quoted(row['group'])}"
            )
        satisfied = whole_number(row["satisfied"], "number satisfied")
        responses = whole_number(row["responses"], "number of responses")
        if satisfied > responses:
            raise RowFaultError("more are satisfied than have responded")
        given.put(
            day=month(row["month"], self._settings.month_format),
            what=asked,
            area=row_area(areas, row["area"], catalogue.force.id),
            values=(satisfied, responses),
            where=row.where,
        )
