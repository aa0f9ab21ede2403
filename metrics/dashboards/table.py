"""A dashboard as a table: rows of cells that know their unit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from metrics.calendar import Window, say_date
from metrics.model import Area, AreaId, Catalogue, Measure, MeasureId
from metrics.positions import Position
from metrics.snapshot import Snapshot, SnapshotKind


class Unit(StrEnum):
    """What a cell's number is, and so how it is written."""

    COUNT = "count"  # 1,141
    CHANGE = "change"  # +1,141
    OVER_TARGET = "over_target"  # 433.8 crimes over the target level, written +434
    TARGET_LEVEL = "target_level"  # 2,881.2 crimes, written 2,881: the most that meet the target
    STILL_NEEDED = "still_needed"  # 218.6 outcomes, written 219
    PROPORTION = "proportion"  # 0.274, written 27.4%
    CHANGE_PROPORTION = "change_proportion"  # 0.028, written +2.8%
    POINTS = "points"  # -0.082, written −8.2 points
    PER_THOUSAND = "per_thousand"  # 64.2
    RANK = "rank"  # 3, written 3rd
    MONEY = "money"  # £m
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value.  NaN with no words means: not known."""

    value: float = math.nan
    unit: Unit = Unit.WORDS
    words: str = ""  # said instead of the number, or where there is none

    @property
    def is_empty(self) -> bool:
        """Whether nothing belongs here; a figure that is not known is not nothing."""
        return self.unit is Unit.WORDS and not self.words


NOTHING: Final = Cell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading, and what stands under it."""

    name: str
    meaning: str  # one sentence, for help and for exports
    is_detail: bool = False  # left out first where there is no room


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a measure in an area."""

    label: str
    cells: tuple[Cell, ...]
    measure: MeasureId
    area: AreaId
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A table with everything that its figures must be read with."""

    name: str  # "all-crime"
    title: str
    area: str
    as_at: date
    kind: SnapshotKind
    snapshot: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caveats: tuple[str, ...]  # data-quality notes, late data, what is not there
    source: str

    @property
    def heading(self) -> str:
        """What it shows, of where."""
        return f"{self.area}: {self.title}"

    @property
    def standing(self) -> str:
        """How firm the figures are and as at when, as one line."""
        firmness = {
            SnapshotKind.DAILY: "provisional daily figures",
            SnapshotKind.MONTH_END: "month-end figures",
        }[self.kind]
        return f"As at {say_date(self.as_at)}, {firmness}"


def dashboard(
    name: str,
    title: str,
    area: Area,
    *,
    snapshot: Snapshot,
    catalogue: Catalogue,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    windows: tuple[Window, ...],
    remarks: Iterable[str] = (),
) -> Dashboard:
    """Put a dashboard together with the caveats that its rows bring.

    Args:
        windows: The periods that its columns show, whose gaps are told.
        remarks: What the dashboard has to say itself, told first.
    """
    lines = tuple(rows)
    caveats = [
        *remarks,
        *_late(lines, snapshot, catalogue),
        *_gaps(lines, snapshot, windows),
        *_notes(lines, snapshot, catalogue),
    ]
    if catalogue.synthetic:
        caveats.insert(0, "SYNTHETIC DEMONSTRATION DATA: these are not real crimes.")
    return Dashboard(
        name=name,
        title=title,
        area=area.name,
        as_at=snapshot.as_at,
        kind=snapshot.kind,
        snapshot=snapshot.id,
        columns=columns,
        rows=lines,
        caveats=tuple(caveats),
        source=_source(snapshot),
    )


def count(value: float) -> Cell:
    """Return a count, as it stands."""
    return Cell(value=value, unit=Unit.COUNT)


def headline(measure: Measure, position: Position, window: Window) -> Cell:
    """Return a measure's value over a window, in the measure's own unit."""
    unit = Unit.PROPORTION if measure.kind.is_rate else Unit.COUNT
    unit = Unit.MONEY if measure.unit == "£m" else unit
    return Cell(value=position.values[window], unit=unit)


def difference(measure: Measure, now: float, before: float) -> Cell:
    """Return now less before: crimes, or points of a rate."""
    unit = Unit.POINTS if measure.kind.is_rate else Unit.CHANGE
    return Cell(value=now - before, unit=unit)


def proportional_change(now: float, before: float) -> Cell:
    """Return the change as a proportion; from nought it is said in words, never as infinity."""
    if before == 0 and not math.isnan(now):
        return Cell(words="no change" if now == 0 else "from 0")
    value = (now - before) / before if before else math.nan
    return Cell(value=value, unit=Unit.CHANGE_PROPORTION)


def _late(rows: tuple[Row, ...], snapshot: Snapshot, catalogue: Catalogue) -> list[str]:
    """Say which measures' figures do not reach the as-at day, and which have none."""
    reach: dict[date | None, list[str]] = {}
    for row in rows:
        to = snapshot.positions.get(row.measure, row.area).to
        if to != snapshot.as_at:
            names = reach.setdefault(to, [])
            name = catalogue.measures[row.measure].name
            names += [name] if name not in names else []
    said = []
    for to, names in sorted(reach.items(), key=lambda one: str(one[0])):
        which = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        if len(names) == len({row.measure for row in rows}):
            which = "All of these figures"
        said.append(
            f"{which}: nothing has been recorded." if to is None else f"{which}: to {say_date(to)}."
        )
    return said


WINDOW_NAMES: Final = {
    Window.YTD: "The year to date",
    Window.LYTD: "Last year",
    Window.MONTH: "The month",
    Window.ROLLING_12: "The last 12 months",
    Window.BASELINE: "The baseline year",
}
"""The windows that dashboards show, as their gaps are told."""


def _gaps(rows: tuple[Row, ...], snapshot: Snapshot, windows: tuple[Window, ...]) -> list[str]:
    """Say which periods are not recorded in full for any row, and so have no figure."""
    figures = [snapshot.positions.get(row.measure, row.area).figures for row in rows]
    said = []
    for window in windows:
        missing = {
            (one[window].period, one[window].days_missing) for one in figures if one[window].period
        }
        if len(missing) == 1:
            [(span, days)] = missing
            if span and days:
                said.append(
                    f"{WINDOW_NAMES[window]} ({span}): {days} of {span.days} days are not recorded."
                )
    return said


def _notes(rows: tuple[Row, ...], snapshot: Snapshot, catalogue: Catalogue) -> list[str]:
    """Return the data-quality notes that bear on the rows' periods."""
    measures = {row.measure for row in rows}
    areas = {area for row in rows for area in catalogue.within[row.area]}
    since = min(
        (
            figure.period.first
            for row in rows
            for figure in snapshot.positions.get(row.measure, row.area).figures.values()
            if figure.period
        ),
        default=snapshot.as_at,
    )
    return [
        f"{say_date(note.day)}: {note.text} ({note.source})"
        for note in catalogue.notes
        if measures.intersection(note.measures)
        and (not note.areas or areas.intersection(note.areas))
        and since <= note.day <= snapshot.as_at
    ]


def _source(snapshot: Snapshot) -> str:
    sources = dict.fromkeys(one.source for one in snapshot.inputs)
    return f"Snapshot {snapshot.id}, from {', '.join(sources) or 'no source'}"
