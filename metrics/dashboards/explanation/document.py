"""An explanation as a document: sections of sentences whose figures are still figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.assessment import Assessment
from metrics.calendar import Window
from metrics.dashboards.table import Cell, standing
from metrics.model import Area, AreaId, Catalogue, Measure, MeasureId
from metrics.positions import Position
from metrics.snapshot import Snapshot, SnapshotKind

Line = tuple[str | Cell, ...]
"""One sentence: words, and cells that are written as on a dashboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One step of the arithmetic."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that one claim about a measure in an area rests on."""

    measure: MeasureId
    area: AreaId
    heading: str  # "Domestic burglary, Leicestershire"
    as_at: date
    kind: SnapshotKind
    snapshot: str
    remarks: tuple[str, ...]  # what has to be said before any figure
    sections: tuple[Section, ...]

    @property
    def standing(self) -> str:
        """How firm the figures are and as at when, as one line."""
        return standing(self.as_at, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One measure in one area, with all that a snapshot holds of it."""

    snapshot: Snapshot
    catalogue: Catalogue
    measure: Measure
    area: Area
    hidden: frozenset[tuple[MeasureId, AreaId]] = frozenset()  # not named among what moved it

    @property
    def position(self) -> Position:
        """Its figures."""
        return self.snapshot.positions.get(self.measure.id, self.area.id)

    @property
    def assessment(self) -> Assessment:
        """What the statistics say of it."""
        return self.snapshot.assessments.get(self.measure.id, self.area.id)

    @property
    def now(self) -> Window:
        """The period that is judged: the year to date; of surveys, the last 12 months."""
        return Window.ROLLING_12 if self.measure.kind.is_survey else Window.YTD

    @property
    def before(self) -> Window:
        """The period that it is compared with."""
        return Window.PREVIOUS_12 if self.measure.kind.is_survey else Window.LYTD
