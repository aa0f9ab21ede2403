"""What moved a count: the areas and crime types behind its change, and those against it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from metrics.calendar import Window
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.significance import significance_together
from metrics.dashboards.table import Cell, Unit, difference
from metrics.model import Area, AreaId, Catalogue, Level, Measure, MeasureId, MeasureKind
from metrics.statistics.drivers import Drivers, find_drivers

NAMED: Final = 3
"""So many are named of those that moved its way, and of those that moved the other."""

BELOW: Final = {
    Level.FORCE: (Level.BCU, Level.CSP, Level.LPU),
    Level.BCU: (Level.CSP, Level.LPU),
    Level.JOINT: (Level.CSP, Level.LPU),
    Level.CSP: (Level.LPU,),
}
"""The levels that an area is divided into, the next one first."""

LEVEL_NAMES: Final = {
    Level.BCU: "Basic Command Unit",
    Level.CSP: "Community Safety Partnership",
    Level.LPU: "Local Policing Unit",
}

NOT_SHOWN: Final = "Parts of it are not shown here, and so not what lies in none of the others."

Part = tuple[str, MeasureId, AreaId]
"""One part of a count: its name, and where its figures are."""


def drivers(claim: Claim) -> Iterator[Section]:
    """Tell what moved a count of records since last year, by area and by crime type."""
    if claim.measure.kind is not MeasureKind.RECORDED or claim.position.to is None:
        return
    areas = areas_below(claim.catalogue, claim.area)
    if areas:
        name = LEVEL_NAMES[areas[0].level]
        parts = [(one.name, claim.measure.id, one.id) for one in areas]
        yield Section(heading=f"What moved it, by {name}", lines=tuple(_moved(claim, parts)))
    types = types_within(claim)
    if types:
        parts = [(one.name, one.id, claim.area.id) for one in types]
        yield Section(heading="What moved it, by crime type", lines=tuple(_moved(claim, parts)))


def areas_below(catalogue: Catalogue, area: Area) -> tuple[Area, ...]:
    """Return the areas of the next level that divides the area; a level of one divides nothing."""
    for level in BELOW.get(area.level, ()):
        found = catalogue.at_level(level, inside=area.id)
        if len(found) > 1:
            return found
    return ()


def types_within(claim: Claim) -> list[Measure]:
    """Return the recorded crime of the types that a group or total is the sum of."""
    kind = claim.catalogue.crime_types.get(claim.measure.crime_type)
    if kind is None or claim.measure.flag:
        return []
    return [claim.catalogue.recorded(one) for one in kind.members]


def _moved(claim: Claim, all_parts: Sequence[Part]) -> Iterator[Line]:
    parts = [one for one in all_parts if (one[1], one[2]) not in claim.hidden]
    if math.isnan(claim.position.change):
        yield ("Not known: one of the two periods is not.",)
        return
    if claim.position.change == 0:
        yield ("The count did not change, so there is nothing to share out.",)
        return
    if not parts:
        yield (NOT_SHOWN,)
        return
    found = _found(claim, parts)
    changes, shares = found.change[0].tolist(), found.share[0].tolist()
    comparisons = [claim.snapshot.assessments.get(one, area).last_year for _, one, area in parts]
    tested = significance_together(claim.measure, comparisons, changes)
    sign = math.copysign(1.0, claim.position.change)
    order = [int(n) for n in found.order[0] if not math.isnan(changes[n])]
    along = [n for n in order if changes[n] * sign > 0]
    against = [n for n in reversed(order) if changes[n] * sign < 0]
    for n in along[:NAMED]:
        yield _part(claim, parts[n][0], changes[n], shares[n], tested[n])
    if len(along) > NAMED:
        rest = sum(changes[n] for n in along[NAMED:])
        yield _part(claim, f"{len(along) - NAMED} more", rest, rest / claim.position.change)
    for n in against[:NAMED]:
        name = f"The other way, {parts[n][0]}"
        yield _part(claim, name, changes[n], shares[n], tested[n])
    if len(against) > NAMED:
        rest = sum(changes[n] for n in against[NAMED:])
        name = f"The other way, {len(against) - NAMED} more"
        yield _part(claim, name, rest, rest / claim.position.change)
    if len(parts) < len(all_parts):
        # What is in none of the parts named would then be what is hidden.
        yield (NOT_SHOWN,)
    elif found.unallocated_change[0]:
        name = "In none of these"
        unallocated = float(found.unallocated_change[0])
        yield _part(claim, name, unallocated, float(found.unallocated_share[0]))
    unknown = [name for n, (name, _, _) in enumerate(parts) if math.isnan(changes[n])]
    if unknown:
        yield (f"Not recorded in both periods: {', '.join(unknown)}.",)


def _found(claim: Claim, parts: Sequence[Part]) -> Drivers:
    """Split the change among its parts, as the dashboards count it: days are not made equal."""
    values = [claim.snapshot.positions.get(one, area).values for _, one, area in parts]
    comparisons = [claim.snapshot.assessments.get(one, area).last_year for _, one, area in parts]
    return find_drivers(
        np.array([[one[Window.YTD] for one in values]]),
        np.array([[one[Window.LYTD] for one in values]]),
        parent_current=np.array([claim.position.values[Window.YTD]]),
        parent_base=np.array([claim.position.values[Window.LYTD]]),
        dispersion=np.array([[one.dispersion for one in comparisons]]),
    )


def _part(claim: Claim, name: str, change: float, share: float, tested: Cell | None = None) -> Line:
    moved = difference(claim.measure, change, 0.0)
    part = Cell(value=share, unit=Unit.PROPORTION)
    return (
        f"{name}: ",
        moved,
        ", ",
        part,
        " of the change",
        *(("; ", tested) if tested else ()),
        ".",
    )
