"""A dashboard as a table: rows of cells that know their unit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from metrics.calendar import Window, say_date
from metrics.dashboards.caveats import SYNTHETIC, caveats, source
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
    CHANCE = "chance"  # 0.0213, written 2%; never rounded to a certainty
    P_VALUE = "p_value"  # 0.00312, written 0.0031
    EXPECTED = "expected"  # 790.44 crimes expected, written 790.4
    DEVIATIONS = "deviations"  # 1.24 above the mean, written +1.2
    DISPERSION = "dispersion"  # variance over mean, written 1.42
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
        return standing(self.as_at, self.kind)


def standing(as_at: date, kind: SnapshotKind) -> str:
    """Say how firm figures are and as at when."""
    firmness = {
        SnapshotKind.DAILY: "provisional daily figures",
        SnapshotKind.MONTH_END: "month-end figures",
    }[kind]
    return f"As at {say_date(as_at)}, {firmness}"


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
    shown = [(row.measure, row.area) for row in lines]
    said = [
        *([SYNTHETIC] if catalogue.synthetic else []),
        *remarks,
        *caveats(shown, snapshot, catalogue, windows),
    ]
    return Dashboard(
        name=name,
        title=title,
        area=area.name,
        as_at=snapshot.as_at,
        kind=snapshot.kind,
        snapshot=snapshot.id,
        columns=columns,
        rows=lines,
        caveats=tuple(said),
        source=source(snapshot),
    )


def count(value: float) -> Cell:
    """Return a count, as it stands."""
    return Cell(value=value, unit=Unit.COUNT)


def unit_of(measure: Measure) -> Unit:
    """Return the unit of a measure's own figures."""
    if measure.unit == "£m":
        return Unit.MONEY
    return Unit.PROPORTION if measure.kind.is_rate else Unit.COUNT


def headline(measure: Measure, position: Position, window: Window) -> Cell:
    """Return a measure's value over a window, in the measure's own unit."""
    return Cell(value=position.values[window], unit=unit_of(measure))


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
