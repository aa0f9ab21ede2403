"""What must hold between the entries of a plan: the names, the dates, the targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from config.entries import (
    AreaEntry,
    CrimeTypeEntry,
    Entry,
    FrameworkEntry,
    MeasureEntry,
    NoteEntry,
    PastYearEntry,
    PriorityEntry,
    TargetEntry,
)
from config.files import Origin
from metrics.model import Level, MeasureKind, TargetKind

Kind = TypeVar("Kind", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An entry that is right in itself, and where it is written."""

    entry: Entry
    origin: Origin


def whole_plan_complaints(parts: Sequence[Part], *, flags: Sequence[str]) -> Iterator[str]:
    """Find what contradicts itself between entries.

    Yields:
        One sentence for each complaint, naming file, line, key and value.
    """
    yield from _doubled_names(parts)
    yield from _area_tree(parts)
    yield from _crime_types(parts)
    yield from _measures(parts, flags=flags)
    yield from _frameworks(parts)
    yield from _notes_and_past_years(parts)


def measure_kinds(parts: Sequence[Part]) -> dict[str, MeasureKind]:
    """Return the kind of each measure by its id, those that crime types bring included."""
    kinds: dict[str, MeasureKind] = {}
    for _, crime_type in _of(parts, CrimeTypeEntry):
        kinds[f"{crime_type.id}.recorded"] = MeasureKind.RECORDED
        if crime_type.outcomes:
            kinds[f"{crime_type.id}.outcome-rate"] = MeasureKind.OUTCOME_RATE
    kinds |= {measure.id: measure.kind for _, measure in _of(parts, MeasureEntry)}
    return kinds


def _of(parts: Iterable[Part], kind: type[Kind]) -> list[tuple[Origin, Kind]]:
    return [(part.origin, part.entry) for part in parts if isinstance(part.entry, kind)]


def _doubled_names(parts: Sequence[Part]) -> Iterator[str]:
    for kind, key in (
        (AreaEntry, "id"),
        (CrimeTypeEntry, "id"),
        (MeasureEntry, "id"),
        (PriorityEntry, "number"),
        (FrameworkEntry, "id"),
    ):
        entries = [part for part in parts if isinstance(part.entry, kind)]
        seen = Counter(str(getattr(part.entry, key)) for part in entries)
        for part in entries:
            name = str(getattr(part.entry, key))
            if seen[name] > 1:
                yield part.origin.complaint(key, name, f"this name is given {seen[name]} times")
                seen[name] = 0
    yield from _clash_with_crime_types(parts)
    yield from _doubled_aliases(parts)


def _clash_with_crime_types(parts: Sequence[Part]) -> Iterator[str]:
    written = {measure.id for _, measure in _of(parts, MeasureEntry)}
    for origin, crime_type in _of(parts, CrimeTypeEntry):
        for measure in (f"{crime_type.id}.recorded", f"{crime_type.id}.outcome-rate"):
            if measure in written:
                problem = f"it brings the measure {measure}, which a [[measure]] defines again"
                yield origin.complaint("id", crime_type.id, problem)


def _doubled_aliases(parts: Sequence[Part]) -> Iterator[str]:
    for kind in (AreaEntry, CrimeTypeEntry, MeasureEntry, PriorityEntry):
        owners: dict[str, str] = {}
        for part in parts:
            if not isinstance(part.entry, kind):
                continue
            owner = str(getattr(part.entry, "id", None) or getattr(part.entry, "number", ""))
            for alias in getattr(part.entry, "aliases", ()):
                other = owners.setdefault(alias.casefold(), owner)
                if other != owner:
                    yield part.origin.complaint("aliases", alias, f"{other} has this alias too")


def _area_tree(parts: Sequence[Part]) -> Iterator[str]:
    areas = _of(parts, AreaEntry)
    parents = {area.id: area.parents for _, area in areas}
    roots = [area for _, area in areas if area.level is Level.FORCE]
    if len(roots) != 1:
        yield f'areas: exactly one area has level = "force"; there are {len(roots)}.'
    for origin, area in areas:
        for parent in area.parents:
            if parent not in parents:
                yield origin.complaint("parents", parent, "there is no area of this id")
        if area.level in (Level.FORCE, Level.PEER) and area.parents:
            yield origin.complaint("parents", list(area.parents), f"a {area.level} has no parents")
        if area.level not in (Level.FORCE, Level.PEER) and not area.parents:
            yield origin.complaint("parents", [], "say which area it lies in")
        if _reaches(area.id, area.id, parents):
            yield origin.complaint("parents", list(area.parents), "the area lies within itself")


def _reaches(start: str, goal: str, parents: dict[str, tuple[str, ...]]) -> bool:
    """Whether the goal is above the start, at any distance."""
    open_, seen = list(parents.get(start, ())), set[str]()
    while open_:
        area = open_.pop()
        if area == goal:
            return True
        if area not in seen:
            seen.add(area)
            open_.extend(parents.get(area, ()))
    return False


def _crime_types(parts: Sequence[Part]) -> Iterator[str]:
    entries = _of(parts, CrimeTypeEntry)
    types = {one.id for _, one in entries if not one.members and not one.is_total}
    priorities = {one.number for _, one in _of(parts, PriorityEntry)}
    totals = [one for _, one in entries if one.is_total]
    if len(totals) != 1:
        yield f"crime types: exactly one has is_total = true; there are {len(totals)}."
    codes: dict[str, str] = {}
    for origin, one in entries:
        for member in one.members:
            if member not in types:
                yield origin.complaint("members", member, "there is no crime type of this id")
        for code in one.codes:
            other = codes.setdefault(code, one.id)
            if other != one.id:
                yield origin.complaint("codes", code, f"{other} has this code too")
        if one.priority and one.priority not in priorities:
            yield origin.complaint("priority", one.priority, "there is no priority of this number")


def _measures(parts: Sequence[Part], *, flags: Sequence[str]) -> Iterator[str]:
    types = {one.id for _, one in _of(parts, CrimeTypeEntry)}
    priorities = {one.number for _, one in _of(parts, PriorityEntry)}
    areas = {one.id for _, one in _of(parts, AreaEntry)}
    for origin, measure in _of(parts, MeasureEntry):
        counts = [
            key for key in ("crime_type", "incident", "survey", "returns") if getattr(measure, key)
        ]
        if len(counts) != 1:
            problem = "give exactly one of crime_type, incident, survey and returns"
            yield origin.complaint("id", measure.id, problem)
        if measure.crime_type and measure.crime_type not in types:
            problem = "there is no crime type of this id"
            yield origin.complaint("crime_type", measure.crime_type, problem)
        if bool(measure.flag) != bool(measure.crime_type):
            problem = "a measure of a crime type is told apart from the type itself by a flag"
            yield origin.complaint("flag", measure.flag, problem)
        if measure.flag and measure.flag not in flags:
            yield origin.complaint("flag", measure.flag, "plan.toml names no such flag")
        if measure.priority and measure.priority not in priorities:
            problem = "there is no priority of this number"
            yield origin.complaint("priority", measure.priority, problem)
        for area in measure.suppliers:
            if area not in areas:
                yield origin.complaint("suppliers", area, "there is no area of this id")
        if measure.kind.is_survey != bool(measure.survey and measure.component):
            problem = "satisfaction and confidence, and only they, have a survey and a component"
            yield origin.complaint("kind", measure.kind.value, problem)


def _frameworks(parts: Sequence[Part]) -> Iterator[str]:
    kinds = measure_kinds(parts)
    priorities = {one.number for _, one in _of(parts, PriorityEntry)}
    earlier: list[FrameworkEntry] = []
    for origin, framework in _of(parts, FrameworkEntry):
        if framework.first > framework.last:
            problem = f"it ends before it starts, on {framework.first}"
            yield origin.complaint("last", framework.last, problem)
        for other in earlier:
            if framework.first <= other.last and other.first <= framework.last:
                problem = f"{other.id} is in force at the same time"
                yield origin.complaint("first", framework.first, problem)
        earlier.append(framework)
        for number in framework.not_cited:
            if number not in priorities:
                problem = "there is no priority of this number"
                yield origin.complaint("not_cited", number, problem)
        for row in framework.plan_rows:
            if row not in kinds:
                yield origin.complaint("plan_rows", row, "there is no measure of this id")
        for target in framework.target:
            yield from _target(origin, target, kinds)
        yield from _two_targets(origin, framework)


def _target(origin: Origin, target: TargetEntry, kinds: dict[str, MeasureKind]) -> Iterator[str]:
    kind = kinds.get(target.measure)
    key = f"target.{target.measure}"
    if kind is None:
        yield origin.complaint("target.measure", target.measure, "there is no measure of this id")
    elif target.kind is TargetKind.REDUCTION:
        if kind.is_rate:
            yield origin.complaint(key, target.kind.value, "a rate has no reduction target")
        if not 0 < target.value < 1:
            problem = "a reduction is a proportion between 0 and 1, for example 0.05 for 5%"
            yield origin.complaint(key, target.value, problem)
    elif target.kind is TargetKind.AT_LEAST:
        if not kind.is_rate:
            yield origin.complaint(key, target.kind.value, "only a rate has an at_least target")
        if not 0 < target.value <= 1:
            problem = "a rate is a proportion between 0 and 1, for example 0.85 for 85%"
            yield origin.complaint(key, target.value, problem)
    elif target.value:
        problem = f"a target of kind {target.kind} has no value"
        yield origin.complaint(key, target.value, problem)


def _two_targets(origin: Origin, framework: FrameworkEntry) -> Iterator[str]:
    seen = Counter(target.measure for target in framework.target)
    for measure, times in seen.items():
        if times > 1:
            problem = f"{framework.id} gives this measure {times} targets"
            yield origin.complaint("target.measure", measure, problem)


def _notes_and_past_years(parts: Sequence[Part]) -> Iterator[str]:
    kinds = measure_kinds(parts)
    areas = {one.id for _, one in _of(parts, AreaEntry)}
    for origin, note in _of(parts, NoteEntry):
        for measure in note.measures:
            if measure not in kinds:
                yield origin.complaint("measures", measure, "there is no measure of this id")
        for area in note.areas:
            if area not in areas:
                yield origin.complaint("areas", area, "there is no area of this id")
    for origin, past in _of(parts, PastYearEntry):
        if past.measure not in kinds:
            yield origin.complaint("measure", past.measure, "there is no measure of this id")
