"""The invented force with a sensitive crime type, as snapshots of made-up months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.people import Person, Role
from metrics.model import AreaId, Catalogue, Measure, MeasureId, Restriction
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import Figures, InputUsed, Snapshot, SnapshotKind
from metrics.trending import trends_of
from tests.conftest import a_table
from tests.metrics.dashboards.conftest import CRIME, some_assessments

MORNING = datetime(2020, 12, 12, 6, 0, tzinfo=UTC)

MONTHS = [
    *(f"2019-{month:02}-15" for month in range(1, 13)),
    *(f"2020-{month:02}-15" for month in range(1, 13)),
]

EBB, FLOW, FORCE = AreaId("ebb"), AreaId("flow"), AreaId("saltmarsh")
NETS = MeasureId("net-damage.recorded")
BOATS = MeasureId("boat-theft.recorded")
OTHER = MeasureId("other.recorded")

PLENTY: Mapping[tuple[str, str], int] = {
    ("ebb", "net-damage"): 9,
    ("flow", "net-damage"): 8,
    ("ebb", "boat-theft"): 40,
    ("flow", "boat-theft"): 30,
    ("ebb", "other"): 20,
    ("flow", "other"): 10,
}
"""Crimes a month, by area and type."""


def a_person(role: Role | None, *areas: str) -> Person:
    return Person(id="jane", name="Jane", role=role, areas=tuple(AreaId(area) for area in areas))


def with_measures(catalogue: Catalogue, *measures: Measure) -> Catalogue:
    """Return a catalogue in which some measures are others."""
    changed = {**catalogue.measures, **{one.id: one for one in measures}}
    return replace(catalogue, measures=changed)


def some_figures(
    catalogue: Catalogue,
    monthly: Mapping[tuple[str, str], int] = PLENTY,
    *,
    but: Sequence[tuple[str, str, str, int]] = (),
    as_at: str = "2020-11-30",
    kind: SnapshotKind = SnapshotKind.MONTH_END,
) -> Figures:
    """Make figures of so many crimes each month.

    Args:
        catalogue: The plan.
        monthly: Crimes a month by area and type.
        but: Months with another number: (month, area, type, crimes).
        as_at: The day.
        kind: Of which kind.
    """
    other = {(month, area, crime): count for month, area, crime, count in but}
    rows = [
        (day, area, f"{crime}.recorded", float(other.get((day[:7], area, crime), count)))
        for day in MONTHS
        for (area, crime), count in monthly.items()
        if day <= as_at
    ]
    rows += [(day, area, tally, count // 2) for day, area, tally, count in _outcomes(rows)]
    table = a_table(rows, [(tally, "saltmarsh", "2019-01-01", as_at) for tally in CRIME])
    day = date.fromisoformat(as_at)
    counts = dense(table, catalogue, to=day)
    positions = reckon(counts, table, catalogue, as_at=day)
    used = InputUsed(load=1, source="crimes", name="a.csv", sha256="ab", rows=9, loaded_at=MORNING)
    snapshot = Snapshot(
        as_at=day,
        kind=kind,
        made_at=MORNING,
        catalogue_version=catalogue.version,
        product_version="1.0",
        inputs=(used,),
        positions=positions,
        assessments=some_assessments(positions),
        trends=trends_of(counts, positions, catalogue, as_at=day),
    )
    return Figures(snapshot=snapshot, catalogue=catalogue)


def _outcomes(
    rows: Sequence[tuple[str, str, str, float]],
) -> list[tuple[str, str, str, float]]:
    return [
        (day, area, tally.replace("recorded", "outcomes"), count)
        for day, area, tally, count in rows
    ]


@pytest.fixture
def plan(saltmarsh: Catalogue) -> Catalogue:
    """The invented force, citing everything, to which damaged nets are a sensitive matter."""
    spoken = tuple(replace(one, not_cited={}) for one in saltmarsh.frameworks)
    nets = replace(saltmarsh.measures[NETS], minimum=5)
    return with_measures(replace(saltmarsh, frameworks=spoken), nets)


@pytest.fixture
def guarded_plan(saltmarsh: Catalogue) -> Catalogue:
    """The invented force with a measure of every restriction, and silence on boats."""
    measures = saltmarsh.measures
    return with_measures(
        saltmarsh,
        replace(measures[MeasureId("rescues")], restriction=Restriction.UNTIL_PUBLISHED),
        replace(measures[MeasureId("savings")], restriction=Restriction.INTERNAL),
        replace(measures[MeasureId("hate-crime.recorded")], restriction=Restriction.NOT_CITED),
    )
