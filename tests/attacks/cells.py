"""What may not be told to whom, by the plan's own words, and what its figures look like in print.

The rules are written down here a second time, from the plan and the counts alone: nothing of the
gate is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import numpy as np

from bot.people import ANYONE, Person, Role, Surface
from metrics.assessment import PARTS
from metrics.calendar import Window
from metrics.model import AreaId, Catalogue, Level, Measure, MeasureId, Restriction
from metrics.snapshot import Figures, SnapshotKind

Pair = tuple[MeasureId, AreaId]

LEAST: Final = 100_000
"""Smaller numbers stand in every message by chance; what is guarded is counted in millions."""

DECIMALS: Final = 6
"""A proportion with so many decimals is that one and no other."""

NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")

SNAPSHOT: Final = re.compile(r"\b[0-9a-f]{16}\b")
"""The id of a snapshot, in which digits stand by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who looks at something somewhere."""

    name: str
    person: Person
    surface: Surface

    def __str__(self) -> str:
        return f"{self.name}, {self.surface}"


def _person(name: str, role: Role | None, *areas: str) -> Person:
    return Person(id=name, name=name, role=role, areas=tuple(AreaId(one) for one in areas))


PEOPLE: Final = (
    _person("stranger", None),
    _person("member", Role.MEMBER),
    _person("ebb-lead", Role.AREA_LEAD, "ebb"),
    _person("flow-lead", Role.AREA_LEAD, "flow"),
    _person("analyst", Role.ANALYST),
    _person("chief-officer", Role.CHIEF_OFFICER),
)
"""One of every role, and of leads one of the area with the small numbers and one of another."""

CHANNEL: Final = Reader(name="channel", person=ANYONE, surface=Surface.CHANNEL)


def is_hidden(figures: Figures, reader: Reader, measure: Measure, area: AreaId) -> bool:
    """Whether a figure may not be told to a reader, whatever else would give it away."""
    role, private = reader.person.role, reader.surface is Surface.PRIVATE
    is_cleared = private and role in (Role.CHIEF_OFFICER, Role.ANALYST)
    if role is None or _is_not_cited(figures.catalogue, measure, figures.snapshot.as_at):
        return True
    if measure.restriction is not Restriction.NONE and not is_cleared:
        return True
    own = reader.person.areas if private and role is Role.AREA_LEAD else ()
    if is_cleared or any(area in figures.catalogue.within[one] for one in own):
        return False
    return _is_too_few(figures, measure, area)


def _is_not_cited(catalogue: Catalogue, measure: Measure, day: date) -> bool:
    if measure.restriction is Restriction.NOT_CITED:
        return True
    for framework in catalogue.frameworks:
        if framework.first <= day <= framework.last and measure.priority in framework.not_cited:
            return True
    return False


def _is_too_few(figures: Figures, measure: Measure, area: AreaId) -> bool:
    """Whether few of something sensitive were counted in a small area, in any month or period."""
    if not measure.minimum:
        return False
    below = figures.catalogue.areas[area].level is not Level.FORCE
    if figures.snapshot.kind is SnapshotKind.DAILY and below:
        return True
    position = figures.snapshot.positions.get(measure.id, area)
    trend = figures.snapshot.trends.get(measure.id, area)
    counts = [
        count
        for window, one in position.figures.items()
        if window is not Window.LATEST
        for count in (one.numerator, one.denominator)
    ]
    months = trend.n if measure.kind.is_rate else trend.values
    return any(0 < count < measure.minimum for count in (*counts, *months))


def cells(figures: Figures) -> Iterator[tuple[Measure, AreaId]]:
    """Give every measure in every area of the force."""
    for measure in figures.catalogue.measures.values():
        for area in figures.catalogue.tree:
            yield measure, area.id


def hidden_cells(figures: Figures, reader: Reader) -> frozenset[Pair]:
    """Return all that a reader may not be told."""
    return frozenset(
        (measure.id, area)
        for measure, area in cells(figures)
        if is_hidden(figures, reader, measure, area)
    )


def secrets(reader: Reader, *figures: Figures) -> frozenset[float]:
    """Return what a reader may not be told and no other cell has, in any of some snapshots."""
    withheld: set[float] = set()
    told: set[float] = set()
    for one in figures:
        hidden = hidden_cells(one, reader)
        for measure, area in cells(one):
            pair = measure.id, area
            (withheld if pair in hidden else told).update(_figures(one, pair))
    return frozenset(withheld - told)


def found_in(text: str, wanted: frozenset[float]) -> frozenset[float]:
    """Return which of some figures stand in a text."""
    written = (found.replace(",", "") for found in NUMBER.findall(SNAPSHOT.sub("", text)))
    return wanted.intersection(round(float(one), DECIMALS) for one in written if len(one) > 5)


def _figures(figures: Figures, pair: Pair) -> Iterator[float]:
    """Give every figure of a cell: counts, rates, changes, gaps, projections, months, limits."""
    snapshot = figures.snapshot
    position = snapshot.positions.get(*pair)
    windows = position.figures
    counts = [c for one in windows.values() for c in (one.numerator, one.denominator)]
    now, before = position.values[Window.YTD], position.values[Window.LYTD]
    figures_of = [
        *counts,
        *position.values.values(),
        *position.yearly.values(),
        position.target,
        position.gap,
        now - before,
        position.values[Window.ROLLING_12] - position.values[Window.PREVIOUS_12],
    ]
    trend = snapshot.trends.get(*pair)
    for series in (trend.values, trend.n, trend.mean, trend.lower, trend.upper):
        figures_of += series
    figures_of += (*trend.this_year, *trend.last_year)
    row = snapshot.positions.measures.index(pair[0]) * len(snapshot.positions.areas)
    row += snapshot.positions.areas.index(pair[1])
    for part in PARTS:
        for one in fields(said := getattr(snapshot.assessments, part)):
            array = getattr(said, one.name)
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                figures_of += [float(number) for number in np.ravel(array[row])]
    for number in figures_of:
        yield from _plain(abs(number))


def _plain(number: float) -> Iterator[float]:
    """Give a figure as it is searched for: as it is, and in whole numbers where it is large."""
    if math.isnan(number) or math.isinf(number):
        return
    if number >= LEAST:
        yield float(round(number))
        yield round(number, DECIMALS)
    elif number < 1 and round(number, DECIMALS) != round(number, DECIMALS - 2):
        yield round(number, DECIMALS)
