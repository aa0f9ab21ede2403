"""What drives a change: the areas and crime types that moved with it, and those against it.

Every part is asked for through the gate; a part that may not be shown is not named, and then what
lies in none of the parts is not told either, since it would give the part away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from bot.access import Sight
from bot.render.words import number, signed
from bot.replies.judged import Judged
from bot.replies.phrases import together
from metrics.calendar import Window
from metrics.dashboards.significance import VERDICTS, significance_together
from metrics.model import Area, Catalogue, Level, Measure, MeasureKind

NAMED: Final = 3
"""So many are named of those that moved its way, and of those that moved the other."""

LEVELS: Final = (Level.CSP, Level.LPU)
"""The areas that answer for a change: partnerships, and inside one of them its policing units."""

SIGNIFICANT: Final = frozenset(words for words in VERDICTS.values() if "no " not in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One area or crime type, and how far it moved."""

    name: str
    change: float
    tested: str  # in words, as the tables have it


def drivers(sight: Sight, judged: Judged) -> tuple[str, ...]:
    """Say what moved a count of records since last year, by area and by crime type.

    Nothing is said of rates, surveys and returns, nor of a count that did not change.
    """
    measure, change = judged.measure, judged.position.change
    if measure.kind is not MeasureKind.RECORDED or math.isnan(change) or change == 0:
        return ()
    areas = [(one.name, measure, one) for one in _areas(sight.catalogue, judged.area)]
    types = [(one.name, one, judged.area) for one in _types(sight.catalogue, measure)]
    lines = []
    for parts, label in ((areas, "By area"), (types, "By crime type")):
        if found := _parts(sight, parts):
            lines.append(f"{label}: {_told(found, change)}.")
    return tuple(lines)


def _areas(catalogue: Catalogue, area: Area) -> tuple[Area, ...]:
    for level in LEVELS:
        found = catalogue.at_level(level, inside=area.id)
        if len(found) > 1:
            return found
    return ()


def _types(catalogue: Catalogue, measure: Measure) -> list[Measure]:
    kind = catalogue.crime_types.get(measure.crime_type)
    if kind is None or measure.flag:
        return []
    return [catalogue.recorded(one) for one in kind.members]


def _parts(sight: Sight, asked: list[tuple[str, Measure, Area]]) -> list[Part]:
    """Return the parts that may be shown and are known, tested as they are shown: together."""
    shown = [one for one in asked if not sight.refusal(one[1], one[2])]
    changes = []
    for _, measure, area in shown:
        values = sight.position(measure, area).values
        changes.append(values[Window.YTD] - values[Window.LYTD])
    tested = (
        significance_together(
            shown[0][1],
            [sight.assessment(measure, area).last_year for _, measure, area in shown],
            changes,
        )
        if shown
        else []
    )
    return [
        Part(name=name, change=change, tested=cell.words)
        for (name, _, _), change, cell in zip(shown, changes, tested, strict=True)
        if not math.isnan(change)
    ]


def _told(parts: list[Part], total: float) -> str:
    sign = math.copysign(1.0, total)
    ordered = sorted(parts, key=lambda one: -one.change * sign)
    along = [one for one in ordered if one.change * sign > 0]
    against = [one for one in reversed(ordered) if one.change * sign < 0]
    said = []
    if along:
        said.append(_named(along, total))
    if against:
        said.append(f"the other way {_named(against, None)}")
    return "; ".join(said) or "none of them moved"


def _named(parts: list[Part], total: float | None) -> str:
    """Name the parts that moved most, with their share of the change where a total is given."""
    named = [
        _one(part, total, of=" of the change" if n == 0 else "")
        for n, part in enumerate(parts[:NAMED])
    ]
    if len(parts) > NAMED:
        rest = sum(part.change for part in parts[NAMED:])
        named.append(f"{len(parts) - NAMED} more {signed(rest)}")
    return together(named)


def _one(part: Part, total: float | None, *, of: str) -> str:
    about = [f"{number(part.change / total * 100)}%{of}"] if total else []
    about += [part.tested] if part.tested in SIGNIFICANT else []
    detail = f" ({', '.join(about)})" if about else ""
    return f"{part.name} {signed(part.change)}{detail}"
