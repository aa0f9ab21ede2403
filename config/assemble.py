"""Makes the catalogue from entries that have been checked: a crime type brings its measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from config.entries import (
    AreaEntry,
    CrimeTypeEntry,
    Entry,
    FrameworkEntry,
    MeasureEntry,
    NoteEntry,
    PastYearEntry,
    PlanEntry,
    PriorityEntry,
)
from metrics.classification import ClassificationRule
from metrics.model import (
    Area,
    AreaId,
    Catalogue,
    CrimeType,
    Framework,
    Grain,
    Measure,
    MeasureId,
    MeasureKind,
    Note,
    PastYear,
    Polarity,
    Priority,
    TallyId,
    Target,
)

Kind = TypeVar("Kind", bound=Entry)

RULE_NAME: Final = 12
"""Digits of the plan's hash that name the rule of classification made under it."""

Types = Mapping[str, tuple[str, ...]]
"""The crime types that each crime type or group stands for; a type stands for itself."""


def assemble(plan: PlanEntry, entries: Sequence[Entry], *, version: str) -> Catalogue:
    """Make the catalogue.

    Args:
        plan: The head of `plan.toml`.
        entries: Every entry of its parts, checked by `config.checks`, in the order written.
        version: Identifies the files they were read from.
    """
    crime_types = _of(entries, CrimeTypeEntry)
    types = _types(crime_types)
    measures = [
        *(measure for one in crime_types for measure in _measures_of_type(one, types)),
        *(_measure(one, types) for one in _of(entries, MeasureEntry)),
    ]
    areas = [_area(one) for one in _of(entries, AreaEntry)]
    return Catalogue(
        name=plan.name,
        synthetic=plan.synthetic,
        areas={area.id: area for area in areas},
        crime_types={one.id: _crime_type(one, types) for one in crime_types},
        flags=plan.flags,
        measures={measure.id: measure for measure in measures},
        priorities={
            one.number: Priority(
                number=one.number, name=one.name, theme=one.theme, aliases=one.aliases
            )
            for one in _of(entries, PriorityEntry)
        },
        frameworks=tuple(_framework(one) for one in _of(entries, FrameworkEntry)),
        notes=tuple(sorted((_note(one) for one in _of(entries, NoteEntry)), key=_by_day)),
        past_years=tuple(
            PastYear(
                measure=MeasureId(one.measure), year=one.year, value=one.value, source=one.source
            )
            for one in _of(entries, PastYearEntry)
        ),
        rule=ClassificationRule(version=version[:RULE_NAME], **plan.classification.model_dump()),
        usual_revision=plan.usual_revision,
        version=version,
    )


def _of(entries: Sequence[Entry], kind: type[Kind]) -> list[Kind]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _types(entries: Sequence[CrimeTypeEntry]) -> Types:
    single = tuple(one.id for one in entries if not one.members and not one.is_total)
    return {
        one.id: single if one.is_total and not one.members else one.members or (one.id,)
        for one in entries
    }


def _area(entry: AreaEntry) -> Area:
    return Area(
        id=AreaId(entry.id),
        name=entry.name,
        level=entry.level,
        parents=tuple(AreaId(parent) for parent in entry.parents),
        aliases=entry.aliases,
    )


def _crime_type(entry: CrimeTypeEntry, types: Types) -> CrimeType:
    return CrimeType(
        id=entry.id,
        name=entry.name,
        members=() if types[entry.id] == (entry.id,) else types[entry.id],
        aliases=entry.aliases,
        codes=entry.codes,
        on_dashboard=entry.on_dashboard,
        is_total=entry.is_total,
    )


def _measures_of_type(entry: CrimeTypeEntry, types: Types) -> Iterator[Measure]:
    """Give the measures that every crime type brings: recorded crime and the outcome rate."""
    recorded = Measure(
        id=MeasureId(f"{entry.id}.recorded"),
        name=entry.name,
        kind=MeasureKind.RECORDED,
        polarity=entry.polarity,
        unit="crimes",
        numerator=_tallies(types[entry.id], "recorded"),
        grain=entry.grain,
        priority=entry.priority,
        crime_type=entry.id,
        definition=entry.definition,
        published=entry.published,
        restriction=entry.restriction,
        impact=entry.impact,
        minimum=entry.minimum,
        aliases=entry.aliases,
    )
    yield recorded
    if entry.outcomes:
        yield Measure(
            id=MeasureId(f"{entry.id}.outcome-rate"),
            name=f"{entry.name}: crime outcome rate",
            kind=MeasureKind.OUTCOME_RATE,
            polarity=Polarity.HIGHER_IS_BETTER,
            unit="%",
            numerator=_tallies(types[entry.id], "outcomes"),
            denominator=recorded.numerator,
            closed=_tallies(types[entry.id], "closed"),
            grain=entry.grain,
            priority=entry.priority,
            crime_type=entry.id,
            definition="Outcomes given in the period over crimes recorded in the period.",
            published=entry.published,
            restriction=entry.restriction,
            impact=entry.impact,
            minimum=entry.minimum,
        )


def _measure(entry: MeasureEntry, types: Types) -> Measure:
    numerator, denominator = _counted(entry, types)
    return Measure(
        id=MeasureId(entry.id),
        name=entry.name,
        kind=entry.kind,
        polarity=entry.polarity,
        unit=entry.unit,
        numerator=numerator,
        denominator=denominator,
        grain=entry.grain or _usual_grain(entry),
        priority=entry.priority,
        crime_type=entry.crime_type,
        flag=entry.flag,
        component=entry.component,
        definition=entry.definition,
        published=entry.published,
        restriction=entry.restriction,
        impact=entry.impact,
        minimum=entry.minimum,
        suppliers=tuple(AreaId(area) for area in entry.suppliers),
        aliases=entry.aliases,
    )


def _counted(entry: MeasureEntry, types: Types) -> tuple[tuple[TallyId, ...], tuple[TallyId, ...]]:
    """Return what a measure counts, above the line and below it."""
    if entry.crime_type:
        recorded = _tallies(types[entry.crime_type], f"recorded.{entry.flag}")
        if entry.kind is MeasureKind.OUTCOME_RATE:
            return _tallies(types[entry.crime_type], f"outcomes.{entry.flag}"), recorded
        return recorded, ()
    if entry.survey:
        answered = [f"survey.{group}.{entry.component}" for group in entry.survey]
        return _tallies(answered, "satisfied"), _tallies(answered, "responses")
    if entry.incident:
        return (TallyId(f"incident.{entry.incident}"),), ()
    return tuple(TallyId(f"return.{one}") for one in entry.returns), ()


def _tallies(of: Sequence[str], what: str) -> tuple[TallyId, ...]:
    return tuple(TallyId(f"{one}.{what}") for one in of)


def _usual_grain(entry: MeasureEntry) -> Grain:
    if entry.crime_type:
        return Grain.DAY
    return Grain.QUARTER if entry.returns else Grain.MONTH


def _framework(entry: FrameworkEntry) -> Framework:
    return Framework(
        id=entry.id,
        first=entry.first,
        last=entry.last,
        style=entry.style,
        baseline_year=entry.baseline_year,
        targets=tuple(
            Target(measure=MeasureId(one.measure), kind=one.kind, value=one.value, text=one.text)
            for one in entry.target
        ),
        not_cited=entry.not_cited,
        plan_rows=tuple(MeasureId(row) for row in entry.plan_rows),
    )


def _note(entry: NoteEntry) -> Note:
    return Note(
        day=entry.day,
        measures=tuple(MeasureId(measure) for measure in entry.measures),
        text=entry.text,
        source=entry.source,
        is_break=entry.is_break,
        areas=tuple(AreaId(area) for area in entry.areas),
    )


def _by_day(note: Note) -> tuple[date, str]:
    return note.day, note.text
