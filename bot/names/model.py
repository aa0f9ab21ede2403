"""What a reading gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.errors import UnknownName, UserError
from metrics.model import Area, CrimeType, Measure, Priority
from metrics.snapshot import SnapshotKind

Thing = Priority | Measure | Area | CrimeType
"""What a name can stand for, as the catalogue has it."""


class Kind(StrEnum):
    """What a name can stand for."""

    PRIORITY = "priority"
    MEASURE = "measure"
    AREA = "area"
    CRIME_TYPE = "crime type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that was perhaps meant, and the words that say so without doubt."""

    label: str
    words: str  # all that was typed, with the doubtful part said clearly


class Ambiguous(UserError):  # noqa: N818 - named after the fact
    """What was typed can mean several things; the asker chooses."""

    def __init__(self, message: str, *, options: tuple[Option, ...], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.options = options


class UnknownWords(UnknownName):
    """Some words mean nothing here; the options are what is close to them, if anything is."""

    def __init__(self, message: str, *, options: tuple[Option, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.options = options


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What some words mean, in the order they were said."""

    priorities: tuple[Priority, ...] = ()
    measures: tuple[Measure, ...] = ()
    areas: tuple[Area, ...] = ()
    crime_types: tuple[CrimeType, ...] = ()
    as_at: date | None = None
    kind: SnapshotKind | None = None  # "month end" or "daily", where it was said
    remarks: tuple[str, ...] = ()  # "Read “hinkley” as Hinckley and Bosworth."


def name_of(thing: Thing) -> str:
    """Return what a thing is called in a sentence; a priority is called by number and alias."""
    if isinstance(thing, Priority):
        known_as = thing.aliases[0] if thing.aliases else thing.name
        return f"priority {thing.number}, {known_as}"
    return thing.name
