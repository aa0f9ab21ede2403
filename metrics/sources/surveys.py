"""Survey answers: month, area, group, component, satisfied, responses.

Each response counts once, at the area that its row gives.
"""

from __future__ import annotations

from typing import Final

from config.sources import SurveysSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.figures import Values
from metrics.sources.layouts import LayoutRow, RowFaultError, month, row_area, whole_number
from metrics.sources.names import area_names, folded, known_tallies
from metrics.sources.rejections import quoted
from metrics.sources.tables_of_counts import Figure, FigureRows, TableOfCounts

COLUMNS: Final = ("month", "area", "group", "component", "satisfied", "responses")
PREFIX: Final = "survey."
SATISFIED: Final = ".satisfied"
RESPONSES: Final = ".responses"


class Surveys(TableOfCounts[SurveysSource, Delivery]):
    """A source of satisfaction and confidence, as answers to surveys."""

    columns = COLUMNS

    def _begin(self, catalogue: Catalogue) -> FigureRows:
        settings = self._settings
        areas = area_names(catalogue, settings.areas)
        known = known_tallies(catalogue, PREFIX, RESPONSES)

        def read(row: LayoutRow) -> Figure:
            # What is asked comes first: of a row with several faults, the first is told.
            asked = _asked(row, known)
            answers = _answers(row)
            return Figure(
                day=month(row["month"], settings.month_format),
                what=asked,
                area=row_area(areas, row["area"], catalogue.force.id),
                values=answers,
            )

        return FigureRows(
            catalogue=catalogue,
            read=read,
            tallies={
                asked: (f"{PREFIX}{asked}{SATISFIED}", f"{PREFIX}{asked}{RESPONSES}")
                for asked in known.values()
            },
            totals=settings.force_rows,
            absent=settings.absent_rows,
        )


def _asked(row: LayoutRow, known: dict[str, str]) -> str:
    asked = known.get(folded(f"{row['group']}.{row['component']}"))
    if asked is None:
        raise RowFaultError(
            f"no measure of the plan counts the component {quoted(row['component'])} of the "
            f"survey group {quoted(row['group'])}"
        )
    return asked


def _answers(row: LayoutRow) -> Values:
    """Return how many are satisfied, and of how many."""
    satisfied = whole_number(row["satisfied"], "number satisfied")
    responses = whole_number(row["responses"], "number of responses")
    if satisfied > responses:
        raise RowFaultError("more are satisfied than have responded")
    return satisfied, responses
