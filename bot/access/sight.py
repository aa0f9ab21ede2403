"""The figures as one person may see them on one surface: the one gate that every surface asks.

What makes a reply never touches a snapshot.  It is given a `Sight`; a figure that may not be shown
there is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.access.gate import UNKNOWN_PERSON, Cause, Hidden, Refused, clearance
from bot.access.views import USUAL, Views
from bot.people import Person, Surface
from metrics.assessment import Assessment
from metrics.dashboards import (
    Cell,
    Column,
    Dashboard,
    DashboardName,
    Explanation,
    Row,
    Unit,
    explain_claim,
    make_dashboard,
)
from metrics.dashboards.caveats import SYNTHETIC, source
from metrics.dashboards.csp import NOT_LOCATED
from metrics.dashboards.scorecard import subjects
from metrics.dashboards.table import standing
from metrics.impact import Impact, impact_of
from metrics.model import Area, AreaId, Catalogue, Measure, MeasureId
from metrics.operations import Operation
from metrics.positions import Position
from metrics.snapshot import Figures, SnapshotId, SnapshotKind
from metrics.trends import Trend

NO_FIGURE: Final = frozenset({"Priority", "Target", "From"})
"""The columns that tell the plan, not a figure."""

WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that was not shown, and why: for the audit."""

    measure: MeasureId | None  # None: anything at all
    area: AreaId
    reason: str


class Sight:
    """Figures, as one person may see them on one surface.  Made for one answer."""

    def __init__(
        self, *, figures: Figures, person: Person, surface: Surface, views: Views = USUAL
    ) -> None:
        """Look at figures through the gate.

        Args:
            figures: All of them.
            person: Who looks.
            surface: Where it will be seen.
            views: Where it is kept what is hidden from whom.
        """
        self.person = person
        self.surface = surface
        self._whole = figures
        cleared = clearance(person, surface, figures.catalogue)
        self._is_known = cleared.is_known
        self._mask, self._figures = views.get(figures, cleared)
        self._refusals: dict[Refusal, None] = {}

    @property
    def figures(self) -> Figures:
        """The figures without what is hidden, which is not known in them."""
        return self._figures

    @property
    def catalogue(self) -> Catalogue:
        """The plan that the figures were made with; it holds no figures."""
        return self._figures.catalogue

    @property
    def as_at(self) -> date:
        """The day that the figures stand at."""
        return self._figures.snapshot.as_at

    @property
    def kind(self) -> SnapshotKind:
        """How firm they are."""
        return self._figures.snapshot.kind

    @property
    def snapshot(self) -> SnapshotId:
        """The snapshot that they are from."""
        return self._figures.snapshot.id

    @property
    def standing(self) -> str:
        """How firm they are and as at when, as one line."""
        return standing(self.as_at, self.kind)

    @property
    def source(self) -> str:
        """Which snapshot they are from, and which sources it rests on."""
        return source(self._figures.snapshot)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was asked for and not shown, each once, in the order it was asked."""
        return tuple(self._refusals)

    def refusal(self, measure: Measure, area: Area) -> str:
        """Say why a measure's figures in an area are not shown here; empty where they are."""
        hidden = self._hidden(measure.id, area.id)
        return hidden.reason if hidden else ""

    def dashboard(
        self, name: DashboardName, area: Area, *, crime_type: str | None = None
    ) -> Dashboard:
        """Return a dashboard with what may be shown of it; the rest says why it is not.

        Raises:
            Refused: The asker is not known.
        """
        self._ask_who(area.id)
        made = make_dashboard(self._figures, name, area.id, crime_type=crime_type)
        reasons: dict[str, None] = {}
        rows = tuple(self._row(made, row, reasons) for row in made.rows)
        first = [one for one in made.caveats if one == SYNTHETIC]
        rest = [one for one in made.caveats if one != SYNTHETIC]
        return replace(made, rows=rows, caveats=(*first, *reasons, *rest))

    def explanation(self, measure: Measure, area: Area) -> Explanation:
        """Return everything that one claim rests on.

        Raises:
            Refused: It may not be shown here.
        """
        self._ask(measure, area)
        hidden = frozenset(self._mask.hidden)
        return explain_claim(self._figures, measure.id, area.id, hidden=hidden)

    def position(self, measure: Measure, area: Area) -> Position:
        """Return one measure's figures.

        Raises:
            Refused: They may not be shown here.
        """
        self._ask(measure, area)
        return self._figures.snapshot.positions.get(measure.id, area.id)

    def assessment(self, measure: Measure, area: Area) -> Assessment:
        """Return what the statistics say of one measure.

        Raises:
            Refused: It may not be shown here.
        """
        self._ask(measure, area)
        return self._figures.snapshot.assessments.get(measure.id, area.id)

    def trend(self, measure: Measure, area: Area) -> Trend:
        """Return the months and weeks behind one measure.

        Of a sensitive measure on a surface where small numbers are hidden, there are no weeks.

        Raises:
            Refused: They may not be shown here.
            UnknownName: The figures were kept without them.
        """
        self._ask(measure, area)
        return self._figures.snapshot.trends.get(measure.id, area.id)

    def impact(self, operation: Operation, measure: Measure, area: Area) -> Impact:
        """Return the measured effect of an operation on one measure.

        How far figures stray when nothing was done is learned from all of them, shown here or not:
        the effect is the same for everyone who may be told it.

        Raises:
            Refused: The measure may not be shown here, in the area or in one it is compared with.
            UserError: It cannot be measured; the message says why.
        """
        self._ask(measure, area)
        for one in operation.comparison:
            if one in self.catalogue.areas:
                self._ask(measure, self.catalogue.areas[one])
        snapshot, catalogue = self._whole.snapshot, self._whole.catalogue
        return impact_of(
            snapshot.trends,
            operation,
            measure,
            area.id,
            catalogue=catalogue,
            as_at=snapshot.as_at,
        )

    def _ask(self, measure: Measure, area: Area) -> None:
        if reason := self.refusal(measure, area):
            raise Refused(reason)

    def _ask_who(self, area: AreaId) -> None:
        if not self._is_known:
            self._refusals[Refusal(measure=None, area=area, reason=UNKNOWN_PERSON)] = None
            raise Refused(UNKNOWN_PERSON)

    def _hidden(self, measure: MeasureId, area: AreaId) -> Hidden | None:
        """Look a figure up, and remember it if it is refused."""
        hidden = self._mask.hidden.get((measure, area))
        if hidden is None and not self._is_known:
            hidden = Hidden(cause=Cause.UNKNOWN_PERSON, reason=UNKNOWN_PERSON)
        if hidden:
            self._refusals[Refusal(measure=measure, area=area, reason=hidden.reason)] = None
        return hidden

    def _row(self, made: Dashboard, row: Row, reasons: dict[str, None]) -> Row:
        """Return a row in which words stand for what is hidden, and gather the reasons."""
        if made.name == DashboardName.SCORECARD:
            cells = self._classified(row, reasons)
        elif row.label == NOT_LOCATED:
            cells = self._remainder(made.rows, row)
        else:
            cells = self._replaced(made.columns, row, reasons)
        return replace(row, cells=cells)

    def _replaced(
        self, columns: Iterable[Column], row: Row, reasons: dict[str, None]
    ) -> tuple[Cell, ...]:
        hidden = self._hidden(row.measure, row.area)
        if hidden is None:
            return row.cells
        reasons[hidden.reason] = None
        words = Cell(words=self._words(hidden, row.measure))
        return tuple(
            cell if column.name in NO_FIGURE or cell.is_empty else words
            for column, cell in zip(columns, row.cells, strict=True)
        )

    def _remainder(self, rows: Iterable[Row], row: Row) -> tuple[Cell, ...]:
        """Withhold what lies in no area beside where one of them is hidden: it would tell."""
        if not any(self._hidden(one.measure, one.area) for one in rows):
            return row.cells
        return tuple(
            cell if cell.unit is Unit.WORDS else Cell(words=WITHHELD) for cell in row.cells
        )

    def _classified(self, row: Row, reasons: dict[str, None]) -> tuple[Cell, ...]:
        """Return a scorecard's row, whose columns are of different measures."""
        about = next(
            one
            for one in subjects(self.catalogue)
            if one.first.id == row.measure and one.name == row.label
        )
        cells = list(row.cells)
        # The first column holds the priority; the kinds of measures stand beside it in order.
        for kind, measure in about.measures.items():
            if hidden := self._hidden(measure.id, row.area):
                reasons[hidden.reason] = None
                cells[kind + 1] = Cell(words=self._words(hidden, measure.id))
        return tuple(cells)

    def _words(self, hidden: Hidden, measure: MeasureId) -> str:
        return hidden.cell(self.catalogue.measures[measure].minimum)
