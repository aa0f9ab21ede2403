"""Every phrase that the things of a catalogue go by.

A thing goes by its id, its name and its aliases.  Beyond these, phrases follow from what the
catalogue says, so that no plan has to list them: "burglary outcomes" is the outcome rate of what
"burglary" names, "nwl lpu" is the LPU of the partnership that goes by "nwl".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.names.model import Kind, Thing
from bot.names.words import FILLER, words_in
from metrics.model import (
    Area,
    Catalogue,
    Level,
    Measure,
    MeasureKind,
    Priority,
)


class Tier(IntEnum):
    """How directly a phrase names a thing: the lower, the more directly."""

    NAME = 0  # its id, name or alias
    COMPOSED = 1  # a name of its own with the words of its kind: "domestic burglary outcomes"
    IMPLIED = 2  # by way of a priority: "burglary" for recorded domestic burglary
    PART = 3  # some of the words of a name: "bosworth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase for one thing."""

    words: tuple[str, ...]
    thing: Thing
    kind: Kind
    tier: Tier


OVERALL: Final = "overall"

RECORDED: Final = ("recorded", "recorded crime", "crime", "offence")
OUTCOMES: Final = (
    "outcome",
    "outcome rate",
    "crime outcome",
    "crime outcome rate",
    "positive outcome",
    "positive outcome rate",
    "detection",
    "detection rate",
)
SATISFACTION: Final = ("satisfaction", "sat", "satisfied", "victim satisfaction")
"""What people say after the thing that is measured, by what is measured of it."""

LEVEL_WORDS: Final = {
    Level.FORCE: ("force",),
    Level.BCU: ("bcu",),
    Level.CSP: ("csp", "partnership"),
    Level.LPU: ("lpu",),
    Level.JOINT: ("joint", "joint partnership"),
    Level.PEER: ("police", "force"),
}
"""What people say after the name of an area of each level."""

LONGEST_SPLIT: Final = 5
"""Words of a name up to which some of them can stand for it; longer names are sentences."""

TELLING: Final = 4
"""Letters of a word that can stand for a name by itself."""


def phrases(catalogue: Catalogue) -> Iterator[Phrase]:
    """Give every phrase of a catalogue; the same words can stand for several things."""
    yield from _of_areas(catalogue)
    yield from _of_crime_types(catalogue)
    yield from _of_measures(catalogue)
    yield from _of_priorities(catalogue)


def principal(catalogue: Catalogue, priority: str, kind: MeasureKind | None = None) -> str:
    """Return the id of the measure that a priority is first told by; empty if it has none."""
    return next(
        (
            measure.id
            for measure in catalogue.measures.values()
            if measure.priority == priority
            and kind in (None, measure.kind)
            and measure.component in ("", OVERALL)
        ),
        "",
    )


def _own(thing: Thing) -> list[str]:
    if isinstance(thing, Priority):
        return [thing.name, *thing.aliases]
    return [thing.id, thing.name, *thing.aliases]


def _named(thing: Thing, kind: Kind) -> Iterator[Phrase]:
    for text in _own(thing):
        words = words_in(text)
        yield Phrase(words=words, thing=thing, kind=kind, tier=Tier.NAME)
        if not _is_narrower(thing):
            for part in _parts(words):
                yield Phrase(words=part, thing=thing, kind=kind, tier=Tier.PART)


def _is_narrower(thing: Thing) -> bool:
    """Whether a measure is told beside another of the same subject, which part of a name means."""
    if not isinstance(thing, Measure):
        return False
    return thing.kind is MeasureKind.OUTCOME_RATE or thing.component not in ("", OVERALL)


def _parts(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give stretches of a short name that can stand for it, and its telling words alone."""
    if not 1 < len(words) <= LONGEST_SPLIT:
        return
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            part = words[first:last]
            edges_tell = part[0] not in FILLER and part[-1] not in FILLER
            if part != words and edges_tell and any(len(word) >= TELLING for word in part):
                yield part
    telling = tuple(word for word in words if word not in FILLER)
    if len(telling) > 1:
        yield telling


def _of_areas(catalogue: Catalogue) -> Iterator[Phrase]:
    for area in catalogue.areas.values():
        yield from _named(area, Kind.AREA)
        for text in [*_own(area), *_stems(area, catalogue)]:
            for ending in LEVEL_WORDS[area.level]:
                words = words_in(text)
                if words[-1] != ending:
                    words = (*words, *words_in(ending))
                yield Phrase(words=words, thing=area, kind=Kind.AREA, tier=Tier.COMPOSED)


def _stems(lpu: Area, catalogue: Catalogue) -> Iterator[str]:
    """Give the names of the partnership that an LPU shares its name with, e.g. "NWL"."""
    if lpu.level is not Level.LPU:
        return
    stem = lpu_stem(lpu)
    for parent in lpu.parents:
        names = _own(catalogue.areas[parent])
        if stem in map(words_in, names):
            yield from names


def lpu_stem(lpu: Area) -> tuple[str, ...]:
    """Return an LPU's name without "LPU"."""
    words = words_in(lpu.name)
    return words[:-1] if words[-1] in LEVEL_WORDS[Level.LPU] else words


def _of_crime_types(catalogue: Catalogue) -> Iterator[Phrase]:
    for crime_type in catalogue.crime_types.values():
        yield from _named(crime_type, Kind.CRIME_TYPE)
        measure = catalogue.recorded(crime_type.id)
        for text in _implying(measure, catalogue):
            yield Phrase(
                words=words_in(text), thing=crime_type, kind=Kind.CRIME_TYPE, tier=Tier.IMPLIED
            )


def _of_measures(catalogue: Catalogue) -> Iterator[Phrase]:
    for measure in catalogue.measures.values():
        yield from _named(measure, Kind.MEASURE)
        for words, tier in _composed(measure, catalogue):
            yield Phrase(words=words, thing=measure, kind=Kind.MEASURE, tier=tier)


def _composed(measure: Measure, catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], Tier]]:
    for text in _implying(measure, catalogue):
        yield words_in(text), Tier.IMPLIED
    number = measure.priority
    lends = number and measure.id == _told_by(measure, catalogue)
    lent = _lent(catalogue.priorities[number]) if lends else []
    for subjects, tier in ((_subjects(measure, catalogue), Tier.COMPOSED), (lent, Tier.IMPLIED)):
        for subject in subjects:
            for ending in _endings(measure):
                yield (*words_in(subject), *words_in(ending)), tier


def _told_by(measure: Measure, catalogue: Catalogue) -> str:
    """Return the first measure of a measure's priority and kind, component by component."""
    if measure.component in ("", OVERALL):
        return principal(catalogue, measure.priority, measure.kind)
    overall = measure.id.removesuffix(f".{measure.component}")
    is_first = principal(catalogue, measure.priority, measure.kind) == overall
    return measure.id if is_first else ""


def _implying(measure: Measure, catalogue: Catalogue) -> list[str]:
    """Return what a measure goes by because a priority is told by it."""
    number = measure.priority
    if not number or measure.id != principal(catalogue, number):
        return []
    return [*_numbers(number), *_lent(catalogue.priorities[number])]


def _lent(priority: Priority) -> list[str]:
    return [priority.name, *priority.aliases]


def _subjects(measure: Measure, catalogue: Catalogue) -> list[str]:
    """Return what is measured, without what is measured of it."""
    if measure.crime_type and not measure.flag:
        return _own(catalogue.crime_types[measure.crime_type])
    named = measure.name.split(":")[0].removeprefix("Victims of ")
    return [measure.id.split(".")[0], named, *measure.aliases]


def _endings(measure: Measure) -> Iterator[str]:
    match measure.kind:
        case MeasureKind.RECORDED:
            yield from RECORDED
        case MeasureKind.OUTCOME_RATE:
            yield from OUTCOMES
        case MeasureKind.SATISFACTION if measure.component == OVERALL:
            yield from SATISFACTION
        case MeasureKind.SATISFACTION:
            said = [measure.component, measure.name.rpartition(" with ")[2]]
            for component in said:
                yield component
                yield from (f"{word} {component}" for word in SATISFACTION)
        case _:
            return


def _of_priorities(catalogue: Catalogue) -> Iterator[Phrase]:
    for priority in catalogue.priorities.values():
        yield from _named(priority, Kind.PRIORITY)
        for text in _numbers(priority.number):
            yield Phrase(words=words_in(text), thing=priority, kind=Kind.PRIORITY, tier=Tier.NAME)
    for measure in catalogue.measures.values():
        if measure.priority:
            priority = catalogue.priorities[measure.priority]
            for words in _all_of(measure, catalogue):
                yield Phrase(words=words, thing=priority, kind=Kind.PRIORITY, tier=Tier.IMPLIED)


def _all_of(measure: Measure, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    yield from map(words_in, _own(measure))
    yield from (words for words, _ in _composed(measure, catalogue))


def _numbers(number: str) -> Iterator[str]:
    """Give how a priority's number is said; "14A" also as "14 a"."""
    digits = number.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for said in dict.fromkeys((number, f"{digits} {number[len(digits) :]}".strip())):
        yield said
        for before in ("priority", "strategic priority", "no", "number", "p"):
            yield f"{before} {said}"
    yield f"p{number}"


def thing_key(thing: Thing) -> str:
    """Return what tells a thing from its like."""
    return thing.number if isinstance(thing, Priority) else str(thing.id)


def is_its_lpu(thing: Thing, other: Thing, catalogue: Catalogue) -> bool:
    """Whether a thing is an LPU of a partnership, which is meant before it."""
    if not isinstance(thing, Area) or not isinstance(other, Area):
        return False
    levels = (thing.level, other.level)
    return levels == (Level.LPU, Level.CSP) and thing.id in catalogue.within[other.id]
